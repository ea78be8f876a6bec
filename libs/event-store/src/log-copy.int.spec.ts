/** A log that is led from PostgreSQL to KurrentDB and on into another PostgreSQL is the same log. */
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { KurrentStore } from './kurrentdb'
import { postgres } from '@chorus/postgres'
import { copyLog, copyToKurrent, copyToPostgres, planCopy, type CopyTarget } from './log-copy'
import { genesisLink, leafOf, linkOf } from './chain'
import type { StoredEvent } from './port'
import { PostgresStore } from './postgres'
import { Replay } from './replay'
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
  /** What `chorus replay` prints of it. */
  const digestOf = async (store: PostgresStore | KurrentStore): Promise<string> => { const replay = new Replay(store.log); for await (const each of store.readAll()) replay.fold(each); return replay.result().digest }
  /** Dies before the n-th write. */
  const dying = (target: CopyTarget, writes: number): CopyTarget => ({ ...target, write: async (events) => { for (const each of events) { if (writes-- <= 0) throw new Error('killed'); await target.write([each]) } } })

  it('to KurrentDB, killed in the middle and gone on: every event, place and link, and it goes on from there', async () => {
    const digest = await digestOf(source)
    const finished = (events: number) => ({ copied: events, through: 80, source: 80, digests: { source: digest, target: digest } })
    await expect(copied(dying(copyToKurrent(double.url), 33), source)).rejects.toThrow('killed')
    await expect(KurrentStore.open({ url: double.url, databaseUrl: from.appUrl })).rejects.toThrow(/begun and is not finished/)
    expect(await copied(copyToKurrent(double.url), source)).toEqual(finished(80 - 33))
    const store = await KurrentStore.open({ url: double.url, databaseUrl: from.appUrl })
    expect(await store.head()).toEqual(await source.head())
    expect(await all(store.readAll())).toEqual(await all(source.readAll()))
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: 80 })

    await expect(copied(dying(copyToPostgres(to.ownerUrl), 12), store as never)).rejects.toThrow('killed')
    await expect(PostgresStore.open({ url: to.appUrl })).rejects.toThrow(/begun and is not finished: run `chorus log copy` again/)
    expect(await copied(copyToPostgres(to.ownerUrl), store)).toEqual(finished(68))
    const back = await PostgresStore.open({ url: to.appUrl })
    expect(await all(back.readAll())).toEqual(await all(source.readAll()))
    expect(await verifyChain(back)).toMatchObject({ ok: true, checked: 80 })
    await back.close()
    expect(await copied(copyToPostgres(to.ownerUrl), store)).toEqual(finished(0))

    expect(told(await store.append({ stream: 'c-1', expected: 'none', events: [event('new')] }))).toBe('ok 0-0 at 81')
    expect(told(await store.append({ stream: 'b-0', expected: 'any', events: [event('e0'), event('f0', { type: 'LampLit' })] }))).toBe('again 0-1 at 1')
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: 81 })
    // what was added is led there too, and until that is finished nobody opens the copy
    await expect(copied({ ...copyToPostgres(to.ownerUrl), finish: async () => { throw new Error('killed') } }, store)).rejects.toThrow('killed')
    await expect(PostgresStore.open({ url: to.appUrl })).rejects.toThrow(/begun and is not finished/)
    expect(await copied(copyToPostgres(to.ownerUrl), store)).toMatchObject({ copied: 0, through: 81, source: 81 })
    await expect(copied(copyToKurrent(double.url), source)).rejects.toThrow(/it is no copy any more/)
    await store.close()
  })

  it('into a store that holds another log, or is in use: refused by name, nothing written', async () => {
    const other = await PostgresStore.open({ url: to.appUrl })
    const stranger = { log: '0190b3f2-0000-7000-8000-00000000000c', head: () => other.head(), readAll: () => other.readAll() } as never
    await expect(copied(copyToPostgres(to.ownerUrl), source)).rejects.toThrow(/a Chorus has the log in .* open: stop it/)
    await other.close()
    await expect(copied(copyToPostgres(to.ownerUrl), stranger)).rejects.toThrow(/holds 81 events of log .* Copy into an empty database/)
    await expect(copied(copyToPostgres(to.ownerUrl), source)).rejects.toThrow(/has 81 events of this log, the source 80/)
    await expect(copied(copyToKurrent(double.url), stranger)).rejects.toThrow(/holds log .* Copy into an empty KurrentDB/)
  })

  describe('into an empty database', () => {
    let empty: FreshDatabase
    beforeEach(async () => { empty = await freshDatabase() })
    afterEach(async () => { await empty.drop() })
    const asOwner = async (statement: string): Promise<void> => { const sql = postgres(empty.ownerUrl, { max: 1, onnotice: () => undefined }); await sql.unsafe(statement); await sql.end() }

    it('what would be copied is said without a trace; what was begun is counted', async () => {
      const target = copyToPostgres(empty.ownerUrl)
      expect(await planCopy(source, target)).toEqual({ there: 0, of: 80 })
      const untouched = await PostgresStore.open({ url: empty.appUrl })
      expect(untouched.log).not.toBe(source.log)
      await untouched.close()
      await expect(copyLog(source, dying(target, 7))).rejects.toThrow('killed')
      expect(await planCopy(source, target)).toEqual({ there: 7, of: 80 })
      await target.close()
    })

    it('that a Chorus opens between the look and the beginning: refused by name, it records under its own id, and opens again', async () => {
      const target = copyToPostgres(empty.ownerUrl)
      let opened: PostgresStore | undefined
      const openedMeanwhile: CopyTarget = { ...target, begin: async (log) => { opened = await PostgresStore.open({ url: empty.appUrl }); await target.begin(log) } }
      await expect(copyLog(source, openedMeanwhile)).rejects.toThrow(/a Chorus has the log in .* open: stop it/)
      expect(told(await opened!.append({ stream: 'a-1', expected: 'none', events: [event('meanwhile')] }))).toBe('ok 0-0 at 1')
      expect(await verifyChain(opened!)).toMatchObject({ ok: true, checked: 1 })
      await opened!.close()
      const again = await PostgresStore.open({ url: empty.appUrl })
      expect([again.log, again.log === source.log]).toEqual([opened!.log, false])
      await again.close()
      await target.close()
    })

    it('what is recorded in the source meanwhile is counted, and led there by the next copy', async () => {
      const target = copyToPostgres(empty.ownerUrl)
      let n = 0
      const recordedInMeanwhile: CopyTarget = { ...target, write: async (events) => { await target.write(events); await source.append({ stream: 'd-1', expected: 'any', events: [event(`meanwhile${n++}`)] }) } }
      expect(await copyLog(source, recordedInMeanwhile)).toMatchObject({ copied: 80, through: 80, source: 81 })
      expect(await copied(target, source)).toMatchObject({ copied: 1, through: 81, source: 81, digests: { target: await digestOf(source) } })
    })

    it('a copy that is not what its source is: both are said, and nobody opens it', async () => {
      await expect(copied(dying(copyToPostgres(empty.ownerUrl), 20), source)).rejects.toThrow('killed')
      await asOwner(`alter table log.events disable trigger user; update log.events set text = replace(text, 'BellRung', 'BellSold') where ordinal = 9`)
      expect(await copied(copyToPostgres(empty.ownerUrl), source)).toEqual({
        copied: 61, through: 81, source: 81, digests: { source: await digestOf(source), target: null }, fault: expect.stringContaining('ordinal 9: its text, recorded time or place is not what was linked'),
      })
      await expect(PostgresStore.open({ url: empty.appUrl })).rejects.toThrow(/begun and is not finished/)
    })

    it('a copy with another event in it, and its links made anew so that its chain holds: told by the digests alone', async () => {
      const target = copyToPostgres(empty.ownerUrl)
      async function* relinked(log: string, through: number): AsyncIterable<StoredEvent> {
        let link = genesisLink(log)
        for await (const stored of target.read(log, through)) {
          const text = stored.ordinal === 9 ? stored.text.replace('BellRung', 'BellSold') : stored.text
          link = linkOf(link, stored.ordinal, stored.recordedtime, leafOf(text))
          yield { ...stored, ...JSON.parse(text) as object, text, link }
        }
      }
      const done = await copyLog(source, { ...target, read: relinked })
      expect(done).toMatchObject({ copied: 81, digests: { source: await digestOf(source) }, fault: expect.stringContaining('another history than the source, though its chain holds') })
      expect(done.digests.target).toMatch(/^[0-9a-f]{64}$/)
      await expect(PostgresStore.open({ url: empty.appUrl })).rejects.toThrow(/begun and is not finished/)
    })

    it('that has the places of the KurrentDB which it is led back from', async () => {
      const store = await KurrentStore.open({ url: double.url, databaseUrl: empty.appUrl })
      expect(await copied(copyToPostgres(empty.ownerUrl), store)).toMatchObject({ copied: 81, digests: { source: await digestOf(store), target: await digestOf(store) } })
      await store.close()
    })

    it('that has promised what was recorded at a moment: refused by name', async () => {
      const used = await PostgresStore.open({ url: empty.appUrl })
      await used.ordinalAsOf('2026-01-01T00:00:00Z')
      await used.close()
      await expect(copied(copyToPostgres(empty.ownerUrl), source)).rejects.toThrow(/holds no event, but has answered as log/)
    })
  })
})
