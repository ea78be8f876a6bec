/**
 * One notification of the person who causes harm, from its plan to its delivery. Protects: it is planned once per case,
 * level and period (M8: its stream is fixed by them), never cleared at the start; nobody is permitted to deliver without
 * clearance (M1, M2), with a text or by a way that the policy does not have (M4, M5), after the case was closed (M6), at
 * the shared residence (M9), or without an authorisation of at most 60 minutes. A hold is taken in every state. What
 * happened is always recorded, with the rules that it broke.
 */
import {
  PLACE_CLASSES, type AbandonCode, type Basis, type BreachRule, type CancelCode, type CommandMeta, type DeliveryAuthorizedV1, type DraftEvent, type NotificationAbandonedV1, type NotificationAttemptedV1, type NotificationCancelledV1,
  type NotificationDeliveredV1, type NotificationHeldV1, type NotificationMisdeliveredV1, type NotificationPlannedV1, type NotificationScheduledV1, type PlaceClass, type ProtocolBreachDetectedV1, type RecordAttempt, type RecordDelivery, type RecordMisdelivery, type ScheduleNotification,
} from '@chorus/contracts'
import { atNow, dayOf, refused, type Command, type Decider, type Decision, type Refusal } from '@chorus/decider'
import { first, isBefore, minutesLater } from '../notification-policy/clock'
import { covers, type Clearance } from '../safety-review/safety-review'
import { breachesOf, isPermittedClass, type DeliveryFacts } from './breaches'

// Stored names. Changing one needs a new version and an upcaster.
export const NOTIFICATION_EVENTS = [
  'NotificationPlanned', 'NotificationHeld', 'NotificationScheduled', 'DeliveryAuthorized', 'NotificationAttempted', 'NotificationDelivered', 'NotificationMisdelivered', 'NotificationCancelled', 'NotificationAbandoned', 'ProtocolBreachDetected', 'DeadlineMissed',
] as const

/** What a permission rests on, looked up at the log's head; `basis` says how far. */
export interface PermissionFacts {
  /** null: not reviewed, held, revoked; all the same here */
  readonly clearance: Clearance | null
  readonly liftedHolds: readonly string[]
  readonly caseOpen: boolean
  readonly modeAllowed: boolean
  /** active, and approved by prosecutor and advocate */
  readonly templateUsable: boolean
  /** the case rests on closed records alone: nobody outside justice attends */
  readonly basisClosed: boolean
  readonly policyVersion: string
  readonly authorizationMinutes: number
  readonly basis: readonly Basis[]
}
export interface PlanFacts { readonly policyVersion: string; readonly basis: readonly Basis[] }

export type Plan = Command<'PlanNotification', { readonly plan: NotificationPlannedV1; readonly facts: PlanFacts }>
export type HoldIt = Command<'HoldNotification', NotificationHeldV1>
export type Schedule = Command<'ScheduleNotification', ScheduleNotification & { readonly facts: PermissionFacts }>
export type Authorize = Command<'AuthorizeDelivery', { readonly placeClass: string; readonly facts: PermissionFacts }>
export type Attempt = Command<'RecordAttempt', RecordAttempt>
export type Misdeliver = Command<'RecordMisdelivery', RecordMisdelivery>
export type Deliver = Command<'RecordDelivery', RecordDelivery & { readonly facts: DeliveryFacts }>
export type Cancel = Command<'CancelNotification', { readonly code: CancelCode }>
export type Abandon = Command<'AbandonNotification', { readonly code: AbandonCode }>
/** A delivery proves to have been uncleared once something that happened before it was told. */
export type DetectBreach = Command<'DetectBreach', { readonly factId: string; readonly rule: BreachRule; readonly basis: readonly Basis[] }>
export type NotificationCommand = Plan | HoldIt | Schedule | Authorize | Attempt | Deliver | Misdeliver | DetectBreach | Cancel | Abandon

export type Phase = 'open' | 'delivered' | 'cancelled' | 'abandoned'
export type Notification =
  | { readonly status: 'none' }
  | {
    readonly status: 'planned'
    readonly plan: NotificationPlannedV1
    readonly phase: Phase
    readonly schedule: { readonly at: string; readonly placeClass: PlaceClass; readonly roles: readonly string[] } | null
    /** voidFrom: a hold, or another place, ended it before its time */
    readonly authorizations: readonly { readonly from: string; readonly validUntil: string; readonly placeClass: PlaceClass; readonly voidFrom: string | null }[]
    readonly holds: readonly { readonly holdId: string; readonly since: string }[]
    readonly attempts: number
    readonly deliveries: number
    readonly breaches: readonly { readonly factId: string; readonly rule: BreachRule }[]
  }
