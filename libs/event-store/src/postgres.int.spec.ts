import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { freshDatabase } from '../../../test/support/database'
import { tailWhileWriting } from '../../../test/faults/readers'
import { PostgresStore, type Neighbours } from './postgres'
import type { AppendResult } from './port'
import { BY_CATEGORY } from './postgres-reader'
import { all, event, ordinals, until } from './testing/builders'
import { emptyLogs, type TestLog } from './testing/postgres-logs'
import { verifyChain } from './verify-chain'
import { walkRange } from './walk-range'

const logs = emptyLogs()
let log: TestLog
let store: PostgresStore
const clients: Sql[] = []
const client = (url: string): Sql => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  clients.push(sql)
  return sql
}
beforeEach(async () => { log = await logs.next(); store = log.store })
afterEach(async () => {
  await Promise.all(clients.splice(0).map((sql) => sql.end({ timeout: 1 })))
  await store.close()
})
afterAll(() => logs.close())

const some = (count: number, name = 'e', stream = 'a-1') => Array.from({ length: count }, (_, i) => ({ stream, expected: 'any' as const, events: [event(`${name}${i}`)] }))
const ordinalOf = (result: AppendResult): number => (result.ok ? result.first.ordinal : NaN)

describe('the database itself', () => {
  it.each([
    ['UPDATE', `update log.events set text = '{}' where ordinal = 1`],
    ['DELETE', 'delete from log.events where ordinal = 1'],
    ['UPDATE of nothing', `update log.events set text = '{}' where false`],
    ['TRUNCATE', 'truncate log.events'],
    ['DELETE of the head', 'delete from log.head'],
    ['TRUNCATE of the head', 'truncate log.head'],
    ['a second head', `insert into log.head (one, log, ordinal, link) select false, log, 0, link from log.head`],
    ['a head that steps back', 'update log.head set ordinal = ordinal - 1'],
    ['a head with another link', `update log.head set link = sha256('x')`],
    ['another log id', 'update log.head set log = gen_random_uuid()'],
  ])('refuses %s, to the application role and to the owner', async (_what, statement) => {
    await store.appendEach(some(3))
    for (const url of [log.database.appUrl, log.database.ownerUrl]) {
      await expect(client(url).unsafe(statement)).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|23001)$/) as string })
    }
    await expect(client(log.database.ownerUrl).unsafe(statement)).rejects.toMatchObject({ message: expect.stringContaining('refused') as string })
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: 3 })
  })
  it('lets the application role change neither tables nor triggers', async () => {
    const app = client(log.database.appUrl)
    for (const statement of ['alter table log.events disable trigger all', 'drop table log.events', 'drop function log.refuse_change() cascade', 'create table log.other ()', 'set session_replication_role = replica']) {
      await expect(app.unsafe(statement)).rejects.toMatchObject({ code: '42501' })
    }
  })
})

describe('the clock', () => {
  it.each(['recordedtime', 'promised'])('went back behind the %s of the head: what comes is recorded at that time, not before', async (column) => {
    await store.appendEach(some(1))
    await client(log.database.ownerUrl).unsafe(`update log.head set ${column} = clock_timestamp() + interval '1 hour'`)
    expect((await store.appendEach(some(2, 'later'))).map(({ ok }) => ok)).toEqual([true, true])
    const [first, ...later] = (await all(store.readAll())).map(({ recordedtime }) => Date.parse(recordedtime))
    for (const time of later) expect(time - first!).toBeGreaterThan(3_500_000)
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: 3 })
  })
})

