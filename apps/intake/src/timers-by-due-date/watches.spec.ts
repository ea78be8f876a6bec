/** Which events start, move and end the timers of intake: the folds alone, event by event. */
import type { RecordedEvent } from '@chorus/contracts'
import type { Watched } from '@chorus/timers'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { shippedTimerPolicy } from '../policy/policy-in-force'
import { NO_VALUES, valuesAfter, type TimerValues } from './timer-policy'
import { WATCHES } from './watches'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [INCIDENT, CASE, REFERRAL] = [id(1), id(2), id(3)]
const { text } = shippedTimerPolicy()
const values: TimerValues = valuesAfter(NO_VALUES, { type: 'PolicyActivated', time: NOW, receivedtime: NOW, data: { policyId: 'kc-ipvi-timers', version: '1.0.0', text } } as unknown as RecordedEvent)
let n = 0
const event = (stream: string, type: string, data: object, time = NOW): RecordedEvent => recorded({ type, schemaVersion: 1, data, time, timePrecision: 'instant', timeZone: 'UTC' }, { stream, revision: 0 }, metaOf({ name: `${type} ${n++}` }))
const report = (...days: string[]): RecordedEvent => event(`incident-${INCIDENT}`, 'IncidentReported', { incidentId: INCIDENT, arrestMade: days.length > 0, arrestees: days.map((arrestDate, at) => ({ arrestDate, token: `reported ${at}` })) })
const opened = (): RecordedEvent => event(`pchCase-${CASE}`, 'CaseOpened', { caseId: CASE, referralId: REFERRAL, indexIncidentId: INCIDENT })
const decided = (decision: string): RecordedEvent => event(`charging-${INCIDENT}`, 'ChargingDecisionMade', { incidentId: INCIDENT, decision, decidingAgency: 'JCPO' })
const retracted = (retracts: string): RecordedEvent => event(`incident-${INCIDENT}`, 'EventRetracted', { retracts, reasonCode: 'SOURCE_DELETED' })
const linked = (side: string): RecordedEvent => event(`circumstance-${CASE}`, 'IncidentLinkedToCase', { caseId: CASE, incidentId: INCIDENT, side })

const after = (category: string, stream: string, ...events: RecordedEvent[]): string[] => {
  const watch = WATCHES.find((one) => one.category === category)!
  const watched = events.reduce<Watched>((so, one) => (watch.streamOf(one) === stream ? watch.evolve(so, one, values) : so), { timers: [] })
  return watched.timers.map(({ timer, due }) => `${timer} ${due}`)
}
const arrest = (...events: RecordedEvent[]): string[] => after('incident', `incident-${INCIDENT}`, ...events)

describe('T-DEF', () => {
  it('runs to the end of the day that a deferral names, and ends when it is taken up again, excluded or closed', () => {
    const [referral, theCase] = [`referral-${REFERRAL}`, `pchCase-${CASE}`]
    const [received, deferred] = [event(referral, 'ReferralReceived', {}), event(referral, 'ReferralDeferred', { until: '2026-08-02' })]
    expect(after('referral', referral, received, deferred)).toEqual(['T-DEF 2026-08-03T05:00:00.000Z'])
    expect(after('referral', referral, received, deferred, event(referral, 'ReferralReopened', {}))).toEqual([expect.stringMatching(/^T-REF/)])
    expect(after('referral', referral, received, deferred, event(referral, 'ReferralExcluded', { code: 'DUPLICATE', reviewableUntil: '2026-08-02' }))).toEqual([])
    const put = event(theCase, 'CaseDeferred', { until: '2026-08-02' })
    expect(after('pchCase', theCase, put)).toEqual(['T-DEF 2026-08-03T05:00:00.000Z'])
    for (const type of ['CaseReopened', 'CaseClosed']) expect(after('pchCase', theCase, put, event(theCase, type, {}))).toEqual([])
  })
})

describe('T-DEF of an exclusion', () => {
  const referral = `referral-${REFERRAL}`
  const excluded = (code: string, reviewableUntil = '2026-08-02') => event(referral, 'ReferralExcluded', { code, reviewableUntil })
  const of = (...events: RecordedEvent[]): string[] => after('referral', referral, event(referral, 'ReferralReceived', {}), ...events)
  it.each(['ACTIVE_INVESTIGATION_CONFLICT', 'INCAPACITY', 'AGGRESSOR_UNDETERMINED', 'MUTUAL_UNRESOLVED'])('%s passes, or is found out: it is looked at again by its day', (code) => { expect(of(excluded(code))).toEqual(['T-DEF 2026-08-03T05:00:00.000Z']) })
  it.each(['NOT_INTIMATE_PARTNER', 'SELF_DEFENSE', 'MINOR', 'VICTIM_MINOR', 'OUT_OF_JURISDICTION', 'DECEASED', 'SUBJECT_IS_LAW_ENFORCEMENT', 'DUPLICATE', 'EXPUNGED_OR_CLOSED_BASIS'])('%s was decided: until its day it may be looked at again', (code) => { expect(of(excluded(code))).toEqual([]) })
  it('goes by the exclusion as it stands, and ends when the referral is taken up again', () => {
    expect(of(excluded('INCAPACITY'), excluded('INCAPACITY', '2026-09-02'))).toEqual(['T-DEF 2026-09-03T05:00:00.000Z'])
    expect(of(excluded('INCAPACITY'), excluded('DECEASED'))).toEqual([])
    expect(of(excluded('INCAPACITY'), event(referral, 'ReferralReopened', {}))).toEqual([expect.stringMatching(/^T-REF/)])
  })
})

