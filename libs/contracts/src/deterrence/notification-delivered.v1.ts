import { Event } from '../event'
import { Code, Codes, Flag, Hash, Name, Uuid } from '../fields'
import { LEVELS, type Level } from '../intake/levels'
import { ANY_PLACE_CLASSES, DELIVERER_ROLES, INTERPRETERS, LANGUAGES, NOTIFICATION_MODES, REACTIONS, VOICES, type AnyPlaceClass, type DelivererRole, type Interpreter, type Language, type NotificationMode, type Reaction, type Voice } from './codes'

@Event({
  type: 'NotificationDelivered', version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'services', 'evaluation'],
  time: 'when it was delivered: the start of the outcome clock (t0)',
  summary: 'He was told. A fact, recorded always; what rules it broke stands in breaches.',
})
export class NotificationDeliveredV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(LEVELS, { tells: 'level', doc: 'the level of the plan' }) level!: Level
  @Code(NOTIFICATION_MODES, { tells: 'level', doc: 'how he was told' }) mode!: NotificationMode
  @Code(ANY_PLACE_CLASSES, { doc: 'at what class of place' }) placeClass!: AnyPlaceClass
  @Codes(DELIVERER_ROLES, { max: 4, doc: 'parts of those who delivered it; which accounts never travels' }) delivererRoles!: DelivererRole[]
  @Flag({ doc: 'who he is was checked' }) recipientVerified!: boolean
  @Flag({ doc: 'he was in custody' }) inCustody!: boolean
  @Codes(VOICES, { max: 3, doc: 'the voices that spoke' }) voicesPresent!: Voice[]
  @Name({ tells: 'level', doc: 'the text that was used' }) templateId!: string
  @Name({ tells: 'level', doc: 'its version' }) templateVersion!: string
  @Code(LANGUAGES, { doc: 'the language that was spoken' }) language!: Language
  @Hash({ tells: 'level', doc: 'SHA-256 of the message as it was given, its non-personal parameters filled in' }) messageSha256!: string
  @Code(INTERPRETERS, { doc: 'who interpreted' }) interpreter!: Interpreter
  @Flag({ doc: 'he acknowledged it' }) acknowledged!: boolean
  @Flag({ doc: 'his counsel was present' }) counselPresent!: boolean
  @Code(REACTIONS, { doc: 'how he reacted' }) reaction!: Reaction
}
