/** What of the log is read for an offence after a notice: whose delivery, whose incident, and whether there was an arrest. */
import type { DraftEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import { accessIdOf } from '@chorus/record-access'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { report, STRANGER } from '../testing/incident-report'
import { World } from '../testing/intake-world'
import { CaseLookUp } from './look-up'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, REFERRAL, INDEX, FURTHER] = [id(6), id(2), id(1), id(7)]
const LATER = '2026-07-20T15:00:00.000Z'
const draft = (type: string, data: object, time = NOW): DraftEvent => ({ type, schemaVersion: 1, data, time, timePrecision: 'instant', timeZone: 'UTC' })
const told = (level = 'C', more: object = {}, time = NOW): [string, DraftEvent] => [`notification-${id(9)}`, draft('NotificationDelivered', { caseId: CASE, level, recipientVerified: true, ...more }, time)]
const further = (arrestMade: boolean, time = '2026-07-10T21'): [string, DraftEvent] => { const { data, ...said } = report({ arrestMade, more: { time } }); return [`incident-${FURTHER}`, { ...said, data: { ...data, incidentId: FURTHER } }] }
const linked = (side = 'REFERRED'): [string, DraftEvent] => [`circumstance-${CASE}`, draft('IncidentLinkedToCase', { caseId: CASE, incidentId: FURTHER, side })]
const closed = (ground: string): [string, DraftEvent] => [`recordAccess-${accessIdOf(`incident-${FURTHER}`)}`, draft('RecordAccessRestricted', { record: `incident-${FURTHER}`, ground, statute: 'RSMO_610_122', rolesStillAllowed: [] })]
const violated = (time = LATER): [string, DraftEvent] => [`circumstance-${CASE}`, draft('ProtectionOrderStatusChanged', { caseId: CASE, status: 'VIOLATED', respondent: 'SUBJECT' }, time)]

const proposed = (...events: readonly (readonly [string, DraftEvent])[]) => proposedAt(LATER, ...events)
const proposedAt = async (now: string, ...events: readonly (readonly [string, DraftEvent])[]): Promise<{ readonly afterNotice: boolean; readonly level: string | null; readonly evidence: readonly string[] }> => {
  const { log } = await World.run([])
  for (const [stream, event] of events) log.events.push(recorded(event, { stream, revision: (await log.load(stream)).length, ordinal: log.events.length + 1 }, metaOf({ name: `${stream} ${log.events.length}` })))
  const opened = { caseId: CASE, referralId: REFERRAL, subjectRef: STRANGER, indexIncidentId: INDEX, count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' as const }
  const facts = await new CaseLookUp(log as unknown as Recorder, new MemoryVault(new Uint8Array(32))).forProposal({ status: 'open', opened, proposal: null, level: 'C', maxLevelEver: 'C', approvals: [], exits: [], decidedBy: [], contest: null, deferredUntil: null }, now)
  return { afterNotice: facts.afterNotice, level: facts.assessment.level, evidence: facts.evidenceRefs.slice(2) }
}

it('a further arrest, or an order that he violates, after he was told', async () => {
  expect(await proposed(told(), linked(), further(true))).toEqual({ afterNotice: true, level: 'B', evidence: [`incident-${FURTHER}`] })
  expect(await proposed(told('B'), violated())).toEqual({ afterNotice: true, level: 'A', evidence: [`circumstance-${CASE}`] })
})
it.each<[string, readonly (readonly [string, DraftEvent])[]]>([
  ['an arrest that a court has closed since', [told(), linked(), further(true), closed('COURT_ORDER')]], ['one that was destroyed', [told(), linked(), further(true), closed('DESTROYED')]],
  ['one in which he defended himself, as somebody decided', [told(), linked(), further(true), [`referral-${id(3)}`, draft('ReferralReceived', { referralId: id(3), source: 'KCPD', incidentIds: [FURTHER], subjectRef: STRANGER, victimRef: `per_${'q'.repeat(22)}` })], [`referral-${id(3)}`, draft('ReferralExcluded', { referralId: id(3), code: 'SELF_DEFENSE', decidedBy: 'human', reviewableUntil: '2026-10-01' })]]],
  ['a call without an arrest', [told(), linked(), further(false)]], ['an incident in which he was the victim', [told(), linked('VICTIM_OF_RECORD'), further(true)]], ['what was before the notice', [told(), linked(), further(true, '2026-07-01T21')]],
  ['on the day of the notice, its hour unknown', [told(), linked(), further(true, '2026-07-02')]], ['a notice of another case', [told('C', { caseId: id(8) }), linked(), further(true)]],
  ['a notice to somebody whose identity nobody checked', [told('C', { recipientVerified: false }), linked(), further(true)]], ['no notice', [linked(), further(true), violated()]],
])('not %s', async (_, events) => { expect(await proposed(...events)).toMatchObject({ afterNotice: false }) })
it('not what is older by then than the policy looks back', async () => {
  expect(await proposedAt('2031-07-20T15:00:00.000Z', told('B'), violated())).toMatchObject({ afterNotice: true })
  expect(await proposedAt('2031-07-21T15:00:00.000Z', told('B'), violated())).toMatchObject({ afterNotice: false })
})