describe('T-30', () => {
  it('runs from the last arrest of an incident on which a case rests, in whatever order both are told', () => {
    expect(arrest(report('2026-07-02', '2026-07-05'), opened())).toEqual(['T-30 2026-08-05T05:00:00.000Z'])
    expect(arrest(opened(), report('2026-07-02'))).toEqual(['T-30 2026-08-02T05:00:00.000Z'])
    expect(arrest(report('2026-07-02'), linked('REFERRED'))).toEqual(['T-30 2026-08-02T05:00:00.000Z'])
  })
  it('does not run where nobody has taken the incident up, where he was the victim, or where nobody was arrested', () => {
    expect([arrest(report('2026-07-02')), arrest(report('2026-07-02'), linked('VICTIM_OF_RECORD')), arrest(report(), opened())]).toEqual([[], [], []])
  })
  it('ends with charges that are filed, not with any other decision, also where they are told first', () => {
    expect(arrest(report('2026-07-02'), opened(), decided('FILED'))).toEqual([])
    expect(arrest(decided('FILED'), report('2026-07-02'), opened())).toEqual([])
    expect(arrest(report('2026-07-02'), opened(), decided('DECLINED'), decided('RETURNED_FOR_INVESTIGATION'))).toHaveLength(1)
  })
  it('goes on after charges where several were arrested, by the report as it stands or by a feed: nobody said which of them is charged', () => {
    const fed = (n: number, token = `fed ${n}`) => event(`arrest-${id(n)}`, 'ArrestRecorded', { arrestDate: '2026-07-02', incidentId: INCIDENT, token })
    for (const two of [[report('2026-07-02', '2026-07-02')], [report('2026-07-02'), fed(7), fed(8)], [report('2026-07-02'), report('2026-07-02', '2026-07-02')]]) expect(arrest(...two, opened(), decided('FILED'))).toEqual(['T-30 2026-08-02T05:00:00.000Z'])
    expect(arrest(report('2026-07-02'), opened(), decided('FILED'), report('2026-07-02', '2026-07-02'))).toHaveLength(1)
    for (const one of [[report('2026-07-02'), fed(7), fed(7)], [report('2026-07-02', '2026-07-02'), report('2026-07-02')]]) expect(arrest(...one, opened(), decided('FILED'))).toEqual([])
    // one person under two numbers of arrest, the second told after the charge
    expect(arrest(report('2026-07-02'), fed(7, 'he'), opened(), decided('FILED'), fed(8, 'he'))).toEqual([])
  })
  it('runs from an arrest of a feed that names the incident, too: the last of both counts', () => {
    const fed = (arrestDate: string, more: object = { incidentId: INCIDENT }) => event(`arrest-${id(7)}`, 'ArrestRecorded', { arrestDate, ...more })
    expect(arrest(report(), opened(), fed('2026-07-02'))).toEqual(['T-30 2026-08-02T05:00:00.000Z'])
    expect(arrest(fed('2026-07-05'), report('2026-07-02'), opened())).toEqual(['T-30 2026-08-05T05:00:00.000Z'])
    expect(arrest(report(), opened(), fed('2026-07-02', {}))).toEqual([])
  })
  it('goes by the report as it stands: corrected it runs anew, taken back it ends', () => {
    const [first, corrected] = [report('2026-07-02'), report('2026-07-03')]
    expect(arrest(first, opened(), corrected)).toEqual(['T-30 2026-08-03T05:00:00.000Z'])
    expect(arrest(first, opened(), report())).toEqual([])
    expect(arrest(first, opened(), retracted(first.id))).toEqual([])
    expect(arrest(first, opened(), retracted(id(9)))).toHaveLength(1)
  })
})

describe('T-LAP', () => {
  const screens = WATCHES.find((one) => one.category === 'lethalityScreen')!
  const screen = (outcome: string): RecordedEvent => event('lethalityScreen-1', 'LethalityScreenAdministered', { outcome, administeredAt: NOW })
  const called = event('lethalityScreen-1', 'AdvocateHotlineContactRecorded', { screenId: id(4) })
  const running = (...events: RecordedEvent[]): string[] => events.reduce<Watched>((so, one) => screens.evolve(so, one, { ...values, hotlineWithinMinutes: 60 }), { timers: [] }).timers.map(({ timer }) => timer)
  it('runs from a screen that screens in until the hotline is called, and goes by the screen as its source corrects it', () => {
    expect([running(screen('SCREENED_IN_Q1_3')), running(screen('NOT_SCREENED_IN')), running(screen('SCREENED_IN_Q1_3'), called)]).toEqual([['T-LAP'], [], []])
    expect([running(screen('NOT_SCREENED_IN'), screen('SCREENED_IN_Q4_11')), running(screen('SCREENED_IN_Q1_3'), screen('NOT_SCREENED_IN')), running(screen('SCREENED_IN_Q1_3'), called, screen('SCREENED_IN_Q1_3'))]).toEqual([['T-LAP'], [], []])
  })
})

