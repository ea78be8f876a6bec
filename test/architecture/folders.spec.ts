import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { filesBelow, root, textOf } from './tree'

const apps = readdirSync(join(root, 'apps'))
const sources = filesBelow('apps').filter((path) => path.includes('/src/') && path.endsWith('.ts'))

/** What a file may be beside the plain one: the suffix says its part. */
const PARTS = new Set(['spec', 'int.spec', 'contract.spec', 'kafka.spec', 'module', 'controller', 'commands', 'query', 'consumer', 'upcasters', 'pipe', 'config', 'bench'])
/** Folders that hold one thing per file or per folder, and are named for that. */
const COLLECTIONS = new Set(['feeds', 'commands'])
/** Apps whose folders are not the City's nouns: one composes, one is the command line. */
const OTHER_GRAMMAR = new Set(['standalone', 'cli'])

interface Folder { readonly path: string; readonly name: string; readonly files: readonly string[] }

const folders: Folder[] = [...new Set(sources.map((path) => path.slice(0, path.lastIndexOf('/'))))]
  .filter((path) => !path.endsWith('/src') && !OTHER_GRAMMAR.has(path.split('/')[1] ?? ''))
  .map((path) => ({ path, name: basename(path), files: sources.filter((file) => file.slice(0, file.lastIndexOf('/')) === path).map((file) => basename(file)) }))

const isInFeed = ({ path }: Folder): boolean => path.includes('/feeds/')

describe('the folders of an app', () => {
  it('are found', () => {
    expect(folders.length).toBeGreaterThan(5)
  })

  it.each(folders.map((folder) => [folder.path, folder] as const))('%s says by its name what it is', (_path, folder) => {
    if (isInFeed(folder) || COLLECTIONS.has(folder.name) || folder.name === 'testing') return expect(folder.name).toMatch(/^[a-z0-9-]+$/)
    if (folder.name.startsWith('on-')) {
      // a reaction: on- and what has happened
      return expect(folder.name).toMatch(/^on-[a-z0-9-]+-(?:[a-z]+ed|made|put|sent|known|given|held|lost|met|won)$/)
    }
    if (folder.name.includes('-by-')) {
      // a read model: many things, by their key; the fold has the folder's name
      expect(folder.name).toMatch(/^[a-z-]+s-by-[a-z-]+$/)
      return expect(folder.files).toContain(`${folder.name}.ts`)
    }
    // an aggregate, or a query of one thing: a noun in the singular, and the file to open first has its name
    expect(folder.name).not.toMatch(/[^su]s$/)
    return expect(folder.files.filter((file) => file.startsWith(`${folder.name}.`) || folder.files.some((other) => other.endsWith('.controller.ts')))).not.toEqual([])
  })

  it('hold files whose suffix says their part', () => {
    const strange = sources.filter((path) => {
      const [, ...suffix] = basename(path, '.ts').split('.')
      return suffix.length > 0 && !PARTS.has(suffix.join('.'))
    })
    expect(strange).toEqual([])
  })

  it('start an aggregate with a sentence on what it protects', () => {
    const aggregates = folders.filter(({ name, files }) => files.includes(`${name}.ts`) && files.includes(`${name}.commands.ts`)).map(({ path, name }) => `${path}/${name}.ts`)
    expect(aggregates.filter((path) => !/^(\/\*\*|\/\/)/.test(textOf(path)))).toEqual([])
  })
})

it('every decider is given the four properties by a spec beside it', () => {
  const deciders = sources.flatMap((path) => [...textOf(path).matchAll(/export const (\w+): Decider</g)].map((match) => ({ path, name: match[1] ?? '' })))
  expect(deciders.length).toBeGreaterThan(5)
  const without = deciders.filter(({ path, name }) => !sources.some((spec) => spec === path.replace(/\.ts$/, '.spec.ts') && textOf(spec).includes(`aggregateProperties(${name},`)))
  expect(without).toEqual([])
})

it('every app has a module, or a main, that a reader can open first', () => {
  const without = apps.filter((app) => !sources.some((path) => new RegExp(`^apps/${app}/src/(main|${app}\\.module)\\.ts$`).test(path)))
  expect(without).toEqual([])
})
