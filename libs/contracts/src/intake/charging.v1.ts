/** What became of an incident before prosecutor and court: by codes. Whose charge it is stays in the court's record. */
import { Event } from '../event'
import { Code, Codes, Flag, ReportedCode, Uuid } from '../fields'

const charging = { version: 1, categories: ['charging'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'] } as const

export const CHARGING_DECISIONS = ['FILED', 'DECLINED', 'REFERRED_MUNICIPAL', 'RETURNED_FOR_INVESTIGATION'] as const
export type ChargingDecision = (typeof CHARGING_DECISIONS)[number]
export const DECIDING_AGENCIES = ['JCPO', 'CITY_PROSECUTOR', 'USAO', 'OTHER_COUNTY'] as const
export type DecidingAgency = (typeof DECIDING_AGENCIES)[number]
export const DISPOSITION_RESULTS = ['GUILTY', 'SIS', 'SIS_TERMINATED', 'NOLLE', 'DISMISSED', 'ACQUITTED'] as const
export type DispositionResult = (typeof DISPOSITION_RESULTS)[number]
export const DISPOSITION_COURTS = ['STATE', 'MUNICIPAL', 'FEDERAL', 'TRIBAL', 'MILITARY', 'OTHER_STATE'] as const
export type DispositionCourt = (typeof DISPOSITION_COURTS)[number]

/** To whom a case is presented, and which of the county's criteria it was found to meet. */
export const PRESENTED_TO = ['JCPO', 'CITY_PROSECUTOR', 'USAO'] as const
export type PresentedTo = (typeof PRESENTED_TO)[number]
export const CHARGING_CRITERIA = ['STRANGULATION', 'STITCHES', 'CHILD_PRESENT', 'STALKING_PATTERN', 'WEAPON', 'PRIORS'] as const
export type ChargingCriterion = (typeof CHARGING_CRITERIA)[number]

@Event({ ...charging, type: 'CasePresentedForCharging', time: 'when it was presented, as precisely as it was told', summary: 'The police presented an incident to a prosecutor for charges, with the criteria that they found met.' })
export class CasePresentedForChargingV1 {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Code(PRESENTED_TO, { doc: 'to whom' }) to!: PresentedTo
  @Codes(CHARGING_CRITERIA, { max: 6, doc: 'criteria for state charges that were found met; none where none was' }) criteriaMatched!: ChargingCriterion[]
}

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

@Event({ ...charging, type: 'CourtConditionsSet', time: 'when they were set, as precisely as it was told', summary: 'A court set conditions for the time until the charges of an incident are disposed of. A condition that its source does not speak of is absent: it is not known to be off.' })
export class CourtConditionsSetV1 {
  @Uuid({ of: 'incident', doc: 'the incident' }) incidentId!: string
  @Code(DISPOSITION_COURTS, { doc: 'which court' }) court!: DispositionCourt
  @Flag({ optional: true, doc: 'no contact with the victim' }) noContact?: boolean
  @Flag({ optional: true, doc: 'worn location monitor' }) gps?: boolean
  @Flag({ optional: true, doc: 'firearms to be surrendered' }) firearmSurrender?: boolean
  @ReportedCode({ width: 20, optional: true, doc: 'type of bond, as the court codes it' }) bondType?: string
}
