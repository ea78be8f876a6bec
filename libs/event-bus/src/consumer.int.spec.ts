/** The consumer over the log in PostgreSQL: connections that die, a notification that does not come, processes that were away. */
import { guarded, postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { CheckpointOfAnotherLog } from '@chorus/read-models'
import { topicNamed } from '@chorus/contracts'
import { asRecorded, PostgresStore, MemoryStore, type EventStore, type StoredEvent } from '@chorus/event-store'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { idOf } from '../../event-store/src/testing/builders'
import { Consumer, type ConsumerOptions } from './consumer'
import { Permanent } from './failures'
import { LogBus } from './log-bus'
import { toMessage } from './message'
import { parkedList, requestRetry } from './parked'
import { CASES, caseStream, changed, ofCase, pause, range, rounds, until } from './testing/harness'
import type { EventBus } from './port'

let fresh: FreshDatabase
let sql: Sql
let ends: (() => Promise<unknown>)[] = []
const NAME = 'test.on-level-assigned'
const silent: EventBus = { subscribe: async () => ({ stop: async () => undefined, health: () => ({ ok: true, text: 'quiet' }) }), close: async () => undefined }

beforeAll(async () => { fresh = await freshDatabase(); sql = postgres(fresh.appUrl, { ...guarded(fresh.appUrl, 60_000), max: 6, onnotice: () => undefined, fetch_types: false }) })
afterAll(async () => { await sql.end(); await fresh.drop() })
beforeEach(async () => { for (const table of ['bus.consumers', 'bus.leases', 'read.checkpoints']) await sql`delete from ${sql(table)}` })
afterEach(async () => { for (const end of ends.reverse()) await end(); ends = [] })

const consumer = (store: EventStore, bus: EventBus, react: ConsumerOptions['react'], more: Partial<ConsumerOptions> = {}): Consumer => {
  const made = new Consumer({ name: NAME, topics: [CASES], types: ['LevelAssigned'], bus, store, database: sql, clock: { now: () => '2026-07-02T20:10:00.000Z' }, react, pollMs: 100, ...more })
  ends.push(() => made.stop())
  return made
}

it('works the log in PostgreSQL while its connections die; nothing is parked, each stream is in order', async () => {
  const store = await PostgresStore.open({ url: fresh.appUrl })
  ends.push(() => store.close())
  const bus = new LogBus({ store, database: sql, pollMs: 50, leaseMs: 600 })
  ends.push(() => bus.close())
  const seen = new Map<string, number[]>()
  const reacting = consumer(store, bus, async ({ stream, revision }) => {
    // asks the database, as a reaction does; what it did before comes again after a failure
    await sql`select 1`
    if (!(seen.get(stream) ?? []).includes(revision)) seen.set(stream, [...seen.get(stream) ?? [], revision])
  })
  await reacting.start()
  const owner = postgres(process.env.CHORUS_TEST_POSTGRES!, { max: 1, onnotice: () => undefined })
  const database = new URL(fresh.appUrl).pathname.slice(1)
  for (let round = 0; round < 12; round++) {
    await store.appendEach(rounds(10, round, round))
    if (round % 3 === 1) await owner`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database}`
  }
  await owner.end()
  const { ordinal } = await store.head()
  await until(async () => reacting.reached(ordinal, 1000).catch(() => false))
  expect(seen).toEqual(new Map(range(0, 9).map((n) => [caseStream(n), range(0, 11)])))
  expect(await parkedList(sql)).toEqual([])
})

it('goes on where the database failed between the lease and the first look: what nobody works under is given back', async () => {
  const store = new MemoryStore()
  await store.appendEach([ofCase(1, 0), ofCase(1, 1)])
  let looks = 0
  const failsOnce = new Proxy(store, { get: (target, name) => {
    const value = Reflect.get(target, name) as unknown
    if (name === 'head') return () => (++looks === 2 ? Promise.reject(new Error('gone')) : target.head())
    return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
  } })
  const bus = new LogBus({ store: failsOnce, database: sql, pollMs: 50, leaseMs: 600 })
  ends.push(() => bus.close())
  let worked = 0
  const subscription = await bus.subscribe({ group: 'test.fails-once', topics: [CASES], onMessages: async ({ messages }) => { worked += messages.length } })
  ends.push(() => subscription.stop())
  await until(() => worked === 2)
  expect(looks).toBeGreaterThan(2)
})

it('brings back what was asked for though no notification came: it polls', async () => {
  const store = new MemoryStore()
  let broken = true
  const worked: number[] = []
  const deaf = new Proxy(sql, { get: (target, name) => (name === 'listen' ? () => Promise.reject(new Error('deaf')) : Reflect.get(target, name) as unknown) })
  await store.appendEach([ofCase(1, 0), ofCase(1, 1)])
  const reacting = consumer(store, silent, async ({ revision }) => { if (broken) throw new Permanent('broken', 'It is broken.'); worked.push(revision) }, { database: deaf })
  await reacting.start()
  await until(async () => (await parkedList(sql)).length === 1)
  broken = false
  await sql`update bus.parked set next_try = now()`
  await until(() => worked.length === 2)
  expect(worked).toEqual([0, 1])
})

it('takes from the log what is older than a broker keeps, and leaves the rest to the bus', async () => {
  let now = '2026-07-01T00:00:00.000Z'
  const store = new MemoryStore({ clock: { now: () => now } })
  const worked: string[] = []
  const clock = { now: () => now }
  const reacting = () => consumer(store, silent, async ({ stream, revision }) => { worked.push(`${stream} ${revision}`) }, { clock })
  await store.appendEach(rounds(2, 0, 0))
  const first = reacting()
  await first.start()
  await until(() => first.state().caughtUp === 2)
  await first.stop()
  await store.appendEach(rounds(2, 1, 2))
  now = '2026-07-09T00:00:00.000Z'
  await store.appendEach(rounds(2, 3, 3))
  const second = reacting()
  await second.start()
  await until(() => second.state().status === 'listening')
  expect(worked.slice(2).sort()).toEqual([0, 1].flatMap((n) => [1, 2].map((revision) => `${caseStream(n)} ${revision}`)).sort())
  expect(second.state().caughtUp).toBe(6)
})

it('says in its health what it does, and that it fails', async () => {
  const store = new MemoryStore()
  const failing: EventBus = { subscribe: () => Promise.reject(new Error('no broker')), close: async () => undefined }
  const reacting = consumer(store, failing, async () => undefined)
  expect(reacting.health()).toEqual({ ok: false, text: 'stopped' })
  await reacting.start()
  await until(() => reacting.state().failures >= 3)
  expect(reacting.health()).toMatchObject({ ok: false, text: expect.stringMatching(/failed \d+ times in a row/) })
  expect(reacting.state().status).toBe('retrying')
  await reacting.stop()
  expect(reacting.state().status).toBe('stopped')
})

it('is not ready while it joins the bus', async () => {
  const store = new MemoryStore()
  let join = (): void => undefined
  const joined = new Promise<void>((resolve) => { join = resolve })
  const reacting = consumer(store, { ...silent, subscribe: async (options) => { await joined; return silent.subscribe(options) } }, async () => undefined)
  await reacting.start()
  await until(() => reacting.state().status === 'joining')
  expect(reacting.health()).toEqual({ ok: false, text: 'joins the bus' })
  join()
  await until(() => reacting.health().ok)
  expect(reacting.health().text).toBe('quiet')
})

it('is not ready while a reaction does not end', async () => {
  const store = new MemoryStore()
  const bus = new LogBus({ store, database: sql, pollMs: 50 })
  ends.push(() => bus.close())
  let end = (): void => undefined
  const reacting = consumer(store, bus, () => new Promise((resolve) => { end = resolve }), { slowMs: 30 })
  await reacting.start()
  await until(() => reacting.health().ok)
  await store.appendEach([ofCase(1, 0)])
  await until(() => !reacting.health().ok)
  expect(reacting.health().text).toMatch(/^its reaction to LevelAssigned at 1 has been running for \d+ s$/)
  end()
  await until(() => reacting.health().ok)
  expect(await reacting.reached(1, 10_000)).toBe(true)
})

describe('a message that was lost at the end of its stream', () => {
  /** a bus that was handed the log through `handed` and brings none of it */
  const bringsNothing = (handed: () => number | undefined): EventBus => ({ ...silent, handed: async () => handed() })
  const kinds = async () => (await parkedList(sql)).map(({ stream, revision, kind, nextTry }) => ({ stream, revision, kind, nextTry }))
  async function* slowly<T>(from: AsyncIterable<T>, onRead: () => void): AsyncIterable<T> { for await (const each of from) { await pause(5); onRead(); yield each } }
  const bound = (target: object, name: string | symbol): unknown => { const value: unknown = Reflect.get(target, name); return typeof value === 'function' ? value.bind(target) as unknown : value }
  const hole = (n: number, revision: number) => ({ stream: caseStream(n), revision, kind: 'hole', nextTry: null })

  it('is parked as a hole once it was published for long, every one of them, and health says so; a retry has it worked', async () => {
    const store = new MemoryStore()
    const worked: string[] = []
    const reacting = consumer(store, bringsNothing(() => 3), async ({ stream, revision }) => { worked.push(`${stream} ${revision}`) }, { lateMs: 40 })
    await reacting.start()
    await until(() => reacting.state().status === 'listening')
    await store.appendEach([ofCase(1, 0), ofCase(2, 0)])
    await store.appendEach([ofCase(1, 1)])
    await until(async () => (await kinds()).length === 2)
    expect(await kinds()).toEqual([hole(1, 0), hole(2, 0)])
    await until(() => reacting.health().text.includes('2 streams wait (2 hole): chorus dead-letters list'))
    expect(await requestRetry(sql, { cause: 'hole' })).toBe(2)
    await until(async () => (await kinds()).length === 0)
    expect(worked.sort()).toEqual([`${caseStream(1)} 0`, `${caseStream(1)} 1`, `${caseStream(2)} 0`].sort())
  })

  it('that was late after all fills the hole by itself', async () => {
    const store = new MemoryStore()
    const worked: number[] = []
    let bring: ((event: StoredEvent) => Promise<void>) | undefined
    const late: EventBus = { ...bringsNothing(() => 1), subscribe: async ({ onMessages }) => {
      bring = (stored) => onMessages({ messages: [toMessage(asRecorded(stored), topicNamed(CASES))], signal: new AbortController().signal, heartbeat: async () => undefined })
      return silent.subscribe({ group: 'g', topics: [], onMessages })
    } }
    const reacting = consumer(store, late, async ({ revision }) => { worked.push(revision) }, { lateMs: 40 })
    await reacting.start()
    await until(() => bring !== undefined)
    await store.appendEach([ofCase(1, 0)])
    await until(async () => (await kinds()).length === 1)
    for await (const stored of store.readAll()) await bring!(stored)
    await until(async () => (await kinds()).length === 0)
    expect(worked).toEqual([0])
  })

  it('is not looked for by a process to which it would not come: the one that reads the log may have it in hand', async () => {
    const store = new MemoryStore()
    const buses = range(0, 1).map(() => new LogBus({ store, database: sql, pollMs: 20 }))
    for (const bus of buses) ends.push(() => bus.close())
    const lost = caseStream(9)
    const loses = changed(buses[0]!, (messages) => messages.filter(({ headers }) => headers.ce_stream !== lost))
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => { release = resolve })
    const looked = new Set<string>()
    const watched = (bus: EventBus, name: string): EventBus => ({ ...bus, subscribe: (options) => bus.subscribe(options), handed: async () => { looked.add(name); return bus.handed!() } })
    const reads = consumer(store, watched(loses, 'reads'), async ({ stream }) => { if (stream === caseStream(0)) await held }, { lateMs: 40 })
    await reads.start()
    await until(() => reads.health().text === 'reads the log')
    const waits = consumer(store, watched(buses[1]!, 'waits'), async () => undefined, { lateMs: 40 })
    await waits.start()
    await until(() => waits.health().text === 'another process of the group reads')
    ends.push(async () => release())
    await store.appendEach(rounds(10, 0, 0))
    await until(() => reads.state().worked === 8)
    looked.clear()
    await until(() => looked.size === 2)
    await pause(200)
    expect(await kinds()).toEqual([])
    release()
    // the one that reads it does look
    await until(async () => (await kinds()).length > 0)
    expect(await kinds()).toEqual([hole(9, 0)])
  })

  it('is looked for no longer than until the stop', async () => {
    const store = new MemoryStore()
    let read = 0
    const reacting = consumer(new Proxy(store, { get: (target, name) => (name !== 'readAll' ? bound(target, name) : (options: object) => slowly(target.readAll(options), () => read++)) }), bringsNothing(() => 500), async () => undefined, { lateMs: 40 })
    await reacting.start()
    await until(() => reacting.state().status === 'listening')
    await store.appendEach(rounds(500, 0, 0))
    await until(() => read > 0)
    await reacting.stop()
    expect(read).toBeLessThan(250)
    expect(await kinds()).toEqual([])
  })

  it('is not looked for beyond what was published, nor where nobody can say how far that is', async () => {
    const store = new MemoryStore()
    const looked: (number | undefined)[] = []
    for (const handed of [() => 0, () => undefined]) {
      const reacting = consumer(store, bringsNothing(() => { looked.push(handed()); return handed() }), async () => undefined, { lateMs: 20, name: `test.handed-${String(handed())}` })
      await reacting.start()
      await until(() => reacting.state().status === 'listening')
      if (looked.length === 0) await store.appendEach([ofCase(1, 0), ofCase(2, 0)])
    }
    await until(() => looked.filter((handed) => handed === 0).length > 20 && looked.filter((handed) => handed === undefined).length > 20)
    expect(await kinds()).toEqual([])
  })
})

