import { Event } from '../event'
import { Code, LocalDate, Uuid } from '../fields'

export const EXCLUSION_CODES = [
  'NOT_INTIMATE_PARTNER', 'AGGRESSOR_UNDETERMINED', 'MUTUAL_UNRESOLVED', 'SELF_DEFENSE', 'MINOR', 'VICTIM_MINOR', 'OUT_OF_JURISDICTION', 'DECEASED',
  'IN_CUSTODY_LONG_TERM', 'ACTIVE_INVESTIGATION_CONFLICT', 'INCAPACITY', 'SUBJECT_IS_LAW_ENFORCEMENT', 'SAFETY_HOLD', 'DUPLICATE', 'EXPUNGED_OR_CLOSED_BASIS',
] as const
export type ExclusionCode = (typeof EXCLUSION_CODES)[number]

@Event({
  type: 'ReferralExcluded', version: 1, categories: ['referral'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'A person decided that this referral leads to no case, and why; it may be looked at again until the day named.',
})
export class ReferralExcludedV1 {
  @Uuid({ of: 'referral', doc: 'the referral' }) referralId!: string
  @Code(EXCLUSION_CODES, { doc: 'why' }) code!: ExclusionCode
  @Code(['human'], { doc: 'a person decides, never a machine' }) decidedBy!: 'human'
  @LocalDate({ doc: 'until when the decision may be looked at again' }) reviewableUntil!: string
}
