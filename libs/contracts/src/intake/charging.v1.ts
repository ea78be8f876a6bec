/** What became of an incident before prosecutor and court: by codes. Whose charge it is stays in the court's record. */
import { Event } from '../event'
import { Code, Codes, Uuid } from '../fields'

const charging = { version: 1, categories: ['charging'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'] } as const

export const CHARGING_DECISIONS = ['FILED', 'DECLINED', 'REFERRED_MUNICIPAL', 'RETURNED_FOR_INVESTIGATION'] as const
export type ChargingDecision = (typeof CHARGING_DECISIONS)[number]
export const DECIDING_AGENCIES = ['JCPO', 'CITY_PROSECUTOR', 'USAO', 'OTHER_COUNTY'] as const
export type DecidingAgency = (typeof DECIDING_AGENCIES)[number]
export const DISPOSITION_RESULTS = ['GUILTY', 'SIS', 'SIS_TERMINATED', 'NOLLE', 'DISMISSED', 'ACQUITTED'] as const
export type DispositionResult = (typeof DISPOSITION_RESULTS)[number]
export const DISPOSITION_COURTS = ['STATE', 'MUNICIPAL', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE'] as const
export type DispositionCourt = (typeof DISPOSITION_COURTS)[number]

@Event({ ...charging, type: 'ChargingDecisionMade', time: 'when it was decided, as precisely as it was told', summary: 'A prosecutor decided on charges of an incident.' })
export class ChargingDecisionMadeV1 {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Code(CHARGING_DECISIONS, { doc: 'what was decided' }) decision!: ChargingDecision
  @Code(DECIDING_AGENCIES, { doc: 'who decided' }) decidingAgency!: DecidingAgency
}

@Event({ ...charging, type: 'DispositionEntered', time: 'when it was entered, as precisely as it was told', summary: 'A court disposed of the charges of an incident, each with its result.' })
export class DispositionEnteredV1 {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Codes(DISPOSITION_RESULTS, { max: 40, doc: 'the result of each charge' }) results!: DispositionResult[]
  @Code(DISPOSITION_COURTS, { doc: 'which court' }) court!: DispositionCourt
}
