/** What happens around the person of a case and voids what was cleared: custody, orders of protection, further incidents. No partner, no text. */
import { Event } from '../event'
import { Code, Flag, LocalDate, Name, Token, Uuid } from '../fields'

const circumstance = { version: 1, categories: ['circumstance'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'deterrence', 'evaluation'] } as const

export const CUSTODY_STATUSES = ['IN', 'OUT'] as const
export type CustodyStatus = (typeof CUSTODY_STATUSES)[number]
export const CUSTODY_REASONS = ['ARREST', 'RELEASE_24H', 'BOND', 'SENTENCE', 'TRANSFER', 'OTHER'] as const
export type CustodyReason = (typeof CUSTODY_REASONS)[number]
/** Whose custody, or whose court: Kansas City lies in four counties. */
export const JURISDICTIONS = ['JACKSON', 'CLAY', 'PLATTE', 'CASS', 'OTHER_COUNTY', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE'] as const
export type Jurisdiction = (typeof JURISDICTIONS)[number]
export const ORDER_TYPES = ['EX_PARTE', 'FULL', 'FOREIGN'] as const
export type OrderType = (typeof ORDER_TYPES)[number]
export const ORDER_STATUSES = ['ISSUED', 'SERVED', 'EXPIRED', 'TERMINATED', 'VIOLATED'] as const
export type OrderStatus = (typeof ORDER_STATUSES)[number]
/** Against whom an order stands: one against her must not read as one against him. */
export const RESPONDENTS = ['SUBJECT', 'PARTNER'] as const
export type Respondent = (typeof RESPONDENTS)[number]
/** On which side of a further incident the person of the case stands. */
export const INCIDENT_SIDES = ['REFERRED', 'VICTIM_OF_RECORD'] as const
export type IncidentSide = (typeof INCIDENT_SIDES)[number]

@Event({ type: 'CustodyStatusChanged', ...circumstance, time: 'when it changed, as precisely as it was told', summary: 'The person of a case was taken into custody, or left it. By hold: he may be held in several at once, also elsewhere; told late, in any order.' })
export class CustodyStatusChangedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the person who causes harm' }) subjectRef!: string
  @Code(CUSTODY_STATUSES, { doc: 'in or out' }) status!: CustodyStatus
  @Uuid({ of: 'none', doc: 'the hold: fixed by its jurisdiction and its number there, which stays at the jail' }) holdId!: string
  @Name({ doc: 'the facility' }) facility!: string
  @Code(JURISDICTIONS, { doc: 'whose custody it is' }) jurisdiction!: Jurisdiction
  @Code(CUSTODY_REASONS, { doc: 'why it changed' }) reason!: CustodyReason
}

@Event({ type: 'ProtectionOrderStatusChanged', ...circumstance, time: 'when it changed, as precisely as it was told', summary: 'An order of protection between the two was issued, served, violated, or ended. Which court\'s number it has stays at the court.' })
export class ProtectionOrderStatusChangedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the person who causes harm' }) subjectRef!: string
  @Uuid({ of: 'none', doc: 'the order: fixed by its jurisdiction and its number there' }) orderId!: string
  @Code(JURISDICTIONS, { doc: 'whose court it is of' }) jurisdiction!: Jurisdiction
  @Code(ORDER_TYPES, { doc: 'what kind of order' }) orderType!: OrderType
  @Code(ORDER_STATUSES, { doc: 'what became of it' }) status!: OrderStatus
  @Code(RESPONDENTS, { doc: 'against whom it stands: the person of the case, or the partner' }) respondent!: Respondent
  @Flag({ doc: 'it binds both' }) mutual!: boolean
  @LocalDate({ optional: true, doc: 'the day on which it ends by itself; from its beginning on nothing is cleared by what was answered before' }) expiresOn?: string
}

@Event({ type: 'IncidentLinkedToCase', ...circumstance, time: 'when it became known that the incident is of this case', summary: 'A further incident names the person of an open case, whoever the other is. Files without names lead to nobody: a referral does.' })
export class IncidentLinkedToCaseV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Code(INCIDENT_SIDES, { doc: 'on which side of it the person of the case stands' }) side!: IncidentSide
}
