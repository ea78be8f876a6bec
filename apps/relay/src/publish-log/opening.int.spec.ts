/** What a relay does while its publisher opens, which may take longer than its lease holds. */
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { LeaseLost } from '@chorus/event-bus'
import { PostgresStore } from '@chorus/event-store'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { RecordingBus, append, draft } from '../testing/log'
import type { Turn } from './opening'
import { Relay, type RelayOptions } from './relay'

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
/** The test's own time-out ends a wait in vain. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => { while (!await holds()) await pause(5) }
const aborted = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)) })
const TTL = 400

describe('a relay that opens its publisher', () => {
  let db: FreshDatabase
  let sql: Sql
  let store: PostgresStore
  let bus: RecordingBus
  let relays: Relay[]

  const relay = (owner: string, over: Partial<RelayOptions> = {}): Relay => {
    const made = new Relay({
      store, database: sql, openPublisher: bus.open, owner, ttlMs: TTL, backOff: { first: 5, longest: 20 }, pollMs: 20,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined }, ...over,
    })
    relays.push(made)
    return made
  }
  const record = (n: number): Promise<number> => append(store, 'pchCase-1', draft(n, 'pchCase-1'))
  const takenByAnother = (): Promise<unknown> => sql`update bus.leases set owner = 'another', epoch = epoch + 1, expires = clock_timestamp() + interval '1 minute' where name = 'relay'`

  beforeEach(async () => {
    db = await freshDatabase()
    sql = postgres(db.appUrl, { max: 6, onnotice: () => undefined })
    store = await PostgresStore.open({ url: db.appUrl })
    bus = new RecordingBus()
    relays = []
  })
  afterEach(async () => {
    await Promise.all(relays.map((each) => each.stop()))
    await store.close()
    await sql.end()
    await db.drop()
  })

  it('for longer than its lease holds keeps it, and publishes: the others do not begin again and again in its place', async () => {
    const slowly = async (turn: Turn) => { await pause(3 * TTL); await turn.stillOwner(); return bus.open() }
    await record(1)
    for (const owner of ['one', 'two', 'three']) await relay(owner, { openPublisher: slowly }).start()
    await until(() => bus.transactions.length > 0)
    expect([bus.opened, bus.ordinals()]).toEqual([1, [1]])
  })

  it('is told as soon as another has the lease, and gives that opening up', async () => {
    let turn: Turn | undefined
    const only = relay('one', { openPublisher: (its) => { turn = its; return aborted(its.signal) } })
    await only.start()
    await until(() => turn !== undefined)
    await takenByAnother()
    await until(() => turn!.signal.aborted)
    expect(turn!.signal.reason).toBeInstanceOf(LeaseLost)
  })

  it('shuts out nobody by an opening that was given up, not even itself when it has the lease again', async () => {
    const turns: Turn[] = []
    const only = relay('one', { openPublisher: (turn) => (turns.push(turn) === 1 ? aborted(turn.signal) : bus.open()) })
    await only.start()
    await until(() => turns.length === 1)
    await takenByAnother()
    await until(() => turns[0]!.signal.aborted)
    await sql`update bus.leases set expires = clock_timestamp() where name = 'relay'`
    await until(() => only.role() === 'owner')
    await turns[1]!.stillOwner()
    await expect(turns[0]!.stillOwner()).rejects.toThrow(LeaseLost)
  })

  it('for too long gives the lease back, so that another may try, says so, and waits longer the next time', async () => {
    let tries = 0
    const stuck = relay('stuck', { openWithinMs: 300, openPublisher: ({ signal }) => { tries++; return aborted(signal) } })
    await record(1)
    await stuck.start()
    await until(async () => (await stuck.look()).text.startsWith('does not publish after 1 failure (the publisher did not open within 0.3 s)'))
    await relay('two').start()
    await until(() => bus.transactions.length > 0)
    expect(tries).toBeLessThanOrEqual(2)
  })

  it('that takes as long for everybody is through some day', async () => {
    await record(1)
    for (const owner of ['one', 'two']) await relay(owner, { openWithinMs: 300, openPublisher: async () => { await pause(900); return bus.open() } }).start()
    await until(() => bus.transactions.length > 0)
  })

  it('is no standby: it says that it opens it, and is not ready once that takes long', async () => {
    let now = 0
    const only = relay('one', { elapsed: () => now, openWithinMs: 60_000, ttlMs: 60_000, openPublisher: ({ signal }) => aborted(signal) })
    await record(1)
    await only.start()
    await until(() => only.role() === 'opening')
    expect(await only.look()).toEqual({ ok: true, text: 'opens its publisher, of epoch 1; published through 0, 1 behind the head' })
    now += 12_000
    expect(await only.look()).toEqual({ ok: false, text: 'opens its publisher, of epoch 1, since 12 s; published through 0, 1 behind the head' })
  })

  describe('is waited for by a standby, which', () => {
    let now: number
    let standby: Relay
    const waits = { ok: true, text: expect.stringMatching(/^standby/) as string }
    const alarm = (seconds: number) => ({ ok: false, text: expect.stringMatching(new RegExp(`^nobody publishes: nothing was published for ${seconds} s, though something waits; standby`)) as string })
    const published = (ordinal: number, epoch: number): Promise<unknown> => sql`
      insert into bus.published (name, log, ordinal, epoch) values ('relay', ${store.log}, ${ordinal}, ${epoch}) on conflict (name) do update set ordinal = excluded.ordinal, epoch = excluded.epoch`

    beforeEach(async () => {
      now = 0
      await sql`insert into bus.leases (name, owner, epoch, expires) values ('relay', 'another', 1, clock_timestamp() + interval '1 minute')`
      standby = relay('standby', { elapsed: () => now, ttlMs: 4000 })
      await standby.start()
    })

    it('is not ready where nothing was published for longer than a take-over takes, though something waits, whoever has the lease', async () => {
      await record(1)
      expect(await standby.look()).toEqual(waits)
      now += 14_000
      expect(await standby.look()).toEqual(waits)
      await published(0, 7)
      now += 2_000
      expect(await standby.look()).toEqual(alarm(16))
      await published(1, 7)
      expect(await standby.look()).toEqual({ ok: true, text: 'standby, the owner is of epoch 7; published through 1, nothing waits' })
    })

    it('is ready beside an idle log, and beside a backlog that shrinks slowly', async () => {
      await record(1)
      await published(1, 1)
      for (let i = 0; i < 3; i++) { expect(await standby.look()).toEqual(waits); now += 60_000 }
      for (const n of [2, 3, 4, 5, 6, 7]) await record(n)
      for (let ordinal = 2; ordinal < 6; ordinal++) { await published(ordinal, 1); expect(await standby.look()).toEqual(waits); now += 14_000 }
    })

    it('is ready when it has just started, however much waits', async () => {
      await record(1)
      now += 60_000
      expect(await standby.look()).toEqual(waits)
    })
  })
})
