/**
 * The one suite that every event store passes. An adapter's spec names a factory and runs it in a few lines:
 * `eventStoreContract('memory', async () => ({ store: new MemoryStore(), dispose: async () => undefined }))`.
 */
import canonicalize from 'canonicalize'
import { appendsAreDecided } from './appends.contract'
import { all, event, idOf, ordinals, revisions, told } from './builders'
import { readersFollow } from './subscriptions.contract'
import { leafOf } from '../chain'
import { MAX_EVENT_BYTES, type EventStore, type StoredEvent } from '../port'
import { findEvent } from '../find-event'
import { verifyChain } from '../verify-chain'

export interface StoreUnderTest { readonly store: EventStore; /** closes the store and clears what it was made of */ dispose(): Promise<void> }
/** A new, empty log. */
export type StoreFactory = () => Promise<StoreUnderTest>

export function eventStoreContract(name: string, factory: StoreFactory): void {
  describe(`event store contract: ${name}`, () => {
    let under: StoreUnderTest
    let store: EventStore
    beforeEach(async () => { under = await factory(); store = under.store })
    afterEach(async () => { await under.dispose() })

    appendsAreDecided(() => store)
    readsGiveWhatWasAppended(() => store)
    recordedTimeIsThePrefix(() => store)
    refusalsAreNamed(() => store)
    theChainHolds(() => store)
    readersFollow(() => store)
  })
}

/** Three streams of two categories and two types, interleaved: a-1 has 4 events, a-2 has 2, b-1 has 3. */
async function interleaved(store: EventStore): Promise<void> {
  const run: [string, string][] = [['a-1', 'BellRung'], ['b-1', 'LampLit'], ['a-2', 'BellRung'], ['a-1', 'LampLit'], ['b-1', 'BellRung'], ['a-1', 'BellRung'], ['a-2', 'LampLit'], ['b-1', 'LampLit'], ['a-1', 'LampLit']]
  for (const [i, [stream, type]] of run.entries()) await store.append({ stream, expected: 'any', events: [event(`e${i + 1}`, { type })] })
}

