import { Event } from '../event'
import { Code, LocalTime, Uuid } from '../fields'
import { REFERRAL_ANSWERS, REFERRAL_REASONS, type ReferralAnswer, type ReferralReason } from './codes'

@Event({
  type: 'ServiceReferralAnswered', version: 1, categories: ['pchService'], classification: 'PCH_SERVICE', context: 'services', producer: 'services', consumers: ['services', 'evaluation'],
  time: 'when the provider answered',
  summary: 'What a provider answered to a referral. The latest answer counts: a waiting list ends, a place is taken back.',
})
export class ServiceReferralAnsweredV1 {
  @Uuid({ of: 'none', doc: 'the referral to a provider' }) referralId!: string
  @Uuid({ of: 'pchService', doc: 'the offer' }) offerId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(REFERRAL_ANSWERS, { doc: 'the answer' }) answer!: ReferralAnswer
  @Code(REFERRAL_REASONS, { optional: true, doc: 'why not, or not yet; needed for REJECTED' }) reasonCode?: ReferralReason
  @LocalTime({ optional: true, doc: 'the first appointment, local time in Kansas City; only for ACCEPTED' }) firstAppointmentAt?: string
}
