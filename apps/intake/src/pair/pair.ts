/**
 * Two persons and the sides on which they stood. Protects I7: who is a victim of record of the pair does not become the
 * subject of a case from any incident of the pair until a prosecutor and an advocate have reviewed it together.
 */
import type { CommandMeta, CrossComplaintOutcome, CrossComplaintReviewedV1, DraftEvent, PairSidesRecordedV1, ReviewCrossComplaint } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const PAIR_EVENTS = ['PairSidesRecorded', 'CrossComplaintReviewed'] as const

export type PairCommand =
  | Command<'RecordPairSides', PairSidesRecordedV1>
  | Command<'ReviewCrossComplaint', ReviewCrossComplaint & { readonly pairId: string }>

export interface Pair {
  readonly sides: readonly { readonly incidentId: string; readonly victimRef: string; readonly otherRef: string }[]
  /** by person: the last review, and how many incidents with this person as victim it had seen */
  readonly reviews: Readonly<Record<string, { readonly outcome: CrossComplaintOutcome; readonly seen: number }>>
}
export const initial: Pair = { sides: [], reviews: {} }

export const evolve = (state: Pair, event: { readonly type: string; readonly data: object }): Pair => {
  switch (event.type) {
    case 'PairSidesRecorded': {
      const { incidentId, victimRef, otherRef } = event.data as PairSidesRecordedV1
      return { ...state, sides: [...state.sides, { incidentId, victimRef, otherRef }] }
    }
    case 'CrossComplaintReviewed': {
      const { subjectRef, outcome } = event.data as CrossComplaintReviewedV1
      return { ...state, reviews: { ...state.reviews, [String(subjectRef)]: { outcome, seen: timesVictim(state, subjectRef) } } }
    }
    default: return state
  }
}

const timesVictim = (state: Pair, person: string): number => state.sides.filter((side) => side.victimRef === person).length

/** I7: never a victim of record here, or reviewed since the last time. A new incident with this person as victim asks for a new review. */
export const mayBecomeSubject = (state: Pair, person: string): boolean => {
  const times = timesVictim(state, person)
  if (times === 0) return true
  const review = state.reviews[person]
  return review !== undefined && review.outcome === 'SUBJECT_MAY_BE_CONSIDERED' && review.seen >= times
}

/** A prosecutor and an advocate have said together that this person may be considered. */
export const isReviewed = (state: Pair, person: string): boolean => state.reviews[person]?.outcome === 'SUBJECT_MAY_BE_CONSIDERED'

export const recordSides = ({ data, meta }: Command<'RecordPairSides', PairSidesRecordedV1>, state: Pair): Decision => {
  const known = state.sides.some((side) => side.incidentId === data.incidentId && side.victimRef === data.victimRef && side.otherRef === data.otherRef)
  return known ? [] : [event('PairSidesRecorded', data, meta)]
}

export const review = ({ data, meta }: Command<'ReviewCrossComplaint', ReviewCrossComplaint & { readonly pairId: string }>, state: Pair): Decision => {
  if (state.sides.length === 0) return refused('pair_unknown', 'Nothing is recorded of these two persons together. Look the pair up again; it is known once a referral names both.', { kind: 'not-found' })
  if (!state.sides.some((side) => side.victimRef === data.subjectRef || side.otherRef === data.subjectRef)) return refused('person_not_of_pair', 'The person named is not one of this pair. Name one of the two.')
  if (data.prosecutorId === data.advocateId) return refused('two_reviewers_needed', 'A prosecutor and an advocate decide together: name two different people.', { rules: ['I7'] })
  const own = meta.actor.role === 'prosecutor' ? data.prosecutorId : data.advocateId
  if (own !== meta.actor.id) return refused('reviewer_must_sign', 'Whoever records the review is one of its two reviewers. Name your own account on your side.', { rules: ['I7'] })
  const before = state.reviews[data.subjectRef]
  if (before && before.outcome === data.outcome && before.seen === timesVictim(state, data.subjectRef)) return []
  return [event('CrossComplaintReviewed', { pairId: data.pairId, subjectRef: data.subjectRef, outcome: data.outcome, prosecutorId: data.prosecutorId, advocateId: data.advocateId }, meta)]
}

interface Data { PairSidesRecorded: PairSidesRecordedV1; CrossComplaintReviewed: CrossComplaintReviewedV1 }
const event = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta) })

export const pair: Decider<Pair, PairCommand> = {
  category: 'pair', initial, knows: PAIR_EVENTS, evolve,
  decide: (command, state) => command.type === 'RecordPairSides' ? recordSides(command, state) : review(command, state),
}
