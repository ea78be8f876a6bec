/** What leads to a change of level is something further: the level does not rest on it already, and a prohibited behaviour came after a notice. */
import type { DraftEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { report, STRANGER } from '../testing/incident-report'
import { World } from '../testing/intake-world'
import { CaseLookUp } from './look-up'
import type { Trigger } from './references'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, INDEX, FURTHER, ARREST, HOLD] = [id(6), id(1), id(7), id(8), id(9)]
const draft = (type: string, data: object, time = NOW): DraftEvent => ({ type, schemaVersion: 1, data, time, timePrecision: 'instant', timeZone: 'UTC' })
type Told = readonly [string, DraftEvent]
const incident = (incidentId: string, arrestMade = true, time = '2026-07-02T21'): Told => { const { data, ...said } = report({ arrestMade, more: { time } }); return [`incident-${incidentId}`, { ...said, data: { ...data, incidentId } }] }
const linked: Told = [`circumstance-${CASE}`, draft('IncidentLinkedToCase', { caseId: CASE, incidentId: FURTHER, side: 'REFERRED' })]
const arrest = (incidentId: string | undefined = INDEX, time = NOW): Told => [`arrest-${ARREST}`, { ...draft('ArrestRecorded', { arrestId: ARREST, token: STRANGER, arrestDate: '2026-07-02', holdId: HOLD, ...(incidentId !== '' && { incidentId }) }, time), partitionkey: `pchCase-${CASE}` }]
/** Of another number, and not of the case: by the incident that it names. */
const again = (incidentId: string): Told => [`arrest-${id(12)}`, draft('ArrestRecorded', { arrestId: id(12), token: STRANGER, arrestDate: '2026-07-02', incidentId })]
const takenBack: Told = [`arrest-${ARREST}`, draft('EventRetracted', { reasonCode: 'SOURCE_DELETED' })]
const openedAgain: readonly Told[] = [[`pchCase-${CASE}`, draft('CaseClosed', { caseId: CASE, code: 'MOVED' })], [`pchCase-${CASE}`, draft('CaseReopened', { caseId: CASE, reasonCode: 'RETURNED' })]]
const custody: Told = [`circumstance-${CASE}`, draft('CustodyStatusChanged', { caseId: CASE, subjectRef: STRANGER, status: 'IN', reason: 'ARREST', holdId: HOLD })]
const charged = (incidentId: string): Told => [`charging-${incidentId}`, draft('ChargingDecisionMade', { incidentId, decision: 'FILED', decidingAgency: 'JCPO' })]
const reviewed = (ipvArrests: number): Told => [`historyReview-${CASE}`, draft('CriminalHistoryReviewed', { caseId: CASE, subjectRef: STRANGER, lookbackYears: 5, counts: { ipvArrests, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 } })]
const given = (level: string, evidenceRefs: string[] = [`historyReview-${CASE}`, `incident-${INDEX}`], time = NOW): Told => [`pchCase-${CASE}`, draft('LevelAssigned', { caseId: CASE, level, evidenceRefs }, time)]
const moved = (to: string, evidenceRefs: string[], trigger: string): Told => [`pchCase-${CASE}`, draft('LevelChanged', { caseId: CASE, to, evidenceRefs, triggerEventId: trigger })]
const violated = (time = NOW): Told => [`circumstance-${CASE}`, draft('ProtectionOrderStatusChanged', { caseId: CASE, status: 'VIOLATED', respondent: 'SUBJECT' }, time)]
const told = (time: string, more: object = {}): Told => [`notification-${id(4)}`, draft('NotificationDelivered', { caseId: CASE, level: 'D', recipientVerified: true, ...more }, time)]

