import { CommandBody } from '../commands'
import { Code, Codes, Flag, Token } from '../fields'
import { CONFIRMATION_METHODS, RELATIONSHIP_BASES, type ConfirmationMethod, type RelationshipBasis } from './intimate-partner-relationship-confirmed.v1'
import { AGGRESSOR_BASES, type AggressorBasis } from './primary-aggressor-determined.v1'

@CommandBody({ type: 'ConfirmRelationship', roles: ['detective', 'intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Confirm that two people of an incident are, or were, intimate partners' })
export class ConfirmRelationship {
  @Token({ kind: 'per', doc: 'the victim of record, as the report names the person' }) victimToken!: string
  @Token({ kind: 'per', doc: 'the other of the two, as the report names the person' }) offenderToken!: string
  @Code(RELATIONSHIP_BASES, { doc: 'what the relationship is' }) basis!: RelationshipBasis
  @Code(CONFIRMATION_METHODS, { doc: 'how it was confirmed' }) method!: ConfirmationMethod
}

@CommandBody({ type: 'DetermineAggressor', roles: ['detective', 'intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Determine the primary physical aggressor: the most significant one, not the first' })
export class DetermineAggressor {
  @Token({ kind: 'per', doc: 'the primary physical aggressor, as the report names the person' }) aggressorToken!: string
  @Flag({ doc: 'both were arrested' }) dualArrest!: boolean
  @Codes(AGGRESSOR_BASES, { max: 4, doc: 'on what it rests; at least one' }) basis!: AggressorBasis[]
}
