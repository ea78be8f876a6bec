/** The tables of schema bus: positions never go back, claims, leases. */
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { idOf } from '../../event-store/src/testing/builders'
import { Leases } from './leases'
import { claimDue, countParked, park, parkAgain, parkedList, requestRetry, unpark, waitBehind, wakePassed, type ToPark } from './parked'
import { consumerRow, readPlaces, savePositions } from './positions'
import { CASES, until } from './testing/harness'

const NAME = 'test.on-level-assigned'
const at = (stream: string) => ({ topic: CASES, stream })
const broken = (stream: string, revision: number, more: Partial<ToPark> = {}): ToPark =>
  ({ ...at(stream), revision, eventId: idOf('event'), type: 'LevelAssigned', kind: 'permanent', cause: 'broken', detail: 'It is broken.', retryInMs: null, behind: revision, ...more })
const NOW = '2026-07-02T20:10:00.000Z'

let fresh: FreshDatabase
let sql: Sql
beforeAll(async () => { fresh = await freshDatabase(); sql = postgres(fresh.appUrl, { max: 6, onnotice: () => undefined }) })
afterAll(async () => { await sql.end(); await fresh.drop() })
beforeEach(async () => { await sql`delete from bus.consumers`; await sql`delete from bus.leases`; await consumerRow(sql, NAME, idOf('log')) })

describe('positions', () => {
  const revisionOf = async (stream: string) => (await readPlaces(sql, NAME, [at(stream)])).get(`${CASES}|${stream}`)!.revision

  it('move forwards alone, whoever writes', async () => {
    await savePositions(sql, NAME, [{ ...at('a'), revision: 5 }, { ...at('b'), revision: 1 }])
    await savePositions(sql, NAME, [{ ...at('a'), revision: 3 }, { ...at('b'), revision: 2 }])
    expect([await revisionOf('a'), await revisionOf('b'), await revisionOf('c')]).toEqual([5, 2, -1])
  })
  it('are written side by side by two processes without one waiting for the other for ever', async () => {
    const streams = Array.from({ length: 200 }, (_, n) => `s${n}`)
    const write = (order: readonly string[], revision: number) => savePositions(sql, NAME, order.map((stream) => ({ ...at(stream), revision })))
    await Promise.all(Array.from({ length: 20 }, (_, n) => write(n % 2 === 0 ? streams : [...streams].reverse(), n)))
    const places = await readPlaces(sql, NAME, streams.map(at))
    expect(new Set([...places.values()].map((place) => place.revision))).toEqual(new Set([19]))
  })
  it('are gone with their consumer, and what waits too', async () => {
    await savePositions(sql, NAME, [{ ...at('a'), revision: 5 }])
    await park(sql, NAME, NOW, [broken('b', 0)])
    await sql`delete from bus.consumers where name = ${NAME}`
    expect((await sql`select 1 from bus.positions union all select 1 from bus.parked`).count).toBe(0)
  })
})

