import { Event } from '../event'
import { Timestamp, Uuid } from '../fields'
import { HOLD_READERS } from './codes'

@Event({
  type: 'NotificationHeld', version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'evaluation'],
  time: 'when it was held',
  summary: 'Nothing is delivered any more, whatever was permitted before. Taken in every state. Why stays where it was raised.', onlyFor: HOLD_READERS,
})
export class NotificationHeldV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Uuid({ of: 'none', doc: 'the hold' }) holdId!: string
  @Timestamp({ doc: 'when somebody is to look at it again; it does not end by itself' }) reviewAt!: string
}
