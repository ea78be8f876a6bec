/**
 * What the safety context holds of one notification, or (a stop of everything) of one case. Protects: a notification is
 * cleared only while every review of it was answered with a yes since the last hold, lifted hold or revocation, by a
 * reviewer who may answer here, and the last answer covers every partner; a hold is always taken, and nothing clears by
 * time. What voids it without anybody's command (voids.ts) comes in from another stream. What others are told of it is
 * `clearanceOf` alone.
 */
import type {
  ApproveException, Basis, CommandMeta, CompleteSafetyReview, DraftEvent, ExceptionApprovedV1, HoldLiftedV1, HoldRaisedV1, Level, LiftHold, PlaceClass, RevocationCause, Role,
  SafetyClearanceRevokedV1, SafetyReviewCompletedV1, SafetyReviewRequestedV1,
} from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision, type Refusal } from '@chorus/decider'
import { isBefore } from '../notification-policy/clock'
import { NO_VOIDS, type Voids } from './voids'

// Stored names. Changing one needs a new version and an upcaster.
export const SAFETY_EVENTS = ['SafetyReviewRequested', 'SafetyReviewCompleted', 'HoldRaised', 'HoldLifted', 'SafetyClearanceRevoked', 'ExceptionApproved'] as const

/** Of which notification; every command says it, since a hold may come before anything else. */
export interface Of { readonly notificationId: string; readonly caseId: string }
export type RequestReview = Command<'RequestReview', Of & { readonly reviewId: string; readonly dueAt: string }>
/** `seen`: how far the edge had looked at what voids a clearance */
export type CompleteReview = Command<'CompleteReview', CompleteSafetyReview & Of & { readonly seen: readonly Basis[]; readonly level: Level; /** of the hold that an answer HOLD raises */ readonly holdId: string; readonly holdReviewAt: string }>
export type RaiseHold = Command<'RaiseHold', HoldRaisedV1>
export type Lift = Command<'LiftHold', LiftHold & { readonly caseId: string }>
export type Revoke = Command<'RevokeClearance', Of & { readonly cause: RevocationCause }>
export type Except = Command<'ApproveException', ApproveException & Of & { readonly seen: readonly Basis[]; readonly attemptsNeeded: number }>
export type SafetyCommand = RequestReview | CompleteReview | RaiseHold | Lift | Revoke | Except

/** `seen`: revision of what it had seen of the circumstances, -1 for nothing; `given`: when */
export interface Answer { readonly at: number; readonly seen: number; readonly given: string; readonly outcome: SafetyReviewCompletedV1['outcome']; readonly coversEveryPartner: boolean; readonly permittedPlaces: readonly PlaceClass[]; readonly validFrom: string; readonly validUntil: string; readonly conditionCodes: readonly string[] }
export interface Review { readonly dueAt: string; readonly answer: Answer | null }
export interface Hold { readonly scope: HoldRaisedV1['scope']; readonly code: HoldRaisedV1['code']; readonly reviewAt: string; readonly lifted: boolean }
export interface SafetyReview {
  /** events so far: the order of things within the stream, never their times */
  readonly count: number
  readonly reviews: Readonly<Record<string, Review>>
  readonly holds: Readonly<Record<string, Hold>>
  /** approvals of an exception, each by another person; two of the same terms make it */
  readonly approvals: readonly (Clearance & { readonly at: number; readonly seen: number; readonly given: string; readonly by: string; readonly reasonCode: string })[]
  /** count at the last hold, lifted hold or revocation: what was answered before it clears nothing */
  readonly voidedAt: number
  readonly revocations: readonly RevocationCause[]
}
export const initial: SafetyReview = { count: 0, reviews: {}, holds: {}, approvals: [], voidedAt: 0, revocations: [] }

