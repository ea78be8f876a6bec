import { Event } from '../event'
import { Code, Count, Uuid } from '../fields'
import { ABANDON_CODES, CANCEL_CODES, type AbandonCode, type CancelCode } from './codes'

const notification = { version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'evaluation'], time: 'when it was decided' } as const

@Event({ type: 'NotificationCancelled', ...notification, summary: 'The plan no longer holds: its level or its case is another by now, or it should not have been made.' })
export class NotificationCancelledV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(CANCEL_CODES, { doc: 'why' }) code!: CancelCode
}

@Event({ type: 'NotificationAbandoned', ...notification, summary: 'He could not be told, and nobody tries any more. The case stays in the cohort of those who were to be told.' })
export class NotificationAbandonedV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(ABANDON_CODES, { doc: 'why' }) code!: AbandonCode
  @Count({ doc: 'how often it was tried' }) attempts!: number
}
