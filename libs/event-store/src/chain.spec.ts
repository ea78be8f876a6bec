import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { canonicalJson, genesisLink, leafOf, linkOf, NotCanonical, placedText, sha256, unplacedText } from './chain'

const seed = Number(process.env.FC_SEED ?? 20260723)
const check = (property: fc.IProperty<[unknown]>): void => fc.assert(property, { seed, numRuns: 1000 })

/** JSON values with well-formed text in keys and values, every kind of number, and members that are left out. */
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, fc.constant(null), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.string({ unit: 'binary' }), tie('list'), tie('members')),
  list: fc.array(tie('any'), { maxLength: 6 }),
  members: fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(tie('any'), fc.constant(undefined)), { maxKeys: 8 }),
}))

describe('canonical JSON (RFC 8785)', () => {
  it(`writes what the canonicalize package writes (seed ${seed})`, () => {
    check(fc.property(value.any, (any) => { expect(canonicalJson(any)).toBe(canonicalize(any)) }))
  })
  it('sorts by UTF-16 units, not by code points, and writes numbers as ECMAScript does', () => {
    expect(canonicalJson({ '\ufb33': 1, '😀': 2, ö: 3, '1': 4, '\r': 5, '\u0080': 6, '€': 7 })).toBe('{"\\r":5,"1":4,"\u0080":6,"ö":3,"€":7,"😀":2,"\ufb33":1}')
    expect(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0]')
  })
  it.each<[string, unknown, string]>([
    ['NaN', { a: [1, NaN] }, '/a/1'], ['bigint', { a: 1n }, '/a'], ['a date', { a: { b: new Date(0) } }, '/a/b'], ['a map', [new Map()], '/0'],
    ['a hole', { a: [undefined] }, '/a/0'], ['a function', { f: () => 1 }, '/f'], ['a lone surrogate', { t: '\udc00' }, '/t'], ['bytes', { b: Buffer.from('x') }, '/b'],
  ])('refuses %s and names the place, not the value', (_name, bad, pointer) => {
    expect(() => canonicalJson(bad)).toThrow(NotCanonical)
    expect(() => canonicalJson(bad)).toThrow(pointer)
  })
  it('takes an escaped backslash before "ud" for what it is', () => {
    expect(canonicalJson('\\ud800')).toBe('"\\\\ud800"')
  })
})

describe('stored text', () => {
  it(`is the canonical JSON of body, log, stream and revision, although the revision is put in last (seed ${seed})`, () => {
    const body = fc.dictionary(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'lo', 'logs', 'r', 'revision0', 'stream-', 'z', 'id', 'data')), value.any, { maxKeys: 10 })
      .filter((members) => !['log', 'stream', 'revision'].some((key) => key in members))
    fc.assert(fc.property(body, fc.uuid(), fc.nat(), (members, log, revision) => {
      const stream = `a-${log}`
      expect(placedText(unplacedText(members, log, stream), revision)).toBe(canonicalize({ ...members, log, stream, revision }))
    }), { seed, numRuns: 1000 })
  })
  it.each(['log', 'stream', 'revision'])('leaves %s to the store', (key) => {
    expect(() => unplacedText({ [key]: 1 }, 'l', 's')).toThrow(NotCanonical)
  })
})

describe('links', () => {
  it('are what they were on the first day', () => {
    const log = '00000000-0000-4000-8000-000000000001'
    const genesis = genesisLink(log)
    expect(genesis).toBe(sha256(`chorus-log|${log}`))
    expect(leafOf('{}')).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
    expect(linkOf('0'.repeat(64), 1, '2026-07-02T20:10:00.000000Z', leafOf('{}'))).toBe(sha256(`${'0'.repeat(64)}|1|2026-07-02T20:10:00.000000Z|${leafOf('{}')}`))
  })
  it('change with each of their parts', () => {
    const link = linkOf('a', 1, 't', 'l')
    for (const other of [linkOf('b', 1, 't', 'l'), linkOf('a', 2, 't', 'l'), linkOf('a', 1, 'u', 'l'), linkOf('a', 1, 't', 'm')]) expect(other).not.toBe(link)
  })
})