type Planned = Extract<Notification, { status: 'planned' }>
export const initial: Notification = { status: 'none' }

export const evolve = (state: Notification, event: { readonly type: string; readonly data: object; readonly time: string }): Notification => {
  if (event.type === 'NotificationPlanned') return { status: 'planned', plan: event.data as NotificationPlannedV1, phase: 'open', schedule: null, authorizations: [], holds: [], attempts: 0, deliveries: 0, breaches: [] }
  if (state.status === 'none') return state
  switch (event.type) {
    case 'NotificationHeld': return voided({ ...state, holds: [...state.holds, { holdId: (event.data as NotificationHeldV1).holdId, since: event.time }] }, event.time)
    case 'NotificationScheduled': {
      const { at, placeClass, delivererRoles, changed } = event.data as NotificationScheduledV1
      const next = { ...state, schedule: { at, placeClass, roles: delivererRoles } }
      return changed ? voided(next, event.time) : next
    }
    case 'DeliveryAuthorized': {
      const { placeClass, validUntil } = event.data as DeliveryAuthorizedV1
      return { ...state, authorizations: [...state.authorizations, { from: event.time, validUntil, placeClass, voidFrom: null }] }
    }
    case 'NotificationAttempted': return { ...state, attempts: state.attempts + 1 }
    case 'NotificationDelivered': return { ...state, phase: 'delivered', deliveries: state.deliveries + 1 }
    case 'ProtocolBreachDetected': {
      const { factId, rule } = event.data as ProtocolBreachDetectedV1
      return { ...state, breaches: [...state.breaches, { factId, rule }] }
    }
    case 'NotificationMisdelivered': return voided(state, event.time)
    case 'NotificationCancelled': return voided({ ...state, phase: state.phase === 'open' ? 'cancelled' : state.phase }, event.time)
    case 'NotificationAbandoned': return voided({ ...state, phase: state.phase === 'open' ? 'abandoned' : state.phase }, event.time)
    default: return state
  }
}
const voided = (state: Planned, from: string): Planned => ({ ...state, authorizations: state.authorizations.map((one) => (one.voidFrom === null ? { ...one, voidFrom: from } : one)) })

/** The plan of a level is made once; whoever comes second finds it made. */
export const plan = ({ data, meta }: Plan, state: Notification): Decision => state.status === 'none'
  ? [{ ...draft('NotificationPlanned', data.plan, meta), policyVersion: data.facts.policyVersion, basis: data.facts.basis }] : []

/** Taken in every state, for it stops at once; the same hold once. */
export const hold = ({ data, meta }: HoldIt, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  return state.holds.some(({ holdId }) => holdId === data.holdId) ? [] : [draft('NotificationHeld', data, meta)]
}

export const schedule = ({ data: { facts, ...body }, meta }: Schedule, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  const { placeClass } = body
  if (!isPermittedClass(placeClass, PLACE_CLASSES)) return never(placeClass)
  if (body.delivererRoles.length === 0) return refused('deliverer_missing', 'Say who is to deliver it: name at least one part in delivererRoles.')
  if (isBefore(body.at, meta.now)) return refused('time_past', 'The time lies in the past. What has happened is recorded as a delivery or an attempt.')
  const before = state.schedule
  const changed = before !== null && (before.placeClass !== placeClass || dayOf(before.at) !== dayOf(body.at))
  const closed = notPermitted(state, facts) ?? notForOutsiders(body.delivererRoles, facts)
  if (closed) return closed
  if (before && before.at === body.at && before.placeClass === placeClass && JSON.stringify(before.roles) === JSON.stringify(body.delivererRoles)) return []
  // Another place or day was not what the safety context has looked at: the clearance goes, and is given anew for this one.
  if (!changed && !isClearedFor(state, facts, body.at, placeClass)) return NOT_CLEARED
  return [{ ...draft('NotificationScheduled', { ...of(state), at: body.at, placeClass, delivererRoles: [...body.delivererRoles], changed }, meta), policyVersion: facts.policyVersion, basis: facts.basis }]
}

