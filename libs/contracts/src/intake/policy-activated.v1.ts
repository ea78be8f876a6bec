import { Event } from '../event'
import { Code, Hash, Name, Text, Texts } from '../fields'

@Event({
  type: 'PolicyActivated', version: 1, categories: ['policy'], classification: 'OPS', context: 'intake', producer: 'intake', consumers: ['intake', 'deterrence'],
  time: 'from when it holds',
  summary: 'A policy file holds from the moment that its time names, which may be a day to come; the event carries its bytes.',
})
export class PolicyActivatedV1 {
  @Name({ doc: 'the policy' }) policyId!: string
  @Name({ doc: 'its version' }) version!: string
  @Code(['DRAFT', 'APPROVED'], { doc: 'DRAFT until the program has approved it' }) status!: 'DRAFT' | 'APPROVED'
  @Hash({ doc: 'SHA-256 of the file' }) hash!: string
  @Text({ max: 100000, privacy: 'open', openBecause: 'a policy is published, and approved before it holds', doc: 'the file, byte for byte' }) text!: string
  @Texts({ max: 64, maxItems: 20, privacy: 'open', openBecause: 'an account, not a sentence; the people of a case have none', doc: 'accounts of those who approved it; those who approved a draft stand here too' }) approvers!: string[]
}