it('T-REF ends with the case that is opened on the referral, or its exclusion; T-VAL with the case', () => {
  const received = event(`referral-${REFERRAL}`, 'ReferralReceived', { referralId: REFERRAL })
  const referral = (...more: RecordedEvent[]) => after('referral', `referral-${REFERRAL}`, received, ...more)
  // A Thursday; the Friday is kept as a holiday.
  expect(referral()).toEqual(['T-REF 2026-07-06T15:10:00.000Z'])
  expect([referral(opened()), referral(event(`referral-${REFERRAL}`, 'ReferralExcluded', { referralId: REFERRAL, code: 'DUPLICATE', reviewableUntil: '2026-08-02' }))]).toEqual([[], []])
  const level = (type: string, time: string) => event(`pchCase-${CASE}`, type, { caseId: CASE }, time)
  const theCase = (...events: RecordedEvent[]) => after('pchCase', `pchCase-${CASE}`, ...events)
  expect(theCase(level('LevelAssigned', NOW))).toEqual(['T-VAL 2028-07-02T15:10:00.000Z', 'T-VAL-5Y 2031-07-02T15:10:00.000Z'])
  expect(theCase(level('LevelAssigned', NOW), level('LevelReviewed', '2028-06-02T16:10:00.000Z'))).toEqual(['T-VAL 2030-06-02T16:10:00.000Z', 'T-VAL-5Y 2033-06-02T16:10:00.000Z'])
  const around = (type: string, data: object, time = '2027-01-02T16:10:00.000Z') => event(`circumstance-${CASE}`, type, { caseId: CASE, ...data }, time)
  for (const offence of [around('IncidentLinkedToCase', { side: 'REFERRED' }), around('ProtectionOrderStatusChanged', { status: 'VIOLATED', respondent: 'SUBJECT' })]) {
    expect(theCase(level('LevelAssigned', NOW), offence)).toEqual(expect.arrayContaining(['T-VAL 2029-01-02T16:10:00.000Z', 'T-VAL-5Y 2031-07-02T15:10:00.000Z']))
    expect(theCase(offence)).toEqual([])
  }
  expect(theCase(level('LevelAssigned', NOW), around('ProtectionOrderStatusChanged', { status: 'VIOLATED', respondent: 'SUBJECT' }, '2024-06-10T15:10:00.000Z'))).toEqual(theCase(level('LevelAssigned', NOW)))
  expect(theCase(level('LevelAssigned', NOW), around('IncidentLinkedToCase', { side: 'VICTIM_OF_RECORD' }))).toEqual(['T-VAL 2028-07-02T15:10:00.000Z', 'T-VAL-5Y 2031-07-02T15:10:00.000Z'])
  expect(theCase(level('LevelAssigned', NOW), level('LevelChanged', '2027-01-02T16:10:00.000Z'))).toEqual(['T-VAL 2029-01-02T16:10:00.000Z', 'T-VAL-5Y 2032-01-02T16:10:00.000Z'])
  expect(theCase(level('LevelAssigned', NOW), level('CaseClosed', NOW))).toEqual([])
})

it('a version of the policy holds for what starts once it has begun, also where it was activated for a day to come', () => {
  const said = (type: string, version: string, time: string, received: string, more: object = {}) => ({ ...event('policy-kc-ipvi-timers', type, { policyId: 'kc-ipvi-timers', version, ...more }, time), receivedtime: received })
  const later = text.replace('T-REF: { after: P1BD', 'T-REF: { after: P5BD')
  const before = [said('PolicyActivated', '1.0.0', NOW, NOW, { text }), said('PolicyActivated', '1.1.0', '2026-08-01T05:00:00.000Z', NOW, { text: later })]
  const afterOf = (received: string, ...events: RecordedEvent[]) => valuesAfter([...before, ...events].reduce(valuesAfter, NO_VALUES), { ...event(`referral-${REFERRAL}`, 'ReferralReceived', { referralId: REFERRAL }), receivedtime: received }).timers['T-REF']?.after
  expect([afterOf('2026-07-31T12:00:00.000Z'), afterOf('2026-08-01T05:00:00.000Z')]).toEqual(['P1BD', 'P5BD'])
  expect(afterOf('2026-08-02T05:00:00.000Z', said('PolicyRetired', '1.1.0', NOW, NOW))).toBe('P1BD')
})
