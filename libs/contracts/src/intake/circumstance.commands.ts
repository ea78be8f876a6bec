import { CommandBody } from '../commands'
import { Code, Flag, LocalDate, LocalTime, Name, Text } from '../fields'
import type { Role } from '../rights'
import {
  CUSTODY_REASONS, CUSTODY_STATUSES, JURISDICTIONS, ORDER_STATUSES, ORDER_TYPES, RESPONDENTS,
  type CustodyReason, type CustodyStatus, type Jurisdiction, type OrderStatus, type OrderType, type Respondent,
} from './circumstances.v1'

/** Those who read a jail's roster or a court's docket. An advocate who learns of it takes the clearance back herself: where she has it from is nobody's to read. */
const WHO_KNOW: { roles: Role[]; agencies: string[] } = { roles: ['intakeAnalyst', 'detective', 'prosecutor'], agencies: ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION'] }

@CommandBody({ type: 'RecordCustodyStatus', ...WHO_KNOW, summary: 'Record, from the jail\'s roster, that the person of a case was taken into custody or left it; late and in any order. Leaving custody takes back every clearance at once (E2)' })
export class RecordCustodyStatus {
  @Code(CUSTODY_STATUSES, { doc: 'in or out' }) status!: CustodyStatus
  @LocalTime({ doc: 'when: a day, an hour or a minute in Kansas City, or an instant in UTC' }) at!: string
  @Text({ max: 60, privacy: 'matchable', doc: 'number of the hold at the jail (booking number); it is not kept' }) holdNumber!: string
  @Name({ doc: 'the facility, in a word' }) facility!: string
  @Code(JURISDICTIONS, { doc: 'whose custody it is' }) jurisdiction!: Jurisdiction
  @Code(CUSTODY_REASONS, { doc: 'why it changed' }) reason!: CustodyReason
}

@CommandBody({ type: 'RecordProtectionOrderStatus', ...WHO_KNOW, summary: 'Record what became of an order of protection between the two; late and in any order. It takes back every clearance at once' })
export class RecordProtectionOrderStatus {
  @Text({ max: 60, privacy: 'matchable', doc: 'number of the order at its court; it is not kept' }) orderNumber!: string
  @Code(JURISDICTIONS, { doc: 'whose court it is of' }) jurisdiction!: Jurisdiction
  @Code(ORDER_TYPES, { doc: 'what kind of order' }) orderType!: OrderType
  @Code(ORDER_STATUSES, { doc: 'what became of it' }) status!: OrderStatus
  @LocalTime({ doc: 'when: a day, an hour or a minute in Kansas City, or an instant in UTC' }) at!: string
  @Code(RESPONDENTS, { doc: 'against whom it stands: the person of the case, or the partner' }) respondent!: Respondent
  @Flag({ doc: 'it binds both' }) mutual!: boolean
  @LocalDate({ optional: true, doc: 'the day on which it ends by itself, where one is set' }) expiresOn?: string
}
