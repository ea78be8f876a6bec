/** A KurrentDB that surprises, and one that fails. */
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'
import { postgres } from '@chorus/postgres'
import { KurrentStore } from './kurrentdb'
import { connectKurrent, type Entry, pageOf } from './kurrentdb-connection'
import { assignPlaces } from './kurrentdb-follower'
import { Places } from './kurrentdb-places'
import { genesisLink } from './chain'
import { all, event, idOf, ordinals, told } from './testing/builders'
import { KurrentDouble } from './testing/kurrentdb-double'
import { SURPRISES, type Surprise } from './testing/kurrentdb-double-log'
import { placesAnew } from './testing/kurrentdb-logs'
import { SURPRISED, type Surprised } from './testing/kurrentdb-surprises'
import { verifyChain } from './verify-chain'
import { walkRange } from './walk-range'

const live = process.env.KURRENTDB_URL
let database: FreshDatabase
beforeAll(async () => { database = await freshDatabase() })
afterAll(async () => { await database.drop() })

const open = (url: string, more: { prefix?: string; retryMs?: number; answerMs?: number } = {}): Promise<KurrentStore> => KurrentStore.open({ url, databaseUrl: database.appUrl, ...more })

async function surprised(name: Surprise, off: readonly Surprise[] = []): Promise<void> {
  await placesAnew(database)
  const double = live ? undefined : await KurrentDouble.start({ off })
  const url = live ?? double!.url
  const prefix = `s${idOf(`${name}${process.pid}${performance.now()}`).slice(0, 8)}.`
  const client = connectKurrent(url)
  const store = await open(url, { prefix })
  try {
    await SURPRISED[name]({ store, client, url, prefix, ...double && { double } } satisfies Surprised)
  } finally {
    await store.close()
    await client.dispose()
    double?.stop()
  }
}

describe('where the server surprises', () => {
  it.each(SURPRISES)('%s', async (name) => { await expect(surprised(name)).resolves.toBeUndefined() })
  if (!live) it.each(SURPRISES)('a server without it fails its test: %s', async (name) => { await expect(surprised(name, [name])).rejects.toMatchObject({ code: 'ERR_ASSERTION' }) })
})

describe('where the server fails', () => {
  let double: KurrentDouble
  let store: KurrentStore
  const begin = async (options: Parameters<typeof KurrentDouble.start>[0] = {}): Promise<void> => {
    await placesAnew(database)
    double = await KurrentDouble.start(options)
    store = await open(double.url)
  }
  afterEach(async () => { await store.close(); double.stop() })
  const append = (name: string, stream = 'a-1'): Promise<string> => store.append({ stream, expected: 'any', events: [event(name)] }).then(told)
  const stored = async (): Promise<string[]> => (await all(store.readAll())).map(({ id }) => id)

  it('each way an answer can fail to come: written once, and answered as the first time', async () => {
    await begin()
    for (const [i, fault] of (['lost-before', 'answer-lost', 'timed-out'] as const).entries()) {
      double.next(fault)
      expect(await append(`e${i}`)).toBe(`ok ${i}-${i} at ${i + 1}`)
    }
    expect(await stored()).toEqual([0, 1, 2].map((i) => idOf(`e${i}`)))
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: 3 })
  })

  it('an append that is never answered is looked up when its time is over', async () => {
    await begin()
    await store.close()
    store = await open(double.url, { answerMs: 200 })
    double.next('frozen')
    expect(await append('e1')).toBe('ok 0-0 at 1')
    expect(await stored()).toEqual([idOf('e1')])
  }, 30_000)

  it('a server that restarts under load: every event once, in the order of its stream', async () => {
    await begin()
    const appends = Array.from({ length: 60 }, (_, i) => append(`e${i}`, `a-${i % 3}`))
    await Promise.race(appends)
    double.crash()
    await new Promise((resolve) => { setTimeout(resolve, 100) })
    await double.restart()
    expect((await Promise.all(appends)).every((answer) => answer.startsWith('ok'))).toBe(true)
    expect([...await stored()].sort()).toEqual(Array.from({ length: 60 }, (_, i) => idOf(`e${i}`)).sort())
    expect(await verifyChain(store)).toMatchObject({ ok: true, checked: 60 })
  }, 30_000)

  it('a server that does not come back: the append says that its outcome is not known; when it is there again, appends go on', async () => {
    await begin()
    await store.close()
    store = await open(double.url, { retryMs: 2000 })
    double.crash()
    await expect(append('e1')).rejects.toThrow(/whether these events were recorded is not known/)
    await double.restart()
    expect(await append('e1')).toBe('ok 0-0 at 1')
  }, 30_000)

  it('an old server without batches does as well', async () => {
    await begin({ batches: false })
    expect(await append('e1')).toBe('ok 0-0 at 1')
    double.next('answer-lost')
    expect(await append('e2')).toBe('ok 1-1 at 2')
  })

  it('what a destroyed key sealed is refused', async () => {
    await begin()
    const owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    await owner`create or replace function vault.ended(keys text[]) returns setof text language sql stable as $$ select k from unnest(keys) as k where k = 'dek_gone' $$`
    await owner.end()
    expect((await store.appendEach(['dek_there', 'dek_gone'].map((key) => ({ stream: 'a-1', expected: 'any' as const, events: [event(key)], keys: [key] })))).map(told)).toEqual(['ok 0-0 at 1', 'key-ended'])
    expect(await stored()).toEqual([idOf('dek_there')])
  })
})

