import { CommandBody } from '../commands'
import { Code, Codes, Flag, Hash, Name, Timestamp, Uuid } from '../fields'
import type { Role } from '../rights'
import {
  ABANDON_CODES, ANY_PLACE_CLASSES, ATTEMPT_OUTCOMES, DELIVERER_ROLES, INTERPRETERS, LANGUAGES, MISDELIVERED_TO, NOTIFICATION_MODES, REACTIONS, REPEAT_REASONS, VOICES,
  type AbandonCode, type AnyPlaceClass, type AttemptOutcome, type DelivererRole, type Interpreter, type Language, type MisdeliveredTo, type NotificationMode, type Reaction, type RepeatReason, type Voice,
} from './codes'

/** Those who notify: the police deliver; the prosecutor, too, may plan and end (domain reference §5.2). */
const JUSTICE: { roles: Role[]; agencies: string[] } = { roles: ['detective', 'prosecutor'], agencies: ['KCPD', 'JCPO'] }
const NOTIFIERS: { roles: Role[]; agencies: string[] } = { roles: ['detective'], agencies: ['KCPD'] }

@CommandBody({ type: 'PlanRepeat', ...JUSTICE, summary: 'Plan another notification at the level of the case, with the reason; the first of each level is planned by itself (M8)' })
export class PlanRepeat {
  @Uuid({ doc: 'the case' }) caseId!: string
  @Code(REPEAT_REASONS, { doc: 'why he is told again' }) reason!: RepeatReason
  @Code(NOTIFICATION_MODES, { optional: true, doc: 'how; default: as the policy says for the level' }) mode?: NotificationMode
  @Code(LANGUAGES, { optional: true, doc: 'in which language; default: that of the text' }) language?: Language
}

@CommandBody({ type: 'ScheduleNotification', ...NOTIFIERS, summary: 'Set when and at what class of place it is to be delivered, within the clearance (M1, M9); another day or place asks for a new clearance' })
export class ScheduleNotification {
  @Timestamp({ doc: 'when' }) at!: string
  @Code(ANY_PLACE_CLASSES, { doc: 'the class of place; never the residence that they share, never a workplace' }) placeClass!: AnyPlaceClass
  @Codes(DELIVERER_ROLES, { max: 4, doc: 'who is to deliver it' }) delivererRoles!: DelivererRole[]
}

@CommandBody({ type: 'AuthorizeDelivery', ...NOTIFIERS, summary: 'Ask for the permission to deliver now, as it was scheduled; decided at the head of the log, good for at most 60 minutes (M1, M2, M4, M5, M6, M8, M9)' })
export class AuthorizeDelivery {
  @Code(ANY_PLACE_CLASSES, { doc: 'the class of place where you are' }) placeClass!: AnyPlaceClass
}

@CommandBody({ type: 'RecordAttempt', pastWalls: true, ...NOTIFIERS, summary: 'Record that a delivery was tried and did not come about' })
export class RecordAttempt {
  @Timestamp({ doc: 'when' }) at!: string
  @Code(ATTEMPT_OUTCOMES, { doc: 'how it ended; where the partner was present: ABORTED' }) outcome!: AttemptOutcome
  @Code(ANY_PLACE_CLASSES, { doc: 'the class of place' }) placeClass!: AnyPlaceClass
}

@CommandBody({ type: 'RecordDelivery', pastWalls: true, ...NOTIFIERS, summary: 'Record that he was told. Always recorded, also where a rule was broken; then it says which' })
export class RecordDelivery {
  @Timestamp({ doc: 'when' }) at!: string
  @Code(NOTIFICATION_MODES, { doc: 'how he was told' }) mode!: NotificationMode
  @Code(ANY_PLACE_CLASSES, { doc: 'at what class of place' }) placeClass!: AnyPlaceClass
  @Codes(DELIVERER_ROLES, { max: 4, doc: 'parts of those who delivered it' }) delivererRoles!: DelivererRole[]
  @Flag({ doc: 'who he is was checked' }) recipientVerified!: boolean
  @Flag({ doc: 'he was in custody' }) inCustody!: boolean
  @Codes(VOICES, { max: 3, doc: 'the voices that spoke' }) voicesPresent!: Voice[]
  @Name({ doc: 'the text that was used' }) templateId!: string
  @Name({ doc: 'its version' }) templateVersion!: string
  @Code(LANGUAGES, { doc: 'the language that was spoken' }) language!: Language
  @Hash({ doc: 'SHA-256 of the message as it was given' }) messageSha256!: string
  @Code(INTERPRETERS, { doc: 'who interpreted' }) interpreter!: Interpreter
  @Flag({ doc: 'he acknowledged it' }) acknowledged!: boolean
  @Flag({ doc: 'his counsel was present' }) counselPresent!: boolean
  @Code(REACTIONS, { doc: 'how he reacted' }) reaction!: Reaction
}

@CommandBody({ type: 'RecordMisdelivery', pastWalls: true, ...NOTIFIERS, summary: 'Record that the message reached somebody else. Always recorded; the plan is held, and an advocate is to warn whoever may be in danger within the hour' })
export class RecordMisdelivery {
  @Timestamp({ doc: 'when' }) at!: string
  @Code(MISDELIVERED_TO, { doc: 'whom it reached' }) to!: MisdeliveredTo
  @Flag({ doc: 'what it says was read or heard' }) contentExposed!: boolean
}

@CommandBody({ type: 'AbandonNotification', ...JUSTICE, summary: 'Give it up: he cannot be told' })
export class AbandonNotification {
  @Code(ABANDON_CODES, { doc: 'why' }) code!: AbandonCode
}

@CommandBody({ type: 'CancelNotification', ...JUSTICE, summary: 'Take a plan back that should not have been made' })
export class CancelNotification {
  @Code(['PLANNED_IN_ERROR'], { doc: 'why; changes of level and closures of the case cancel by themselves' }) code!: 'PLANNED_IN_ERROR'
}
