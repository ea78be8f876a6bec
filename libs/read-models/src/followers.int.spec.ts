import assert from 'node:assert/strict'
import { postgres } from '@chorus/postgres'
import type { Sql, TransactionSql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { MemoryStore, type StoredEvent } from '@chorus/event-store'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { readCheckpoint } from './checkpoints'
import { Reaction } from './follower'
import { Projection, type ReadModel } from './projection'

const decode = (event: StoredEvent): RecordedEvent => ({ ...(JSON.parse(event.text) as RecordedEvent), ordinal: event.ordinal, recordedtime: event.recordedtime })
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

describe('followers of the log', () => {
  let db: FreshDatabase
  let sql: Sql
  let store: MemoryStore
  let written: number
  const stops: (() => Promise<void>)[] = []
  const write = async (type: string, stream = 'thing-1'): Promise<number> => {
    const n = ++written
    const result = await store.append({ stream, expected: 'any', events: [{ id: idOf(n), type, content: 'x', body: { id: idOf(n), type, data: { n } } }] })
    assert.ok(result.ok)
    return result.last.ordinal
  }
  const reaction = (react: (events: readonly RecordedEvent[]) => Promise<void>, name = 'test.on-happened') => {
    const follower = new Reaction({ name, store, database: sql, filter: { types: ['Happened'] }, decode, pollMs: 20, backOff: { first: 5, longest: 20 } }, react)
    stops.push(() => follower.stop())
    return follower
  }
  const sum: ReadModel = {
    name: 'test.sums-by-stream', version: 1, categories: ['thing'], knows: ['Happened'], table: 'sums_by_stream', columns: 'stream text primary key, total bigint not null',
    write: async (tx: TransactionSql, events) => {
      for (const event of events) await tx`insert into read.sums_by_stream values (${event.stream}, ${(event.data as { n: number }).n}) on conflict (stream) do update set total = read.sums_by_stream.total + excluded.total`
    },
  }
  const projection = (model: ReadModel = sum, log = store) => {
    const follower = new Projection(model, { store: log, database: sql, decode, pollMs: 20, backOff: { first: 5, longest: 20 } })
    stops.push(() => follower.stop())
    return follower
  }
  const rows = async () => Object.fromEntries((await sql<{ stream: string; total: string }[]>`select stream, total from read.sums_by_stream order by stream`).map((row) => [row.stream, Number(row.total)]))

  beforeAll(async () => { db = await freshDatabase(); sql = postgres(db.appUrl, { max: 4, onnotice: () => undefined }) })
  afterAll(async () => { await sql.end(); await db.drop() })
  beforeEach(async () => { store = new MemoryStore(); written = 0; await sql`delete from read.checkpoints`; await sql`drop table if exists read.sums_by_stream` })
  afterEach(async () => { for (const stop of stops.splice(0)) await stop() })

  it('a reaction gets what concerns it, once, from where it stopped', async () => {
    const seen: number[] = []
    const react = async (events: readonly RecordedEvent[]) => { seen.push(...events.map((event) => (event.data as { n: number }).n)) }
    await write('Happened'); await write('Other'); const second = await write('Happened')
    const first = reaction(react)
    await first.start()
    assert.ok(await first.reached(second, 5000))
    await first.stop()
    expect(first.state().status).toBe('stopped')
    const third = await write('Happened')
    const next = reaction(react)
    await next.start()
    assert.ok(await next.reached(third, 5000))
    expect(seen).toEqual([1, 3, 4])
  })

  it('a failing batch comes again, nothing behind it is passed over, and health says that it is stuck', async () => {
    const seen: number[] = []
    let broken = true
    let unhealthy = false
    const follower = reaction(async (events) => {
      if (follower.state().failures >= 4) { unhealthy = !follower.health().ok; broken = false }
      if (broken) throw new Error('not now')
      seen.push(...events.map((event) => (event.data as { n: number }).n))
    })
    const ordinal = await write('Happened')
    await follower.start()
    const behind = await write('Happened')
    assert.ok(await follower.reached(Math.max(ordinal, behind), 5000))
    expect(seen).toEqual([1, 2])
    expect(unhealthy).toBe(true)
    expect(follower.health().ok).toBe(true)
  })

  it('stops while it waits to try again', async () => {
    const follower = reaction(async () => { throw new Error('never') })
    await write('Happened')
    await follower.start()
    expect(await follower.reached(1, 50)).toBe(false)
    await follower.stop()
    expect((await readCheckpoint(sql, 'test.on-happened'))?.ordinal).toBe(0)
  })

  it('refuses to start on another log, and on a log that ends before its checkpoint', async () => {
    const follower = reaction(async () => undefined)
    const ordinal = await write('Happened')
    await follower.start()
    assert.ok(await follower.reached(ordinal, 5000))
    await follower.stop()
    store = new MemoryStore()
    await expect(reaction(async () => undefined).start()).rejects.toThrow(/has followed log .* but this is log/)
    await sql`update read.checkpoints set log = ${store.log}`
    await expect(reaction(async () => undefined).start()).rejects.toThrow(/the log ends at 0: it was restored from an older copy/)
  })

  it('a projection rebuilt from nothing has the rows that it had', async () => {
    await write('Happened', 'thing-1'); await write('Happened', 'thing-2'); const last = await write('Happened', 'thing-1')
    const follower = projection()
    await follower.start()
    assert.ok(await follower.reached(last, 5000))
    const before = await rows()
    expect(before).toEqual({ 'thing-1': 4, 'thing-2': 2 })
    await follower.rebuild()
    assert.ok(await follower.reached(last, 5000))
    await follower.stop()
    const again = projection()
    await again.start()
    expect(await rows()).toEqual(before)
  })

  it('a projection counts what it does not know, says so, and makes its rows anew once its version is raised', async () => {
    await write('Happened'); const last = await write('Unheard')
    const follower = projection()
    await follower.start()
    assert.ok(await follower.reached(last, 5000))
    expect(follower.health().text).toContain('1 events of types that this build does not know')
    await follower.stop()
    const next = projection({ ...sum, version: 2, knows: ['Happened', 'Unheard'] })
    await next.start()
    const head = await write('Happened')
    assert.ok(await next.reached(head, 5000))
    expect(next.state().skipped).toBe(0)
    expect(await rows()).toEqual({ 'thing-1': 1 + 2 + 3 })
  })

  it('two processes with the same projection count nothing twice', async () => {
    const one = projection()
    const two = projection()
    await one.start(); await two.start()
    let last = 0
    for (let i = 0; i < 20; i++) last = await write('Happened')
    assert.ok(await one.reached(last, 5000))
    assert.ok(await two.reached(last, 5000))
    expect(await rows()).toEqual({ 'thing-1': 210 })
  })

  it('a projection refuses to start on another log, and leaves the rows alone', async () => {
    const follower = projection()
    const ordinal = await write('Happened')
    await follower.start()
    assert.ok(await follower.reached(ordinal, 5000))
    await follower.stop()
    await expect(projection(sum, new MemoryStore()).start()).rejects.toThrow(/but this is log/)
    expect(await rows()).toEqual({ 'thing-1': 1 })
  })
})
