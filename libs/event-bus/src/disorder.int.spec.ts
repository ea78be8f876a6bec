/**
 * Two processes of one group at once, over a bus that brings messages to either, twice, late, in any order and in any
 * slices, while reactions fail now and then: every event has its effect, each stream's effects begin in order, and nothing
 * is left waiting.
 */
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { MemoryStore } from '@chorus/event-store'
import type { BusEvent } from '@chorus/contracts'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { Consumer } from './consumer'
import { Defer, Retriable } from './failures'
import { parkedList } from './parked'
import type { BusMessage, BusSubscribeOptions, EventBus } from './port'
import { CASES, caseStream, pause, range, rounds, seeded, until } from './testing/harness'
import { carrierOf, messageOf } from './work'

const SEED = Number(process.env.CHORUS_SEED ?? 260299)
const RUNS = Number(process.env.CHORUS_RUNS ?? 12)
const STREAMS = 6
const REVISIONS = 12

let fresh: FreshDatabase
let sql: Sql
beforeAll(async () => { fresh = await freshDatabase(); sql = postgres(fresh.appUrl, { max: 12, onnotice: () => undefined, fetch_types: false }) })
let ends: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const end of ends) await end(); ends = [] })
afterAll(async () => { await sql.end(); await fresh.drop() })

it.each(range(0, RUNS - 1).map((run) => SEED + run))('in disorder, seed %i (again: CHORUS_SEED=<seed> CHORUS_RUNS=1)', async (seed) => {
  const random = seeded(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const store = new MemoryStore()
  const subscribers: BusSubscribeOptions[] = []
  const bus: EventBus = {
    subscribe: async (options) => { subscribers.push(options); return { stop: async () => undefined, health: () => ({ ok: true, text: 'listens' }) } },
    close: async () => undefined,
  }
  const effects = new Map<string, number[]>()
  const react = async ({ stream, revision }: BusEvent): Promise<void> => {
    if (below(3) === 0) await pause(below(4))
    if (below(25) === 0) throw below(2) === 0 ? new Defer('not-yet', 'Not yet.') : new Retriable('busy', 'Busy.')
    const done = effects.get(stream) ?? []
    // the effect's id is the event's: a second one is none
    if (!done.includes(revision)) done.push(revision)
    effects.set(stream, done)
  }
  const made = () => new Consumer({
    name: `test.disorder-${seed}`, topics: [CASES], types: ['LevelAssigned'], bus, store, database: sql, clock: { now: () => '2026-07-02T20:10:00.000Z' }, react, lanes: 1 + below(4), pollMs: 50,
    backOff: { deferred: { first: 2, longest: 10 }, retriable: { first: 2, longest: 10 } },
  })
  const consumers = [made(), made()]
  ends.push(...consumers.map((consumer) => () => consumer.stop()))
  for (const consumer of consumers) await consumer.start()
  await until(() => subscribers.length === 2)
  await store.appendEach(rounds(STREAMS, 0, REVISIONS - 1))
  const messages: BusMessage[] = []
  for await (const stored of store.readAll()) messages.push(messageOf(stored, carrierOf(stored.stream))!)

  const deliver = (to: number, slice: readonly BusMessage[]): Promise<void> => subscribers[to]!.onMessages({ messages: slice, signal: new AbortController().signal, heartbeat: () => Promise.resolve() })
  const mixed = [...messages, ...messages].map((message, i) => ({ message, at: (i % messages.length) + below(30) })).sort((a, b) => a.at - b.at).map(({ message }) => message)
  const inFlight: Promise<void>[] = []
  for (let at = 0; at < mixed.length;) {
    const size = 1 + below(15)
    inFlight.push(deliver(below(2), mixed.slice(at, at + size)))
    at += size
    if (below(3) === 0) await Promise.all(inFlight.splice(0))
  }
  await Promise.all(inFlight)
  await until(async () => (await parkedList(sql, { consumer: `test.disorder-${seed}` })).length === 0)
  expect(await consumers[0]!.reached(messages.length, 30_000)).toBe(true)
  expect(effects).toEqual(new Map(range(0, STREAMS - 1).map((n) => [caseStream(n), range(0, REVISIONS - 1)])))
})
