import { Event } from '../event'
import { Code, Hash, Name } from '../fields'
import { ROLES, type Role } from '../rights'

@Event({
  type: 'PolicyApproved', version: 1, categories: ['policy'], classification: 'OPS', context: 'none', producer: 'intake', consumers: ['intake', 'deterrence'],
  time: 'when it was approved',
  summary: 'A person approved a version of a policy, under his or her own account and for one role.',
})
export class PolicyApprovedV1 {
  @Name({ doc: 'the policy' }) policyId!: string
  @Name({ doc: 'its version' }) version!: string
  @Hash({ doc: 'SHA-256 of the file that was before the person' }) hash!: string
  @Code(ROLES, { doc: 'the role for which it was approved' }) role!: Role
  @Name({ doc: 'account of the person, as the token said it' }) approverId!: string
}
