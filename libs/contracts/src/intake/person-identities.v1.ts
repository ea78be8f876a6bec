import { Event } from '../event'
import { Code, Codes, Count, List, Token, Uuid, Uuids } from '../fields'

export const LINK_BASES = ['MATCHER', 'REVIEW_OF_RECORDS', 'IDENTITY_DOCUMENT', 'FINGERPRINTS', 'OWN_STATEMENT'] as const
export type LinkBasis = (typeof LINK_BASES)[number]
/** OPPOSITE_SIDES: the records put the two on opposite sides of an incident or an order. */
export const UNLINK_REASONS = ['DIFFERENT_PEOPLE', 'LINKED_BY_MISTAKE', 'NOT_ENOUGH_EVIDENCE', 'OPPOSITE_SIDES'] as const
export type UnlinkReason = (typeof UNLINK_REASONS)[number]
export const DECIDED_BY = ['human', 'machine'] as const

@Event({
  type: 'PersonIdentitiesLinked', version: 1, categories: ['personIdentity'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'Two tokens are one person. Nothing is merged: both stay, and the link can be taken back.',
})
export class PersonIdentitiesLinkedV1 {
  @Token({ kind: 'per', about: 'anyone', doc: 'the person under whose token later cases are counted' }) keepRef!: string
  @Token({ kind: 'per', about: 'anyone', doc: 'the other token of the same person' }) mergedRef!: string
  @Code(LINK_BASES, { doc: 'what it rests on' }) basis!: LinkBasis
  @Count({ max: 100, optional: true, doc: 'probability that the matcher gave, percent, rounded down' }) confidence?: number
  @Code(DECIDED_BY, { doc: 'a person, or the matcher in its link band' }) decidedBy!: (typeof DECIDED_BY)[number]
  @Uuids({ of: 'pchCase', max: 20, optional: true, doc: 'open cases of the one person, where there are several: one stays, the others are to be closed with the code MERGED' }) openCaseIds?: string[]
}

@Event({
  type: 'PersonIdentitiesUnlinked', version: 1, categories: ['personIdentity'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'Two tokens are two people: their link is taken back, or the matcher\'s question answered with no. The matcher never asks again what a person answered.',
})
export class PersonIdentitiesUnlinkedV1 {
  @Token({ kind: 'per', about: 'anyone', doc: 'one of the two' }) oneRef!: string
  @Token({ kind: 'per', about: 'anyone', doc: 'the other' }) otherRef!: string
  @Code(UNLINK_REASONS, { doc: 'why' }) reason!: UnlinkReason
  @Code(DECIDED_BY, { doc: 'a person, or Chorus by itself where the records put them on opposite sides' }) decidedBy!: (typeof DECIDED_BY)[number]
}

export const COMPARED_FIELDS = ['GIVEN', 'SURNAME', 'BIRTH', 'ADDRESS', 'IDENTIFIER'] as const
export const AGREEMENTS = ['EXACT', 'SWAPPED', 'CLOSE', 'PART', 'DIFFERENT', 'MISSING'] as const
export const ASKED_BECAUSE = ['PROBABILITY', 'COINCIDENCE', 'RELATIVES', 'GIVEN_NAME', 'SEVERAL_DIFFER', 'CONTRADICTION', 'TOO_LITTLE_KNOWN', 'GENERATION', 'THIRD_RECORD', 'POLICY', 'SEVERAL_OPEN_CASES', 'SEPARATED_RELATION'] as const
export type AskedBecause = (typeof ASKED_BECAUSE)[number]

/** How far one field agrees: never its value, and nothing that is worked out from it. */
export class ComparedField {
  @Code(COMPARED_FIELDS, { doc: 'what was compared' }) field!: (typeof COMPARED_FIELDS)[number]
  @Code(AGREEMENTS, { doc: 'how far it agrees' }) agreement!: (typeof AGREEMENTS)[number]
}

@Event({
  type: 'PersonMatchProposed', version: 1, categories: ['personIdentity'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the matcher found it',
  summary: 'The matcher asks a person whether two tokens are one person, and says by codes alone why it thinks so and why it does not link them itself.',
})
export class PersonMatchProposedV1 {
  @Uuid({ of: 'none', doc: 'the question: fixed by the two tokens, in either order' }) matchId!: string
  @Token({ kind: 'per', about: 'anyone', doc: 'one of the two' }) oneRef!: string
  @Token({ kind: 'per', about: 'anyone', doc: 'the other' }) otherRef!: string
  @Count({ max: 100, doc: 'probability, percent, rounded down' }) confidence!: number
  @List(() => ComparedField, { max: 10, doc: 'field by field' }) evidence!: ComparedField[]
  @Codes(ASKED_BECAUSE, { max: 20, doc: 'why a person is asked' }) askedBecause!: AskedBecause[]
}
