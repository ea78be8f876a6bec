import fc from 'fast-check'
import { decideAppend, type KnownEvent } from './decide-append'

const seed = Number(process.env.FC_SEED ?? 20260723)
const at = (stream: string, revision: number, content = 'c'): KnownEvent => ({ stream, revision, ordinal: 10 + revision, recordedtime: 't', content })
const ask = (ids: string[], expected: number | 'any' | 'none' | 'exists' = 'any', content = 'c') => ({ stream: 'a', expected, events: ids.map((id) => ({ id, content })) })
const stored = new Map([['e0', at('a', 0)], ['e1', at('a', 1)], ['e2', at('a', 2)], ['f0', at('b', 0)]])
const known = (id: string) => stored.get(id)

describe('the decision table', () => {
  it.each([
    ['all new', ask(['n1', 'n2'], 2), { write: true, revision: 3 }],
    ['all stored as this run', ask(['e0', 'e1'], 'none'), { write: false, result: { ok: true, repeated: true, first: { ordinal: 10, revision: 0, recordedtime: 't' }, last: { ordinal: 11, revision: 1, recordedtime: 't' } } }],
    ['stored with a hole', ask(['e0', 'e2']), { write: false, result: { ok: false, error: { code: 'partly-known', stream: 'a', known: ['e0', 'e2'] } } }],
    ['stored in another stream', ask(['f0']), { write: false, result: { ok: false, error: { code: 'partly-known', stream: 'a', known: ['f0'] } } }],
    ['some stored', ask(['e2', 'n1'], 2), { write: false, result: { ok: false, error: { code: 'partly-known', stream: 'a', known: ['e2'] } } }],
    ['other content', ask(['e1'], 1, 'd'), { write: false, result: { ok: false, error: { code: 'content-differs', stream: 'a', id: 'e1' } } }],
    ['moved', ask(['n1'], 1), { write: false, result: { ok: false, error: { code: 'wrong-revision', stream: 'a', expected: 1, actual: 2 } } }],
  ])('%s', (_row, append, decision) => { expect(decideAppend(append, 2, known)).toEqual(decision) })

  it(`an append that was written is answered as written, whatever it expects now (seed ${seed})`, () => {
    const expected = fc.oneof(fc.constantFrom('any' as const, 'none' as const, 'exists' as const), fc.integer({ min: -1, max: 9 }))
    fc.assert(fc.property(fc.integer({ min: -1, max: 9 }), fc.integer({ min: 1, max: 5 }), expected, expected, (actual, count, first, then) => {
      const ids = Array.from({ length: count }, (_, i) => `x${i}`)
      const decision = decideAppend(ask(ids, first), actual, () => undefined)
      if (!decision.write) return
      const written = new Map(ids.map((id, i) => [id, at('a', decision.revision + i)]))
      const again = decideAppend(ask(ids, then), actual + count, (id) => written.get(id))
      expect(again).toMatchObject({ write: false, result: { ok: true, repeated: true, first: { revision: actual + 1 }, last: { revision: actual + count } } })
    }), { seed })
  })
})
