import { Event } from '../event'
import { Code, Uuid } from '../fields'
import { OFFER_CHANNELS, type OfferChannel } from './codes'

@Event({
  type: 'ServiceOffered', version: 1, categories: ['pchService'], classification: 'PCH_SERVICE', context: 'services', producer: 'services', consumers: ['services', 'evaluation'],
  time: 'when the notification with which the services were offered was delivered',
  summary: 'Services were offered to the person who causes harm, with the delivery of a notification. What he says to it is an event of its own.',
})
export class ServiceOfferedV1 {
  @Uuid({ of: 'pchService', doc: 'the offer' }) offerId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Uuid({ of: 'notification', doc: 'the notification with which it was offered; one offer for each' }) notificationId!: string
  @Code(OFFER_CHANNELS, { tells: 'level', doc: 'how he was told' }) channel!: OfferChannel
}
