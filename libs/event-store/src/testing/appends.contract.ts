/** Contract: expected revisions, the decision table row by row, and appendEach. */
import { all, event, idOf, revisions, told } from './builders'
import type { EventStore, ExpectedRevision } from '../port'

const run = (...names: string[]) => names.map((name) => event(name))

export function appendsAreDecided(of: () => EventStore): void {
  describe('expected revision', () => {
    it.each<[ExpectedRevision, string, string]>([
      ['any', 'ok 0-0 at 1', 'ok 2-2 at 3'],
      ['none', 'ok 0-0 at 1', 'wrong-revision'],
      [-1, 'ok 0-0 at 1', 'wrong-revision'],
      ['exists', 'wrong-revision', 'ok 2-2 at 3'],
      [0, 'wrong-revision', 'wrong-revision'],
      [1, 'wrong-revision', 'ok 2-2 at 3'],
      [2, 'wrong-revision', 'wrong-revision'],
    ])('%s on a missing stream: %s; on one at revision 1: %s', async (expected, missing, existing) => {
      const store = of()
      if (missing !== 'ok 0-0 at 1') expect(told(await store.append({ stream: 'a-1', expected, events: run('new') }))).toBe(missing)
      else expect(told(await store.append({ stream: 'b-1', expected, events: run('new') }))).toBe(missing)
      const before = (await store.head()).ordinal
      await store.append({ stream: 'a-2', expected: 'none', events: run('x', 'y') })
      expect(told(await store.append({ stream: 'a-2', expected, events: run('z') }))).toBe(existing.replace('at 3', `at ${before + 3}`))
    })
    it('a conflict says where the stream is, and writes nothing', async () => {
      const store = of()
      expect(await store.append({ stream: 'a-1', expected: 4, events: run('e1') })).toEqual({ ok: false, error: { code: 'wrong-revision', stream: 'a-1', expected: 4, actual: 'none' } })
      await store.append({ stream: 'a-1', expected: 'none', events: run('e1', 'e2') })
      expect(await store.append({ stream: 'a-1', expected: 0, events: run('e3') })).toEqual({ ok: false, error: { code: 'wrong-revision', stream: 'a-1', expected: 0, actual: 1 } })
      expect((await store.head()).ordinal).toBe(2)
    })
  })

  describe('decision table of idempotent append', () => {
    const given = async (store: EventStore) => {
      const first = await store.append({ stream: 'a-1', expected: 'none', events: run('e1', 'e2', 'e3') })
      await store.append({ stream: 'b-1', expected: 'none', events: run('other') })
      return first
    }
    it('all ids new: written', async () => {
      const store = of()
      await given(store)
      expect(told(await store.append({ stream: 'a-1', expected: 2, events: run('e4', 'e5') }))).toBe('ok 3-4 at 5')
    })
    it.each<[ExpectedRevision]>([['none'], ['any'], ['exists'], [2], [77]])('all ids stored as this run, expecting %s: the first answer again', async (expected) => {
      const store = of()
      const first = await given(store)
      const again = await store.append({ stream: 'a-1', expected, events: run('e1', 'e2', 'e3') })
      expect(again).toEqual({ ...first, repeated: true })
      expect((await store.head()).ordinal).toBe(4)
    })
    it('all ids stored, a part of the run: the answer for that part', async () => {
      const store = of()
      await given(store)
      expect(told(await store.append({ stream: 'a-1', expected: 'any', events: run('e2', 'e3') }))).toBe('again 1-2 at 2')
    })
    it('all ids stored, but in another order: an error', async () => {
      const store = of()
      await given(store)
      expect(await store.append({ stream: 'a-1', expected: 'any', events: run('e2', 'e1') })).toEqual({ ok: false, error: { code: 'partly-known', stream: 'a-1', known: [idOf('e2'), idOf('e1')] } })
      expect(told(await store.append({ stream: 'a-1', expected: 'any', events: run('e1', 'e3') }))).toBe('partly-known')
    })
    it.each<[string, string[]]>([['at the start', ['e3', 'new']], ['at the end', ['new', 'e1']]])('some ids stored, some new (%s): an error', async (_where, names) => {
      const store = of()
      await given(store)
      const result = await store.append({ stream: 'a-1', expected: 'any', events: run(...names) })
      expect(result).toEqual({ ok: false, error: { code: 'partly-known', stream: 'a-1', known: names.filter((name) => name !== 'new').map(idOf) } })
      expect((await store.head()).ordinal).toBe(4)
    })
    it('same id with other content: an error that names the id', async () => {
      const store = of()
      await given(store)
      expect(await store.append({ stream: 'a-1', expected: 'any', events: [event('e2', { content: 'changed' })] })).toEqual({ ok: false, error: { code: 'content-differs', stream: 'a-1', id: idOf('e2') } })
      expect(told(await store.append({ stream: 'a-1', expected: 'any', events: [event('new'), event('e1', { content: 'changed' })] }))).toBe('content-differs')
      expect((await store.head()).ordinal).toBe(4)
    })
    it('same id in another stream: an error', async () => {
      const store = of()
      await given(store)
      expect(told(await store.append({ stream: 'c-1', expected: 'any', events: run('e1') }))).toBe('partly-known')
      expect(told(await store.append({ stream: 'c-1', expected: 'any', events: run('e1', 'new') }))).toBe('partly-known')
      expect(await all(store.readStream('c-1'))).toEqual([])
    })
    it('the same content under tokens and nonces of another run counts as the same', async () => {
      const store = of()
      const first = await given(store)
      const resealed = run('e1', 'e2', 'e3').map((each) => ({ ...each, body: { ...each.body, data: { sealed: 'with another nonce' } } }))
      expect(await store.append({ stream: 'a-1', expected: 'none', events: resealed })).toEqual({ ...first, repeated: true })
    })
    it('version moved: a conflict with the actual revision', async () => {
      const store = of()
      await given(store)
      expect(await store.append({ stream: 'a-1', expected: 1, events: run('e4') })).toMatchObject({ ok: false, error: { code: 'wrong-revision', actual: 2 } })
    })
  })

  describe('appendEach', () => {
    it('gives each append its own result; a conflict leaves the others standing', async () => {
      const store = of()
      await store.append({ stream: 'a-1', expected: 'none', events: run('e1') })
      const results = await store.appendEach([
        { stream: 'b-1', expected: 'none', events: run('f1', 'f2') },
        { stream: 'a-1', expected: 'none', events: run('e2') },
        { stream: 'a-1', expected: 'none', events: run('e1') },
        { stream: 'c-1', expected: 'any', events: [event('f1')] },
        { stream: 'a-1', expected: 0, events: [event('e1', { content: 'changed' })] },
        { stream: 'd-1', expected: -1, events: run('g1') },
      ])
      expect(results.map(told)).toEqual(['ok 0-1 at 2', 'wrong-revision', 'again 0-0 at 1', 'partly-known', 'content-differs', 'ok 0-0 at 4'])
      expect((await store.head()).ordinal).toBe(4)
    })
    it('keeps the order of appends to one stream', async () => {
      const store = of()
      const results = await store.appendEach([
        { stream: 'a-1', expected: 'none', events: run('e1') },
        { stream: 'a-1', expected: 0, events: run('e2', 'e3') },
        { stream: 'a-1', expected: 0, events: run('late') },
        { stream: 'a-1', expected: 2, events: run('e4') },
        { stream: 'a-1', expected: 'none', events: run('e1') },
      ])
      expect(results.map((result) => told(result).split(' at')[0])).toEqual(['ok 0-0', 'ok 1-2', 'wrong-revision', 'ok 3-3', 'again 0-0'])
      const texts = (await all(store.readStream('a-1'))).map(({ id }) => id)
      expect(texts).toEqual(['e1', 'e2', 'e3', 'e4'].map(idOf))
    })
    it('takes an empty list, and thousands', async () => {
      const store = of()
      expect(await store.appendEach([])).toEqual([])
      const results = await store.appendEach(Array.from({ length: 2500 }, (_, i) => ({ stream: `a-${i % 50}`, expected: 'any' as const, events: run(`e${i}`) })))
      expect(results.every((result) => result.ok && !result.repeated)).toBe(true)
      expect(results.map((result) => result.ok && result.first.ordinal)).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1))
      expect(revisions(await all(store.readStream('a-7')))).toEqual(Array.from({ length: 50 }, (_, i) => i))
    })
    it('many callers at once: one of those that expect the same revision wins', async () => {
      const store = of()
      const results = await Promise.all(Array.from({ length: 40 }, (_, i) => store.append({ stream: 'a-1', expected: 'none', events: run(`racer${i}`) })))
      expect(results.filter((result) => result.ok)).toHaveLength(1)
      expect(results.filter((result) => !result.ok && result.error.code === 'wrong-revision')).toHaveLength(39)
      const same = await Promise.all(Array.from({ length: 40 }, () => store.append({ stream: 'b-1', expected: 'none', events: run('b1', 'b2') })))
      expect(same.every((result) => result.ok)).toBe(true)
      expect(same.filter((result) => result.ok && !result.repeated)).toHaveLength(1)
      expect((await store.head()).ordinal).toBe(3)
    })
  })
}
