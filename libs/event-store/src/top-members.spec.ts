import * as fc from 'fast-check'
import { canonicalJson } from './chain'
import { topMembers } from './top-members'

const SEED = 20260428
const { id, log, revision, stream, type } = { id: 'e-1', log: 'l', revision: 3, stream: 'a-1', type: 'T' }

it('says of any canonical object what parsing it says', () => {
  fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (more) => {
    const text = canonicalJson({ ...more, id, log, revision, stream, type })
    expect(topMembers(text)).toEqual({ id, log, revision, stream, type })
  }), { seed: SEED, numRuns: 300 })
})

it('takes no member of an inner object for one of its own, however it is written', () => {
  expect(topMembers(canonicalJson({ basis: [{ stream: 'other-1', revision: 9 }], data: { id: 'x', text: '"},"stream":"other-2' }, revision, stream }))).toEqual({ revision, stream })
})

it('takes no member for another whose name begins alike', () => {
  expect(topMembers(canonicalJson({ i: 1, identity: 'x', logs: [], revisions: 7, stream, streams: 'b', types: {} }))).toEqual({ stream })
})

it.each(['', '[]', '{', '{"id":"a"', '{"id":"a"}x', '{"id":"a","id":"b"}', '{"id" :"a"}', '{"id":"a",}', 'null', '{id:1}'])('refuses %s', (text) => expect(topMembers(text)).toBeUndefined())
it('an empty object says nothing', () => expect(topMembers('{}')).toEqual({}))
