import { CommandBody } from '../commands'
import { Names, Text } from '../fields'

@CommandBody({ type: 'ActivateLevelPolicy', roles: ['prosecutor'], agencies: ['JCPO'], summary: 'A version of the policy of levels holds from now on. Proposals made under another one have to be asked for again' })
export class ActivateLevelPolicy {
  @Text({ max: 100000, privacy: 'open', openBecause: 'a policy is published, and approved before it holds', doc: 'the file, byte for byte: YAML as apps/intake/policies/kc-ipvi-levels.yaml, with a version of its own' }) text!: string
  @Names({ max: 20, doc: 'accounts of those who approved it; empty for a draft' }) approvers!: string[]
}
