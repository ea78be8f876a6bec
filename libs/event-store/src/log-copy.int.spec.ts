/** A log that is led from PostgreSQL to KurrentDB and on into another PostgreSQL is the same log. */
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { KurrentStore } from './kurrentdb'
import { copyLog, copyToKurrent, copyToPostgres, type CopyTarget } from './log-copy'
import { PostgresStore } from './postgres'
import { all, event, told } from './testing/builders'
import { KurrentDouble } from './testing/kurrentdb-double'
import { verifyChain } from './verify-chain'

describe('chorus log copy', () => {
  let from: FreshDatabase
  let to: FreshDatabase
  let source: PostgresStore
  let double: KurrentDouble
  beforeAll(async () => {
    ;[from, to] = [await freshDatabase(), await freshDatabase()]
    double = await KurrentDouble.start()
    source = await PostgresStore.open({ url: from.appUrl })
    for (let i = 0; i < 40; i++) await source.append({ stream: `${i % 2 ? 'a' : 'b'}-${i % 5}`, expected: 'any', events: [event(`e${i}`), event(`f${i}`, { type: 'LampLit' })] })
  })
  afterAll(async () => { await source.close(); double.stop(); await from.drop(); await to.drop() })
  const copied = async (target: CopyTarget, store: PostgresStore | KurrentStore): ReturnType<typeof copyLog> => { try { return await copyLog(store, target) } finally { await target.close() } }
  /** Dies before the n-th write. */
  const dying = (target: CopyTarget, writes: number): CopyTarget => ({ ...target, write: async (events) => { for (const each of events) { if (writes-- <= 0) throw new Error('killed'); await target.write([each]) } } })

  it('to KurrentDB, killed in the middle and gone on: every event, place and link, and it goes on from there', async () => {
    await expect(copied(dying(copyToKurrent(double.url), 33), source)).rejects.toThrow('killed')
    await expect(KurrentStore.open({ url: double.url, databaseUrl: from.appUrl })).rejects.toThrow(/begun and is not finished/)
    expect(await copied(copyToKurrent(double.url), source)).toEqual({ copied: 80 - 33, through: 80 })
    const store = await KurrentStore.open({ url: double.url, databaseUrl: from.appUrl })
    expect(await store.head()).toEqual(await source.head())
    expect(await all(store.readAll())).toEqual(await all(source.readAll()))
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: 80 })

    await expect(copied(dying(copyToPostgres(to.ownerUrl), 12), store as never)).rejects.toThrow('killed')
    await expect(PostgresStore.open({ url: to.appUrl })).rejects.toThrow(/begun and is not finished: run `chorus log copy` again/)
    expect(await copied(copyToPostgres(to.ownerUrl), store)).toEqual({ copied: 68, through: 80 })
    const back = await PostgresStore.open({ url: to.appUrl })
    expect(await all(back.readAll())).toEqual(await all(source.readAll()))
    expect(await verifyChain(back)).toMatchObject({ ok: true, checked: 80 })
    expect(await copied(copyToPostgres(to.ownerUrl), store)).toEqual({ copied: 0, through: 80 })
    await back.close()

    expect(told(await store.append({ stream: 'c-1', expected: 'none', events: [event('new')] }))).toBe('ok 0-0 at 81')
    expect(told(await store.append({ stream: 'b-0', expected: 'any', events: [event('e0'), event('f0', { type: 'LampLit' })] }))).toBe('again 0-1 at 1')
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: 81 })
    // what was added is led there too, and until that is finished nobody opens the copy
    await expect(copied({ ...copyToPostgres(to.ownerUrl), finish: async () => { throw new Error('killed') } }, store)).rejects.toThrow('killed')
    await expect(PostgresStore.open({ url: to.appUrl })).rejects.toThrow(/begun and is not finished/)
    expect(await copied(copyToPostgres(to.ownerUrl), store)).toEqual({ copied: 0, through: 81 })
    await expect(copied(copyToKurrent(double.url), source)).rejects.toThrow(/it is no copy any more/)
    await store.close()
  })

  it('into a store that holds another log: refused by name, nothing written', async () => {
    const other = await PostgresStore.open({ url: to.appUrl })
    await expect(copied(copyToPostgres(from.appUrl), { log: '0190b3f2-0000-7000-8000-00000000000c', head: () => other.head(), readAll: () => other.readAll() } as never)).rejects.toThrow(/holds 80 events of log .* Copy into an empty database/)
    await other.close()
    expect(await source.head()).toMatchObject({ ordinal: 80 })
  })
})