export const evolve = (before: SafetyReview, event: { readonly type: string; readonly data: object; readonly time: string; readonly basis?: readonly Basis[] }): SafetyReview => {
  const at = before.count + 1
  const seen = { seen: event.basis?.find(({ stream }) => stream.startsWith('circumstance-'))?.revision ?? -1, given: event.time }
  const state = { ...before, count: at }
  switch (event.type) {
    case 'SafetyReviewRequested': {
      const { reviewId, dueAt } = event.data as SafetyReviewRequestedV1
      return { ...state, reviews: { ...state.reviews, [String(reviewId)]: { dueAt, answer: null } } }
    }
    case 'SafetyReviewCompleted': {
      const { reviewId, outcome, coversEveryPartner, permittedPlaces, validFrom, validUntil, conditionCodes } = event.data as SafetyReviewCompletedV1
      const review = state.reviews[String(reviewId)]
      return { ...state, reviews: { ...state.reviews, [String(reviewId)]: { dueAt: review?.dueAt ?? validFrom, answer: { at, ...seen, outcome, coversEveryPartner, permittedPlaces, validFrom, validUntil, conditionCodes } } } }
    }
    case 'HoldRaised': {
      const { holdId, scope, code, reviewAt } = event.data as HoldRaisedV1
      return { ...state, voidedAt: at, holds: { ...state.holds, [String(holdId)]: { scope, code, reviewAt, lifted: false } } }
    }
    case 'HoldLifted': {
      const { holdId } = event.data as HoldLiftedV1
      const hold = state.holds[String(holdId)]
      return { ...state, voidedAt: at, ...(hold ? { holds: { ...state.holds, [String(holdId)]: { ...hold, lifted: true } } } : {}) }
    }
    case 'SafetyClearanceRevoked': return { ...state, voidedAt: at, revocations: [...state.revocations, (event.data as SafetyClearanceRevokedV1).cause] }
    case 'ExceptionApproved': {
      const { permittedPlaces, validFrom, validUntil, approverId, reasonCode } = event.data as ExceptionApprovedV1
      return { ...state, approvals: [...state.approvals, { at, ...seen, by: approverId, reasonCode, permittedPlaces, validFrom, validUntil }] }
    }
    default: return state
  }
}

/** All that anybody outside the safety context is told: within which window and at which classes of place, or null. No reason, no code. */
export interface Clearance { readonly permittedPlaces: readonly PlaceClass[]; readonly validFrom: string; readonly validUntil: string }

export const activeHolds = (state: SafetyReview): string[] => Object.entries(state.holds).filter(([, hold]) => !hold.lifted).map(([id]) => id)
export const liftedHolds = (state: SafetyReview): string[] => Object.entries(state.holds).filter(([, hold]) => hold.lifted).map(([id]) => id)

/** M1, M2. Whether the window is open at a moment is asked of the answer by `covers`. */
export const clearanceOf = (state: SafetyReview, { entries, ends, deferrals }: Voids = NO_VOIDS): Clearance | null => {
  if (activeHolds(state).length > 0) return null
  const holds = ({ at, seen, given }: Pick<Answer, 'at' | 'seen' | 'given'>): boolean => at > state.voidedAt && entries.every(({ revision }) => revision <= seen) && deferrals.every(({ to }) => to !== null && !isBefore(given, to))
  const untilEnds = <A extends Clearance & { readonly given: string }>(answer: A): A => ({ ...answer, validUntil: ends.filter((end) => isBefore(answer.given, end)).reduce((one, other) => (isBefore(other, one) ? other : one), answer.validUntil) })
  const excepted = exceptionOf(state.approvals.filter(holds))
  if (excepted) return windowOf([untilEnds(excepted)])
  const answers = Object.values(state.reviews).map(({ answer }) => answer)
  const given = answers.filter((answer) => answer !== null && answer.outcome !== 'HOLD' && holds(answer)) as Answer[]
  if (given.length === 0 || given.length < answers.length) return null
  const last = given.reduce((one, other) => (other.at > one.at ? other : one))
  return last.coversEveryPartner ? windowOf(given.map(untilEnds)) : null
}
/** The last terms that two different people have approved since anything was held, revoked or became void. */
const exceptionOf = (valid: SafetyReview['approvals']): SafetyReview['approvals'][number] | undefined =>
  valid.findLast((one) => valid.some((other) => other.by !== one.by && isSame(one, other)))
