import { Event } from '../event'
import { Code, Uuid } from '../fields'
import { OFFER_RESPONSES, type OfferResponse } from './codes'

@Event({
  type: 'ServiceOfferAnswered', version: 1, categories: ['pchService'], classification: 'PCH_SERVICE', context: 'services', producer: 'services', consumers: ['services', 'evaluation'],
  time: 'when he answered, or when it was given up to reach him',
  summary: 'What the person said to an offer of services. He may change his mind: the latest answer counts. Declining has no consequence (P1).',
})
export class ServiceOfferAnsweredV1 {
  @Uuid({ of: 'pchService', doc: 'the offer' }) offerId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(OFFER_RESPONSES, { doc: 'the answer' }) response!: OfferResponse
}