/** Parts that people outside the agencies of justice play. */
const OUTSIDE_JUSTICE: readonly string[] = ['COMMUNITY_VOICE', 'SERVICE_NAVIGATOR']
/** Asked again before each of them attends (domain reference §3.13 rule 7); the same words whatever closed the records. */
const notForOutsiders = (roles: readonly string[], { basisClosed }: PermissionFacts): Refusal | undefined => basisClosed && roles.some((role) => OUTSIDE_JUSTICE.includes(role))
  ? refused('justice_alone', 'This notification is for people of the agencies of justice alone. Set it again without a community voice and without a service navigator.', { rules: ['CLOSED_BASIS'] }) : undefined

/** Whether a schedule asks for another place or day than the one that was cleared. */
export const isChange = (state: Notification, wish: Pick<ScheduleNotification, 'at' | 'placeClass'>): boolean =>
  state.status === 'planned' && state.schedule !== null && (state.schedule.placeClass !== wish.placeClass || dayOf(state.schedule.at) !== dayOf(wish.at))

export const authorize = ({ data: { placeClass, facts }, meta }: Authorize, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (!isPermittedClass(placeClass, PLACE_CLASSES)) return never(placeClass)
  const closed = notPermitted(state, facts)
  if (closed) return closed
  if (!isClearedFor(state, facts, meta.now, placeClass)) return NOT_CLEARED
  if (!state.schedule) return refused('not_scheduled', 'No time and place are set. Set them first, then ask for the permission when you are about to deliver.')
  const outsiders = notForOutsiders(state.schedule.roles, facts)
  if (outsiders) return outsiders
  if (state.schedule.placeClass !== placeClass) return refused('other_place', 'It is planned for another class of place. Set the new place first; it needs a clearance of its own.', { rules: ['M1'] })
  const validUntil = first(minutesLater(meta.now, Math.min(60, facts.authorizationMinutes)), facts.clearance!.validUntil)
  return [{ ...draft('DeliveryAuthorized', { ...of(state), placeClass, validUntil }, meta), policyVersion: facts.policyVersion, basis: facts.basis }]
}

export const attempt = ({ data, meta }: Attempt, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (isBefore(meta.now, data.at)) return FUTURE
  return [{ ...draft('NotificationAttempted', { ...of(state), attemptNo: state.attempts + 1, outcome: data.outcome, placeClass: data.placeClass }, meta), ...happened(data.at) }]
}

/** A fact: recorded in every state, with every rule that it broke, and a breach of its own for each. */
export const deliver = ({ data: { facts, at, ...said }, meta }: Deliver, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (isBefore(meta.now, at)) return FUTURE
  const breaches = breachesOf({ at, ...said }, state, facts)
  const delivered: DraftEvent = {
    ...draft('NotificationDelivered', { ...of(state), level: state.plan.level, ...said }, meta), ...happened(at), basis: facts.basis, ...(breaches.length > 0 ? { breaches } : {}),
  }
  return [delivered, ...breaches.map((rule) => draft('ProtocolBreachDetected', { ...of(state), rule, factId: facts.factId }, meta))]
}

/** A fact: recorded in every state. What is to be done about it follows in the safety context. */
export const misdeliver = ({ data: { at, to, contentExposed }, meta }: Misdeliver, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (isBefore(meta.now, at)) return FUTURE
  return [{ ...draft('NotificationMisdelivered', { ...of(state), to, contentExposed }, meta), ...happened(at) }]
}

/** What was recorded before stays as it is: that it broke a rule after all is an entry of its own, once. */
export const detectBreach = ({ data: { factId, rule, basis }, meta }: DetectBreach, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (state.breaches.some((one) => one.factId === factId && one.rule === rule)) return []
  return [{ ...draft('ProtocolBreachDetected', { ...of(state), rule, factId }, meta), basis }]
}

/** Ending a plan needs no look at anything else: it only ever stops. */
export const cancel = ({ data, meta }: Cancel, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  return state.phase === 'open' ? [draft('NotificationCancelled', { ...of(state), code: data.code }, meta)] : data.code === 'PLANNED_IN_ERROR' && state.phase !== 'cancelled' ? ended(state) : []
}
export const abandon = ({ data, meta }: Abandon, state: Notification): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (state.phase === 'abandoned') return []
  return state.phase === 'open' ? [draft('NotificationAbandoned', { ...of(state), code: data.code, attempts: state.attempts }, meta)] : ended(state)
}

