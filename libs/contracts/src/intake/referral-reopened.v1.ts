import { Event } from '../event'
import { Code, Uuid } from '../fields'
import { REFERRAL_REOPEN_REASONS, type ReferralReopenReason } from './exclusions'

@Event({
  type: 'ReferralReopened', version: 1, categories: ['referral'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'A person takes up again a referral that was excluded or put off: it is screened anew.',
})
export class ReferralReopenedV1 {
  @Uuid({ of: 'referral', doc: 'the referral' }) referralId!: string
  @Code(REFERRAL_REOPEN_REASONS, { doc: 'why' }) reasonCode!: ReferralReopenReason
}
