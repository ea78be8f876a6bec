import * as fc from 'fast-check'
import { canonicalJson } from './chain'
import { partOf, saysThat, type Columns } from './says-of'

const SEED = 20260428
const own = { content: 'c0ffee', id: 'e-1', log: 'l', revision: 30, stream: 'a-1', type: 'T' }
const says = (text: string, columns: Partial<Columns<string>> = own): boolean => {
  const { content, ...others } = { ...own, ...columns }
  return saysThat(Buffer.from(text), {
    log: partOf(others.log), stream: partOf(others.stream), id: partOf(others.id), type: partOf(others.type), revision: others.revision, ...content !== undefined && { content: partOf(content) },
  })
}
const OTHERS: Partial<Columns<string>>[] = [{ content: 'c0ffef' }, { content: 'c0ffe' }, { id: 'e-2' }, { log: 'm' }, { revision: 3 }, { revision: 31 }, { stream: 'a-10' }, { type: 'U' }]

it('finds in any canonical object what stands there, and what does not', () => {
  fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), fc.constantFrom(...OTHERS), (more, other) => {
    const text = canonicalJson({ ...more, ...own })
    expect(says(text)).toBe(true)
    expect(says(text, { ...own, ...other })).toBe(false)
  }), { seed: SEED, numRuns: 500 })
})

it('takes no member of an inner object for one of its own, however it is written', () => {
  expect(says(canonicalJson({ ...own, actor: { content: 'x' }, basis: [{ stream: 'other-1', revision: 9 }], data: { id: 'x', text: '"},"stream":"other-2' }, zone: { type: 'x', text: 'a\\"{[:' } }))).toBe(true)
  expect(says(canonicalJson({ content: 'c0ffee', data: { id: 'e-1', type: 'T', stream: 'a-1', log: 'l', revision: 30 } }))).toBe(false)
})

it('takes no member for another whose name begins alike', () => {
  expect(says(canonicalJson({ ...own, conten: 1, contents: 2, i: 1, identity: 'x', logs: [], revisions: 7, streams: 'b', types: {} }))).toBe(true)
})

it('lets a body be silent about id, type and content, and about nothing else', () => {
  const { content: _, id: __, type: ___, ...least } = own
  expect(says(canonicalJson(least))).toBe(true)
  for (const key of ['log', 'revision', 'stream'] as const) { const { [key]: ____, ...others } = own; expect(says(canonicalJson(others))).toBe(false) }
})

it('does not compare a content that it is not given', () => {
  const { content: _, ...others } = own
  expect(saysThat(Buffer.from(canonicalJson({ ...own, content: 'another' })), { log: partOf(others.log), stream: partOf(others.stream), id: partOf(others.id), type: partOf(others.type), revision: 30 })).toBe(true)
})

const text = canonicalJson(own)
it.each([
  ['nothing', ''], ['a list', '[]'], ['half an object', '{'], ['no closing bracket', text.slice(0, -1)], ['something behind it', `${text}x`], ['a comma too many', text.replace(/}$/, ',}')],
  ['a second stream', text.replace('"stream"', '"stream":"a-1","stream"')], ['members in another order', canonicalJson({ ...own, id: 'e-2' }).replace(/}$/, ',"id":"e-1"}')], ['a second type', text.replace(/}$/, ',"type":"T"}')], ['white space', text.replace('"id":', '"id" :')],
  ['null', 'null'], ['names without quotes', text.replace('"id"', 'id')], ['a revision with a zero before it', text.replace(':30', ':030')], ['a revision as text', text.replace(':30', ':"30"')], ['an empty object', '{}'], ['a string that never opens', '{x"}'],
])('refuses %s', (_what, said) => expect(says(said)).toBe(false))
