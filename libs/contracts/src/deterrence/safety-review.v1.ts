/** What stands in the safety context: reviews, holds and their reasons. Codes alone; no victim, no token, no text. */
import { Event } from '../event'
import { Code, Codes, Count, Flag, Name, Timestamp, Uuid } from '../fields'
import { ROLES, type Role } from '../rights'
import {
  CONFIDENTIALITY_REGIMES, CONTACT_BASES, EXCEPTION_REASONS, HOLD_CODES, HOLD_SCOPES, LIFT_CODES, PLACE_CLASSES, REVIEW_CONDITIONS, REVIEW_OUTCOMES, REVOCATION_CAUSES,
  type ConfidentialityRegime, type ContactBasis, type ExceptionReason, type HoldCode, type HoldScope, type LiftCode, type PlaceClass, type ReviewCondition, type ReviewOutcome, type RevocationCause,
} from './codes'

const safety = { version: 1, categories: ['safetyReview'], classification: 'CJI', context: 'safety', producer: 'deterrence', consumers: ['deterrence'], time: 'when it was decided' } as const

@Event({ type: 'SafetyReviewRequested', ...safety, summary: 'A system-based advocate is to review whether a notification may go ahead; one request for each current or recent partner.' })
export class SafetyReviewRequestedV1 {
  @Uuid({ of: 'none', doc: 'the review' }) reviewId!: string
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(['SYSTEM_ADVOCATE'], { doc: 'who may answer' }) reviewerPool!: 'SYSTEM_ADVOCATE'
  @Timestamp({ tells: 'level', doc: 'by when; unanswered it stays not cleared' }) dueAt!: string
}

@Event({ type: 'SafetyReviewCompleted', ...safety, summary: 'An advocate answered a review: within which window and at which classes of place it may go ahead, or that it may not.' })
export class SafetyReviewCompletedV1 {
  @Uuid({ of: 'none', doc: 'the review' }) reviewId!: string
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(REVIEW_OUTCOMES, { doc: 'the answer' }) outcome!: ReviewOutcome
  @Codes(REVIEW_CONDITIONS, { max: 6, doc: 'under which conditions' }) conditionCodes!: ReviewCondition[]
  @Code(CONTACT_BASES, { doc: 'how far the partner was reached' }) contactBasis!: ContactBasis
  @Flag({ doc: 'with this answer every current or recent partner that is known has been looked at' }) coversEveryPartner!: boolean
  @Codes(PLACE_CLASSES, { max: 5, doc: 'classes of place at which it may go ahead' }) permittedPlaces!: PlaceClass[]
  @Timestamp({ doc: 'from when it may' }) validFrom!: string
  @Timestamp({ doc: 'until when it may' }) validUntil!: string
  @Code(['systemAdvocate'], { doc: 'role of the reviewer' }) reviewerRole!: 'systemAdvocate'
  @Code(CONFIDENTIALITY_REGIMES, { doc: 'the promise of confidentiality under which the reviewer works' }) confidentialityRegime!: ConfidentialityRegime
}

@Event({ type: 'HoldRaised', ...safety, summary: 'Somebody holds a notification, or everything that is planned for a case; the reason stays here.' })
export class HoldRaisedV1 {
  @Uuid({ of: 'none', doc: 'the hold' }) holdId!: string
  @Code(HOLD_SCOPES, { doc: 'one notification, or everything of the case' }) scope!: HoldScope
  @Uuid({ of: 'notification', optional: true, doc: 'the notification; absent where everything of the case is held' }) notificationId?: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(HOLD_CODES, { doc: 'why' }) code!: HoldCode
  @Code([...ROLES, 'system'], { doc: 'role of who raised it' }) byRole!: Role | 'system'
  @Timestamp({ doc: 'when somebody is to look at it again; it does not end by itself' }) reviewAt!: string
}

@Event({ type: 'HoldLifted', ...safety, summary: 'A hold is lifted. Clearance does not come back with it: every partner is reviewed again.' })
export class HoldLiftedV1 {
  @Uuid({ of: 'none', doc: 'the hold' }) holdId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(LIFT_CODES, { doc: 'why' }) code!: LiftCode
  @Code(ROLES, { doc: 'role of who lifted it' }) byRole!: Role
}

@Event({ type: 'SafetyClearanceRevoked', ...safety, summary: 'What cleared the notification no longer holds; every partner is reviewed again.' })
export class SafetyClearanceRevokedV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(REVOCATION_CAUSES, { doc: 'what happened' }) cause!: RevocationCause
}

@Event({ type: 'ExceptionApproved', ...safety, summary: 'One of two people approved that a notification may go ahead without a completed review; it may once a second one has approved the same. A hold stops it all the same.' })
export class ExceptionApprovedV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(EXCEPTION_REASONS, { doc: 'why' }) reasonCode!: ExceptionReason
  @Count({ max: 99, doc: 'documented attempts to reach the partner' }) contactAttempts!: number
  @Name({ doc: 'account of who approved it' }) approverId!: string
  @Codes(PLACE_CLASSES, { max: 5, doc: 'classes of place at which it may go ahead' }) permittedPlaces!: PlaceClass[]
  @Timestamp({ doc: 'from when it may' }) validFrom!: string
  @Timestamp({ doc: 'until when it may' }) validUntil!: string
}