it('whose row in bus.consumers is deleted starts from the log again by itself, says so, and does nothing twice to effect', async () => {
  const store = new MemoryStore()
  const bus = new LogBus({ store, database: sql, pollMs: 20 })
  ends.push(() => bus.close())
  const effects = new Map<string, number>()
  const said: string[] = []
  const reacting = consumer(store, bus, async ({ id }) => { effects.set(id, (effects.get(id) ?? 0) + 1) }, { logger: { warn: (_, message) => { said.push(message) } } })
  await reacting.start()
  await store.appendEach(rounds(3, 0, 1))
  expect(await reacting.reached(6, 10_000)).toBe(true)
  // while it has nothing to do: the look at what waits notices
  await sql`delete from bus.consumers where name = ${NAME}`
  await until(async () => (await sql`select from bus.consumers where name = ${NAME} and caught_up = 6`).count === 1)
  expect(await reacting.reached(6, 10_000)).toBe(true)
  expect([...effects.values()]).toEqual(Array.from({ length: 6 }, () => 2))
  // while it has: the next position cannot be written
  await until(() => reacting.health().ok)
  await sql`delete from bus.consumers where name = ${NAME}`
  await store.appendEach(rounds(3, 2, 2))
  await until(async () => (await sql`select from bus.consumers where name = ${NAME} and caught_up = 9`).count === 1)
  await until(() => reacting.health().ok)
  expect(effects.size).toBe(9)
  expect(said.filter((line) => line.startsWith('its row in bus.consumers was deleted'))).toHaveLength(2)
  expect(await parkedList(sql)).toEqual([])
  await store.appendEach(rounds(3, 3, 3))
  expect(await reacting.reached(12, 10_000)).toBe(true)
  expect(effects.size).toBe(12)
})

