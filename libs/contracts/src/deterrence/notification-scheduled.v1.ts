import { Event } from '../event'
import { Code, Codes, Flag, Timestamp, Uuid } from '../fields'
import { DELIVERER_ROLES, PLACE_CLASSES, type DelivererRole, type PlaceClass } from './codes'

@Event({
  type: 'NotificationScheduled', version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'evaluation'],
  time: 'when it was decided',
  summary: 'When and at what class of place the notification is to be delivered, within its clearance. It is no permission to deliver.',
})
export class NotificationScheduledV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Timestamp({ doc: 'when' }) at!: string
  @Code(PLACE_CLASSES, { doc: 'the class of place; never the residence that they share' }) placeClass!: PlaceClass
  @Codes(DELIVERER_ROLES, { max: 4, doc: 'who is to deliver it' }) delivererRoles!: DelivererRole[]
  @Flag({ doc: 'another day or class of place than before: the clearance was for the former' }) changed!: boolean
}
