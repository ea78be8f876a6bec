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
})
