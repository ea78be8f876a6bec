import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Count, List, LocalDate, Nested, ReportedCode, Text, Token, Uuid } from '../fields'
import { BrokenEdit, ReportedAge, ReportedWeapon } from './reported-persons'

@Event({
  type: 'ArrestRecorded', version: 1, categories: ['arrest'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['evaluation'],
  time: 'day of the arrest',
  summary: 'A police agency reports an arrest that stands by itself, without an incident report (group B of the standard). One event per arrested person.',
})
export class ArrestRecordedV1 {
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
}
