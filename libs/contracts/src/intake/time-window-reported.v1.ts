import type { Sealable } from '../envelope'
import { Event } from '../event'
import { List, LocalDate, LocalTime, ReportedCode, ReportedCodes, Text, Uuid } from '../fields'
import { BrokenEdit, ReportedArrestee, ReportedOffense, ReportedProperty } from './reported-persons'

@Event({
  type: 'TimeWindowReported', version: 1, categories: ['windowReport'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: [],
  time: 'the day of the arrest, clearance or recovery; the month of the submission where none is stated',
  summary: 'A late arrest, clearance or recovery of an incident that is older than what the agency submits incident by incident. It opens no incident.',
})
export class TimeWindowReportedV1 {
  @Uuid({ of: 'windowReport', doc: 'the report; its stream is windowReport-<this>' }) windowReportId!: string
  @ReportedCode({ width: 9, doc: 'ORI of the reporting agency' }) ori!: string
  @Text({ max: 40, privacy: 'matchable', about: 'record', doc: "the agency's report number of the old incident" }) reportNumber!: Sealable
  @LocalTime({ optional: true, doc: 'day of the old incident, as far as stated' }) incidentDate?: string
  @ReportedCode({ width: 1, optional: true, doc: 'exceptional clearance, data element 4' }) exceptionalClearance?: string
  @LocalDate({ optional: true, doc: 'day of exceptional clearance' }) exceptionalClearanceDate?: string
  @ReportedCodes({ width: 12, max: 20, doc: 'offences cleared, where the submission states them' }) clearedOffenseCodes!: string[]
  @List(() => ReportedOffense, { max: 99, doc: 'offences, where the submission states them' }) offenses!: ReportedOffense[]
  @List(() => ReportedProperty, { max: 99, doc: 'property recovered' }) property!: ReportedProperty[]
  @List(() => ReportedArrestee, { max: 99, doc: 'arrested persons' }) arrestees!: ReportedArrestee[]
  @List(() => BrokenEdit, { max: 400, doc: 'edits of the standard that the report breaks' }) edits!: BrokenEdit[]
}
