import { Event } from '../event'
import { Code, Timestamp, Uuid } from '../fields'
import { PLACE_CLASSES, type PlaceClass } from './codes'

@Event({
  type: 'DeliveryAuthorized', version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'evaluation'],
  time: 'when it was decided, at the head of the log',
  summary: 'The notification may be delivered from now on, at this class of place, for at most 60 minutes. A hold ends it at once.',
})
export class DeliveryAuthorizedV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(PLACE_CLASSES, { doc: 'the class of place' }) placeClass!: PlaceClass
  @Timestamp({ doc: 'until when; at most 60 minutes after it was decided' }) validUntil!: string
}
