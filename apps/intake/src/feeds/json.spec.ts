import canonicalize from 'canonicalize'
import { random } from '../../../../test/fuzz/nibrs'
import { doubledIn, JsonNumber, JsonObject, parseJson, written, type Json } from './json'

const SEED = 20261130
const made = (next: (below: number) => number, depth: number): unknown => {
  const texts = ['', 'a', '"', '\\', '\\"', '\n\u0000\u001f', 'é€😀', '\ud800', '__proto__', ',:[]{}', ' 1 ', 'null']
  const kind = next(depth > 3 ? 5 : 8)
  if (kind === 0) return [null, true, false][next(3)]
  if (kind < 3) return texts[next(texts.length)]
  if (kind < 5) return [0, 1, -1, 1.5, 1e21, 1e-9, 123456789][next(7)]
  if (kind === 5) return Array.from({ length: next(4) }, () => made(next, depth + 1))
  return Object.fromEntries(Array.from({ length: next(4) }, () => [texts[next(texts.length)], made(next, depth + 1)]))
}
const plain = (value: Json): unknown => value instanceof JsonNumber ? Number(value.text) : value instanceof JsonObject ? Object.fromEntries(value.members.map(([name, one]) => [name, plain(one)])) : Array.isArray(value) ? (value as readonly Json[]).map(plain) : value

describe('JSON as it stands in a file', () => {
  it(`is what JSON.parse reads, in one form however it is laid out (seed ${SEED})`, () => {
    for (let run = 0; run < 2000; run++) {
      const value = made(random(SEED + run), 0)
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, ' \r\n\t'.slice(0, 1 + run % 4))]) {
        const read = parseJson(text)!
        expect(plain(read)).toEqual(JSON.parse(text))
        expect(written(read)).toBe(canonicalize(value))
        expect(written(read, 'as-it-stands')).toBe(JSON.stringify(value))
        expect(doubledIn(read)).toBeUndefined()
      }
    }
  })
  it('keeps digits and doubled names', () => {
    expect(written(parseJson('{"b":1.0,"a":[ 9007199254740993 ,-0, 1E+400],"b":2}')!)).toBe('{"a":[9007199254740993,-0,1E+400],"b":1.0,"b":2}')
    expect(doubledIn(parseJson('[{"a":{"\\u0061":1,"a":2}}]')!)).toBe('a')
  })
  it.each(['', '{', '{"a":1,}', '01', '"a\nb"', 'NaN', '[1 2]', `${'['.repeat(1e6)}${']'.repeat(1e6)}`])('is none: %.20s', (text) => { expect(parseJson(text)).toBeUndefined() })
})