describe('the owner of the places', () => {
  it('changes the fingerprint by which an event is known again: the walk names it', async () => {
    await placesAnew(database)
    const double = await KurrentDouble.start()
    const store = await open(double.url)
    const owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    try {
      await store.append({ stream: 'a-1', expected: 'none', events: ['e1', 'e2', 'e3'].map((name) => event(name)) })
      expect(await walkRange(store, { after: 0, through: 3 })).toMatchObject({ checked: 3, end: { ordinal: 3 } })
      expect((await all(store.readAll()))[0]).not.toHaveProperty('content')
      await owner.unsafe(`alter table log_index.events disable trigger user; update log_index.events set content = 'x' || substr(content, 2) where ordinal = 2`).simple()
      expect((await walkRange(store, { after: 0, through: 3 })).fault).toMatchObject({ ordinal: 2, fault: 'not-its-text' })
    } finally {
      await owner.end()
      await store.close()
      double.stop()
    }
  })
})

describe('the follower', () => {
  let double: KurrentDouble
  beforeEach(async () => { await placesAnew(database); double = await KurrentDouble.start() })
  afterEach(() => { double.stop() })

  it('two processes: one owns the places, the other goes on when it is gone, and both see the same', async () => {
    const one = await open(double.url)
    const two = await open(double.url)
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).append({ stream: `a-${i % 4}`, expected: 'any', events: [event(`e${i}`)] })))
    const told_ = (await Promise.all([one.health(), two.health()])).map(({ text }) => text)
    expect(told_.filter((text) => text.includes('; follows'))).toHaveLength(1)
    expect(told_.filter((text) => text.includes('another process follows'))).toHaveLength(1)
    const owner = told_[0]!.includes('; follows') ? one : two
    const other = owner === one ? two : one
    await owner.close()
    expect(told(await other.append({ stream: 'b-1', expected: 'none', events: [event('after')] }))).toBe('ok 0-0 at 21')
    expect(await verifyChain(other)).toMatchObject({ ok: true, checked: 21 })
    await other.close()
  })

  it('goes on where it was: what was appended while nobody followed is placed after it, and its lag is said', async () => {
    const one = await open(double.url)
    await one.append({ stream: 'a-1', expected: 'none', events: [event('e1')] })
    const before = await one.head()
    await one.close()
    const two = await open(double.url)
    expect(await two.head()).toEqual(before)
    expect((await two.health()).text).toMatch(/placed through 1, nothing behind; follows/)
    await two.close()
  })

  it('one that lost the places without knowing writes nothing more', async () => {
    const log = '0190b3f2-0000-7000-8000-00000000000a'
    const places = new Places(database.appUrl, log, 1000)
    await places.open('a test')
    const first = (await places.own(idOf('first')))!
    await places.giveUp(idOf('first'))
    expect(await places.own(idOf('second'))).toBe(first + 1)
    const assign = jest.fn(() => ({ places: [], position: { commit: 1n, prepare: 1n } }))
    expect(await places.advance(idOf('first'), first, assign)).toBe(false)
    expect(assign).not.toHaveBeenCalled()
    expect(await places.own(idOf('first'))).toBeUndefined()
    await places.close()
  })

  it('keeps the place that a copied event brings, and stands still where it does not fit', () => {
    const log = '0190b3f2-0000-7000-8000-00000000000b'
    const head = { log, ordinal: 0, link: genesisLink(log), recordedtime: null, promised: null, clock: '2026-07-02T20:10:00.000000Z', position: undefined }
    const seen = { stream: 'a-1', revision: 0, id: idOf('e1'), type: 'BellRung', content: 'c', text: '{}', position: { commit: 1n, prepare: 1n } }
    const [placed] = assignPlaces(head, [seen])
    expect(placed).toMatchObject({ recordedtime: head.clock, link: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    const recordedtime = '2020-01-01T00:00:00.000000Z'
    const [native] = assignPlaces({ ...head, clock: recordedtime }, [seen])
    const copied = { ordinal: '1', recordedtime, link: native!.link }
    expect(assignPlaces(head, [{ ...seen, copied }])).toMatchObject([{ recordedtime, link: native!.link }])
    for (const wrong of [{ ordinal: '2' }, { link: 'f'.repeat(64) }, { recordedtime: '2020-01-02T00:00:00.000000Z' }]) {
      expect(() => assignPlaces(head, [{ ...seen, copied: { ...copied, ...wrong } }])).toThrow(/was copied as ordinal/)
    }
  })

  it('a recorded time never goes back, whatever the clock says', () => {
    const head = { log: '', ordinal: 7, link: 'a'.repeat(64), recordedtime: '2026-07-02T20:10:00.000000Z', promised: '2026-07-02T20:11:00.000000Z', clock: '2026-07-02T19:00:00.000000Z', position: undefined }
    const seen = { stream: 'a-1', revision: 0, id: idOf('e1'), type: 'BellRung', content: 'c', text: '{}', position: { commit: 1n, prepare: 1n } }
    expect(assignPlaces(head, [seen])[0]!.recordedtime).toBe(head.promised)
  })

  it('places of another log, and a KurrentDB older than its places, are refused by name', async () => {
    const one = await open(double.url)
    await one.append({ stream: 'a-1', expected: 'none', events: [event('e1')] })
    await one.close()
    const other = await KurrentDouble.start()
    await expect(open(other.url)).rejects.toMatchObject({ name: 'PlacesOfAnotherLog', message: expect.stringMatching(/are of log .* has log .*CHORUS_LOG_URL/) as string })
    other.stop()
    double.log.all.splice(2)
    await expect(open(double.url)).rejects.toThrow(/restored from an older copy/)
  })

  it('an event that KurrentDB lost is named by verify', async () => {
    const store = await open(double.url)
    for (let i = 0; i < 3; i++) await store.append({ stream: `a-${i}`, expected: 'none', events: [event(`e${i}`)] })
    double.log.all.splice(double.log.all.findIndex(({ stream }) => stream === 'a-1'), 1)
    expect(await verifyChain(store)).toMatchObject({ ok: false, ordinal: 2 })
    expect(ordinals(await all(store.readAll()))).toEqual([1, 2, 3])
    await store.close()
  })

  it('a server\'s own entries are passed over, and the place behind them is kept', async () => {
    const store = await open(double.url)
    await store.append({ stream: 'a-1', expected: 'none', events: [event('e1')] })
    const client = connectKurrent(double.url)
    const entries = await pageOf(1000, () => client.readAll()) as Entry[]
    await client.dispose()
    expect(entries.map(({ streamId }) => streamId)).toEqual(expect.arrayContaining(['$stats-127.0.0.1:2113', 'chorus.log', 'a-1']))
    expect(await store.head()).toMatchObject({ ordinal: 1 })
    await store.close()
  })
})