const isSame = (one: Clearance & { readonly reasonCode: string }, other: Clearance & { readonly reasonCode: string }): boolean =>
  termsOf(one) === termsOf(other)
const termsOf = ({ reasonCode, permittedPlaces, validFrom, validUntil }: Clearance & { readonly reasonCode: string }): string => JSON.stringify([reasonCode, [...permittedPlaces].sort(), Date.parse(validFrom), Date.parse(validUntil)])
/** What all of them permit. */
const windowOf = (answers: readonly Clearance[]): Clearance | null => {
  const all = answers.reduce((one, other): Clearance => ({
    permittedPlaces: one.permittedPlaces.filter((place) => other.permittedPlaces.includes(place)),
    validFrom: isBefore(one.validFrom, other.validFrom) ? other.validFrom : one.validFrom, validUntil: isBefore(one.validUntil, other.validUntil) ? one.validUntil : other.validUntil,
  }))
  const { permittedPlaces, validFrom, validUntil } = all
  return permittedPlaces.length > 0 && isBefore(validFrom, validUntil) ? { permittedPlaces, validFrom, validUntil } : null
}
/** Whether it is good at this moment. */
export const covers = (clearance: Clearance | null, at: string): clearance is Clearance => clearance !== null && !isBefore(at, clearance.validFrom) && !isBefore(clearance.validUntil, at)

export const request = ({ data, meta }: RequestReview, state: SafetyReview): Decision => state.reviews[data.reviewId] ? []
  : [draft('SafetyReviewRequested', { reviewId: data.reviewId, notificationId: data.notificationId, caseId: data.caseId, reviewerPool: 'SYSTEM_ADVOCATE', dueAt: data.dueAt }, meta)]

export const complete = ({ data, meta }: CompleteReview, state: SafetyReview): Decision => {
  const { reviewId, notificationId, caseId, outcome, conditionCodes, contactBasis, coversEveryPartner, permittedPlaces, validFrom, validUntil, confidentialityRegime = 'VSP' } = data
  if (!state.reviews[reviewId]) return refused('review_unknown', 'There is no review of this number for this notification. Take its number from the list of what is to be reviewed.', { kind: 'not-found' })
  if (confidentialityRegime !== 'NONE') return refused('reviewer_under_confidentiality', 'Whoever works under a promise of confidentiality of victim services does not answer here: the answer alone would tell that she is a client. Leave the review to a system-based advocate; left out, confidentialityRegime counts as VSP.', { kind: 'forbidden' })
  const wrong = windowProblem(data, outcome, meta.now)
  if (wrong) return wrong
  if ((conditionCodes.length > 0) !== (outcome === 'PROCEED_WITH_CONDITIONS')) return refused('conditions_do_not_fit', 'Conditions go with PROCEED_WITH_CONDITIONS, and with nothing else. Name at least one there, and none elsewhere.')
  if (contactBasis === 'NOT_ATTEMPTED' && outcome !== 'HOLD' && data.level !== 'D') return refused('contact_not_attempted', 'At this level nobody is told before the partner was contacted, or could not be reached. Try to reach her first; two people may approve an exception.', { rules: ['M1'] })
  const completed = draft('SafetyReviewCompleted', {
    reviewId, notificationId, caseId, outcome, conditionCodes: [...conditionCodes], contactBasis, coversEveryPartner, permittedPlaces: [...permittedPlaces], validFrom, validUntil, reviewerRole: 'systemAdvocate', confidentialityRegime,
  }, meta)
  const answered = { ...completed, basis: data.seen }
  if (outcome !== 'HOLD') return [answered]
  return [answered, draft('HoldRaised', { holdId: data.holdId, scope: 'NOTIFICATION', notificationId, caseId, code: 'REVIEW_OUTCOME', byRole: 'systemAdvocate', reviewAt: data.holdReviewAt }, meta)]
}

