import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** What import()s is never packed, and looked at twice. */
const LATER = ['later.ts', 'later.ts']
/** A checkout of three files and two packages; its preload says which files were translated. */
let root: string
const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(root, name)), { recursive: true })
  writeFileSync(join(root, name), text)
}
const run = (): { said: string; translated: string[] } => {
  const lines = execFileSync(process.execPath, ['-r', join(root, 'preload.js'), join(root, 'main.ts')], { cwd: root, encoding: 'utf8', stdio: 'pipe', timeout: 30_000 }).trim().split('\n')
  return { said: lines.filter((line) => !line.startsWith('translated ')).join(), translated: lines.filter((line) => line.startsWith('translated ')).map((line) => line.slice(11)) }
}
const packs = (): string[] => readdirSync(join(root, 'kept'))

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chorus-pack-'))
  write('kept/.keep', '')
  write('node_modules/.package-lock.json', '{}')
  write('node_modules/old/index.js', "module.exports = 'old'")
  write('node_modules/new/package.json', '{ "type": "module", "exports": "./index.js" }')
  write('node_modules/new/index.js', "export default 'new'")
  write('preload.js', `const translated = (file) => { console.log('translated ' + file.slice(__dirname.length + 1)); return require('node:fs').readFileSync(file, 'utf8') }
    require('node:module')._extensions['.ts'] = (module, file) => { module._compile(translated(file), file) }
    require(${JSON.stringify(join(__dirname, 'pack.js'))}).packed({ root: __dirname, kept: __dirname + '/kept', version: '1', translated })`)
  write('main.ts', "const old = require('old'); const part = require('./part'); require('./later')().then((it) => console.log(old, part, it.default, require.main === module))")
  write('later.ts', "module.exports = () => import('new')")
  write('part.ts', "module.exports = 'part'")
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('a packed program', () => {
  it('translates nothing a second time, and says the same', () => {
    expect(run()).toEqual({ said: 'old part new true', translated: ['main.ts', 'part.ts', ...LATER] })
    expect(run()).toEqual({ said: 'old part new true', translated: LATER })
    expect(packs()).toHaveLength(2)
  })

  it('reads a file anew that has changed, and that one alone', () => {
    run()
    write('part.ts', "module.exports = 'another part'")
    expect(run()).toEqual({ said: 'old another part new true', translated: ['part.ts', ...LATER] })
    expect(run()).toEqual({ said: 'old another part new true', translated: LATER })
  })

  it('finds a file that has moved', () => {
    run()
    rmSync(join(root, 'part.ts'))
    write('part/index.ts', "module.exports = 'moved'")
    expect(run().said).toBe('old moved new true')
    expect(run()).toEqual({ said: 'old moved new true', translated: LATER })
  })

  it('takes other packages when others are installed', () => {
    run()
    write('node_modules/old/index.js', "module.exports = 'newer'")
    write('node_modules/.package-lock.json', '{ "other": 1 }')
    expect(run().said).toBe('newer part new true')
  })

  it('does without a pack that is damaged', () => {
    run()
    const [name] = packs().filter((file) => file.endsWith('.pack'))
    write(`kept/${name!}`, 'no pack')
    expect(run()).toEqual({ said: 'old part new true', translated: ['main.ts', 'part.ts', ...LATER] })
  })

  it('leaves its pack while it runs, since some end by a power cut alone', async () => {
    write('main.ts', "require('./part'); setInterval(() => undefined, 1000)")
    const child = spawn(process.execPath, ['-r', join(root, 'preload.js'), join(root, 'main.ts')], { stdio: 'ignore' })
    const ended = once(child, 'exit')
    while (!packs().some((file) => file.endsWith('.pack'))) await new Promise((resolve) => { setTimeout(resolve, 20) })
    child.kill('SIGKILL')
    await ended
    write('main.ts', "console.log(require('./part'))")
    expect(run()).toEqual({ said: 'part', translated: ['main.ts'] })
  })

  it('takes away, before it leaves its own, what a process left that was killed over it long ago', () => {
    for (const [name, hours] of [['a.pack.1', 2], ['b.pack.2', 0], ['c.pack', 2], ['.keep', 2]] as const) {
      write(`kept/${name}`, '')
      utimesSync(join(root, 'kept', name), new Date(), new Date(Date.now() - hours * 3_600_000))
    }
    run()
    expect(packs().filter((name) => name.length < 20).sort()).toEqual(['.keep', 'b.pack.2', 'c.pack'])
  })

  it('throws what a module throws', () => {
    write('part.ts', "JSON.parse('{')")
    expect(run).toThrow(/SyntaxError/)
    write('part.ts', "throw new SyntaxError('its own')")
    expect(run).toThrow(/its own/)
  })
})
