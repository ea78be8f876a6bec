/** What earlier builds stored is still read: decoded, led to the newest version, unsealed (erased or not), and folded. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { eventRegistry, problemsOf, type RecordedEvent } from '@chorus/contracts'
import { fold, type Decider } from '@chorus/decider'
import { decode, leafOf, MemoryStore, Recorder, type StoredEvent } from '@chorus/event-store'
import { keptStreams, KeptVault } from './kept-streams'

const root = resolve(__dirname, '../..')
const clock = { now: () => '2026-07-02T20:10:00.000Z' }
const kept = keptStreams()

/** Every decider of the apps, by category: found by its type, so that a new aggregate is replayed without being named here. */
const deciders = (): ReadonlyMap<string, Decider<unknown, never>> => {
  const walk = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap(entry => entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)])
  const found = new Map<string, Decider<unknown, never>>()
  for (const path of walk(join(root, 'apps')).filter(file => file.endsWith('.ts') && !/\.spec\.ts$|\/testing\//.test(file) && /: Decider</.test(readFileSync(file, 'utf8')))) {
    for (const value of Object.values(require(path) as Record<string, unknown>)) {
      if (typeof value === 'object' && value !== null && 'category' in value && 'evolve' in value && 'decide' in value) found.set((value as { category: string }).category, value as Decider<unknown, never>)
    }
  }
  return found
}
const recorderWith = (keys: Readonly<Record<string, string>>, erased: boolean) => new Recorder({ store: new MemoryStore({ clock }), vault: new KeptVault(keys, erased), clock })
const read = (events: readonly StoredEvent[]): RecordedEvent[] => events.map(decode)

describe('streams that earlier builds stored', () => {
  it('hold every event type and every version that this build knows', () => {
    const stored = new Set(kept.flatMap(({ events }) => events.map(({ text }) => { const { type, schemaVersion } = JSON.parse(text) as RecordedEvent; return `${type} v${schemaVersion}` })))
    // The newest version may not be kept yet: it is as soon as the writer moves on.
    const older = eventRegistry.all().filter(({ type, version }) => version < eventRegistry.latest(type).version)
    expect(older.map(({ type, version }) => `${type} v${version}`).filter(name => !stored.has(name))).toEqual([])
    expect(stored.size).toBeGreaterThan(20)
  })

  describe.each(kept.map(file => [`${file.category}/${file.name}`, file] as const))('%s', (_, { stream, keys, events }) => {
    it('is as it was written', () => {
      for (const { text, leaf } of events) expect(leafOf(text)).toBe(leaf)
      expect(events.map(({ revision }) => revision)).toEqual(events.map((__, at) => at))
    })
    it('is decoded and led to the newest version', () => {
      for (const event of read(events)) {
        expect(event.stream).toBe(stream)
        expect(event.schemaVersion).toBe(eventRegistry.latest(event.type).version)
      }
    })
    it('opens, and fits the newest contract', async () => {
      for (const event of await recorderWith(keys, false).unseal(read(events), () => true)) {
        expect(problemsOf(eventRegistry.latest(event.type).cls, event.data)).toEqual([])
        expect(JSON.stringify(event)).not.toContain('$sealed')
      }
    })
    it('is read, and folded, when its keys are destroyed', async () => {
      const erased = await recorderWith(keys, true).unseal(read(events), () => true)
      expect(JSON.stringify(erased)).not.toContain('$sealed')
      const decider = deciders().get(stream.slice(0, stream.indexOf('-')))
      if (decider) expect(() => fold(decider, erased, decider.initial)).not.toThrow()
    })
    it('is folded as its aggregate folds it, sealed', () => {
      const decider = deciders().get(stream.slice(0, stream.indexOf('-')))
      if (!decider) return expect(read(events).length).toBe(events.length)
      const state = fold(decider, read(events), decider.initial)
      expect(state).toEqual(fold(decider, read(events), decider.initial))
      expect(state).not.toEqual(decider.initial)
    })
  })
})