describe('an owner who puts two lines into one value', () => {
  const change = (statement: string): Promise<unknown> => client(log.database.ownerUrl).unsafe(`alter table log.events disable trigger user; ${statement}`).simple()
  const walked = () => walkRange(store, { after: 0, through: 600 })
  beforeEach(async () => {
    await store.appendEach(some(600))
    expect(await walked()).toMatchObject({ checked: 600 })
  })
  // 512 is the last of a page, 600 of the log
  it.each(['type', 'stream', 'content', 'text'].flatMap((column) => [300, 512, 600].map((ordinal) => [column, ordinal] as const)))('in its %s: the walk ends at the event or within its page (%d)', async (column, ordinal) => {
    await change(`update log.events set ${column} = ${column} || E'\\nx' where ordinal = ${ordinal}`)
    const { fault, checked } = await walked()
    expect(fault).toBeDefined()
    expect([ordinal, ordinal + 1]).toContain(fault!.ordinal)
    expect(checked).toBe(fault!.ordinal - 1)
  })
  it('and none into the next, so that together they say the same', async () => {
    await change(`alter table log.events alter type drop not null; update log.events set type = type || E'\\n' || type where ordinal = 599; update log.events set type = null where ordinal = 600`)
    expect((await walked()).fault).toMatchObject({ ordinal: 600, fault: 'not-its-text' })
  })
})

describe('opening', () => {
  it('says what to do where the tables are missing, and shows no password', async () => {
    const empty = await freshDatabase({ migrated: false })
    const failure = await PostgresStore.open({ url: empty.appUrl }).then(() => undefined, (error: Error) => error)
    expect(failure?.message).toContain('chorus migrate')
    expect(failure?.message).not.toContain(new URL(empty.appUrl).password)
    await empty.drop()
  })
  it('gives the same log every time', async () => {
    await store.appendEach(some(2))
    const again = await PostgresStore.open({ url: log.database.appUrl })
    expect(again.log).toBe(store.log)
    expect(await again.head()).toEqual(await store.head())
    await again.close()
  })
})

describe('two stores on one log', () => {
  it('give gapless ordinals in commit order, and each command one winner', async () => {
    const other = await PostgresStore.open({ url: log.database.appUrl })
    const writers = [store, other].flatMap((each, w) => Array.from({ length: 8 }, async (_, i) => {
      let won = 0
      for (let n = 0; n < 20; n++) {
        await each.append({ stream: `own-${w}x${i}`, expected: n - 1, events: [event(`own-${w}-${i}-${n}`), event(`own-${w}-${i}-${n}b`, { type: 'LampLit' })] }).then((result) => { if (!result.ok && n === 0) throw new Error(result.error.code) })
        const shared = await each.append({ stream: 'shared-1', expected: n === 0 ? 'none' : 'any', events: [event(`shared-${w}-${i}-${n}`)] })
        if (shared.ok && n === 0) won += 1
      }
      return won
    }))
    const won = (await Promise.all(writers)).reduce((sum, each) => sum + each, 0)
    expect(won).toBe(1)
    const events = await all(store.readAll())
    expect(ordinals(events)).toEqual(events.map((_, i) => i + 1))
    expect(await verifyChain(other)).toMatchObject({ ok: true, checked: events.length })
    await other.close()
  })
  it('the same appends sent through both are recorded once', async () => {
    const other = await PostgresStore.open({ url: log.database.appUrl })
    const appends = Array.from({ length: 200 }, (_, i) => ({ stream: `a-${i % 20}`, expected: 'any' as const, events: [event(`e${i}`), event(`f${i}`)] }))
    const [here, there] = await Promise.all([store.appendEach(appends), other.appendEach(appends)])
    expect(here.map(ordinalOf)).toEqual(there.map(ordinalOf))
    expect(here.filter((result, i) => result.ok && !result.repeated && there[i]!.ok && !(there[i] as { repeated: boolean }).repeated)).toEqual([])
    expect((await store.head()).ordinal).toBe(400)
    await other.close()
  })
})

