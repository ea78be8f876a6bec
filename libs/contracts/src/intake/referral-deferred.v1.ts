import { Event } from '../event'
import { LocalDate, Uuid } from '../fields'

@Event({
  type: 'ReferralDeferred', version: 1, categories: ['referral'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'A person put a referral off: no case is opened on it until it is taken up again. Why stands apart (DeferralExplained).',
})
export class ReferralDeferredV1 {
  @Uuid({ of: 'referral', doc: 'the referral' }) referralId!: string
  @LocalDate({ doc: 'the day by which it is looked at again; it does not end by itself' }) until!: string
}
