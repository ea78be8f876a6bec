import * as fc from 'fast-check'
import { linkedTokens, linksAfter, tokensOf, type PersonLink } from './person-links'

const ref = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const step = fc.record({ type: fc.constantFrom('PersonIdentitiesLinked', 'PersonIdentitiesLinked', 'PersonIdentitiesUnlinked'), one: ref, other: ref })

it('asked of all at once, each token has the same others, in the same order', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    const links = steps.filter(({ one, other }) => one !== other)
      .reduce<readonly PersonLink[]>((before, { type, one, other }) => linksAfter(before, { type, data: { keepRef: one, mergedRef: other, oneRef: one, otherRef: other } }), [])
    const linked = linkedTokens(links)
    for (const each of ['a', 'b', 'c', 'd', 'e', 'f']) expect(linked.get(each) ?? [each]).toEqual(tokensOf(links, each))
  }))
})