describe('others on the same server', () => {
  it('a stranger with an open transaction stalls neither writers nor readers', async () => {
    const stranger = client(log.database.ownerUrl)
    await stranger.unsafe('begin isolation level repeatable read')
    await stranger.unsafe('create table public.of_a_stranger (n int)')
    await stranger.unsafe('select count(*) from log.events')
    const seen: number[] = []
    const subscription = store.subscribe({ after: 0, onBatch: async (events) => { seen.push(...ordinals(events)) } })
    await store.appendEach(some(50))
    await until(() => seen.length === 50)
    expect(ordinals(await all(store.readAll()))).toHaveLength(50)
    await subscription.stop()
    await stranger.unsafe('rollback')
  })
  it('an insert that is rolled back leaves no hole', async () => {
    const stranger = client(log.database.appUrl)
    await stranger.unsafe('begin')
    await stranger.unsafe('select ordinal from log.head for update')
    await stranger.unsafe('update log.head set ordinal = ordinal + 5')
    const waiting = store.appendEach(some(5))
    await stranger.unsafe('rollback')
    expect((await waiting).map(ordinalOf)).toEqual([1, 2, 3, 4, 5])
  })
})

describe('waking', () => {
  it('comes by NOTIFY from another store, long before the poll', async () => {
    const other = await PostgresStore.open({ url: log.database.appUrl })
    const seen: number[] = []
    const subscription = other.subscribe({ after: 0, pollMs: 3_600_000, onBatch: async (events) => { seen.push(...ordinals(events)) } })
    await store.appendEach(some(1, 'first'))
    await until(() => seen.length === 1)
    await store.appendEach(some(1, 'second'))
    await until(() => seen.length === 2)
    await subscription.stop()
    await other.close()
    expect(seen).toEqual([1, 2])
  })
  it('comes from a neighbour in the same process without the database', async () => {
    const neighbours: Neighbours = new Set()
    const [writer, reader] = await Promise.all([PostgresStore.open({ url: log.database.appUrl, neighbours }), PostgresStore.open({ url: log.database.appUrl, neighbours })])
    // it listens to nothing
    Object.assign(reader, { listening: Promise.resolve({ end: async () => undefined }) })
    const seen: number[] = []
    const subscription = reader.subscribe({ after: 0, pollMs: 3_600_000, onBatch: async (events) => { seen.push(...ordinals(events)) } })
    await writer.appendEach(some(2, 'first'))
    await until(() => seen.length === 2)
    await store.appendEach(some(1, 'of-a-stranger'))
    await writer.appendEach(some(1, 'second'))
    await until(() => seen.length === 4)
    expect(seen).toEqual([1, 2, 3, 4])
    await Promise.all([reader.close(), writer.close()])
    expect(neighbours.size).toBe(0)
    expect(subscription.after).toBe(4)
  })
  it('by a NOTIFY that says more than is there passes nothing over', async () => {
    const seen: number[] = []
    const subscription = store.subscribe({ after: 0, pollMs: 600_000, onBatch: async (events) => { seen.push(...ordinals(events)) } })
    const other = await PostgresStore.open({ url: log.database.appUrl })
    await other.appendEach(some(1, 'first'))
    await until(() => seen.length === 1)
    await client(log.database.appUrl).unsafe(`select pg_notify('chorus_log', '1000000'), pg_notify('chorus_log', 'nonsense')`)
    for (let i = 2; i <= 6; i++) await other.appendEach(some(1, `later${i}`))
    await until(() => seen.length === 6)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6])
    await subscription.stop()
    await other.close()
  })
  it('a lost NOTIFY only delays: the poll brings what the listener missed', async () => {
    const other = await PostgresStore.open({ url: log.database.appUrl })
    const seen: number[] = []
    const subscription = other.subscribe({ after: 0, pollMs: 50, onBatch: async (events) => { seen.push(...ordinals(events)) } })
    await store.appendEach(some(3, 'before'))
    await until(() => seen.length === 3)
    const admin = client(process.env.CHORUS_TEST_POSTGRES!)
    const database = new URL(log.database.appUrl).pathname.slice(1)
    for (let round = 0; round < 5; round++) {
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database} and application_name = 'chorus-log-listener'`
      await store.appendEach(some(2, `round${round}-`))
    }
    await until(() => seen.length === 13)
    await subscription.stop()
    await other.close()
    expect(seen).toEqual(Array.from({ length: 13 }, (_, i) => i + 1))
  })
})

describe('a killed backend', () => {
  it('in the middle of load: every acknowledged event is there once, where it was said to be', async () => {
    const admin = client(process.env.CHORUS_TEST_POSTGRES!)
    const database = new URL(log.database.appUrl).pathname.slice(1)
    const acknowledged = new Map<string, number>()
    let repeated = 0
    let kills = 0
    let killing = Promise.resolve()
    // every so many answers the writer's connection is ended, wherever its transaction is then
    const kill = (): void => {
      killing = killing.then(async () => {
        const killed = await admin`select pg_terminate_backend(pid) as done from pg_stat_activity where datname = ${database} and application_name = 'chorus-log-writer'`
        kills += killed.length
      })
    }
    await Promise.all(Array.from({ length: 12 }, async (_, w) => {
      for (let n = 0; n < 60; n++) {
        const events = [event(`k-${w}-${n}`), event(`k-${w}-${n}b`)]
        const result = await store.append({ stream: `a-${w}`, expected: n * 2 - 1, events })
        if (!result.ok) throw new Error(result.error.code)
        if (result.repeated) repeated += 1
        acknowledged.set(events[0]!.id, result.first.ordinal)
        acknowledged.set(events[1]!.id, result.last.ordinal)
        if (acknowledged.size % 60 === 0) kill()
      }
    }))
    await killing
    const events = await all(store.readAll())
    expect(kills).toBeGreaterThan(0)
    expect(repeated).toBe(0)
    expect(events).toHaveLength(12 * 60 * 2)
    for (const { id, ordinal } of events) expect(acknowledged.get(id)).toBe(ordinal)
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: events.length })
  }, 60_000)
  it('that never comes back: the append gives up in time and says that it may be sent again', async () => {
    const gone = await freshDatabase()
    const lonely = await PostgresStore.open({ url: gone.appUrl, retryMs: 50 })
    await lonely.append({ stream: 'a-1', expected: 'none', events: [event('e1')] })
    const admin = client(process.env.CHORUS_TEST_POSTGRES!)
    const database = new URL(gone.appUrl).pathname.slice(1)
    await admin.unsafe(`alter database "${database}" allow_connections false`)
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database}`
    await expect(lonely.append({ stream: 'a-1', expected: 0, events: [event('e2')] })).rejects.toMatchObject({ name: 'StoreUnavailable', retryable: true })
    await lonely.close()
    await gone.drop()
  })
})

