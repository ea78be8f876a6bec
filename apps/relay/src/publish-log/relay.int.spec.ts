import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { LeaseLost, TopicRefused, TopicRight, TopicsOfAnotherLog } from '@chorus/event-bus'
import { PostgresStore } from '@chorus/event-store'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { RecordingBus, append, draft } from '../testing/log'
import { Published } from './published'
import { Relay, type RelayOptions } from './relay'

/** The test's own time-out ends a wait in vain. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => { while (!await holds()) await new Promise((resolve) => { setTimeout(resolve, 5) }) }
const gate = (): { readonly passed: Promise<void>; open(): void } => { let open = (): void => undefined; const passed = new Promise<void>((resolve) => { open = resolve }); return { passed, open: () => open() } }

describe('the relay', () => {
  let db: FreshDatabase
  let sql: Sql
  let store: PostgresStore
  let bus: RecordingBus
  let n: number
  let relays: Relay[]
  let errors: object[]

  const relay = (owner: string, over: Partial<RelayOptions> = {}): Relay => {
    const made = new Relay({
      store, database: sql, openPublisher: bus.open, owner, ttlMs: 60_000, standbyMs: 20, backOff: { first: 5, longest: 20 }, pollMs: 20,
      logger: { info: () => undefined, warn: () => undefined, error: (details) => { errors.push(details) } }, ...over,
    })
    relays.push(made)
    return made
  }
  /** 60 s are too long for a test to wait: as if they had passed for the database. */
  const expire = (): Promise<unknown> => sql`update bus.leases set expires = clock_timestamp() - interval '1 second' where name = 'relay'`
  const record = (count: number, stream = 'pchCase-1'): Promise<number> => append(store, stream, ...Array.from({ length: count }, () => draft(++n, stream)))
  const at = async (): Promise<{ ordinal: number; epoch: number; refused: number }> => {
    const [row] = await sql<{ ordinal: string; epoch: string; refused: string }[]>`select ordinal, epoch, refused from bus.published`
    return row ? { ordinal: Number(row.ordinal), epoch: Number(row.epoch), refused: Number(row.refused) } : { ordinal: -1, epoch: 0, refused: 0 }
  }
  const through = (ordinal: number) => until(async () => (await at()).ordinal >= ordinal)
  const from1to = (to: number): number[] => Array.from({ length: to }, (_, i) => i + 1)

  beforeEach(async () => {
    db = await freshDatabase()
    sql = postgres(db.appUrl, { max: 6, onnotice: () => undefined })
    store = await PostgresStore.open({ url: db.appUrl })
    bus = new RecordingBus()
    n = 0
    relays = []
    errors = []
  })
  afterEach(async () => {
    await Promise.all(relays.map((each) => each.stop()))
    await store.close()
    await sql.end()
    await db.drop()
  })

  it('publishes what was recorded before it first ran, what is recorded while it runs, and after a stop what was recorded meanwhile: all of it, in order', async () => {
    await record(3)
    const first = relay('one')
    await first.start()
    await through(3)
    await record(2, 'pchCase-2')
    await through(5)
    await first.stop()
    await record(4)
    const second = relay('two')
    await second.start()
    await through(9)
    expect(bus.ordinals()).toEqual(from1to(9))
    expect(bus.transactions[0]!.messages[0]).toMatchObject({ topic: 'program.cases.v1', key: 'pchCase-1' })
  })

  it('reads no category that stays in the log, and passes over it in its checkpoint', async () => {
    await append(store, 'historyReview-1', draft(++n, 'historyReview-1', 'CriminalHistoryReviewed', { classification: 'CHRI' }))
    const only = relay('one', { ttlMs: 200 })
    await only.start()
    await through(1)
    expect(bus.transactions).toEqual([])
    expect((await only.look()).text).toContain('published through 1, nothing waits')
  })

  it('notes how far it is also where something that stays in the log is recorded all the time: a standby sees that it works', async () => {
    const only = relay('one', { ttlMs: 400 })
    await only.start()
    const began = performance.now()
    let noted = 0
    for (let i = 0; performance.now() - began < 10_000 && noted === 0; i++) {
      await append(store, 'historyReview-1', draft(++n, 'historyReview-1', 'CriminalHistoryReviewed', { classification: 'CHRI' }))
      if (i % 10 === 9) noted = Math.max(0, (await at()).ordinal)
    }
    expect(noted).toBeGreaterThan(0)
  })

  it('after a crash between publishing and its checkpoint publishes the same messages again, and goes on behind them', async () => {
    await record(3)
    bus.after = async () => { bus.after = async () => undefined; throw new Error('the process died here') }
    const only = relay('one')
    await only.start()
    await record(1)
    await through(4)
    const [first, second] = bus.transactions
    expect(second!.messages.slice(0, first!.messages.length)).toEqual(first!.messages)
    expect([...new Set(bus.ordinals())]).toEqual(from1to(4))
    expect((await at()).epoch).toBeGreaterThan(1)
  })

  it('a transaction that fails is published whole by the next try, nothing is passed over', async () => {
    await record(3)
    let failures = 3
    bus.before = async () => { if (failures-- > 0) throw new Error('the broker is away') }
    const only = relay('one')
    await only.start()
    await through(3)
    expect(bus.ordinals()).toEqual([1, 2, 3])
    expect(await only.look()).toMatchObject({ ok: true })
  })

  it('that cannot publish says so in readiness, with how much waits', async () => {
    await record(3)
    bus.before = async () => { throw Object.assign(new Error('secret'), { code: 'BROKER_AWAY' }) }
    const only = relay('one')
    await only.start()
    // the look that says so: the next one may meet a new try
    let text = ''
    await until(async () => { const look = await only.look(); text = look.text; return !look.ok })
    expect(text).toMatch(/does not publish after \d+ failures? \(Error BROKER_AWAY\), tries again; published through 0, 3 behind the head/)
    expect(text).not.toContain('secret')
  })

  it('is one of two: the other stands by, says so, and takes over when the first is gone without a word', async () => {
    const one = relay('one')
    await one.start()
    await record(2)
    await through(2)
    const two = relay('two')
    await two.start()
    await until(() => one.role() === 'owner' && two.role() === 'standby')
    expect(await two.look()).toEqual({ ok: true, text: 'standby, the owner is of epoch 1; published through 2, nothing waits' })
    // in the middle of a transaction: it answers nobody, and does not renew
    const [inHand, end] = [gate(), gate()]
    bus.before = async (by) => { if (by === 1) { inHand.open(); await end.passed } }
    await record(3)
    await inHand.passed
    await expire()
    await until(() => two.role() === 'owner')
    await through(5)
    expect(bus.transactions.filter(({ by }) => by === 2).flatMap(({ messages }) => messages.map(({ headers }) => headers.ce_ordinal))).toEqual(['3', '4', '5'])
    expect(bus.ordinals()).toEqual(from1to(5))
    expect((await at()).epoch).toBe(2)
    end.open()
  })

  it('that was paused and comes back writes nothing: neither to the bus nor to the checkpoint', async () => {
    let now = 0
    const one = relay('one', { elapsed: () => now })
    await one.start()
    await record(1)
    await through(1)
    const [paused, back] = [gate(), gate()]
    bus.before = async (by) => { if (by === 1) { paused.open(); await back.passed } }
    await record(1)
    await paused.passed
    // a minute goes by for everybody but the paused one
    await expire()
    const two = relay('two')
    await two.start()
    await through(2)
    await record(1)
    await through(3)
    now += 61_000
    back.open()
    await until(() => one.role() === 'standby')
    expect(bus.transactions.map(({ by, messages }) => [by, messages.length])).toEqual([[1, 1], [2, 1], [2, 1]])
    expect(await at()).toMatchObject({ ordinal: 3, epoch: 2 })
    await record(1)
    await through(4)
    expect(bus.transactions.at(-1)!.by).toBe(2)
    expect(one.role()).toBe('standby')
  })

  it('that was paused between publishing and its checkpoint does not move the checkpoint of the next one', async () => {
    const one = relay('one')
    await one.start()
    const [paused, back] = [gate(), gate()]
    bus.after = async (by) => { if (by === 1) { paused.open(); await back.passed } }
    await record(2)
    await paused.passed
    await expire()
    const two = relay('two')
    await two.start()
    await through(2)
    back.open()
    await until(() => one.role() === 'standby')
    expect(await at()).toMatchObject({ ordinal: 2, epoch: 2 })
    expect([...new Set(bus.ordinals())]).toEqual([1, 2])
  })

  it('whose clock says that the lease has run out publishes nothing, even where nobody has taken it', async () => {
    let now = 0
    const one = relay('one', { elapsed: () => now })
    await one.start()
    await until(() => one.role() === 'owner')
    now += 60_000
    await record(1)
    await through(1)
    // it had to take the lease anew, under a new epoch and a new publisher
    expect(bus.transactions.map(({ by }) => by)).toEqual([2])
    expect((await at()).epoch).toBe(2)
  })

  it('that has nothing to publish stands by all the same once another has the lease', async () => {
    const one = relay('one', { ttlMs: 400 })
    await one.start()
    await until(() => one.role() === 'owner')
    await sql`update bus.leases set owner = 'another', epoch = epoch + 1, expires = clock_timestamp() + interval '1 minute' where name = 'relay'`
    await until(() => one.role() === 'standby')
    expect(await one.look()).toMatchObject({ ok: true, text: expect.stringMatching(/^standby/) as string })
  })

  it('that is fenced by a late opening of another finds that it still has the lease, and goes on', async () => {
    const one = relay('one')
    await one.start()
    await until(() => one.role() === 'owner')
    await bus.open()
    await record(2)
    await through(2)
    expect(bus.ordinals()).toEqual([1, 2])
    expect(bus.transactions[0]!.by).toBe(3)
  })

  it('that is shut out again and again by who has not the lease of this database is not ready, and says who that may be and what to do', async () => {
    let now = 0
    const one = relay('one', { elapsed: () => now })
    await one.start()
    await until(() => one.role() === 'owner')
    for (let times = 1; times <= 3; times++) {
      await bus.open()
      await record(1)
      await through(times)
      await until(() => one.role() === 'owner')
      const { ok, text } = await one.look()
      expect([times, ok]).toEqual([times, times < 3])
      if (times === 3) expect(text).toMatch(/^shut out 3 times within an hour by a publisher that has not the lease in this database: .*KAFKA_PREFIX.*copy of this database.*; published through 3, nothing waits$/)
    }
    // long ago is no more than that
    now += 2 * 3_600_000
    await record(1)
    await through(4)
    await until(async () => (await one.look()).ok)
  })

  it('whose topics are another log\'s publishes nothing, and readiness says it in whole words; it goes on once they are free', async () => {
    let taken = true
    const only = relay('one', { openPublisher: async () => { if (taken) throw new TopicsOfAnotherLog('Another Chorus, with log x, publishes here. Give each its own KAFKA_PREFIX'); return bus.open() } })
    await record(1)
    await only.start()
    await until(async () => !(await only.look()).ok)
    expect((await only.look()).text).toBe('does not publish: Another Chorus, with log x, publishes here. Give each its own KAFKA_PREFIX; published through 0, 1 behind the head')
    expect(bus.transactions).toEqual([])
    taken = false
    await through(1)
    await until(async () => (await only.look()).ok)
  })

  it('stops at once while its publisher does not open; one that opens after all is closed', async () => {
    const [opening, go, closed] = [gate(), gate(), gate()]
    let told: AbortSignal | undefined
    const only = relay('one', { openPublisher: async ({ signal }) => { told = signal; opening.open(); await go.passed; return { ...await bus.open(), close: async () => closed.open() } } })
    await only.start()
    await opening.passed
    await only.stop()
    expect(told!.aborted).toBe(true)
    const [lease] = await sql<{ free: boolean }[]>`select expires <= clock_timestamp() as free from bus.leases where name = 'relay'`
    expect(lease!.free).toBe(true)
    go.open()
    await closed.passed
  })

  it('whose lease was taken before its publisher shuts out whoever has it, is told so in time', async () => {
    const [opening, go] = [gate(), gate()]
    let asked: unknown
    const slow = relay('slow', { openPublisher: async ({ stillOwner }) => { opening.open(); await go.passed; await stillOwner().catch((error: unknown) => { asked ??= error; throw error }); return bus.open() } })
    await slow.start()
    await opening.passed
    await sql`update bus.leases set owner = 'another', epoch = epoch + 1, expires = clock_timestamp() + interval '1 minute' where name = 'relay'`
    go.open()
    await until(() => asked !== undefined)
    expect([asked instanceof LeaseLost, bus.opened]).toEqual([true, 0])
  })

  it('that has no right to a topic says so in whole words, and so where a topic is not what it needs', async () => {
    let failure: Error | undefined = new TopicRight('x.chorus.log.1')
    const only = relay('one', { openPublisher: async () => { if (failure) throw failure; return bus.open() } })
    await only.start()
    await until(async () => !(await only.look()).ok)
    expect((await only.look()).text).toMatch(/^does not publish after \d+ failures? \(no right to make topic x\.chorus\.log\.1: run infra\/kafka\/acls\.sh again\), tries again; /)
    failure = new TopicRefused('Topic a has 2 partitions')
    await until(async () => (await only.look()).text.includes('(Topic a has 2 partitions), tries again'))
    failure = undefined
    await until(async () => (await only.look()).ok)
  })

  it('tells its log that the topics are another log\'s when that changes, and not at each look', async () => {
    let [tries, of] = [0, 'x']
    const only = relay('one', { openPublisher: async () => { tries++; throw new TopicsOfAnotherLog(`log ${of}`) } })
    await only.start()
    await until(() => tries >= 3)
    of = 'y'
    const before = tries
    await until(() => tries >= before + 3)
    expect(errors).toEqual([expect.objectContaining({ reason: 'log x' }), expect.objectContaining({ reason: 'log y' })])
  })

  it('that took long to open its publisher, while another took the lease, writes nothing', async () => {
    const [opening, go] = [gate(), gate()]
    let lost = false
    const slow = relay('slow', {
      openPublisher: async () => { opening.open(); await go.passed; return bus.open() },
      logger: { info: () => undefined, error: () => undefined, warn: (_, message) => { lost ||= message.startsWith('another relay has taken over') } },
    })
    await record(1)
    await slow.start()
    await opening.passed
    await sql`update bus.leases set owner = 'another', epoch = epoch + 1, expires = clock_timestamp() + interval '1 minute' where name = 'relay'`
    go.open()
    await until(() => lost || bus.transactions.length > 0)
    expect([lost, bus.transactions, await at()]).toEqual([true, [], { ordinal: -1, epoch: 0, refused: 0 }])
  })

  it('of an earlier epoch neither takes the place that was published nor moves it', async () => {
    const published = new Published({ database: sql, name: 'relay', log: store })
    await record(9)
    expect(await published.claim(2)).toEqual({ ordinal: 0, refused: 0, epoch: 2 })
    await published.move(2, 5, 1)
    for (const late of [() => published.claim(1), () => published.move(1, 7, 1), () => published.move(2, 4, 1)]) await expect(late()).rejects.toThrow(LeaseLost)
    expect(await at()).toEqual({ ordinal: 5, epoch: 2, refused: 1 })
    await published.claim(3)
    await expect(published.move(2, 7, 1)).rejects.toThrow(LeaseLost)
    expect(await at()).toEqual({ ordinal: 5, epoch: 3, refused: 1 })
  })

  it('gives the lease back at a stop, after the transaction in hand', async () => {
    const one = relay('one')
    await one.start()
    const [inHand, go] = [gate(), gate()]
    bus.before = async () => { inHand.open(); await go.passed }
    await record(2)
    await inHand.passed
    const stopped = one.stop()
    go.open()
    await stopped
    expect(await at()).toMatchObject({ ordinal: 2 })
    expect(await one.look()).toMatchObject({ ok: false, text: expect.stringContaining('stopped') as string })
    bus.before = async () => undefined
    await record(1)
    const two = relay('two')
    await two.start()
    await through(3)
    expect(bus.ordinals()).toEqual([1, 2, 3])
  })

  it('leaves out what may never be on a topic: counted once, alarmed with type and field, shown in health, and the rest goes on', async () => {
    await record(1)
    const said = 'Jane Roe of 12 Example Street'
    await append(store, 'pchCase-1', draft(++n, 'pchCase-1', 'CaseClosed', { data: { caseId: '018f2a60-0000-8000-8000-000000000002', code: 'EXIT_24M', victimRef: said } }))
    await append(store, 'pchCase-1', draft(++n, 'pchCase-1', 'CriminalHistoryReviewed', { classification: 'CHRI' }))
    await record(1)
    bus.after = async () => { bus.after = async () => undefined; throw new Error('the process died here') }
    const only = relay('one')
    await only.start()
    await through(4)
    expect([...new Set(bus.ordinals())]).toEqual([1, 4])
    expect((await at()).refused).toBe(2)
    expect(errors.slice(-2)).toEqual([
      expect.objectContaining({ alarm: 'refused-event', ordinal: 2, type: 'CaseClosed', field: '/data', reason: 'not-in-contract' }),
      expect.objectContaining({ alarm: 'refused-event', ordinal: 3, type: 'CriminalHistoryReviewed', reason: 'wrong-category' }),
    ])
    const { ok, text } = await only.look()
    expect(ok).toBe(true)
    expect(text).toContain('ALARM: 2 events were refused, never to be on a shared topic, the last CriminalHistoryReviewed at 3')
    expect(JSON.stringify(errors) + text + JSON.stringify(bus.transactions)).not.toContain('Jane')
  })

  it('puts a backlog into transactions of at most 2,000 messages, in the order of the log', async () => {
    for (let i = 0; i < 10; i++) await record(500, `pchCase-${i}`)
    const only = relay('one')
    await only.start()
    await through(5000)
    expect(bus.ordinals()).toEqual(from1to(5000))
    const sizes = bus.transactions.map(({ messages }) => messages.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2000)
    expect(sizes.length).toBeLessThan(10)
  })

  it('refuses to start with the checkpoint of another log, and with one beyond the end of this one', async () => {
    await record(1)
    const one = relay('one')
    await one.start()
    await through(1)
    await one.stop()
    await sql`update bus.published set ordinal = 7`
    await expect(relay('two').start()).rejects.toThrow('The relay has published the log through 7, but it ends at 1: it was restored from an older copy.')
    await sql`update bus.published set ordinal = 1, log = '00000000-0000-4000-8000-000000000000'`
    await expect(relay('three').start()).rejects.toThrow('The relay has published log 00000000-0000-4000-8000-000000000000, but this is log')
    // an empty log that another was copied over: the mark is what is left of it
    await expect(relay('four').start()).rejects.toThrow(/delete its row from bus\.published: .*first its mark at the broker, the topic chorus\.log\.00000000-0000-4000-8000-000000000000 behind the KAFKA_PREFIX.*docs\/runbooks\/relay\.md/)
    expect(bus.opened).toBe(1)
  })
})
