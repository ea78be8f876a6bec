import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Flag, List, LocalDate, LocalTime, ReportedCode, Text, Uuid } from '../fields'
import { BrokenEdit, ReportedArrestee, ReportedOffender, ReportedOffense, ReportedPair, ReportedProperty, ReportedVictim } from './reported-persons'

export const INITIATIONS = ['CALL', 'SELF_INITIATED', 'FOLLOW_UP'] as const

@Event({
  type: 'IncidentReported', version: 1, categories: ['incident'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the incident began, or the day of the report where the source states only that (dateOf)',
  summary: 'A police agency reports an incident: offences, property, victims, offenders, arrests and relationships as reported. A later version of the same report corrects it.',
})
export class IncidentReportedV1 {
  @Uuid({ of: 'incident', doc: 'the incident; its stream is incident-<this>' }) incidentId!: string
  @ReportedCode({ width: 9, doc: 'ORI of the reporting agency' }) ori!: string
  @Text({ max: 40, privacy: 'matchable', about: 'record', doc: "the agency's report number" }) reportNumber!: Sealable
  @Text({ max: 40, privacy: 'matchable', about: 'record', optional: true, doc: "the dispatcher's number of the call" }) cadEventNumber?: Sealable
  @Code(['incident', 'report'], { doc: 'what the envelope time is the day of' }) dateOf!: 'incident' | 'report'
  @Flag({ doc: 'the source states the hour' }) hourReported!: boolean
  @LocalTime({ optional: true, doc: 'end of the incident' }) occurredTo?: string
  @LocalTime({ optional: true, doc: 'when it was reported to the agency' }) reportedAt?: string
  @ReportedCode({ width: 1, optional: true, doc: 'exceptional clearance, data element 4' }) exceptionalClearance?: string
  @LocalDate({ optional: true, doc: 'day of exceptional clearance' }) exceptionalClearanceDate?: string
  @ReportedCode({ width: 1, optional: true, doc: 'cargo theft, data element 2A' }) cargoTheft?: string
  @List(() => ReportedOffense, { max: 99, doc: 'offences' }) offenses!: ReportedOffense[]
  @List(() => ReportedProperty, { max: 99, doc: 'property' }) property!: ReportedProperty[]
  @List(() => ReportedVictim, { max: 999, doc: 'victims' }) victims!: ReportedVictim[]
  @List(() => ReportedOffender, { max: 99, doc: 'offenders as reported' }) offenders!: ReportedOffender[]
  @List(() => ReportedArrestee, { max: 99, doc: 'arrested persons' }) arrestees!: ReportedArrestee[]
  @List(() => ReportedPair, { max: 999, doc: 'intimate-partner relationships that the report states' }) pairs!: ReportedPair[]
  @List(() => BrokenEdit, { max: 400, doc: 'edits of the standard that the report breaks' }) edits!: BrokenEdit[]
  @Flag({ doc: 'an arrest was made' }) arrestMade!: boolean
  @ReportedCode({ width: 12, optional: true, doc: 'why no arrest was made' }) nonArrestReason?: string
  @Flag({ optional: true, doc: "the agency's own domestic violence flag; it is not evidence of an intimate partner" }) dvFlag?: boolean
  @Flag({ optional: true, doc: 'strangulation was reported' }) strangulation?: boolean
  @Flag({ optional: true, doc: 'children were present' }) childrenPresent?: boolean
  @Code(INITIATIONS, { optional: true, doc: 'how it came to the agency' }) initiation?: (typeof INITIATIONS)[number]
  @ReportedCode({ width: 12, optional: true, doc: 'beat' }) beat?: string
  @ReportedCode({ width: 12, optional: true, doc: 'police division' }) division?: string
  @ReportedCode({ width: 12, optional: true, doc: 'council district' }) councilDistrict?: string
}