describe('looking up', () => {
  it('uses the indexes by category, by stream and by ordinal, also before the first statistics', async () => {
    await store.appendEach(some(20))
    const owner = client(log.database.ownerUrl)
    await owner.unsafe('set enable_seqscan = off')
    const plan = async (query: string): Promise<string> => (await owner.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`)).map((row) => row['QUERY PLAN']).join('\n')
    expect(await plan(`select * from log.events where category = 'a' and ordinal > 3 order by ordinal limit 10`)).toContain('events_category_ordinal_idx')
    expect(await plan(`select * from log.events where stream = 'a-1' and revision >= 3 order by revision`)).toContain('events_stream_revision_key')
    expect(await plan('select * from log.events where ordinal > 3 and ordinal <= 10 order by ordinal')).toContain('events_pkey')
  })
  it('reads categories by their own index, also where statistics say that nearly every event is of one', async () => {
    await store.appendEach(some(600))
    const owner = client(log.database.ownerUrl)
    await owner.unsafe('analyze log.events; set enable_seqscan = off').simple()
    const plan = (await owner.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${BY_CATEGORY}`, [0, 600, 'a\nrare', '', 512])).map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('events_category_ordinal_idx')
    expect(plan).not.toContain('events_pkey')
  })
})

describe('readers that tail', () => {
  it('skip, double and reorder nothing while 16 writers in two processes append 4,000 events (seed 11)', async () => {
    const report = await tailWhileWriting({ events: 4_000, seed: 11 })
    expect(report.faults).toEqual([])
    expect(report.acknowledged).toBe(4_000)
    expect(report.rollbacks).toBeGreaterThan(0)
    expect(report.conflicts).toBeGreaterThan(0)
  }, 120_000)
})
