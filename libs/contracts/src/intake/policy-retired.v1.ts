import { Event } from '../event'
import { Code, Hash, Name } from '../fields'

/** Why a version is not to be used any more. */
export const RETIREMENT_REASONS = ['REPLACED', 'REJECTED', 'FOUND_WRONG', 'LAW_CHANGED'] as const
export type RetirementReason = (typeof RETIREMENT_REASONS)[number]

@Event({
  type: 'PolicyRetired', version: 1, categories: ['policy'], classification: 'OPS', context: 'none', producer: 'intake', consumers: ['intake', 'deterrence'],
  time: 'when it was retired',
  summary: 'A version of a policy is not to be used any more: it is not approved nor activated again, and where it was still to begin it does not. The version that holds is never retired before its successor holds.',
})
export class PolicyRetiredV1 {
  @Name({ doc: 'the policy' }) policyId!: string
  @Name({ doc: 'its version' }) version!: string
  @Hash({ doc: 'SHA-256 of its file' }) hash!: string
  @Code(RETIREMENT_REASONS, { doc: 'why' }) reasonCode!: RetirementReason
}
