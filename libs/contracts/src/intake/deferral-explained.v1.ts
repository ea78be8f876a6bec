import { Event } from '../event'
import { Code, LocalDate, Uuid } from '../fields'
import { DEFERRAL_CODES, type DeferralCode } from './exclusions'

@Event({
  type: 'DeferralExplained', version: 1, categories: ['deferral'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'Why a referral or a case was put off. Apart from the deferral itself, which others read: a code there could tell him that she spoke.',
})
export class DeferralExplainedV1 {
  @Uuid({ of: 'referral', doc: 'the referral; the stream is deferral-<this>' }) referralId!: string
  @Uuid({ of: 'pchCase', optional: true, doc: 'the case that was opened on it, where that was put off' }) caseId?: string
  @Code(DEFERRAL_CODES, { doc: 'why' }) code!: DeferralCode
  @LocalDate({ doc: 'the day by which it is looked at again' }) until!: string
}
