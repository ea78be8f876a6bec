import { Event } from '../event'
import { Hash, Name, Uuid } from '../fields'

@Event({
  type: 'IncidentsScreened', version: 1, categories: ['policy'], classification: 'OPS', context: 'none', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was done',
  summary: 'A policy of levels has begun to hold, and every reported incident was held against it: where it leads to another outcome, that was assessed. How many is not said here: a policy is read by people who see no incident.',
})
export class IncidentsScreenedV1 {
  @Name({ doc: 'the policy' }) policyId!: string
  @Name({ doc: 'its version' }) version!: string
  @Hash({ doc: 'SHA-256 of its file' }) hash!: string
  @Uuid({ of: 'event', doc: 'the activation that began to hold' }) activationId!: string
}
