import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Count, List, LocalDate, LocalTime, Nested, ReportedCode, ReportedCodes, Text, Token, Uuid } from '../fields'
import { JURISDICTIONS, type Jurisdiction } from './circumstances.v1'
import { BrokenEdit, ReportedAge, ReportedWeapon } from './reported-persons'

/** Before which court an arrest leads, as far as its source says. */
export const ARREST_COURTS = ['STATE', 'MUNICIPAL', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE'] as const
export type ArrestCourt = (typeof ARREST_COURTS)[number]

@Event({
  type: 'ArrestRecorded', version: 2, categories: ['arrest'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['evaluation'],
  time: 'when the arrest was made: its minute where a feed of hours says it, else its day; the partition key is the open case of the person, where there was one',
  summary: 'A police agency reports an arrest: one without an incident report (group B of the standard), or one of an hourly feed, with its hold and its court. One event per arrested person.',
})
export class ArrestRecordedV2 {
  @Uuid({ of: 'arrest', doc: 'the arrest report; its stream is arrest-<this>' }) arrestId!: string
  @ReportedCode({ width: 9, doc: 'ORI of the reporting agency' }) ori!: string
  @Text({ max: 40, privacy: 'matchable', about: 'record', doc: 'arrest transaction number, data element 41' }) transactionNumber!: Sealable
  @Token({ kind: 'per', about: 'pch', doc: 'the arrested person, in this arrest' }) token!: string
  @Count({ max: 99, doc: 'sequence number' }) sequence!: number
  @LocalDate({ doc: 'day of the arrest' }) arrestDate!: string
  @ReportedCode({ width: 1, optional: true, doc: 'type of arrest, data element 43' }) type?: string
  @ReportedCode({ width: 12, optional: true, doc: 'offence, data element 45' }) offenseCode?: string
  @List(() => ReportedWeapon, { max: 10, doc: 'what the person was armed with, data element 46' }) armed!: ReportedWeapon[]
  @Nested(() => ReportedAge, { optional: true, doc: 'age; absent where blank' }) age?: ReportedAge
  @ReportedCode({ width: 1, optional: true, doc: 'sex' }) sex?: string
  @ReportedCode({ width: 1, optional: true, doc: 'race' }) race?: string
  @ReportedCode({ width: 1, optional: true, doc: 'ethnicity' }) ethnicity?: string
  @ReportedCode({ width: 1, optional: true, doc: 'resident of the jurisdiction' }) residentStatus?: string
  @ReportedCode({ width: 1, optional: true, doc: 'disposition of a person under 18, data element 52' }) under18Disposition?: string
  @List(() => BrokenEdit, { max: 400, doc: 'edits of the standard that the report breaks' }) edits!: BrokenEdit[]
  @LocalTime({ optional: true, doc: 'when, where the source says more than the day' }) arrestedAt?: string
  @Uuid({ of: 'incident', optional: true, doc: 'the incident, where the source names its report; that report need not have come yet' }) incidentId?: string
  @Text({ max: 40, privacy: 'matchable', about: 'record', optional: true, doc: 'offence cycle number: leads from the arrest to charge and disposition' }) ocn?: Sealable
  @ReportedCodes({ width: 12, max: 40, optional: true, doc: 'charges, as codes; absent where the source has no list of them' }) charges?: string[]
  @Code(ARREST_COURTS, { optional: true, doc: 'which court' }) court?: ArrestCourt
  @Code(JURISDICTIONS, { optional: true, doc: 'whose custody it is' }) jurisdiction?: Jurisdiction
  @Uuid({ of: 'none', optional: true, doc: 'the hold, fixed by its jurisdiction and its number there: the same as in changes of custody' }) holdId?: string
  @Text({ max: 200, privacy: 'matchable', about: 'pch', sealedFor: 'token', optional: true, doc: 'number of the arrested person at the source' }) personId?: Sealable
  @Text({ max: 200, privacy: 'identifying', about: 'pch', sealedFor: 'token', optional: true, doc: 'name of the arrested person' }) name?: Sealable
  @Text({ max: 10, privacy: 'identifying', about: 'pch', sealedFor: 'token', optional: true, doc: 'birth date, YYYY-MM-DD' }) birthDate?: Sealable
}
