/** What became of an incident that was linked to a case: when it happened, and whether it is an offence of his at all. */
import type { DraftEvent, ExclusionCode } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { accessIdOf } from '@chorus/record-access'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { report, STRANGER } from '../testing/incident-report'
import { World } from '../testing/intake-world'
import { offensesIn } from './look-up-offenses'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, FURTHER] = [id(6), id(7)]
const [FIRST, SECOND] = [id(2), id(3)]
type Told = readonly [string, DraftEvent]
const draft = (type: string, data: object, version = 1): DraftEvent => ({ type, schemaVersion: version, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' })
const further = (): Told => { const { data, ...said } = report({ arrestMade: true, more: { time: '2026-07-10T21' } }); return [`incident-${FURTHER}`, { ...said, data: { ...data, incidentId: FURTHER } }] }
const linked = (side = 'REFERRED'): Told => [`circumstance-${CASE}`, draft('IncidentLinkedToCase', { caseId: CASE, incidentId: FURTHER, side })]
const referred = (referralId = FIRST, subjectRef = STRANGER): Told => [`referral-${referralId}`, draft('ReferralReceived', { referralId, source: 'KCPD', incidentIds: [FURTHER], subjectRef, victimRef: `per_${'q'.repeat(22)}` }, 2)]
const excluded = (code: ExclusionCode, referralId = FIRST): Told => [`referral-${referralId}`, draft('ReferralExcluded', { referralId, code, decidedBy: 'human', reviewableUntil: '2026-10-01' })]
const reopened: Told = [`referral-${FIRST}`, draft('ReferralReopened', { referralId: FIRST, reasonCode: 'DECIDED_IN_ERROR' })]
const closed = (ground: string): Told => [`recordAccess-${accessIdOf(`incident-${FURTHER}`)}`, draft('RecordAccessRestricted', { record: `incident-${FURTHER}`, ground, statute: 'RSMO_610_122', rolesStillAllowed: [] })]
const takenBack: Told = [`incident-${FURTHER}`, draft('EventRetracted', { reasonCode: 'SOURCE_DELETED' })]

const happened = async (...told: readonly Told[]): Promise<string | null | undefined> => {
  const { log } = await World.run([])
  const asRecorded = (event: DraftEvent): DraftEvent => event.type === 'EventRetracted' ? { ...event, data: { ...event.data, retracts: log.events.findLast(({ type }) => type === 'IncidentReported')!.id } } : event
  for (const [stream, event] of told) log.events.push(recorded(asRecorded(event), { stream, revision: (await log.load(stream)).length, ordinal: log.events.length + 1 }, metaOf({ name: `${stream} ${log.events.length}` })))
  return (await offensesIn(log as unknown as Recorder, await log.load(`circumstance-${CASE}`), [STRANGER])).get(FURTHER)
}

it('happened when its report says, whatever day it was linked; where no report has come, nobody knows', async () => {
  expect([await happened(linked(), referred(), further()), await happened(linked(), referred())]).toEqual(['2026-07-10T21', undefined])
})
it.each(['SELF_DEFENSE', 'NOT_INTIMATE_PARTNER', 'DUPLICATE'] as const)('is none of his once its referral is excluded as %s, and one again where that is taken back', async (code) => {
  expect(await happened(linked(), referred(), further(), excluded(code))).toBeNull()
  expect(await happened(linked(), referred(), further(), excluded(code), reopened)).toBe('2026-07-10T21')
  // another referral of it still says that he offended; one about somebody else says nothing of him
  expect(await happened(linked(), referred(), further(), excluded(code), referred(SECOND))).toBe('2026-07-10T21')
  expect(await happened(linked(), referred(), further(), excluded(code), referred(SECOND, `per_${'z'.repeat(22)}`))).toBeNull()
})
it.each(['OUT_OF_JURISDICTION', 'VICTIM_MINOR', 'ACTIVE_INVESTIGATION_CONFLICT', 'MUTUAL_UNRESOLVED', 'AGGRESSOR_UNDETERMINED'] as const)('stays one where %s keeps it out of the program alone, or nobody knows', async (code) => {
  expect(await happened(linked(), referred(), further(), excluded(code))).toBe('2026-07-10T21')
})
it('is none where its report was taken back, or a court closed or had it destroyed; closed for want of a charge it stays one', async () => {
  expect([await happened(linked(), referred(), further(), takenBack), await happened(linked(), referred(), further(), closed('COURT_ORDER')), await happened(linked(), referred(), further(), closed('DESTROYED'))]).toEqual([null, null, null])
  expect(await happened(linked(), referred(), further(), closed('ARREST_NOT_CHARGED'))).toBe('2026-07-10T21')
})
it('where he was the victim nothing is asked', async () => { expect(await happened(linked('VICTIM_OF_RECORD'), further())).toBeUndefined() })