describe('what waits', () => {
  it('is not parked where another process has led the stream past it', async () => {
    await savePositions(sql, NAME, [{ ...at('a'), revision: 3 }])
    await park(sql, NAME, NOW, [broken('a', 3), broken('b', 0)])
    expect((await parkedList(sql)).map((work) => work.stream)).toEqual(['b'])
  })
  it('keeps its first cause when another process parks it too', async () => {
    await park(sql, NAME, NOW, [broken('a', 3)])
    await park(sql, NAME, NOW, [broken('a', 3, { cause: 'other', behind: 9 })])
    expect(await parkedList(sql)).toMatchObject([{ cause: 'broken', waiting: 6 }])
  })
  it('goes on by itself only when all that was seen of it is worked', async () => {
    await park(sql, NAME, NOW, [broken('a', 3)])
    const [work] = await parkedList(sql)
    await waitBehind(sql, NAME, [{ ...at('a'), revisions: [4, 5] }])
    expect(await unpark(sql, work!, 4)).toBe(false)
    expect(await unpark(sql, work!, 5)).toBe(true)
    expect(await waitBehind(sql, NAME, [{ ...at('a'), revisions: [6] }])).toEqual({ waiting: [], filled: false })
  })
  it('is taken by one process at a time, and by another when that one is gone', async () => {
    await park(sql, NAME, NOW, Array.from({ length: 10 }, (_, n) => broken(`s${n}`, 0, { retryInMs: 0 })))
    const [one, two] = await Promise.all([claimDue(sql, NAME, 6), claimDue(sql, NAME, 6)])
    expect([...one, ...two].map((work) => work.stream).sort()).toEqual(Array.from({ length: 10 }, (_, n) => `s${n}`))
    expect(await claimDue(sql, NAME, 6)).toEqual([])
    expect((await countParked(sql, NAME)).due).toBe(false)
    await sql`update bus.parked set claimed_until = now() - interval '1 s' where stream = 's3'`
    expect((await claimDue(sql, NAME, 6)).map((work) => work.stream)).toEqual(['s3'])
  })
  it('is due where the clock was put back an hour since it was parked, and since it was taken by one that is gone', async () => {
    await park(sql, NAME, NOW, [broken('a', 0, { kind: 'retriable', retryInMs: 60_000 })])
    await sql`update bus.parked set next_try = next_try + interval '1 hour', claimed_until = now() + interval '1 hour'`
    expect((await countParked(sql, NAME)).due).toBe(true)
    expect(await claimDue(sql, NAME, 5)).toHaveLength(1)
    expect(await claimDue(sql, NAME, 5)).toEqual([])
  })
  it('tells when it comes back', async () => {
    await park(sql, NAME, NOW, [broken('a', 0, { kind: 'deferred', retryInMs: 60_000 }), broken('b', 0), broken('c', 0, { kind: 'hole', eventId: null, type: null })])
    const counts = await countParked(sql, NAME)
    expect(counts).toMatchObject({ deferred: 1, retriable: 0, permanent: 1, hole: 1, due: false })
    expect(counts.nextInMs).toBeGreaterThan(50_000)
    expect((await parkedList(sql, { kind: 'deferred' }))[0]!.nextTry).not.toBeNull()
  })
  it('tells of the later event once that one fails; asked for, it comes at once', async () => {
    await park(sql, NAME, NOW, [broken('a', 3)])
    const [work] = await parkedList(sql)
    await parkAgain(sql, work!, { revision: 7, eventId: idOf('later'), type: 'LevelChanged' }, { kind: 'retriable', cause: 'busy', detail: 'Busy.', retryInMs: 60_000 }, 1, '2026-07-03T00:00:00.000Z')
    expect(await parkedList(sql)).toMatchObject([{ id: work!.id, revision: 7, type: 'LevelChanged', kind: 'retriable', attempts: 1, since: '2026-07-03T00:00:00.000Z', waiting: 0 }])
    expect(await requestRetry(sql, { cause: 'busy' })).toBe(1)
    expect(await claimDue(sql, NAME, 1)).toHaveLength(1)
  })
  it('goes on where its event was worked by another process at the same moment', async () => {
    await park(sql, NAME, NOW, [broken('a', 3), broken('b', 3)])
    await savePositions(sql, NAME, [{ ...at('a'), revision: 3 }])
    await wakePassed(sql, NAME)
    expect((await claimDue(sql, NAME, 5)).map((work) => work.stream)).toEqual(['a'])
  })
})

describe('leases', () => {
  const lost: string[] = []
  const leases = (owner: string, ttlMs = 300) => new Leases({ database: sql, owner, ttlMs })

  it('are held by one owner, who renews them, until given back', async () => {
    const [one, two] = [leases('one'), leases('two')]
    expect(await one.take('x', () => lost.push('x'))).toBe(true)
    const renewed = Date.parse((await sql<{ expires: Date }[]>`select expires from bus.leases`)[0]!.expires.toISOString())
    await until(async () => Date.parse((await sql<{ expires: Date }[]>`select expires from bus.leases`)[0]!.expires.toISOString()) > renewed + 400)
    expect(await two.take('x', () => undefined)).toBe(false)
    await one.release('x')
    expect(await two.take('x', () => undefined)).toBe(true)
    await two.release('x')
    expect(lost).toEqual([])
  })
  it('end when their owner gives no sign of life; the epoch rises; the old owner hears of it', async () => {
    await sql`insert into bus.leases (name, owner, epoch, expires) values ('x', 'dead', 7, now() + interval '150 ms')`
    const one = leases('one')
    await until(() => one.take('x', () => lost.push('x')))
    expect(await sql`select owner, epoch from bus.leases`).toMatchObject([{ owner: 'one', epoch: '8' }])
    await sql`update bus.leases set owner = 'another'`
    await until(() => lost.length === 1)
    await one.release('x')
    expect((await sql`select owner from bus.leases`)[0]).toEqual({ owner: 'another' })
  })
  it('of a dead owner do not outlive a clock that is put back an hour; a living owner keeps what is its own', async () => {
    await sql`insert into bus.leases (name, owner, epoch, expires) values ('x', 'dead', 7, clock_timestamp() + interval '1 hour')`
    const [one, two] = [leases('one', 60_000), leases('two', 300)]
    expect(await one.take('x', () => undefined)).toBe(true)
    expect(await two.take('x', () => undefined)).toBe(false)
    await one.release('x')
  })
})
