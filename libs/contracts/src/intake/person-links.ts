/** Which tokens are one person, as the events about identities say it: for whoever decides, and for whoever tells a history. Pure. */
import type { PersonIdentitiesLinkedV1, PersonIdentitiesUnlinkedV1 } from './person-identities.v1'

/** The one stream in which all of it stands. */
export const IDENTITY_REGISTER = 'personIdentity-register'

export interface PersonLink { readonly keepRef: string; readonly mergedRef: string }

/** The links that hold after the event, in the order in which they were made. */
export const linksAfter = (links: readonly PersonLink[], event: { readonly type: string; readonly data: object }): readonly PersonLink[] => {
  if (event.type === 'PersonIdentitiesLinked') { const { keepRef, mergedRef } = event.data as PersonIdentitiesLinkedV1; return [...links, { keepRef, mergedRef }] }
  if (event.type !== 'PersonIdentitiesUnlinked') return links
  const { oneRef, otherRef } = event.data as PersonIdentitiesUnlinkedV1
  return links.filter(({ keepRef, mergedRef }) => !(keepRef === oneRef && mergedRef === otherRef) && !(keepRef === otherRef && mergedRef === oneRef))
}

/** All tokens of the person, the one given among them. The first is the one under which later cases are counted. */
export const tokensOf = (links: readonly PersonLink[], ref: string): readonly string[] => {
  const found = new Set([ref])
  for (let size = 0; size < found.size;) {
    size = found.size
    for (const { keepRef, mergedRef } of links) if (found.has(keepRef) || found.has(mergedRef)) found.add(keepRef).add(mergedRef)
  }
  const first = links.find(({ keepRef }) => found.has(keepRef))?.keepRef ?? ref
  return [first, ...[...found].filter((each) => each !== first).sort()]
}

/** Of each token that is linked all tokens of its person, as tokensOf() gives them: for whoever asks about many. */
export const linkedTokens = (links: readonly PersonLink[]): ReadonlyMap<string, readonly string[]> => {
  const persons = new Map<string, Set<string>>()
  for (const { keepRef, mergedRef } of links) {
    const [one, other] = [persons.get(keepRef) ?? new Set([keepRef]), persons.get(mergedRef) ?? new Set([mergedRef])]
    const [into, from] = one.size < other.size ? [other, one] : [one, other]
    for (const ref of from) into.add(ref)
    for (const ref of [...from, keepRef, mergedRef]) persons.set(ref, into)
  }
  const tokens = new Map<string, readonly string[]>()
  for (const { keepRef } of links) {
    if (tokens.has(keepRef)) continue
    const all = [keepRef, ...[...persons.get(keepRef)!].filter((each) => each !== keepRef).sort()]
    for (const ref of all) tokens.set(ref, all)
  }
  return tokens
}
