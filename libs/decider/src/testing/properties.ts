/**
 * The four properties that every aggregate gets for nothing. Call it at the end of an aggregate's spec, with a generator
 * of its commands: the more often they are accepted in a row, the more the properties see.
 * The seed of a failing run is printed by fast-check; run it again with CHORUS_SEED=<seed>.
 */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { eventRegistry, problemsOf, type RecordedEvent } from '@chorus/contracts'
import { isRefusal, type Command, type Decider } from '../decider'
import { fold, handle, streamOf } from '../handle'
import { MemoryLog } from './memory-log'

const ID = '018f0000-0000-7000-8000-000000000001'
const runs = { numRuns: 60, ...(process.env.CHORUS_SEED ? { seed: Number(process.env.CHORUS_SEED) } : {}) }

export interface PropertyOptions {
  /** events that lie in the stream before the commands come, e.g. an incident that an agency reported */
  readonly before?: readonly RecordedEvent[]
}

export function aggregateProperties<State, C extends Command>(decider: Decider<State, C>, commands: fc.Arbitrary<C>, options: PropertyOptions = {}): void {
  const stream = streamOf(decider, ID)
  const start = (): MemoryLog => {
    const log = new MemoryLog()
    options.before?.forEach((event, revision) => log.events.push({ ...event, stream, revision, ordinal: revision + 1 }))
    return log
  }
  /** Histories as this aggregate itself writes them; each command gets its own id. */
  const histories = fc.array(commands, { maxLength: 8 }).map((list) => list.map((command, at) => ({ ...command, meta: { ...command.meta, commandId: idOf(at) } })))
  const written = async (list: readonly C[]): Promise<RecordedEvent[]> => {
    const log = start()
    for (const command of list) await handle(log, decider, ID, command)
    return log.events
  }

  describe('properties', () => {
    it('the same command with the same command id, handled twice, adds nothing and answers the same', () => fc.assert(fc.asyncProperty(histories, async (list) => {
      const log = start()
      for (const command of list) {
        const first = await handle(log, decider, ID, command)
        const count = log.events.length
        const again = await handle(log, decider, ID, command)
        assert.equal(log.events.length, count)
        if (!isRefusal(first) && first.ids.length > 0) assert.deepEqual(again, { ...first, repeated: true })
      }
    }), runs))

    it('evolve never throws, in any order of its events, also where sealed fields were erased or fields are missing', () => fc.assert(fc.asyncProperty(histories, fc.infiniteStream(fc.nat()), async (list, numbers) => {
      const events = (await written(list)).map((event) => ({ event, at: numbers.next().value as number })).sort((a, b) => a.at - b.at).map(({ event }) => event)
      fold(decider, events, decider.initial)
      fold(decider, events.map(erased), decider.initial)
    }), runs))

    it('every event survives encode and decode, and fits its contract', () => fc.assert(fc.asyncProperty(histories, async (list) => {
      for (const event of await written(list)) {
        assert.deepEqual(JSON.parse(JSON.stringify(event)), event)
        assert.ok(decider.knows.includes(event.type), `${event.type} is written but not known`)
        assert.deepEqual(problemsOf(eventRegistry.latest(event.type).cls, event.data), [], event.type)
        assert.equal(event.schemaVersion, eventRegistry.latest(event.type).version)
      }
    }), runs))

    it('folding in two parts equals folding at once, and changes no state in place', () => fc.assert(fc.asyncProperty(histories, fc.nat(), async (list, cut) => {
      const events = await written(list)
      const at = events.length === 0 ? 0 : cut % (events.length + 1)
      const half = frozen(structuredClone(fold(decider, events.slice(0, at), decider.initial)))
      // Both cloned: a clone's objects have the prototypes of another realm under jest.
      assert.deepEqual(structuredClone(fold(decider, events.slice(at), half)), structuredClone(fold(decider, events, frozen(structuredClone(decider.initial)))))
    }), runs))
  })
}

const idOf = (at: number): string => `00000000-0000-8000-8000-${String(at + 1).padStart(12, '0')}`

/** As a reader sees it after every key was destroyed: each text of the data erased. */
const erased = (event: RecordedEvent): RecordedEvent => ({
  ...event, data: Object.fromEntries(Object.entries(event.data).map(([key, value]) => [key, typeof value === 'string' ? { $erased: true } : value])),
})

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}
