import { CommandBody } from '../commands'
import { Code, LocalDate, LocalTime, Name, Uuid } from '../fields'
import { OFFER_RESPONSES, REFERRAL_ANSWERS, REFERRAL_REASONS, SERVICE_DOMAINS, type OfferResponse, type ReferralAnswer, type ReferralReason, type ServiceDomain } from './codes'

@CommandBody({ type: 'AnswerServiceOffer', roles: ['healthProgram'], agencies: ['HEALTH'], summary: 'Record what the person said to an offer of services; declining has no consequence (P1)' })
export class AnswerServiceOffer {
  @Code(OFFER_RESPONSES, { doc: 'the answer' }) response!: OfferResponse
  @LocalDate({ optional: true, doc: 'the day of the answer in Kansas City; left out: now' }) answeredOn?: string
}

@CommandBody({ type: 'SendServiceReferral', roles: ['healthProgram'], agencies: ['HEALTH'], summary: 'Refer a person who has accepted services to a provider, with his written consent' })
export class SendServiceReferral {
  @Uuid({ doc: 'the provider: id of the organization in the HSDS directory' }) providerOrgId!: string
  @Uuid({ doc: 'the service: id of the service in the HSDS directory' }) hsdsServiceId!: string
  @Code(SERVICE_DOMAINS, { doc: 'the need' }) domain!: ServiceDomain
  @Name({ doc: 'number of his written consent to this referral' }) consentRef!: string
}

@CommandBody({ type: 'AnswerServiceReferral', roles: ['healthProgram', 'pchProvider'], summary: 'Record what a provider answered to a referral; a provider answers for its own organization alone, as its token proves' })
export class AnswerServiceReferral {
  @Code(REFERRAL_ANSWERS, { doc: 'the answer' }) answer!: ReferralAnswer
  @Code(REFERRAL_REASONS, { optional: true, doc: 'why not, or not yet; needed for REJECTED' }) reasonCode?: ReferralReason
  @LocalTime({ optional: true, doc: 'the first appointment, local time in Kansas City; only for ACCEPTED' }) firstAppointmentAt?: string
  @LocalDate({ optional: true, doc: 'the day of the answer in Kansas City; left out: now' }) answeredOn?: string
}
