/**
 * What happens around the person of one case: custody, orders of protection, further incidents. Facts: recorded whenever they
 * are told, late and in any order, the same once. Protects E2: by hold, in and out take turns; where they do not, as far as
 * is known, the entry says so, since the missing one may come late.
 */
import type {
  Basis, CustodyStatus, CustodyStatusChangedV1, DraftEvent, IncidentLinkedToCaseV1, OrderStatus, OrderType, ProtectionOrderStatusChangedV1, RecordCustodyStatus, RecordProtectionOrderStatus, Respondent,
} from '@chorus/contracts'
import { atNow, minuteOf, refused, type Command, type Decider, type Decision } from '@chorus/decider'
import type { ToldAt } from './told-at'

// Stored names. Changing one needs a new version and an upcaster.
export const CIRCUMSTANCE_EVENTS = ['CustodyStatusChanged', 'ProtectionOrderStatusChanged', 'IncidentLinkedToCase'] as const

/** What the edge looked up. `at`: null where the text is no time of this kind; `from`: the first instant that it can mean. */
export interface TellFacts { readonly subjectRef: string; readonly at: ToldAt | null; readonly basis: readonly Basis[] }
export type TellCustody = Command<'RecordCustodyStatus', Omit<RecordCustodyStatus, 'at' | 'holdNumber'> & { readonly caseId: string; readonly holdId: string; readonly facts: TellFacts }>
export type TellOrder = Command<'RecordProtectionOrderStatus', Omit<RecordProtectionOrderStatus, 'at' | 'orderNumber'> & { readonly caseId: string; readonly orderId: string; readonly facts: TellFacts }>
export type LinkIncident = Command<'LinkIncident', IncidentLinkedToCaseV1 & { readonly basis: readonly Basis[] }>
export type CircumstanceCommand = TellCustody | TellOrder | LinkIncident

/** `time` as it was told; `status` of the hold or order from then on. */
interface Entry<S> { readonly time: string; readonly status: S; /** of the event that says it */ readonly id?: string }
export interface Hold { readonly facility: string; readonly jurisdiction: string; readonly entries: readonly Entry<CustodyStatus>[] }
export interface Order { readonly orderType: OrderType; readonly jurisdiction: string; readonly respondent: Respondent; readonly mutual: boolean; readonly expiresOn: string | null; readonly entries: readonly Entry<OrderStatus>[] }
export interface Circumstance { readonly holds: Readonly<Record<string, Hold>>; readonly orders: Readonly<Record<string, Order>>; readonly incidents: readonly string[] }
export const initial: Circumstance = { holds: {}, orders: {}, incidents: [] }

/** In the order in which it happened, by the clocks of Kansas City: what is told late takes its place. */
const inTime = <S>(entries: readonly Entry<S>[], entry: Entry<S>): readonly Entry<S>[] => [...entries, entry].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : placeOf(a) > placeOf(b) ? 1 : 0))
/** A correction stands in the place of what it corrects. */
const withoutCorrected = <S>(entries: readonly Entry<S>[], corrected: string | undefined): readonly Entry<S>[] => (corrected === undefined ? entries : entries.filter(({ id }) => id !== corrected))
const placeOf = ({ time }: Entry<unknown>): string => (/^\d.*Z$/.test(time) ? minuteOf(time) : time)

export const evolve = (state: Circumstance, event: { readonly type: string; readonly data: object; readonly time: string; readonly id?: string; readonly corrects?: string }): Circumstance => {
  switch (event.type) {
    case 'CustodyStatusChanged': {
      const { holdId, facility, jurisdiction, status } = event.data as CustodyStatusChangedV1
      return { ...state, holds: { ...state.holds, [String(holdId)]: { facility, jurisdiction, entries: inTime(withoutCorrected(state.holds[String(holdId)]?.entries ?? [], event.corrects), { time: event.time, status, ...(event.id && { id: event.id }) }) } } }
    }
    case 'ProtectionOrderStatusChanged': {
      const { orderId, orderType, jurisdiction, respondent, mutual, expiresOn, status } = event.data as ProtectionOrderStatusChangedV1
      return { ...state, orders: { ...state.orders, [String(orderId)]: { orderType, jurisdiction, respondent, mutual, expiresOn: expiresOn ?? null, entries: inTime(state.orders[String(orderId)]?.entries ?? [], { time: event.time, status }) } } }
    }
    case 'IncidentLinkedToCase': return { ...state, incidents: [...state.incidents, (event.data as IncidentLinkedToCaseV1).incidentId] }
    default: return state
  }
}

const isKnown = <S>(entries: readonly Entry<S>[] | undefined, { time }: ToldAt, status: S): boolean => entries?.some((one) => one.time === time && one.status === status) ?? false
/** E2: each entry differs from the one before it in its hold. */
export const takesTurns = (entries: readonly Entry<CustodyStatus>[]): boolean => entries.every(({ status }, at) => at === 0 || status !== entries[at - 1]!.status)

export const tellCustody = ({ data: { facts: { subjectRef, at, basis }, ...said }, meta }: TellCustody, state: Circumstance): Decision => {
  if (!at) return NO_TIME
  if (Date.parse(at.from) > Date.parse(meta.now)) return FUTURE
  const entries = state.holds[said.holdId]?.entries
  if (isKnown(entries, at, said.status)) return []
  const breaches = takesTurns(inTime(entries ?? [], { time: at.time, status: said.status })) ? {} : { breaches: ['E2'] }
  return [{ ...draft('CustodyStatusChanged', { ...said, subjectRef }, at), basis, ...breaches }]
}

export const tellOrder = ({ data: { facts: { subjectRef, at, basis }, ...said }, meta }: TellOrder, state: Circumstance): Decision => {
  if (!at) return NO_TIME
  if (Date.parse(at.from) > Date.parse(meta.now)) return FUTURE
  const known = state.orders[said.orderId]
  if (known && isKnown(known.entries, at, said.status) && known.expiresOn === (said.expiresOn ?? null) && known.respondent === said.respondent && known.mutual === said.mutual) return []
  return [{ ...draft('ProtectionOrderStatusChanged', { ...said, subjectRef }, at), basis }]
}

export const linkIncident = ({ data: { basis, ...link }, meta }: LinkIncident, state: Circumstance): Decision =>
  state.incidents.includes(link.incidentId) ? [] : [{ ...draft('IncidentLinkedToCase', link, atNow(meta)), basis }]

const NO_TIME = refused('time_unclear', 'Say when it was: a day (2026-07-02), an hour (2026-07-02T15) or a minute (2026-07-02T15:10) in Kansas City, or an instant in UTC.')
const FUTURE = refused('time_to_come', 'The time lies in the future. Record what has happened once it has happened.')

interface Data { CustodyStatusChanged: CustodyStatusChangedV1; ProtectionOrderStatusChanged: ProtectionOrderStatusChangedV1; IncidentLinkedToCase: IncidentLinkedToCaseV1 }
const draft = <T extends keyof Data>(type: T, data: Data[T], { time, timePrecision, timeZone }: Omit<ToldAt, 'from'>): DraftEvent =>
  ({ type, schemaVersion: 1, data, time, timePrecision, timeZone, partitionkey: `pchCase-${data.caseId}` })

export const circumstance: Decider<Circumstance, CircumstanceCommand> = {
  category: 'circumstance', initial, knows: CIRCUMSTANCE_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'RecordCustodyStatus': return tellCustody(command, state)
      case 'RecordProtectionOrderStatus': return tellOrder(command, state)
      case 'LinkIncident': return linkIncident(command, state)
    }
  },
}