function readsGiveWhatWasAppended(of: () => EventStore): void {
  describe('reads', () => {
    it('gives a stream forwards, from a revision, up to a limit', async () => {
      const store = of()
      await interleaved(store)
      expect(revisions(await all(store.readStream('a-1')))).toEqual([0, 1, 2, 3])
      expect(revisions(await all(store.readStream('a-1', { from: 2 })))).toEqual([2, 3])
      expect(revisions(await all(store.readStream('a-1', { from: 1, limit: 2 })))).toEqual([1, 2])
      expect(revisions(await all(store.readStream('a-1', { from: 9 })))).toEqual([])
      expect(await all(store.readStream('a-1', { limit: 0 }))).toEqual([])
    })
    it('gives a stream backwards', async () => {
      const store = of()
      await interleaved(store)
      expect(revisions(await all(store.readStream('a-1', { direction: 'backwards' })))).toEqual([3, 2, 1, 0])
      expect(revisions(await all(store.readStream('a-1', { direction: 'backwards', limit: 1 })))).toEqual([3])
      expect(revisions(await all(store.readStream('a-1', { direction: 'backwards', from: 2, limit: 2 })))).toEqual([2, 1])
      expect(revisions(await all(store.readStream('a-1', { direction: 'backwards', from: 99 })))).toEqual([3, 2, 1, 0])
    })
    it('gives nothing for a missing stream and an empty log', async () => {
      const store = of()
      expect(await all(store.readStream('a-none'))).toEqual([])
      expect(await all(store.readStream('a-none', { direction: 'backwards' }))).toEqual([])
      expect(await all(store.readAll())).toEqual([])
      expect(await store.head()).toMatchObject({ log: store.log, ordinal: 0, recordedtime: null })
    })
    it('gives the whole log in order, after and through', async () => {
      const store = of()
      await interleaved(store)
      expect(ordinals(await all(store.readAll()))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect(ordinals(await all(store.readAll({ after: 3 })))).toEqual([4, 5, 6, 7, 8, 9])
      expect(ordinals(await all(store.readAll({ after: 3, through: 5 })))).toEqual([4, 5])
      expect(ordinals(await all(store.readAll({ through: 0 })))).toEqual([])
      expect(ordinals(await all(store.readAll({ after: 9 })))).toEqual([])
      expect(ordinals(await all(store.readAll({ after: 7, through: 99 })))).toEqual([8, 9])
    })
    it.each([
      ['types', { types: ['LampLit'] }, [2, 4, 7, 8, 9]],
      ['categories', { categories: ['b'] }, [2, 5, 8]],
      ['several categories', { categories: ['b', 'a'] }, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
      ['streams', { streams: ['a-2', 'b-1', 'a-none'] }, [2, 3, 5, 7, 8]],
      ['types and categories', { types: ['LampLit'], categories: ['a'] }, [4, 7, 9]],
      ['types, categories and streams', { types: ['LampLit'], categories: ['a'], streams: ['a-1', 'b-1'] }, [4, 9]],
      ['an unknown type', { types: ['Unheard'] }, []],
      ['no type at all', { types: [] }, []],
      ['no category at all', { categories: [] }, []],
      ['no stream at all', { streams: [] }, []],
      ['nothing asked', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ])('filters by %s', async (_name, filter, expected) => {
      const store = of()
      await interleaved(store)
      expect(ordinals(await all(store.readAll({ filter })))).toEqual(expected)
      expect(ordinals(await all(store.readAll({ filter, after: 4, through: 8 })))).toEqual(expected.filter((ordinal) => ordinal > 4 && ordinal <= 8))
    })
    it('reads past the size of a page, with every kind of filter', async () => {
      const store = of()
      await store.appendEach(Array.from({ length: 1300 }, (_, i) => ({ stream: `a-${i % 3}`, expected: 'any' as const, events: [event(`e${i}`, { type: i % 5 === 0 ? 'LampLit' : 'BellRung' })] })))
      const whole = await all(store.readAll())
      expect(ordinals(whole)).toEqual(Array.from({ length: 1300 }, (_, i) => i + 1))
      const expected = (keep: (each: StoredEvent) => boolean): number[] => ordinals(whole.filter(keep))
      expect(ordinals(await all(store.readAll({ filter: { categories: ['a'] } })))).toEqual(ordinals(whole))
      expect(ordinals(await all(store.readAll({ filter: { types: ['LampLit'] } })))).toEqual(expected(({ type }) => type === 'LampLit'))
      expect(ordinals(await all(store.readAll({ filter: { streams: ['a-1', 'a-2'] } })))).toEqual(expected(({ stream }) => stream !== 'a-0'))
      await store.appendEach(Array.from({ length: 700 }, (_, i) => ({ stream: 'a-long', expected: 'any' as const, events: [event(`long${i}`)] })))
      expect(revisions(await all(store.readStream('a-long')))).toEqual(Array.from({ length: 700 }, (_, i) => i))
      expect(revisions(await all(store.readStream('a-long', { direction: 'backwards', limit: 600 })))).toEqual(Array.from({ length: 600 }, (_, i) => 699 - i))
    })
    it('gives the same event by every way of reading', async () => {
      const store = of()
      await interleaved(store)
      const byLog = await all(store.readAll({ filter: { streams: ['a-1'] } }))
      expect(await all(store.readStream('a-1'))).toEqual(byLog)
      expect((await all(store.readStream('a-1', { direction: 'backwards' }))).reverse()).toEqual(byLog)
      expect((await all(store.readAll())).filter(({ stream }) => stream === 'a-1')).toEqual(byLog)
    })
    it('keeps unicode, control characters, long texts and numbers as they were', async () => {
      const store = of()
      const data = { 'ключ "€"\\': '𝄞 e\u0301 \u0000\u001f\u2028 \t\n\r', empty: '', nothing: null, list: [[], {}, 0, -0.5, 1e21, 5e-324, 9007199254740991], long: 'ü'.repeat(20_000) }
      await store.append({ stream: 'a-1', expected: 'none', events: [event('e1', { data })] })
      const [stored] = await all(store.readAll())
      const body = { ...event('e1', { data }).body, log: store.log, stream: 'a-1', revision: 0 }
      expect(stored!.text).toBe(canonicalize(body))
      expect(JSON.parse(stored!.text)).toEqual(body)
    })
    it('is cancelled by its signal, before and in the middle', async () => {
      const store = of()
      await interleaved(store)
      const before = AbortSignal.abort(new Error('never mind'))
      await expect(all(store.readAll({ signal: before }))).rejects.toThrow('never mind')
      await expect(all(store.readStream('a-1', { signal: before }))).rejects.toThrow('never mind')
      const controller = new AbortController()
      const seen: number[] = []
      await expect((async () => {
        for await (const each of store.readAll({ signal: controller.signal })) {
          seen.push(each.ordinal)
          if (each.ordinal === 3) controller.abort(new Error('enough'))
        }
      })()).rejects.toThrow('enough')
      expect(seen).toEqual([1, 2, 3])
      expect(ordinals(await all(store.readAll()))).toHaveLength(9)
    })
    it('may be left in the middle, and read again from the same call', async () => {
      const store = of()
      await interleaved(store)
      const events = store.readAll()
      for await (const each of events) if (each.ordinal === 2) break
      expect(ordinals(await all(store.readAll({ after: 2 })))).toEqual([3, 4, 5, 6, 7, 8, 9])
    })
  })
}

function recordedTimeIsThePrefix(of: () => EventStore): void {
  describe('recorded time', () => {
    it('is stamped by the store in UTC with microseconds and never decreases', async () => {
      const store = of()
      for (let i = 0; i < 5; i++) await store.append({ stream: `a-${i}`, expected: 'none', events: [event(`x${i}`), event(`y${i}`)] })
      const times = (await all(store.readAll())).map(({ recordedtime }) => recordedtime)
      for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
      expect([...times].sort()).toEqual(times)
      expect((await store.head()).recordedtime).toBe(times.at(-1))
    })
    it('as of recorded T is the prefix before the first later event', async () => {
      const store = of()
      for (let i = 0; i < 12; i++) await store.append({ stream: 'a-1', expected: 'any', events: [event(`x${i}`), event(`y${i}`)] })
      const events = await all(store.readAll())
      const last = events.at(-1)!.recordedtime
      for (const { recordedtime } of events.filter((each) => each.recordedtime < last)) {
        const asOf = await store.ordinalAsOf(recordedtime)
        expect(asOf).toBe(events.filter((each) => each.recordedtime <= recordedtime).length)
      }
      expect(await store.ordinalAsOf('2001-01-01T00:00:00Z')).toBe(0)
      expect(await store.ordinalAsOf('2001-01-01T06:00:00.123456789+06:00')).toBe(0)
    })
    it('an answer stays true: what is appended afterwards is recorded later', async () => {
      const store = of()
      await store.append({ stream: 'a-1', expected: 'any', events: [event('e1')] })
      const { recordedtime } = await store.head()
      let asOf = 0
      // the log's clock must have passed the last event's time
      for (let tries = 0; asOf === 0 && tries < 1000; tries++) asOf = await store.ordinalAsOf(recordedtime!).catch(() => 0)
      expect(asOf).toBe(1)
      await store.append({ stream: 'a-1', expected: 'any', events: [event('e2')] })
      expect(await store.ordinalAsOf(recordedtime!)).toBe(1)
      expect((await store.head()).recordedtime! > recordedtime!).toBe(true)
    })
    it('refuses a moment that the log has not reached, and what is no moment', async () => {
      const store = of()
      await expect(store.ordinalAsOf('2999-01-01T00:00:00Z')).rejects.toMatchObject({ name: 'LogNotThereYet' })
      await store.append({ stream: 'a-1', expected: 'any', events: [event('e1')] })
      await expect(store.ordinalAsOf('2999-01-01T00:00:00Z')).rejects.toMatchObject({ name: 'LogNotThereYet' })
      for (const bad of ['yesterday', '2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00']) await expect(store.ordinalAsOf(bad)).rejects.toThrow('RFC 3339')
    })
  })
}

function refusalsAreNamed(of: () => EventStore): void {
  describe('refuses', () => {
    const sized = (name: string, bytes: number) => event(name, { data: { filler: 'x'.repeat(bytes) } })
    it.each<[string, string, () => Parameters<EventStore['append']>[0]]>([
      ['an event over 256 KiB', 'event-too-large', () => ({ stream: 'a-1', expected: 'any', events: [sized('e1', MAX_EVENT_BYTES)] })],
      ['an event over 256 KiB in UTF-8 though not in characters', 'event-too-large', () => ({ stream: 'a-1', expected: 'any', events: [event('e1', { data: { filler: 'ü'.repeat(MAX_EVENT_BYTES / 2) } })] })],
      ['an append over 900 KiB', 'append-too-large', () => ({ stream: 'a-1', expected: 'any', events: ['e1', 'e2', 'e3', 'e4'].map((name) => sized(name, 250 * 1024)) })],
      ['an empty append', 'empty-append', () => ({ stream: 'a-1', expected: 'any', events: [] })],
      ['a stream without a name', 'bad-stream-name', () => ({ stream: '', expected: 'any', events: [event('e1')] })],
      ['a stream name with a line break', 'bad-stream-name', () => ({ stream: 'a-1\nb', expected: 'any', events: [event('e1')] })],
      ['an id that is no UUID', 'bad-event', () => ({ stream: 'a-1', expected: 'any', events: [{ ...event('e1'), id: 'one' }] })],
      ['an id twice in one append', 'bad-event', () => ({ stream: 'a-1', expected: 'any', events: [event('e1'), event('e1')] })],
      ['a body that says another id', 'bad-event', () => ({ stream: 'a-1', expected: 'any', events: [{ ...event('e1'), id: idOf('e2') }] })],
      ['a body with the store\'s own members', 'bad-event', () => ({ stream: 'a-1', expected: 'any', events: [{ ...event('e1'), body: { revision: 3 } }] })],
      ['a number that JSON cannot carry', 'bad-event', () => ({ stream: 'a-1', expected: 'any', events: [event('e1', { data: { n: Infinity } })] })],
      ['a lone surrogate', 'bad-event', () => ({ stream: 'a-1', expected: 'any', events: [event('e1', { data: { text: 'a\ud800b' } })] })],
      ['an expected revision that is no revision', 'bad-event', () => ({ stream: 'a-1', expected: 1.5, events: [event('e1')] })],
    ])('%s', async (_name, code, append) => {
      const store = of()
      await expect(store.append(append())).rejects.toMatchObject({ name: 'AppendRefused', code })
      await expect(store.appendEach([{ stream: 'a-9', expected: 'any', events: [event('e9')] }, append()])).rejects.toMatchObject({ name: 'AppendRefused', code })
      expect((await store.head()).ordinal).toBe(0)
    })
    it('nothing that fits: an event of just under 256 KiB, an append of just under 900 KiB', async () => {
      const store = of()
      const events = ['e1', 'e2', 'e3'].map((name) => sized(name, MAX_EVENT_BYTES - 500)).concat(sized('e4', 130 * 1024))
      expect(told(await store.append({ stream: 'a-1', expected: 'none', events }))).toBe('ok 0-3 at 1')
      expect(revisions(await all(store.readStream('a-1')))).toEqual([0, 1, 2, 3])
      expect(ordinals(await all(store.readAll({ filter: { streams: ['a-1'] } })))).toEqual([1, 2, 3, 4])
    })
  })
}

function theChainHolds(of: () => EventStore): void {
  describe('chain', () => {
    it('links every event to all before it, and verifies from any point', async () => {
      const store = of()
      await interleaved(store)
      const report = await verifyChain(store)
      const { link, recordedtime } = await store.head()
      expect(report).toEqual({ ok: true, log: store.log, checked: 9, through: 9, link, recordedtime })
      expect(await verifyChain(store, { after: 9, link })).toMatchObject({ ok: true, checked: 0, through: 9 })
      expect(await verifyChain(store, { after: 4, link })).toMatchObject({ ok: false, checked: 0, ordinal: 4, fault: 'link-differs' })
      expect(await verifyChain(store, { after: 4 })).toMatchObject({ ok: true, checked: 5, through: 9 })
      expect(await verifyChain(store, { after: 2, through: 6 })).toMatchObject({ ok: true, checked: 4, through: 6 })
    })
    it('an event is found by its id', async () => {
      const store = of()
      await interleaved(store)
      const [third] = await all(store.readAll({ after: 2, through: 3 }))
      expect(await findEvent(store, third!.id)).toEqual(third)
      expect(await findEvent(store, idOf('nobody'))).toBeUndefined()
      expect(await store.standing([third!.id, idOf('nobody')])).toEqual(new Map([[third!.id, third!.stream]]))
      expect(await store.standing([])).toEqual(new Map())
    })
    it('hashes the canonical text of body, log, stream and revision', async () => {
      const store = of()
      await store.append({ stream: 'a-1', expected: 'none', events: [event('e1')] })
      const [stored] = await all(store.readAll())
      const text = canonicalize({ ...event('e1').body, log: store.log, stream: 'a-1', revision: 0 })!
      expect(leafOf(stored!.text)).toBe(leafOf(text))
    })
    it('finds the first event that is not what was recorded', async () => {
      const store = of()
      await interleaved(store)
      const tampered = (change: (each: StoredEvent) => StoredEvent | undefined) => ({
        log: store.log, head: () => store.head(),
        async *readAll(options?: Parameters<EventStore['readAll']>[0]) { for await (const each of store.readAll(options)) { const changed = change(each); if (changed) yield changed } },
      })
      const at = (ordinal: number, more: Partial<StoredEvent>) => (each: StoredEvent) => (each.ordinal === ordinal ? { ...each, ...more } : each)
      expect(await verifyChain(tampered(at(5, { text: '{}' })))).toMatchObject({ ok: false, ordinal: 5, fault: 'link-differs', checked: 4 })
      expect(await verifyChain(tampered(at(3, { recordedtime: '2999-01-01T00:00:00.000000Z' })))).toMatchObject({ ok: false, ordinal: 3, fault: 'link-differs' })
      expect(await verifyChain(tampered(at(3, { recordedtime: '1999-01-01T00:00:00.000000Z' })))).toMatchObject({ ok: false, ordinal: 3, fault: 'recordedtime-decreases' })
      expect(await verifyChain(tampered(at(4, { stream: 'a-2' })))).toMatchObject({ ok: false, ordinal: 4, fault: 'not-its-text' })
      expect(await verifyChain(tampered((each) => (each.ordinal === 6 ? undefined : each)))).toMatchObject({ ok: false, ordinal: 6, fault: 'gap' })
      expect(await verifyChain(tampered((each) => (each.ordinal > 7 ? undefined : each)))).toMatchObject({ ok: false, ordinal: 8, fault: 'gap' })
      expect(await verifyChain({ ...tampered((each) => each), head: async () => ({ ...(await store.head()), link: 'f'.repeat(64) }) })).toMatchObject({ ok: false, ordinal: 9, fault: 'head-differs' })
    })
  })
}