/** What forbids a permission, clearance aside. */
const notPermitted = (state: Planned, facts: PermissionFacts): Refusal | null => {
  if (state.phase !== 'open') return ended(state)
  if (!facts.caseOpen) return refused('case_closed', 'The case is closed. Nobody is told any more in it.', { rules: ['M6'] })
  if (!facts.modeAllowed) return refused('mode_not_allowed', `The policy in force (${facts.policyVersion}) does not have this way of telling at this level. Plan it again by another way.`, { rules: ['M5'] })
  if (!facts.templateUsable) return refused('text_not_approved', `The text of this plan is not active, or not approved by prosecutor and advocate, in the policy in force (${facts.policyVersion}). Have it approved, or plan it again.`, { rules: ['M4'] })
  return null
}
/** One answer for all that is not cleared: it tells nothing of why. */
const isClearedFor = (state: Planned, facts: PermissionFacts, at: string, place: PlaceClass): boolean =>
  !state.holds.some(({ holdId }) => !facts.liftedHolds.includes(holdId)) && covers(facts.clearance, at) && isPermittedClass(place, facts.clearance.permittedPlaces)

/** The authorisation that is good at this moment, if one is: not over, not ended by a hold or another place, and cleared still. */
export const authorizationNow = (state: Notification, { clearance, liftedHolds }: Pick<PermissionFacts, 'clearance' | 'liftedHolds'>, now: string): { readonly placeClass: PlaceClass; readonly validUntil: string } | null => {
  if (state.status === 'none' || state.phase !== 'open' || state.holds.some(({ holdId }) => !liftedHolds.includes(holdId)) || !covers(clearance, now)) return null
  const found = state.authorizations.findLast((one) => one.voidFrom === null && !isBefore(one.validUntil, now) && clearance.permittedPlaces.includes(one.placeClass))
  return found ? { placeClass: found.placeClass, validUntil: found.validUntil } : null
}

/** True of one that was never cleared, is not cleared for this, or is held: nobody is to tell them apart by it. */
export const NOT_CLEARED = refused('not_cleared', 'No clearance covers this notification at this time and place. Do not deliver it. Every notification begins without one, and only the advocates give one: look at the notification again, its clearance says whether there is one, for which window and which classes of place.', { rules: ['M1'] })
const UNKNOWN = refused('notification_unknown', 'There is no notification of this number. Look its number up again.', { kind: 'not-found' })
const FUTURE = refused('time_to_come', 'The time lies in the future. Record what has happened once it has happened.')
const never = (place: string): Refusal => place === 'WORKPLACE'
  ? refused('place_never', 'Nobody is told at work. Choose another class of place.')
  : refused('place_never', 'Nobody is told at the residence that they share: the partner would be blamed. Choose another class of place.', { rules: ['M9'] })
const ended = (state: Planned): Refusal => state.phase === 'delivered'
  ? refused('already_delivered', 'This notification was delivered. To tell him again, plan another one, with the reason.', { kind: 'conflict', rules: ['M8'] })
  : refused('no_longer_planned', `This notification was ${state.phase}. Plan another one, with the reason, if he is still to be told.`, { kind: 'conflict' })

const of = ({ plan: { notificationId, caseId } }: Planned): { notificationId: string; caseId: string } => ({ notificationId, caseId })
const happened = (at: string): Pick<DraftEvent, 'time' | 'timePrecision' | 'timeZone'> => ({ time: at, timePrecision: 'instant', timeZone: 'UTC' })

interface Data {
  NotificationPlanned: NotificationPlannedV1; NotificationHeld: NotificationHeldV1; NotificationScheduled: NotificationScheduledV1; DeliveryAuthorized: DeliveryAuthorizedV1; NotificationAttempted: NotificationAttemptedV1
  NotificationDelivered: NotificationDeliveredV1; NotificationMisdelivered: NotificationMisdeliveredV1; NotificationCancelled: NotificationCancelledV1; NotificationAbandoned: NotificationAbandonedV1; ProtocolBreachDetected: ProtocolBreachDetectedV1
}
const draft = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta), partitionkey: `pchCase-${data.caseId}` })

export const notification: Decider<Notification, NotificationCommand> = {
  category: 'notification', initial, knows: NOTIFICATION_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'PlanNotification': return plan(command, state)
      case 'HoldNotification': return hold(command, state)
      case 'ScheduleNotification': return schedule(command, state)
      case 'AuthorizeDelivery': return authorize(command, state)
      case 'RecordAttempt': return attempt(command, state)
      case 'RecordDelivery': return deliver(command, state)
      case 'RecordMisdelivery': return misdeliver(command, state)
      case 'DetectBreach': return detectBreach(command, state)
      case 'CancelNotification': return cancel(command, state)
      case 'AbandonNotification': return abandon(command, state)
    }
  },
}
