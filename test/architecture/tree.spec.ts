import { filesBelow, findings, textOf } from './tree'

const code = filesBelow('apps', 'libs', 'test', 'infra').filter((path) => /\.(ts|js|mjs|cjs)$/.test(path))
const specs = code.filter((path) => /\.(spec|contract)\.ts$/.test(path))
const texts = filesBelow().filter((path) => path !== 'package-lock.json' && !/\.(png|jpg|ico|gz|parquet)$/.test(path))

/** The needles are put together here, so that this file does not contain them. */
const word = (...parts: string[]): string => parts.join('')

describe('the tree', () => {
  it('has no test that does not run', () => {
    const pattern = new RegExp(word('\\b(it|test|describe)\\.', '(skip|only|todo|failing)\\b|\\b[xf](it|test|describe)\\(|\\bfdescribe\\('))
    expect(findings(specs, pattern, 'a test either runs or is deleted')).toEqual([])
  })

  it('has no test without an expectation', () => {
    const silent = specs.filter((path) => !/\bexpect|\bassert|verify\w*\(|Contract\(|Suite\(|contractOf|given\w*\(|describe\w+\(/i.test(textOf(path)))
    expect(silent).toEqual([])
  })

  it('knows no path of one machine and no registry', () => {
    const folders = ['work', 'farm', 'root', 'home/[a-z]+'].map((name) => `(^|[^\\w.])/${name}/`)
    const hosts = [word('registry', '\\.npm'), word('repo1?', '\\.maven'), word('deb', '\\.debian'), word('pypi', '\\.org'), word('\\.lib', 'rary/')]
    expect(findings(texts, new RegExp([...folders, ...hosts].join('|')), 'take it from a setting, or relative to the checkout')).toEqual([])
  })

  it('leaves nothing to be done later', () => {
    expect(findings(code, new RegExp(word('\\b(TO', 'DO|FIX', 'ME|X', 'XX)\\b')), 'do it, or write it down in docs')).toEqual([])
  })

  it('has files that one person can hold in the head', () => {
    const most = 300
    const long = code.filter((path) => !specs.includes(path) && !path.startsWith('test/')).map((path) => ({ path, lines: textOf(path).split('\n').length })).filter(({ lines }) => lines > most)
    expect(long.map(({ path, lines }) => `${path}: ${lines} lines, more than ${most}: is it two things?`)).toEqual([])
  })

  it('has no package that nothing uses', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>
    // what is run by its name, or asked for by another package
    const RUN = new Set(['@nestjs/cli', '@swc/core', 'eslint', 'jest', 'pino-http', 'rxjs', 'typescript'])
    const used = texts.filter((path) => /\.(ts|js|mjs|cjs)$/.test(path)).map(textOf).join('\n')
    const idle = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !RUN.has(name) && !name.startsWith('@types/') && !used.includes(`'${name}'`) && !used.includes(`'${name}/`) && !used.includes(`node_modules/${name}/`))
    expect(idle).toEqual([])
  })

  it('has one barrel in each library, written by hand, and none anywhere else', () => {
    const barrels = code.filter((path) => /\/index\.ts$/.test(path) && !/^libs\/[^/]+\/src(\/testing)?\/index\.ts$/.test(path))
    expect(barrels).toEqual([])
    const stars = findings(code.filter((path) => /\/index\.ts$/.test(path)), /export \* from/, 'name what is exported')
    expect(stars).toEqual([])
  })
})
