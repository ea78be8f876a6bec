import * as fc from 'fast-check'
import type { DraftEvent, NotificationPlannedV1, RecordDelivery, ScheduleNotification } from '@chorus/contracts'
import { handle } from '@chorus/decider'
import { given, metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import type { DeliveryFacts } from './breaches'
import { notificationIdOf } from './case-standing'
import {
  authorizationNow, notification, type Abandon, type Attempt, type Authorize, type Cancel, type Deliver, type DetectBreach, type HoldIt, type Misdeliver, type NotificationCommand, type PermissionFacts, type Plan, type Schedule,
} from './notification'

const CASE = '018f0000-0000-7000-8000-000000000006'
const ID = notificationIdOf({ event: 'the level' })
const HOLD = '018f0000-0000-7000-8000-000000000009'
const FACT = '018f0000-0000-7000-8000-00000000000a'
const at = (minutes: number): string => new Date(Date.parse(NOW) + minutes * 60_000).toISOString()
const clearance = { permittedPlaces: ['HOME_OTHER', 'STATION'], validFrom: at(-60), validUntil: at(24 * 60) } as const
const basis = [{ stream: `pchCase-${CASE}`, revision: 1 }]

const plan = (more: Partial<NotificationPlannedV1> = {}): Plan => ({
  type: 'PlanNotification', meta: metaOf({ name: 'plan' }),
  data: { plan: { notificationId: ID, caseId: CASE, subjectRef: `per_${'A'.repeat(22)}`, level: 'D', period: 1, number: 1, mode: 'LETTER', dueAt: at(48 * 60), slaId: 'T-D', templateId: 'd-letter', templateVersion: '1', language: 'en', policyHash: 'a'.repeat(64), ...more }, facts: { policyVersion: 'kc-ipvi-notifications@1.0.0', basis } },
})
const facts = (more: Partial<PermissionFacts> = {}): PermissionFacts =>
  ({ clearance, liftedHolds: [], caseOpen: true, modeAllowed: true, templateUsable: true, basisClosed: false, policyVersion: 'kc-ipvi-notifications@1.0.0', authorizationMinutes: 60, basis, ...more })
const schedule = (more: Partial<ScheduleNotification> = {}, looked: Partial<PermissionFacts> = {}): Schedule =>
  ({ type: 'ScheduleNotification', meta: metaOf({ name: `schedule ${JSON.stringify(more)}` }), data: { at: at(30), placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'], ...more, facts: facts(looked) } })
const authorize = (looked: Partial<PermissionFacts> = {}, placeClass = 'HOME_OTHER', minute = 0): Authorize => ({ type: 'AuthorizeDelivery', meta: metaOf({ name: `authorize ${minute}`, now: at(minute) }), data: { placeClass, facts: facts(looked) } })
const hold = (minute = 5, holdId = HOLD): HoldIt => ({ type: 'HoldNotification', meta: metaOf({ name: `hold ${minute}`, now: at(minute) }), data: { notificationId: ID, caseId: CASE, holdId, reviewAt: at(24 * 60) } })
const attempt = (minute = 10): Attempt => ({ type: 'RecordAttempt', meta: metaOf({ name: `attempt ${minute}`, now: at(minute) }), data: { at: at(minute), outcome: 'NOT_FOUND', placeClass: 'HOME_OTHER' } })
const looked = (more: Partial<DeliveryFacts> = {}): DeliveryFacts => ({ factId: FACT, cleared: true, held: false, liftedHolds: [], caseClosed: false, modeAllowed: true, template: { usable: true, language: 'en' }, basis, ...more })
const deliver = (more: Partial<RecordDelivery> = {}, found: Partial<DeliveryFacts> = {}): Deliver => ({
  type: 'RecordDelivery', meta: metaOf({ name: `deliver ${JSON.stringify(more)}`, now: at(120) }),
  data: {
    at: at(30), mode: 'LETTER', placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'], recipientVerified: true, inCustody: false, voicesPresent: ['LE'], templateId: 'd-letter', templateVersion: '1', language: 'en',
    messageSha256: 'b'.repeat(64), interpreter: 'NONE', acknowledged: true, counselPresent: false, reaction: 'NONE', ...more, facts: looked(found),
  },
})
const cancel = (code: 'LEVEL_CHANGED' | 'PLANNED_IN_ERROR' = 'LEVEL_CHANGED'): Cancel => ({ type: 'CancelNotification', meta: metaOf({ name: `cancel ${code}` }), data: { code } })
const abandon = (): Abandon => ({ type: 'AbandonNotification', meta: metaOf({ name: 'abandon' }), data: { code: 'MOVED_AWAY' } })

const first = (command: NotificationCommand, ...before: DraftEvent[]): DraftEvent => {
  const { decision } = given(notification, ...before).when(command)
  if ('refused' in decision) throw new Error(decision.refused)
  return decision[0]!
}
const planned = first(plan())
const scheduled = first(schedule(), planned)
const authorized = first(authorize(), planned, scheduled)
const held = first(hold(), planned)
const delivered = first(deliver(), planned, scheduled, authorized)
const breachesOf = (events: readonly DraftEvent[]): unknown => events[0]!.breaches

describe('a plan', () => {
  it('is made once, with its policy and what it rests on', () => {
    given(notification).when(plan()).then({ type: 'NotificationPlanned', policyVersion: 'kc-ipvi-notifications@1.0.0', basis, partitionkey: `pchCase-${CASE}` })
    given(notification, planned).when(plan({ dueAt: at(1) })).nothing()
  })
  it('M8: its number is fixed by the event that brought the case to the level, and by the repeat', () => {
    expect(notificationIdOf({ event: 'the level' })).toBe(ID)
    expect(new Set([ID, notificationIdOf({ event: 'another' }), notificationIdOf({ event: 'the level' }, 2)]).size).toBe(3)
  })
  it('is there before anything else is', () => { for (const command of [hold(), schedule(), authorize(), attempt(), deliver(), cancel(), abandon()]) expect(given(notification).when(command).refused('notification_unknown').kind).toBe('not-found') })
})

describe('M1, M2: nothing is permitted that is not cleared', () => {
  const refusals = [
    given(notification, planned).when(schedule({}, { clearance: null })).refused('not_cleared', 'M1'),
    given(notification, planned, held).when(schedule()).refused('not_cleared', 'M1'),
    given(notification, planned, scheduled, authorized, held).when(authorize({}, 'HOME_OTHER', 6)).refused('not_cleared', 'M1'),
    given(notification, planned, scheduled).when(authorize({ clearance: { ...clearance, validUntil: at(-1) } })).refused('not_cleared', 'M1'),
    given(notification, planned, scheduled).when(authorize({ clearance: { ...clearance, validFrom: at(1) } })).refused('not_cleared', 'M1'),
    given(notification, planned).when(schedule({ placeClass: 'JAIL' })).refused('not_cleared', 'M1'),
    given(notification, planned).when(schedule({ at: at(48 * 60) })).refused('not_cleared', 'M1'),
  ]
  it('held, not reviewed, expired and another place are refused with the same words', () => { expect(new Set(refusals.map((one) => JSON.stringify(one))).size).toBe(1) })
  it('a lifted hold no longer stops, once the safety context has cleared it anew', () => { given(notification, planned, held).when(schedule({}, { liftedHolds: [HOLD] })).then({ type: 'NotificationScheduled' }) })
})

describe('a schedule', () => {
  it('keeps time and class of place', () => { given(notification, planned).when(schedule()).then({ type: 'NotificationScheduled', data: { at: at(30), placeClass: 'HOME_OTHER', changed: false }, basis }) })
  it('M9: is never at the residence that they share, and never at work', () => {
    given(notification, planned).when(schedule({ placeClass: 'SHARED_RESIDENCE' })).refused('place_never', 'M9')
    given(notification, planned).when(schedule({ placeClass: 'WORKPLACE' })).refused('place_never')
  })
  it('said again adds nothing; another hour of the same day needs the clearance, another day or place asks for a new one', () => {
    given(notification, planned, scheduled).when(schedule()).nothing()
    given(notification, planned, scheduled).when(schedule({ at: at(45) })).then({ type: 'NotificationScheduled', data: { changed: false } })
    given(notification, planned, scheduled).when(schedule({ at: at(45) }, { clearance: null })).refused('not_cleared', 'M1')
    given(notification, planned, scheduled).when(schedule({ placeClass: 'STATION' }, { clearance: null })).then({ type: 'NotificationScheduled', data: { changed: true } })
    given(notification, planned, scheduled).when(schedule({ at: at(24 * 60) })).then({ type: 'NotificationScheduled', data: { changed: true } })
  })
  it('is of a time to come, with somebody to deliver it', () => {
    given(notification, planned).when(schedule({ at: at(-1) })).refused('time_past')
    given(notification, planned).when(schedule({ delivererRoles: [] })).refused('deliverer_missing')
  })
})

describe('an authorisation', () => {
  it('is good for 60 minutes at most, and never longer than the clearance', () => {
    given(notification, planned, scheduled).when(authorize()).then({ type: 'DeliveryAuthorized', data: { placeClass: 'HOME_OTHER', validUntil: at(60) }, basis })
    given(notification, planned, scheduled).when(authorize({ authorizationMinutes: 500 })).then({ type: 'DeliveryAuthorized', data: { validUntil: at(60) } })
    given(notification, planned, scheduled).when(authorize({ clearance: { ...clearance, validUntil: at(7) } })).then({ type: 'DeliveryAuthorized', data: { validUntil: at(7) } })
  })
  it('is for what was scheduled', () => {
    given(notification, planned).when(authorize()).refused('not_scheduled')
    given(notification, planned, scheduled).when(authorize({}, 'STATION')).refused('other_place')
    given(notification, planned, scheduled).when(authorize({}, 'SHARED_RESIDENCE')).refused('place_never', 'M9')
  })
  it.each([
    ['M4', { templateUsable: false }, 'text_not_approved'], ['M5', { modeAllowed: false }, 'mode_not_allowed'], ['M6', { caseOpen: false }, 'case_closed'],
  ] as const)('%s refuses it, and a schedule', (rule, more, code) => {
    given(notification, planned, scheduled).when(authorize(more)).refused(code, rule)
    given(notification, planned).when(schedule({}, more)).refused(code, rule)
  })
  it('where the records behind it are closed, nobody outside justice attends: neither set, nor permitted as it was set before', () => {
    const outside = first(schedule({ delivererRoles: ['DETECTIVE', 'SERVICE_NAVIGATOR'] }), planned)
    given(notification, planned).when(schedule({ delivererRoles: ['DETECTIVE', 'COMMUNITY_VOICE'] }, { basisClosed: true })).refused('justice_alone', 'CLOSED_BASIS')
    given(notification, planned, outside).when(authorize({ basisClosed: true })).refused('justice_alone', 'CLOSED_BASIS')
    given(notification, planned, scheduled).when(authorize({ basisClosed: true })).then({ type: 'DeliveryAuthorized' })
  })
  it('M8: is not given for what was delivered, nor for what is no longer planned', () => {
    given(notification, planned, scheduled, delivered).when(authorize()).refused('already_delivered', 'M8')
    given(notification, planned, scheduled, first(cancel(), planned)).when(authorize()).refused('no_longer_planned')
    given(notification, planned, scheduled, first(abandon(), planned)).when(schedule()).refused('no_longer_planned')
  })
})

describe('what holds now', () => {
  const now = (minute: number, more: { clearance?: typeof clearance | null; liftedHolds?: string[] }, ...events: DraftEvent[]) => authorizationNow(given(notification, ...events).state, { clearance, liftedHolds: [], ...more }, at(minute))
  it('is an authorisation that is not over, not ended, and cleared still', () => {
    expect(now(30, {}, planned, scheduled, authorized)).toEqual({ placeClass: 'HOME_OTHER', validUntil: at(60) })
    expect(now(61, {}, planned, scheduled, authorized)).toBeNull()
    expect(now(30, { clearance: null }, planned, scheduled, authorized)).toBeNull()
    expect(now(30, {}, planned, scheduled, authorized, held)).toBeNull()
    expect(now(30, { liftedHolds: [HOLD] }, planned, scheduled, authorized, held)).toBeNull()
    expect(now(30, {}, planned, scheduled, authorized, first(schedule({ placeClass: 'STATION' }), planned, scheduled))).toBeNull()
    expect(now(30, {}, planned, scheduled, authorized, delivered)).toBeNull()
    expect(now(30, {}, planned, scheduled)).toBeNull()
    expect(now(30, {})).toBeNull()
  })
})

describe('a hold is taken in every state', () => {
  it.each([['planned', [planned]], ['scheduled', [planned, scheduled]], ['authorised', [planned, scheduled, authorized]], ['delivered', [planned, delivered]], ['cancelled', [planned, first(cancel(), planned)]], ['abandoned', [planned, first(abandon(), planned)]], ['held', [planned, held]]])('%s', (_, events) => {
    given(notification, ...events).when(hold(6, FACT)).then({ type: 'NotificationHeld', data: { holdId: FACT } })
  })
  it('the same one once', () => { given(notification, planned, held).when(hold(7)).nothing() })
  it('that comes while a permission is decided, wins', async () => {
    const log = new MemoryLog()
    for (const command of [plan(), schedule()]) await handle(log, notification, ID, command)
    let raced = false
    log.beforeRecord = (stream) => {
      if (raced) return
      raced = true
      log.events.push(recorded(held, { stream, revision: 2, ordinal: 3 }, metaOf({ name: 'raced' })))
    }
    expect(await handle(log, notification, ID, authorize())).toMatchObject({ refused: 'not_cleared' })
    expect(log.events.map(({ type }) => type)).toEqual(['NotificationPlanned', 'NotificationScheduled', 'NotificationHeld'])
  })
})

describe('a delivery is always recorded', () => {
  const broke = (command: Deliver, ...before: DraftEvent[]): unknown => breachesOf(given(notification, planned, ...before).when(command).decision as DraftEvent[])
  it('without a breach where it was authorised, at the time that it happened', () => {
    const [event, ...rest] = given(notification, planned, scheduled, authorized).when(deliver()).then({ type: 'NotificationDelivered', time: at(30), data: { level: 'D', placeClass: 'HOME_OTHER' }, basis })
    expect([event!.breaches, rest]).toEqual([undefined, []])
  })
  it('without an authorisation, after its end, at another place, or after a hold had ended it: AUTH', () => {
    expect(broke(deliver())).toEqual(['AUTH'])
    expect(broke(deliver({ at: at(61) }), scheduled, authorized)).toEqual(['AUTH'])
    expect(broke(deliver({ placeClass: 'STATION' }), scheduled, authorized)).toEqual(['AUTH'])
    expect(broke(deliver({}, { liftedHolds: [HOLD] }), scheduled, authorized, held)).toEqual(['AUTH'])
    expect(broke(deliver({ at: at(4) }), scheduled, authorized, held)).toBeUndefined()
  })
  it('in the minute in which it was authorised, as people write it', () => {
    const late = { ...authorize(), meta: metaOf({ name: 'late', now: '2026-07-02T15:10:40.000Z' }) }
    expect(broke(deliver({ at: '2026-07-02T15:10:00.000Z' }), scheduled, first(late, planned, scheduled))).toBeUndefined()
  })
  it('each broken rule once, each with a breach of its own that names the fact', () => {
    const events = given(notification, planned, scheduled, authorized, held, delivered).when(deliver(
      { at: at(40), mode: 'CALL_IN', placeClass: 'SHARED_RESIDENCE', language: 'es' },
      { cleared: false, held: true, caseClosed: true, modeAllowed: false, template: { usable: false, language: 'en' } },
    )).decision as DraftEvent[]
    expect(breachesOf(events)).toEqual(['AUTH', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7', 'M8', 'M9'])
    expect(events.slice(1).map(({ type, data }) => [type, data])).toEqual((breachesOf(events) as string[]).map((rule) => ['ProtocolBreachDetected', { notificationId: ID, caseId: CASE, rule, factId: FACT }]))
  })
  it('M1 by itself: nothing held it, and nothing cleared it', () => { expect(broke(deliver({}, { cleared: false }), scheduled, authorized)).toEqual(['M1']) })
  it('an unknown text is M4; an interpreter mends another language; three voices mend a call-in', () => {
    expect(broke(deliver({}, { template: null }), scheduled, authorized)).toEqual(['M4'])
    expect(broke(deliver({ language: 'es', interpreter: 'QUALIFIED' }), scheduled, authorized)).toBeUndefined()
    expect(broke(deliver({ mode: 'CALL_IN', voicesPresent: ['LE', 'COMMUNITY', 'HELP'] }), scheduled, authorized)).toBeUndefined()
  })
  it('not before it has happened', () => {
    given(notification, planned).when(deliver({ at: at(121) })).refused('time_to_come')
    given(notification, planned).when({ ...attempt(), data: { ...attempt().data, at: at(11) } }).refused('time_to_come')
  })
  it('so is an attempt, counted', () => {
    const tried = first(attempt(), planned)
    given(notification, planned, tried).when(attempt(20)).then({ type: 'NotificationAttempted', time: at(20), data: { attemptNo: 2 } })
    given(notification, planned, tried).when(abandon()).then({ type: 'NotificationAbandoned', data: { attempts: 1 } })
  })
})

describe('an end', () => {
  it('of a plan adds nothing where it has ended so', () => {
    given(notification, planned, first(cancel(), planned)).when(cancel()).nothing()
    given(notification, planned, delivered).when(cancel()).nothing()
    given(notification, planned, first(abandon(), planned)).when(abandon()).nothing()
  })
  it('by a person is refused where it was delivered', () => {
    given(notification, planned, delivered).when(cancel('PLANNED_IN_ERROR')).refused('already_delivered')
    given(notification, planned, delivered).when(abandon()).refused('already_delivered')
  })
})

describe('a misdelivery', () => {
  const misdeliver = (minute = 10): Misdeliver => ({ type: 'RecordMisdelivery', meta: metaOf({ name: `misdeliver ${minute}`, now: at(20) }), data: { at: at(minute), to: 'HOUSEHOLD', contentExposed: true } })
  it('is recorded in every state, and ends what was permitted', () => {
    given(notification, planned, scheduled, authorized).when(misdeliver()).then({ type: 'NotificationMisdelivered', time: at(10), data: { notificationId: ID, caseId: CASE, to: 'HOUSEHOLD', contentExposed: true } })
    given(notification, planned, delivered).when(misdeliver()).then({ type: 'NotificationMisdelivered' })
    const { state } = given(notification, planned, scheduled, authorized, first(misdeliver(), planned))
    expect(authorizationNow(state, { clearance, liftedHolds: [] }, at(11))).toBeNull()
    given(notification, planned).when(misdeliver(21)).refused('time_to_come')
    given(notification).when(misdeliver()).refused('notification_unknown')
  })
})

describe('a delivery that proves to have been uncleared', () => {
  const detect = (): DetectBreach => ({ type: 'DetectBreach', meta: metaOf({ name: 'detect' }), data: { factId: FACT, rule: 'M1', basis } })
  it('keeps what was recorded, and has its breach beside it, once', () => {
    given(notification, planned, delivered).when(detect()).then({ type: 'ProtocolBreachDetected', basis, data: { notificationId: ID, caseId: CASE, rule: 'M1', factId: FACT } })
    given(notification, planned, delivered, first(detect(), planned, delivered)).when(detect()).nothing()
    given(notification).when(detect()).refused('notification_unknown')
  })
})

aggregateProperties(notification, fc.oneof(
  { weight: 3, arbitrary: fc.constant<NotificationCommand>(plan()) }, fc.constantFrom(0, 5, 20).map((minute): NotificationCommand => authorize({}, 'HOME_OTHER', minute)),
  fc.tuple(fc.constantFrom<'HOME_OTHER' | 'STATION'>('HOME_OTHER', 'STATION'), fc.boolean()).map(([placeClass, isClear]): NotificationCommand => schedule({ placeClass }, isClear ? {} : { clearance: null })),
  fc.constantFrom(HOLD, FACT).map((holdId): NotificationCommand => hold(5, holdId)), fc.constant<NotificationCommand>(attempt()),
  fc.tuple(fc.constantFrom<'HOME_OTHER' | 'SHARED_RESIDENCE'>('HOME_OTHER', 'SHARED_RESIDENCE'), fc.boolean()).map(([placeClass, isHeld]): NotificationCommand => deliver({ placeClass }, { held: isHeld })),
  fc.constantFrom<NotificationCommand>(cancel(), cancel('PLANNED_IN_ERROR'), abandon()),
))
