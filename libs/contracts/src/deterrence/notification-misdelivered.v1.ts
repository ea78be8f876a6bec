import { Event } from '../event'
import { Code, Flag, Uuid } from '../fields'
import { MISDELIVERED_TO, type MisdeliveredTo } from './codes'

@Event({
  type: 'NotificationMisdelivered', version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'evaluation'],
  time: 'when it happened',
  summary: 'The message reached somebody else than him. A fact, recorded always; the plan is held, and whoever may be in danger is warned within the hour.',
})
export class NotificationMisdeliveredV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(MISDELIVERED_TO, { doc: 'whom it reached' }) to!: MisdeliveredTo
  @Flag({ doc: 'what it says was read or heard' }) contentExposed!: boolean
}
