import { Event } from '../event'
import { Token, Uuid } from '../fields'

@Event({
  type: 'PairSidesRecorded', version: 1, categories: ['pair'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was recorded',
  summary: 'Who of the two stands on which side of an incident, as it was referred or confirmed.',
})
export class PairSidesRecordedV1 {
  @Uuid({ of: 'pair', doc: 'the pair: fixed by the two persons, in either order' }) pairId!: string
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Token({ kind: 'per', about: 'victim', doc: 'the victim of record in this incident' }) victimRef!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the other of the two' }) otherRef!: string
}
