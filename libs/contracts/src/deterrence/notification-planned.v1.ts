import { Event } from '../event'
import { Code, Count, Hash, Name, Timestamp, Token, Uuid } from '../fields'
import { LEVELS, type Level } from '../intake/levels'
import { LANGUAGES, NOTIFICATION_MODES, REPEAT_REASONS, SLA_IDS, type Language, type NotificationMode, type RepeatReason, type SlaId } from './codes'

@Event({
  type: 'NotificationPlanned', version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'services', 'evaluation'],
  time: 'when it was planned',
  summary: 'The person is to be told, by a way that fits the level and by a date. No plan is cleared when it is made.',
})
export class NotificationPlannedV1 {
  @Uuid({ of: 'notification', doc: 'the notification: fixed by case, level and period, so that one is planned once' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the person who causes harm, in the case' }) subjectRef!: string
  @Code(LEVELS, { tells: 'level', doc: 'the level on which he is told' }) level!: Level
  @Count({ tells: 'level', min: 1, doc: 'the how manyeth time that the case came to this level' }) period!: number
  @Count({ min: 1, doc: '1 for the first notification of the period; repeats count on' }) number!: number
  @Code(REPEAT_REASONS, { tells: 'level', optional: true, doc: 'why he is told again; only from number 2 on' }) repeatReason?: RepeatReason
  @Code(NOTIFICATION_MODES, { tells: 'level', doc: 'how he is to be told' }) mode!: NotificationMode
  @Timestamp({ tells: 'level', doc: 'by when: so long after the plan as the level says' }) dueAt!: string
  @Code(SLA_IDS, { tells: 'level', doc: 'the timer that says so' }) slaId!: SlaId
  @Name({ tells: 'level', doc: 'the text that is to be used' }) templateId!: string
  @Name({ tells: 'level', doc: 'its version' }) templateVersion!: string
  @Code(LANGUAGES, { doc: 'the language that he is to be told in' }) language!: Language
  @Hash({ doc: 'SHA-256 of the policy file; its version stands in policyVersion' }) policyHash!: string
}
