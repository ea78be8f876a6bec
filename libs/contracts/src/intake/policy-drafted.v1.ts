import { Event } from '../event'
import { Code, Hash, Name, Text } from '../fields'

@Event({
  type: 'PolicyDrafted', version: 1, categories: ['policy'], classification: 'OPS', context: 'none', producer: 'intake', consumers: ['intake', 'deterrence'],
  time: 'when it was put forward',
  summary: 'A version of a policy was put forward, with its bytes: from now on this version means this text. It does not hold yet.',
})
export class PolicyDraftedV1 {
  @Name({ doc: 'the policy' }) policyId!: string
  @Name({ doc: 'its version' }) version!: string
  @Code(['DRAFT', 'APPROVED'], { doc: 'what the file says of itself' }) status!: 'DRAFT' | 'APPROVED'
  @Hash({ doc: 'SHA-256 of the file' }) hash!: string
  @Text({ max: 100000, privacy: 'open', openBecause: 'a policy is published, and approved before it holds', doc: 'the file, byte for byte' }) text!: string
}