describe('the log as a bus', () => {
  const listen = async (bus: LogBus, revisions: number[], after?: number) => bus.subscribe({
    group: 'g', topics: [CASES], ...(after !== undefined && { after }),
    onMessages: async ({ messages }) => { revisions.push(...messages.map((message) => Number(message.headers.ce_revision))) },
  })
  const busOf = (store: EventStore): LogBus => { const bus = new LogBus({ store, database: sql, pollMs: 50, leaseMs: 300 }); ends.push(() => bus.close()); return bus }

  it('is taken over from a process that died', async () => {
    const store = new MemoryStore()
    await sql`insert into bus.leases (name, owner, epoch, expires) values ('bus:g', 'dead', 1, now() + interval '300 ms')`
    await store.appendEach(rounds(1, 0, 2))
    const revisions: number[] = []
    const subscription = await listen(busOf(store), revisions)
    expect(subscription.health()).toEqual({ ok: true, text: 'another process of the group reads' })
    await until(() => revisions.length === 3)
    expect(revisions).toEqual([0, 1, 2])
  })
  it('goes on where the checkpoint stands, though a process that had the lease moves it late', async () => {
    const store = new MemoryStore()
    const revisions: number[] = []
    await listen(busOf(store), revisions)
    await store.appendEach(rounds(1, 0, 2))
    await until(() => revisions.length === 3)
    await until(async () => (await sql`select 1 from read.checkpoints where name = 'bus:g' and ordinal = 3`).count === 1)
    await sql`update read.checkpoints set ordinal = 2 where name = 'bus:g'`
    await store.appendEach(rounds(1, 3, 4))
    await until(() => revisions.length === 5)
    await until(async () => (await sql`select 1 from read.checkpoints where name = 'bus:g' and ordinal = 5`).count === 1)
    expect(revisions).toEqual([0, 1, 2, 3, 4])
  })
  it('gives a group that is new what comes after the place that it names', async () => {
    const store = new MemoryStore()
    await store.appendEach(rounds(1, 0, 4))
    const revisions: number[] = []
    await listen(busOf(store), revisions, 3)
    await until(() => revisions.length === 2)
    expect(revisions).toEqual([3, 4])
  })
  it('refuses a checkpoint of another log, and one beyond the end', async () => {
    const store = new MemoryStore()
    await sql`insert into read.checkpoints (name, log, ordinal, version) values ('bus:g', ${idOf('another log')}, 0, 1)`
    await expect(listen(busOf(store), [])).rejects.toThrow(CheckpointOfAnotherLog)
    await sql`update read.checkpoints set log = ${store.log}, ordinal = 9`
    await expect(listen(busOf(store), [])).rejects.toThrow(/restored from an older copy/)
  })
  it('gives back, when its lease is lost, what it has in hand', async () => {
    const store = new MemoryStore()
    const bus = busOf(store)
    let aborted = 0
    let taken = 0
    await bus.subscribe({ group: 'g', topics: [CASES], onMessages: async ({ signal }) => {
      for (let waited = 0; waited < 2000 && !signal.aborted; waited += 10) await pause(10)
      if (signal.aborted) { aborted++; throw new Error('given back') }
      taken++
    } })
    await store.appendEach(rounds(1, 0, 0))
    await until(async () => (await sql`select 1 from bus.leases where name = 'bus:g'`).count === 1)
    await sql`update bus.leases set owner = 'another', expires = now() + interval '200 ms' where name = 'bus:g'`
    await until(() => aborted === 1)
    await until(() => taken === 1)
    expect([aborted, taken]).toEqual([1, 1])
  })
})
