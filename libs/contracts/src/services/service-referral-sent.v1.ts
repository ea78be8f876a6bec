import { Event } from '../event'
import { Code, Name, Uuid } from '../fields'
import { SERVICE_DOMAINS, type ServiceDomain } from './codes'

@Event({
  type: 'ServiceReferralSent', version: 1, categories: ['pchService'], classification: 'PCH_SERVICE', context: 'services', producer: 'services', consumers: ['services', 'evaluation'],
  time: 'when it was sent',
  summary: 'A person who had accepted services was referred to a provider, with his written consent. Names travel with the consent, not with this event.',
})
export class ServiceReferralSentV1 {
  @Uuid({ of: 'none', doc: 'the referral to a provider' }) referralId!: string
  @Uuid({ of: 'pchService', doc: 'the offer that he accepted' }) offerId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Uuid({ of: 'none', doc: 'the provider: id of the organization in the HSDS directory' }) providerOrgId!: string
  @Uuid({ of: 'none', doc: 'the service: id of the service in the HSDS directory' }) hsdsServiceId!: string
  @Code(SERVICE_DOMAINS, { doc: 'the need' }) domain!: ServiceDomain
  @Name({ doc: 'number of his written consent to this referral' }) consentRef!: string
}
