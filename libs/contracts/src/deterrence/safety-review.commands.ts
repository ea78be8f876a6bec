import { CommandBody } from '../commands'
import { Code, Codes, Count, Flag, Timestamp, Uuid } from '../fields'
import { ROLES, type Role } from '../rights'
import {
  CONFIDENTIALITY_REGIMES, CONTACT_BASES, EXCEPTION_REASONS, HOLD_CODES, LIFT_CODES, PLACE_CLASSES, REVIEW_CONDITIONS, REVIEW_OUTCOMES, REVOCATION_CAUSES, WARNING_OUTCOMES,
  type ConfidentialityRegime, type ContactBasis, type ExceptionReason, type HoldCode, type LiftCode, type PlaceClass, type ReviewCondition, type ReviewOutcome, type RevocationCause, type WarningOutcome,
} from './codes'

const ADVOCATES: { roles: Role[]; agencies: string[] } = { roles: ['systemAdvocate'], agencies: ['KCPD', 'JCPO', 'HEALTH'] }
/** Reasons that people may give; the others are ours. */
const RAISED = HOLD_CODES.filter((code) => code !== 'REVIEW_OUTCOME' && code !== 'STOP_EVERYTHING')

@CommandBody({ type: 'HoldNotification', pastWalls: true, roles: [...ROLES], summary: 'Hold a notification at once, whatever its state. Anybody with a role may; only an advocate sees why' })
export class HoldNotification {
  @Code(RAISED, { doc: 'why' }) code!: HoldCode
  @Timestamp({ optional: true, doc: 'when somebody is to look at it again; default: in 24 hours. It does not end by itself' }) reviewAt?: string
}

@CommandBody({ type: 'StopEverything', pastWalls: true, roles: [...ROLES], summary: 'Stop everything that is planned for the person of a case, and what is planned while the stop stands. Anybody with a role may' })
export class StopEverything {
  @Uuid({ doc: 'the case' }) caseId!: string
}

@CommandBody({ type: 'RequestSafetyReview', ...ADVOCATES, summary: 'Ask for the review of a further current or recent partner (M1)' })
export class RequestSafetyReview {
  @Timestamp({ doc: 'by when' }) dueAt!: string
}

@CommandBody({ type: 'CompleteSafetyReview', ...ADVOCATES, summary: 'Answer a safety review; reviewers under a confidentiality regime of victim services may not' })
export class CompleteSafetyReview {
  @Uuid({ doc: 'the review' }) reviewId!: string
  @Code(REVIEW_OUTCOMES, { doc: 'the answer' }) outcome!: ReviewOutcome
  @Codes(REVIEW_CONDITIONS, { max: 6, doc: 'under which conditions; only with PROCEED_WITH_CONDITIONS' }) conditionCodes!: ReviewCondition[]
  @Code(CONTACT_BASES, { doc: 'how far the partner was reached' }) contactBasis!: ContactBasis
  @Flag({ doc: 'with this answer every current or recent partner that is known has been looked at' }) coversEveryPartner!: boolean
  @Codes(PLACE_CLASSES, { max: 5, doc: 'classes of place at which it may go ahead; none with HOLD' }) permittedPlaces!: PlaceClass[]
  @Timestamp({ doc: 'from when it may' }) validFrom!: string
  @Timestamp({ doc: 'until when it may' }) validUntil!: string
  @Code(CONFIDENTIALITY_REGIMES, { optional: true, doc: 'the promise of confidentiality under which you work; left out it counts as VSP' }) confidentialityRegime?: ConfidentialityRegime
}

@CommandBody({ type: 'LiftHold', ...ADVOCATES, summary: 'Lift a hold of a notification; it is not cleared by that' })
export class LiftHold {
  @Uuid({ doc: 'the hold' }) holdId!: string
  @Code(LIFT_CODES, { doc: 'why' }) code!: LiftCode
}

@CommandBody({ type: 'LiftStop', ...ADVOCATES, summary: 'Lift a stop of everything for a case; nothing is cleared by that' })
export class LiftStop {
  @Uuid({ doc: 'the hold' }) holdId!: string
  @Code(LIFT_CODES, { doc: 'why' }) code!: LiftCode
}

@CommandBody({ type: 'RevokeClearance', pastWalls: true, roles: ['systemAdvocate', 'detective', 'prosecutor'], agencies: ['KCPD', 'JCPO', 'HEALTH'], summary: 'Say that what cleared a notification no longer holds: he is out of custody, there is a new incident, an order was served or expired, the place changed, or an objection' })
export class RevokeClearance {
  @Code(REVOCATION_CAUSES, { doc: 'what happened' }) cause!: RevocationCause
}

@CommandBody({ type: 'CompleteWarning', ...ADVOCATES, summary: 'Say what came of the task to warn a partner; the latest answer counts' })
export class CompleteWarning {
  @Code(WARNING_OUTCOMES, { doc: 'what came of it' }) outcome!: WarningOutcome
}

@CommandBody({ type: 'ApproveException', ...ADVOCATES, summary: 'Approve that a notification may go ahead without a completed review; it may once a second advocate, a supervisor, has approved the very same (M1)' })
export class ApproveException {
  @Code(EXCEPTION_REASONS, { doc: 'why' }) reasonCode!: ExceptionReason
  @Count({ max: 99, doc: 'documented attempts to reach the partner' }) contactAttempts!: number
  @Codes(PLACE_CLASSES, { max: 5, doc: 'classes of place at which it may go ahead' }) permittedPlaces!: PlaceClass[]
  @Timestamp({ doc: 'from when it may' }) validFrom!: string
  @Timestamp({ doc: 'until when it may' }) validUntil!: string
}
