import { Event } from '../event'
import { Code, Count, Uuid } from '../fields'
import { ANY_PLACE_CLASSES, ATTEMPT_OUTCOMES, type AnyPlaceClass, type AttemptOutcome } from './codes'

@Event({
  type: 'NotificationAttempted', version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'evaluation'],
  time: 'when it was attempted',
  summary: 'A delivery was tried and did not come about.',
})
export class NotificationAttemptedV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Count({ min: 1, doc: 'the how manyeth attempt' }) attemptNo!: number
  @Code(ATTEMPT_OUTCOMES, { doc: 'how it ended; why an attempt was aborted stays in the safety context' }) outcome!: AttemptOutcome
  @Code(ANY_PLACE_CLASSES, { doc: 'the class of place' }) placeClass!: AnyPlaceClass
}
