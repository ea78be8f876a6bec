import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContext, runInContext, type Context } from 'node:vm'

type Compile = (source: string, filename: string) => ((...words: unknown[]) => unknown) | string | null
interface Executor { readonly environment: { getVmContext(): Context | null }; readonly injectedModuleParameters: readonly string[]; compile: Compile }
interface Cache { readonly transforms: Map<string, object>; readonly sourceMaps: Map<string, string>; transform(filename: string, options?: object): string }

// plain JavaScript, as jest loads it
const { keepTranslated, keepCompiled } = jest.requireActual<{ keepTranslated(cache: Cache, id: string): void; keepCompiled(executor: Executor): void }>('./runtime.js')

describe('what a worker keeps from one spec file to the next', () => {
  describe('compiled', () => {
    /** as each spec file has one */
    const executor = (): Executor & { readonly context: Context } => {
      const context = createContext({})
      const one = { context, environment: { getVmContext: () => context }, injectedModuleParameters: ['module', 'exports'], compile: () => 'by jest' }
      keepCompiled(one)
      return one
    }
    const load = (by: Executor, source: string, filename = '/a.js'): unknown => {
      const module = { exports: {} }
      ;(by.compile(source, filename) as (...words: unknown[]) => unknown)(module, module.exports)
      return module.exports
    }

    it('runs anew in each, and on its own globals', () => {
      const [one, other] = [executor(), executor()]
      const source = 'module.exports = { list: [], add: function (what) { this.list.push(what) } }'
      const first = load(one, source) as { list: unknown[]; add(what: unknown): void }
      first.add(1)
      const second = load(other, source) as typeof first
      expect([first.list.length, second.list.length]).toEqual([1, 0])
      expect(Object.getPrototypeOf(second.list)).toBe(runInContext('Array.prototype', other.context))
    })
    it('is another where the text is another', () => {
      expect([load(executor(), 'module.exports = 1'), load(executor(), 'module.exports = 2'), load(executor(), 'module.exports = 1')]).toEqual([1, 2, 1])
    })
    it('says in a stack where in the file it stands, in the first line too', () => {
      const { stack } = load(executor(), 'module.exports = new Error("here")', '/where.js') as Error
      expect(stack).toContain('/where.js:1:18')
    })
    it('is left to jest where it imports by itself, or is no script', () => {
      expect(executor().compile('import("node:fs")', '/b.js')).toBe('by jest')
      expect(executor().compile('const const', '/c.js')).toBe('by jest')
    })
  })

  describe('translated', () => {
    let folder: string
    beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'chorus-kept-')) })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('is not translated again, has its map, and is another for a changed file and another project', () => {
      const file = join(folder, 'a.ts')
      let times = 0
      const cache = (id: string): Cache => {
        const one: Cache = {
          transforms: new Map(), sourceMaps: new Map(),
          transform: (filename) => { times += 1; one.transforms.set(filename, { code: `${times}`, sourceMapPath: `${times}.map` }); return `${times}` },
        }
        keepTranslated(one, id)
        return one
      }
      writeFileSync(file, 'a')
      expect([cache('unit').transform(file), cache('unit').transform(file)]).toEqual(['1', '1'])
      const again = cache('unit')
      again.transform(file)
      expect([again.sourceMaps.get(file), again.transforms.size]).toEqual(['1.map', 1])
      expect(cache('journeys').transform(file)).toBe('2')
      writeFileSync(file, 'another')
      expect(cache('unit').transform(file)).toBe('3')
    })
  })
})
