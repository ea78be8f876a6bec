/** Code lists of notifications and of the safety context. No list has an entry that could tell what a victim said. */
import type { Role } from '../rights'

export const NOTIFICATION_MODES = ['LETTER', 'CUSTODY', 'CUSTOM', 'CALL_IN', 'PRIORITY_ENFORCEMENT'] as const
export type NotificationMode = (typeof NOTIFICATION_MODES)[number]
/** Timers of the SLA register that a plan can stand under. */
export const SLA_IDS = ['T-D', 'T-C1', 'T-C2', 'T-B', 'T-A'] as const
export type SlaId = (typeof SLA_IDS)[number]
export const LANGUAGES = ['en', 'es', 'so', 'sw', 'ar', 'vi'] as const
export type Language = (typeof LANGUAGES)[number]
/** Why a person is notified again at the same level. */
export const REPEAT_REASONS = ['NOT_UNDERSTOOD', 'LEVEL_REVIEWED', 'CALL_IN_MISSED', 'DELIVERED_IN_BREACH', 'PLANNED_IN_ERROR', 'ABANDONED_BEFORE'] as const
export type RepeatReason = (typeof REPEAT_REASONS)[number]

/** Classes of place at which a delivery may be permitted. Checked by class, never by comparing addresses. */
export const PLACE_CLASSES = ['JAIL', 'HOME_OTHER', 'PROBATION', 'STATION', 'COMMUNITY'] as const
export type PlaceClass = (typeof PLACE_CLASSES)[number]
/** Where something may have happened all the same, or may have been wished. */
export const ANY_PLACE_CLASSES = [...PLACE_CLASSES, 'SHARED_RESIDENCE', 'WORKPLACE'] as const
export type AnyPlaceClass = (typeof ANY_PLACE_CLASSES)[number]

export const DELIVERER_ROLES = ['PATROL_OFFICER', 'DETECTIVE', 'PROSECUTOR', 'PROBATION_OFFICER', 'COMMUNITY_VOICE', 'SERVICE_NAVIGATOR'] as const
export type DelivererRole = (typeof DELIVERER_ROLES)[number]
/** ABORTED: also where the partner was present; why stays in the safety context. */
export const ATTEMPT_OUTCOMES = ['NOT_FOUND', 'REFUSED', 'ABORTED'] as const
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number]
export const VOICES = ['LE', 'COMMUNITY', 'HELP'] as const
export type Voice = (typeof VOICES)[number]
export const INTERPRETERS = ['NONE', 'QUALIFIED', 'BILINGUAL_STAFF'] as const
export type Interpreter = (typeof INTERPRETERS)[number]
export const REACTIONS = ['NONE', 'HOSTILE', 'THREAT_TO_PARTNER', 'SELF_HARM', 'WEAPON'] as const
export type Reaction = (typeof REACTIONS)[number]
export const CANCEL_CODES = ['LEVEL_CHANGED', 'CASE_CLOSED', 'PLANNED_IN_ERROR'] as const
export type CancelCode = (typeof CANCEL_CODES)[number]
export const ABANDON_CODES = ['NOT_FOUND', 'REFUSED', 'MOVED_AWAY', 'DECEASED', 'IN_CUSTODY_ELSEWHERE'] as const
export type AbandonCode = (typeof ABANDON_CODES)[number]
/** Rules that a delivery can have broken: the invariants of the domain reference, and AUTH: no authorisation that covered it. */
export const BREACH_RULES = ['AUTH', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7', 'M8', 'M9'] as const
export type BreachRule = (typeof BREACH_RULES)[number]

export const REVIEW_OUTCOMES = ['PROCEED', 'HOLD', 'PROCEED_WITH_CONDITIONS'] as const
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number]
export const REVIEW_CONDITIONS = ['NOT_BEFORE_WINDOW', 'IN_CUSTODY_ONLY', 'AWAY_FROM_HOME', 'DAYTIME_ONLY', 'TWO_DELIVERERS', 'ADVOCATE_ON_CALL'] as const
export type ReviewCondition = (typeof REVIEW_CONDITIONS)[number]
/** How far the partner was reached before: never what was said. */
export const CONTACT_BASES = ['INFORMED', 'UNREACHABLE_N', 'NOT_ATTEMPTED'] as const
export type ContactBasis = (typeof CONTACT_BASES)[number]
/** Under which promise of confidentiality the reviewer works; only NONE may answer here. */
export const CONFIDENTIALITY_REGIMES = ['VSP', 'VOCA_SUBRECIPIENT', 'NONE'] as const
export type ConfidentialityRegime = (typeof CONFIDENTIALITY_REGIMES)[number]
export const HOLD_CODES = ['SAFETY', 'PROSECUTOR', 'LOCATE', 'CUSTODY', 'LANGUAGE', 'COUNSEL', 'STOP_EVERYTHING', 'REVIEW_OUTCOME'] as const
export type HoldCode = (typeof HOLD_CODES)[number]
export const LIFT_CODES = ['REVIEWED_AGAIN', 'CAUSE_GONE', 'RAISED_IN_ERROR'] as const
export type LiftCode = (typeof LIFT_CODES)[number]
export const HOLD_SCOPES = ['NOTIFICATION', 'CASE'] as const
export type HoldScope = (typeof HOLD_SCOPES)[number]
export const REVOCATION_CAUSES = ['CUSTODY_OUT', 'NEW_INCIDENT', 'ORDER', 'PLACE', 'OBJECTION'] as const
export type RevocationCause = (typeof REVOCATION_CAUSES)[number]
export const EXCEPTION_REASONS = ['IMMINENT_DANGER', 'UNREACHABLE_N'] as const
export type ExceptionReason = (typeof EXCEPTION_REASONS)[number]

/** Whom a message reached in his place. */
export const MISDELIVERED_TO = ['WRONG_PERSON', 'PARTNER', 'HOUSEHOLD'] as const
export type MisdeliveredTo = (typeof MISDELIVERED_TO)[number]
export const WARNING_CAUSES = ['THREAT_TO_PARTNER', 'MISDELIVERED'] as const
export type WarningCause = (typeof WARNING_CAUSES)[number]
/** What came of a warning: never what was said. */
export const WARNING_OUTCOMES = ['WARNED', 'NOT_REACHED', 'NOT_CALLED_FOR'] as const
export type WarningOutcome = (typeof WARNING_OUTCOMES)[number]

/** Roles that read the safety context. To everybody else a notification is cleared or not, in one shape, and nothing more. */
export const SAFETY_ROLES: readonly Role[] = ['systemAdvocate']
/** Roles that see that a notification was held: the safety context, and the evaluator, for whom held is not late. To others it is not cleared. */
export const HOLD_READERS: readonly Role[] = [...SAFETY_ROLES, 'evaluator']
/** Rules whose breach tells that a hold stood, and who is told; M1 stands beside each of them for everybody. */
export const RULES_ONLY_FOR: Readonly<Record<string, readonly Role[]>> = { M2: HOLD_READERS }
