/**
 * Two persons and the sides on which they stood. Protects I7: who is a victim of record of the pair does not become the
 * subject of a case from any incident of the pair until a prosecutor and an advocate, two people, have decided so: each under
 * an account of his or her own, both the same, and both since the last time that this person was the victim.
 */
import { PATTERNS, type CommandMeta, type CrossComplaintOutcome, type CrossComplaintReviewedV1, type CrossComplaintSignedV1, type DraftEvent, type PairSidesRecordedV1, type ReviewCrossComplaint } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const PAIR_EVENTS = ['PairSidesRecorded', 'CrossComplaintSigned', 'CrossComplaintReviewed'] as const

export type PairCommand =
  | Command<'RecordPairSides', PairSidesRecordedV1>
  | Command<'ReviewCrossComplaint', ReviewCrossComplaint & { readonly pairId: string }>

/** `seen`: how many incidents with this person as victim there were then; `at`: place in the log */
type Signature = Pick<CrossComplaintSignedV1, 'part' | 'accountId' | 'outcome'> & { readonly seen: number; readonly at: number }
export interface Pair {
  readonly sides: readonly { readonly incidentId: string; readonly victimRef: string; readonly otherRef: string }[]
  /** by person: the last review, how many incidents with this person as victim it had seen, and the place in the log from which on both had decided */
  readonly reviews: Readonly<Record<string, { readonly outcome: CrossComplaintOutcome; readonly seen: number; readonly since: number; /** place in the log */ readonly at: number }>>
  /** by person: the last decision of each part */
  readonly signatures: Readonly<Record<string, readonly Signature[]>>
}
export const initial: Pair = { sides: [], reviews: {}, signatures: {} }
const signaturesOf = (state: Pair, person: string): readonly Signature[] => state.signatures[person] ?? []

export const evolve = (state: Pair, event: { readonly type: string; readonly data: object; readonly ordinal?: number }): Pair => {
  const at = event.ordinal ?? 0
  switch (event.type) {
    case 'PairSidesRecorded': {
      const { incidentId, victimRef, otherRef } = event.data as PairSidesRecordedV1
      return { ...state, sides: [...state.sides, { incidentId, victimRef, otherRef }] }
    }
    case 'CrossComplaintSigned': {
      const { subjectRef, part, accountId, outcome } = event.data as CrossComplaintSignedV1
      const person = String(subjectRef)
      return { ...state, signatures: { ...state.signatures, [person]: [...signaturesOf(state, person).filter((one) => one.part !== part), { part, accountId, outcome, seen: timesVictim(state, subjectRef), at }] } }
    }
    case 'CrossComplaintReviewed': {
      const { subjectRef, outcome } = event.data as CrossComplaintReviewedV1
      return { ...state, reviews: { ...state.reviews, [String(subjectRef)]: { outcome, seen: timesVictim(state, subjectRef), since: Math.min(at, ...signaturesOf(state, String(subjectRef)).map((one) => one.at)), at } } }
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

/** A prosecutor and an advocate have said together that this person may be considered, both behind this place in the log. */
export const isReviewed = (state: Pair, person: string, behind = 0): boolean => {
  const review = state.reviews[person]
  return review?.outcome === 'SUBJECT_MAY_BE_CONSIDERED' && review.since >= behind
}

export const recordSides = ({ data, meta }: Command<'RecordPairSides', PairSidesRecordedV1>, state: Pair): Decision => {
  const known = state.sides.some((side) => side.incidentId === data.incidentId && side.victimRef === data.victimRef && side.otherRef === data.otherRef)
  return known ? [] : [event('PairSidesRecorded', data, meta)]
}

/** Each of the two decides under an account of his or her own: nobody can do it for the other. */
export const review = ({ data: { pairId, subjectRef, outcome }, meta }: Command<'ReviewCrossComplaint', ReviewCrossComplaint & { readonly pairId: string }>, state: Pair): Decision => {
  if (state.sides.length === 0) return refused('pair_unknown', 'Nothing is recorded of these two persons together. Look the pair up again; it is known once a referral names both.', { kind: 'not-found' })
  if (!state.sides.some((side) => side.victimRef === subjectRef || side.otherRef === subjectRef)) return refused('person_not_of_pair', 'The person named is not one of this pair. Name one of the two.')
  const { id: accountId, role } = meta.actor
  if (role !== 'prosecutor' && role !== 'systemAdvocate') return refused('reviewer_role', 'Complaints in both directions are reviewed by a prosecutor and an advocate.', { kind: 'forbidden', rules: ['I7'] })
  if (!ACCOUNT.test(accountId)) return refused('account_not_a_name', 'The account of your token does not begin with a letter or a digit, so that it cannot stand on a review. Ask for another account.')
  const [part, otherPart] = role === 'prosecutor' ? ['PROSECUTOR', 'ADVOCATE'] as const : ['ADVOCATE', 'PROSECUTOR'] as const
  const seen = timesVictim(state, subjectRef)
  const signed = signaturesOf(state, subjectRef).filter((one) => one.seen === seen)
  const other = signed.find((one) => one.part === otherPart)
  if (other?.accountId === accountId) return refused('two_reviewers_needed', 'You have decided this as the other of the two. A prosecutor and an advocate decide together: two different people.', { rules: ['I7'] })
  // Once both have decided, either may do so anew: reports that no referral names may have come since.
  const own = signed.find((one) => one.part === part && one.accountId === accountId && one.outcome === outcome)
  if (own && own.at > (state.reviews[subjectRef]?.at ?? -1)) return []
  const [prosecutorId, advocateId] = part === 'PROSECUTOR' ? [accountId, other?.accountId] : [other?.accountId, accountId]
  return [
    event('CrossComplaintSigned', { pairId, subjectRef, outcome, part, accountId }, meta),
    ...(prosecutorId === undefined || advocateId === undefined || other?.outcome !== outcome ? [] : [event('CrossComplaintReviewed', { pairId, subjectRef, outcome, prosecutorId, advocateId }, meta)]),
  ]
}

const ACCOUNT = new RegExp(PATTERNS.name, 'u')

interface Data { PairSidesRecorded: PairSidesRecordedV1; CrossComplaintSigned: CrossComplaintSignedV1; CrossComplaintReviewed: CrossComplaintReviewedV1 }
const event = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta) })

export const pair: Decider<Pair, PairCommand> = {
  category: 'pair', initial, knows: PAIR_EVENTS, evolve,
  decide: (command, state) => command.type === 'RecordPairSides' ? recordSides(command, state) : review(command, state),
}
