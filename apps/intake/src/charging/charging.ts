/**
 * What became of an incident before prosecutor and court. Facts: recorded whenever they are told, late and in any order, the
 * same once. Protects: it speaks of an incident that was reported here; what follows for the record is decided where it is restricted.
 */
import type { Basis, ChargingDecisionMadeV1, DispositionEnteredV1, DispositionResult, DraftEvent, RecordChargingDecision, RecordDisposition, RestrictionGround } from '@chorus/contracts'
import { refused, type Command, type Decider, type Decision } from '@chorus/decider'
import type { ToldAt } from '../circumstance/told-at'

// Stored names. Changing one needs a new version and an upcaster.
export const CHARGING_EVENTS = ['CasePresentedForCharging', 'ChargingDecisionMade', 'CourtConditionsSet', 'DispositionEntered'] as const

/** What the edge looked up. `at`: null where the text is no time of this kind. */
export interface ChargingFacts { readonly incidentKnown: boolean; readonly at: ToldAt | null; readonly basis: readonly Basis[] }
export type TellDecision = Command<'RecordChargingDecision', Omit<RecordChargingDecision, 'at'> & { readonly facts: ChargingFacts }>
export type TellDisposition = Command<'RecordDisposition', Omit<RecordDisposition, 'at'> & { readonly facts: ChargingFacts }>
export type ChargingCommand = TellDecision | TellDisposition

/** What was told, each as one text: the same again adds nothing. */
export interface Charging { readonly told: readonly string[] }
export const initial: Charging = { told: [] }

const textOf = (type: string, time: string, data: object): string => JSON.stringify([type, time, Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))])
export const evolve = (state: Charging, event: { readonly type: string; readonly data: object; readonly time: string }): Charging =>
  (CHARGING_EVENTS as readonly string[]).includes(event.type) ? { told: [...state.told, textOf(event.type, event.time, event.data)] } : state

export const decide = ({ type, data: { facts: { incidentKnown, at, basis }, ...said }, meta }: ChargingCommand, state: Charging): Decision => {
  if (!incidentKnown) return refused('incident_unknown', 'No agency has reported this incident here. Look its number up again, or wait for the report.', { kind: 'not-found' })
  if (!at) return refused('time_unclear', 'Say when it was: a day (2026-07-02), an hour (2026-07-02T15) or a minute (2026-07-02T15:10) in Kansas City, or an instant in UTC.')
  if (Date.parse(at.from) > Date.parse(meta.now)) return refused('time_to_come', 'The time lies in the future. Record what has happened once it has happened.')
  if ('results' in said && said.results.length === 0) return refused('results_missing', 'Say how each charge ended.')
  const event = type === 'RecordDisposition' ? 'DispositionEntered' : 'ChargingDecisionMade'
  if (state.told.includes(textOf(event, at.time, said))) return []
  const { time, timePrecision, timeZone } = at
  return [{ type: event, schemaVersion: 1, data: said satisfies ChargingDecisionMadeV1 | DispositionEnteredV1, time, timePrecision, timeZone, basis } satisfies DraftEvent]
}

/** Charges of whatever court. */
export const isCharge = ({ type, data }: { readonly type: string; readonly data: object }): boolean => type === 'ChargingDecisionMade' && ['FILED', 'REFERRED_MUNICIPAL'].includes((data as ChargingDecisionMadeV1).decision)

/** How a disposition closes a record, by the result of its charges: not while one of them stands. The first that closes gives the ground. */
export const closesAs = (results: readonly DispositionResult[]): Exclude<RestrictionGround, 'ARREST_NOT_CHARGED' | 'COURT_ORDER' | 'BASIS_CLOSED'> | null => {
  const grounds = results.flatMap((result) => result === 'GUILTY' || result === 'SIS' ? [] : [result])
  return grounds.length === results.length ? grounds[0] ?? null : null
}

export const charging: Decider<Charging, ChargingCommand> = { category: 'charging', initial, knows: CHARGING_EVENTS, evolve, decide }