/** Of what was recorded last; `LAST` in a change of level is the event before it. */
const LAST = 'the event before'
const naming = async (...events: readonly Told[]): Promise<Trigger> => {
  const { log } = await World.run([])
  const opened = draft('CaseOpened', { caseId: CASE, referralId: id(2), subjectRef: STRANGER, indexIncidentId: INDEX, count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' })
  for (const [stream, event] of [[`pchCase-${CASE}`, opened] as const, ...events]) {
    const { triggerEventId } = event.data as { triggerEventId?: string }
    const said = triggerEventId === LAST ? { ...event, data: { ...event.data, triggerEventId: log.events.at(-1)!.id } } : event
    log.events.push(recorded(said, { stream, revision: (await log.load(stream)).length, ordinal: log.events.length + 1 }, metaOf({ name: `${stream} ${log.events.length}` })))
  }
  const led = log.events.findLast(({ type }) => !type.startsWith('Level') && type !== 'NotificationDelivered' && type !== 'CaseOpened')!
  const { trigger } = await new CaseLookUp(log as unknown as Recorder, new MemoryVault(new Uint8Array(32))).forChange(CASE, { to: 'B', triggerEventId: led.id, evidenceRefs: [led.stream] }, NOW, { role: 'prosecutor', agency: 'JCPO' })
  return trigger!
}

describe('an arrest', () => {
  it.each<[string, boolean, readonly Told[]]>([
    ['of the index incident, by its report, which was there when C was given', true, [incident(INDEX), given('C')]],
    ['of it, told by itself since', true, [incident(INDEX), given('C'), arrest()]],
    ['of it, by its charges', true, [incident(INDEX), given('C'), charged(INDEX)]],
    ['of it, by a later report', true, [incident(INDEX), given('C'), incident(INDEX)]],
    ['of it, by the hold into which it led', true, [incident(INDEX, false), arrest(), given('C'), custody]],
    ['of it, where the arrest alone had been told', true, [incident(INDEX, false), arrest(), given('C'), incident(INDEX)]],
    ['of it, where D was given in spite of it', false, [incident(INDEX), given('D'), incident(INDEX)]],
    ['of it, where nobody knew of it when C was given', false, [incident(INDEX, false), given('C'), incident(INDEX)]],
    ['of a further incident', false, [incident(INDEX), given('C'), linked, incident(FURTHER)]],
    ['of a further incident, told before and not counted', false, [incident(INDEX), linked, given('C'), incident(FURTHER)]],
    ['of a further incident that is evidence of the level', true, [incident(INDEX), given('C'), linked, incident(FURTHER), moved('B', [`incident-${FURTHER}`], LAST), charged(FURTHER)]],
    ['of a further incident that led to an earlier level', true, [incident(INDEX), given('C'), linked, incident(FURTHER), moved('B', [`incident-${FURTHER}`], LAST), moved('C', [`historyReview-${CASE}`], id(99)), charged(FURTHER)]],
    ['of no incident, of before C was given for another', true, [incident(INDEX), given('C'), arrest('')]],
    ['of no incident, of after it was given', false, [incident(INDEX), given('C', undefined, '2026-07-01T18:00:00.000Z'), arrest('', '2026-07-02')]],
    ['of no incident, on the day on which it was given', true, [incident(INDEX), given('C', undefined, '2026-07-02T18:00:00.000Z'), arrest('', '2026-07-02')]],
    ['of no incident, where the level rests on no arrest that anybody knows', false, [incident(INDEX, false), given('C'), arrest('')]],
    ['of no incident, where a review had counted one', true, [incident(INDEX, false), reviewed(1), given('C'), arrest('')]],
    ['of no incident, by its hold alone', true, [incident(INDEX), given('C'), custody]],
    ['of which a panel took the level back to D', true, [incident(INDEX), given('C'), moved('D', [`historyReview-${CASE}`], id(99)), charged(INDEX)]],
    ['of the index incident, sent anew under another number for one on which the level rests and that was taken back', true, [incident(INDEX, false), arrest(), given('C', [`arrest-${ARREST}`]), takenBack, again(INDEX)]],
    ['of it, sent anew for one that was taken back before the level was given', false, [incident(INDEX, false), arrest(), takenBack, given('C'), again(INDEX)]],
    ['on which the level rests, said to be of a further incident since, and told by its report', true, [incident(INDEX, false), arrest(), given('C', [`arrest-${ARREST}`]), linked, arrest(FURTHER), incident(FURTHER)]],
    ['of no incident that led to the level, said to be of a further one since, and told by its report', true, [incident(INDEX, false), given('D'), arrest(''), moved('C', [`arrest-${ARREST}`], LAST), linked, arrest(FURTHER), incident(FURTHER)]],
    ['of one day with that on which the level rests, of a further incident', false, [incident(INDEX), given('C'), linked, again(FURTHER)]],
    ['of a further incident on which a level before the closing rested, the case being opened and levelled anew', false, [incident(INDEX), given('C'), linked, incident(FURTHER), moved('B', [`incident-${FURTHER}`], LAST), ...openedAgain, given('C'), charged(FURTHER)]],
    ['of the index incident, the case being opened and levelled anew', true, [incident(INDEX), given('B'), ...openedAgain, given('C'), charged(INDEX)]],
    ['that led to the level, of no incident', true, [incident(INDEX, false), given('D'), arrest(''), moved('C', [`arrest-${ARREST}`], LAST), arrest('')]],
  ])('%s is counted already: %s', async (_, counted, events) => { expect((await naming(...events)).counted).toBe(counted) })
  it('of a review is further where it counts more than those on which the level rests', async () => {
    for (const [before, after, counted] of [[1, 1, true], [1, 2, false], [0, 1, true], [2, 1, true]] as const) expect((await naming(incident(INDEX), reviewed(before), given('C'), reviewed(after))).counted).toBe(counted)
    expect((await naming(incident(INDEX, false), reviewed(0), given('C'), reviewed(1))).counted).toBe(false)
  })
  it('is not asked for where the case has no level', async () => { expect((await naming(incident(INDEX))).counted).toBe(false) })
})

it('the same violation does not lead up twice', async () => {
  const [first, second] = [violated(), violated()]
  expect((await naming(incident(INDEX, false), given('D'), first, moved('B', [`circumstance-${CASE}`], LAST))).counted).toBe(true)
  expect((await naming(incident(INDEX, false), given('D'), first, moved('B', [`circumstance-${CASE}`], LAST), second)).counted).toBe(false)
})

it.each<[string, boolean, readonly Told[]]>([
  ['without any notice', false, [violated()]], ['before it', false, [violated('2026-07-01T15:00:00.000Z'), told(NOW)]], ['after it, told before the delivery was', true, [violated(), told('2026-07-01T15:00:00.000Z')]],
  ['after a notice of another case', false, [told('2026-07-01T15:00:00.000Z', { caseId: id(5) }), violated()]], ['after a notice to somebody whose identity nobody checked', false, [told('2026-07-01T15:00:00.000Z', { recipientVerified: false }), violated()]],
  ['in an incident after it', true, [told('2026-07-01T15:00:00.000Z'), incident(FURTHER), linked]], ['in an incident before it, linked or arrested for since', false, [incident(FURTHER, true, '2026-06-30T21'), told('2026-07-01T15:00:00.000Z'), linked]],
  ['on the day of it, its hour unknown', false, [told('2026-07-02T15:00:00.000Z'), incident(FURTHER, true, '2026-07-02'), linked]],
])('a prohibited behaviour %s is one after notice: %s', async (_, after, events) => { expect((await naming(incident(INDEX, false), given('D'), ...events)).afterNotice).toBe(after) })
