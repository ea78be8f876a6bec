import { Event } from '../event'
import { Code, ReportedCode, Token, Uuid } from '../fields'
import { ROLES, type Role } from '../rights'

export const RELATIONSHIP_BASES = ['CURRENT_SPOUSE', 'FORMER_SPOUSE', 'COMMON_LAW', 'DATING', 'EX_DATING', 'CHILD_IN_COMMON', 'COHABITING'] as const
export type RelationshipBasis = (typeof RELATIONSHIP_BASES)[number]
export const CONFIRMATION_METHODS = ['REPORT_READ', 'INTERVIEW', 'COURT_RECORD', 'OTHER_RECORD'] as const
export type ConfirmationMethod = (typeof CONFIRMATION_METHODS)[number]

@Event({
  type: 'IntimatePartnerRelationshipConfirmed', version: 1, categories: ['incident'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was confirmed',
  summary: 'A person confirmed that two people of the incident are, or were, intimate partners. Neither a flag nor a reported code is enough.',
})
export class IntimatePartnerRelationshipConfirmedV1 {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Token({ kind: 'pair', about: 'pair', doc: 'the pair, in this incident' }) pairToken!: string
  @Token({ kind: 'per', about: 'victim', doc: 'the victim of record' }) victimToken!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the other of the two' }) offenderToken!: string
  @ReportedCode({ width: 2, optional: true, doc: 'relationship as reported, data element 35' }) nibrsRelationship?: string
  @Code(RELATIONSHIP_BASES, { doc: 'what the relationship is' }) basis!: RelationshipBasis
  @Code(ROLES, { doc: 'role of who confirmed it' }) confirmedByRole!: Role
  @Code(CONFIRMATION_METHODS, { doc: 'how' }) method!: ConfirmationMethod
}