/** Taken in every state; the same hold once. */
export const hold = ({ data, meta }: RaiseHold, state: SafetyReview): Decision => state.holds[data.holdId] ? [] : [draft('HoldRaised', data, meta)]

export const lift = ({ data, meta }: Lift, state: SafetyReview): Decision => {
  const known = state.holds[data.holdId]
  if (!known) return refused('hold_unknown', 'There is no hold of this number here. Take its number from the safety view.', { kind: 'not-found' })
  return known.lifted ? [] : [draft('HoldLifted', { holdId: data.holdId, caseId: data.caseId, code: data.code, byRole: meta.actor.role as Role }, meta)]
}

/** Always recorded: whoever reviews next should know of it, also where nothing was cleared. */
export const revoke = ({ data: { notificationId, caseId, cause }, meta }: Revoke): Decision => {
  if (cause === 'OBJECTION' && meta.actor.role !== 'systemAdvocate') return refused('objection_by_advocate', 'An objection is recorded by an advocate. Hold the notification, and tell an advocate.', { kind: 'forbidden' })
  return [draft('SafetyClearanceRevoked', { notificationId, caseId, cause }, meta)]
}

export const except = ({ data, meta }: Except, state: SafetyReview): Decision => {
  if (activeHolds(state).length > 0) return refused('held', 'A hold stands. It stops the notification whatever two people decide; lift it first.', { rules: ['M2'] })
  if (data.reasonCode === 'UNREACHABLE_N' && data.contactAttempts < data.attemptsNeeded) return refused('attempts_missing', `The partner counts as unreachable after ${data.attemptsNeeded} documented attempts. Try again to reach her.`, { rules: ['M1'] })
  const wrong = windowProblem(data, 'PROCEED', meta.now)
  if (wrong) return wrong
  // The same person twice is one person: the second signature is another's.
  if (state.approvals.some((one) => one.at > state.voidedAt && one.seen === (data.seen[0]?.revision ?? -1) && one.by === meta.actor.id && isSame(one, data))) return []
  return [{ ...draft('ExceptionApproved', {
    notificationId: data.notificationId, caseId: data.caseId, reasonCode: data.reasonCode, contactAttempts: data.contactAttempts, approverId: meta.actor.id,
    permittedPlaces: [...data.permittedPlaces], validFrom: data.validFrom, validUntil: data.validUntil,
  }, meta), basis: data.seen }]
}

const windowProblem = ({ permittedPlaces, validFrom, validUntil }: Clearance, outcome: SafetyReviewCompletedV1['outcome'], now: string): Refusal | null => {
  if (outcome === 'HOLD') return permittedPlaces.length === 0 ? null : refused('places_do_not_fit', 'With HOLD no place is permitted: leave permittedPlaces empty.')
  if (permittedPlaces.length === 0) return refused('places_missing', 'Say at which classes of place it may go ahead. Name at least one.')
  if (!isBefore(validFrom, validUntil) || !isBefore(now, validUntil)) return refused('window_wrong', 'The window must end after it begins, and after now. Correct validFrom and validUntil.')
  return null
}

interface Data { SafetyReviewRequested: SafetyReviewRequestedV1; SafetyReviewCompleted: SafetyReviewCompletedV1; HoldRaised: HoldRaisedV1; HoldLifted: HoldLiftedV1; SafetyClearanceRevoked: SafetyClearanceRevokedV1; ExceptionApproved: ExceptionApprovedV1 }
const draft = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta), partitionkey: `pchCase-${data.caseId}` })

export const safetyReview: Decider<SafetyReview, SafetyCommand> = {
  category: 'safetyReview', initial, knows: SAFETY_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'RequestReview': return request(command, state)
      case 'CompleteReview': return complete(command, state)
      case 'RaiseHold': return hold(command, state)
      case 'LiftHold': return lift(command, state)
      case 'RevokeClearance': return revoke(command)
      case 'ApproveException': return except(command, state)
    }
  },
}
