import { Code, Count, List, Nested, Text, Token } from '@chorus/contracts'
import fc from 'fast-check'
import { KeyedIds } from './keyed-ids'
import { MemoryVault } from './memory-vault'
import type { SubjectKey } from './port'
import { random } from './random'
import { maskSealed, redact } from './redact'
import { SealBroken, seal, unseal, type SealPlace } from './seal'

const SEED = 260299
const place: SealPlace = { eventId: '018f0000-0000-8000-8000-000000000001', type: 'ArrestRecorded', schemaVersion: 1, pointer: '/data/transactionNumber' }
const key: SubjectKey = { keyId: 'dek_aaaaaaaaaaaaaaaaaaaaaa', key: Buffer.alloc(32, 3) }

describe('seal', () => {
  it('opens to the same value, for any JSON value', () => {
    fc.assert(fc.property(fc.jsonValue(), value => { expect(unseal(seal(value, key, place), key.key, place)).toEqual(JSON.parse(JSON.stringify(value))) }), { seed: SEED, numRuns: 200 })
  })
  it('gives another ciphertext each time', () => { expect(seal('x', key, place)).not.toEqual(seal('x', key, place)) })
  it('does not open at another place, under another key or id, or altered', () => {
    const sealed = seal('FICTION', key, place)
    const wrong: [typeof sealed, Uint8Array, SealPlace][] = [
      [sealed, Buffer.alloc(32, 4), place],
      [sealed, key.key, { ...place, eventId: '018f0000-0000-8000-8000-000000000002' }],
      [sealed, key.key, { ...place, type: 'ArrestRecorded2' }],
      [sealed, key.key, { ...place, schemaVersion: 2 }],
      [sealed, key.key, { ...place, pointer: '/data/ori' }],
      [{ $sealed: { ...sealed.$sealed, k: 'dek_other' } }, key.key, place],
      [{ $sealed: { ...sealed.$sealed, n: Buffer.alloc(12).toString('base64url') } }, key.key, place],
      [{ $sealed: { ...sealed.$sealed, c: '' } }, key.key, place],
    ]
    for (const [value, bytes, where] of wrong) expect(() => unseal(value, bytes, where)).toThrow(SealBroken)
  })
  it('says where, and never what', () => {
    expect(() => unseal(seal('FICTION', key, place), Buffer.alloc(32), place)).toThrow(/\/data\/transactionNumber of event 018f0000.*chorus verify/)
  })
})

describe('ids', () => {
  it('differ wherever the parts differ, also in where they are cut', () => {
    const ids = new KeyedIds(Buffer.alloc(32, 1))
    fc.assert(fc.property(fc.array(fc.string(), { maxLength: 4 }), fc.array(fc.string(), { maxLength: 4 }), (a, b) => {
      expect(ids.uuid('event-id', a) === ids.uuid('event-id', b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }), { seed: SEED, numRuns: 300 })
  })
  it('are the ids that this secret has always given', () => {
    expect(new MemoryVault(Buffer.alloc(32, 7)).uuid('stream-id', 'MO0480000', 'nibrs-flat-file', 'FICTION-4711')).toBe('5d92267c-3cec-85ed-b29a-2d9cdab4c00e')
  })
})

describe('random', () => {
  it('never gives the same bytes twice, and what it gave is not changed by what it gives next', () => {
    const seen = new Map<string, Buffer>()
    for (let i = 0; i < 5000; i++) { const bytes = random(16); seen.set(bytes.toString('hex'), bytes) }
    expect(seen.size).toBe(5000)
    for (const [text, bytes] of seen) expect(bytes.toString('hex')).toBe(text)
  })
})

class Inner { @Text({ max: 50, privacy: 'narrative', doc: 'x' }) words!: string; @Count({ doc: 'x' }) count!: number }
class Body {
  @Text({ max: 50, privacy: 'identifying', doc: 'x' }) name!: string
  @Code(['a'], { doc: 'x' }) code!: string
  @Token({ kind: 'per', doc: 'x' }) token!: string
  @Nested(() => Inner, { doc: 'x' }) inner!: Inner
  @List(() => Inner, { doc: 'x', max: 3 }) inners!: Inner[]
}
describe('what logs may show', () => {
  it('masks every sealed field at every depth and drops what the class does not know', () => {
    const inner = { words: 'Nobody Fictional', count: 2 }
    const shown = redact(Body, { name: 'Nobody Fictional', code: 'a', token: 't', inner, inners: [inner, 'Nobody Fictional'], surplus: 'Nobody Fictional' })
    expect(shown).toEqual({ name: '[sealed]', code: 'a', token: 't', inner: { words: '[sealed]', count: 2 }, inners: [{ words: '[sealed]', count: 2 }, '[sealed]'] })
  })
  it('shortens stored values', () => {
    expect(maskSealed({ a: seal('x', key, place), b: [{ $erased: true }], c: 1 })).toEqual({ a: '[sealed]', b: ['[erased]'], c: 1 })
  })
})
