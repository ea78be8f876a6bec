import { CommandBody } from '../commands'
import { Code, LocalTime, Name, ReportedCode, ReportedCodes, Text, Uuid } from '../fields'
import { ARREST_COURTS, type ArrestCourt } from './arrest-recorded.v2'
import { JURISDICTIONS, type Jurisdiction } from './circumstances.v1'

/** DRAFT: who may enter an arrest is the program's to say; until then those who read the police's own records. */
@CommandBody({ type: 'RecordArrest', roles: ['intakeAnalyst', 'detective'], agencies: ['KCPD'], summary: 'Record an arrest by hand, where its clock of hours cannot wait for a file. The feed that brings the same number later completes it as a correction, and adds no second arrest' })
export class RecordArrest {
  @ReportedCode({ width: 9, doc: 'ORI of the agency that made the arrest' }) ori!: string
  @Name({ doc: 'the system whose number the arrest has: as in the mapping of its feed' }) system!: string
  @Text({ max: 40, privacy: 'matchable', doc: 'number of the arrest in that system' }) arrestNumber!: string
  @LocalTime({ doc: 'when: a day, an hour or a minute in Kansas City, or an instant in UTC' }) at!: string
  @Uuid({ of: 'pchCase', optional: true, doc: 'the case of the arrested person, where there is one: its clocks run from here' }) caseId?: string
  @Uuid({ of: 'incident', optional: true, doc: 'the incident, where it is known here' }) incidentId?: string
  @ReportedCode({ width: 12, optional: true, doc: 'offence' }) offenseCode?: string
  @ReportedCodes({ width: 12, max: 40, optional: true, doc: 'charges, as codes' }) charges?: string[]
  @Code(ARREST_COURTS, { optional: true, doc: 'which court' }) court?: ArrestCourt
  @Code(JURISDICTIONS, { optional: true, doc: 'whose custody it is' }) jurisdiction?: Jurisdiction
  @Text({ max: 60, privacy: 'matchable', optional: true, doc: 'number of the hold at the jail (booking number); with jurisdiction, it leads to the hold, and is not kept' }) holdNumber?: string
  @Text({ max: 40, privacy: 'matchable', optional: true, doc: 'offence cycle number' }) ocn?: string
}
