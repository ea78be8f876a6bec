import { Event } from '../event'
import { Code, Codes, Flag, Token, Uuid } from '../fields'
import { ROLES, type Role } from '../rights'

export const AGGRESSOR_BASES = ['INJURY', 'HISTORY', 'THREAT', 'INTENT_OF_LAW'] as const
export type AggressorBasis = (typeof AGGRESSOR_BASES)[number]

@Event({
  type: 'PrimaryAggressorDetermined', version: 1, categories: ['incident'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was determined',
  summary: 'A person determined who is the primary physical aggressor: the most significant one, not the first.',
})
export class PrimaryAggressorDeterminedV1 {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Token({ kind: 'pair', about: 'pair', optional: true, doc: 'the pair, in this incident' }) pairToken?: string
  @Token({ kind: 'per', about: 'pch', doc: 'the primary physical aggressor, in this incident' }) aggressorToken!: string
  @Flag({ doc: 'both were arrested' }) dualArrest!: boolean
  @Codes(AGGRESSOR_BASES, { max: 4, doc: 'on what it rests' }) basis!: AggressorBasis[]
  @Code(ROLES, { doc: 'role of who determined it' }) determinedByRole!: Role
}
