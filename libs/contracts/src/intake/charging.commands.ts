import { CommandBody } from '../commands'
import { Code, Codes, LocalTime, Uuid } from '../fields'
import type { Role } from '../rights'
import { CHARGING_DECISIONS, DECIDING_AGENCIES, DISPOSITION_COURTS, DISPOSITION_RESULTS, type ChargingDecision, type DecidingAgency, type DispositionCourt, type DispositionResult } from './charging.v1'

/** Those who read a prosecutor's file or a court's docket. */
const WHO_KNOW: { roles: Role[]; agencies: string[] } = { roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION'] }

@CommandBody({ type: 'RecordChargingDecision', ...WHO_KNOW, summary: 'Record what a prosecutor decided on an incident. Charges that are filed open a record again that was closed for want of one, or by a disposition of earlier charges that were dismissed or not pursued' })
export class RecordChargingDecision {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Code(CHARGING_DECISIONS, { doc: 'what was decided' }) decision!: ChargingDecision
  @Code(DECIDING_AGENCIES, { doc: 'who decided' }) decidingAgency!: DecidingAgency
  @LocalTime({ doc: 'when: a day, an hour or a minute in Kansas City, or an instant in UTC' }) at!: string
}

@CommandBody({ type: 'RecordDisposition', ...WHO_KNOW, summary: 'Record how the charges of an incident ended in court. Where none of them stands, the record is closed' })
export class RecordDisposition {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Codes(DISPOSITION_RESULTS, { max: 40, doc: 'the result of each charge' }) results!: DispositionResult[]
  @Code(DISPOSITION_COURTS, { doc: 'which court' }) court!: DispositionCourt
  @LocalTime({ doc: 'when: a day, an hour or a minute in Kansas City, or an instant in UTC' }) at!: string
}
