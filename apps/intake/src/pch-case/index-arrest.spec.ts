/** Which arrests and charges of the index incident count for a proposal: whoever tells of them, once, and no longer than the policy looks back. */
import type { DraftEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import { accessIdOf } from '@chorus/record-access'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { OFFENDER, report, STRANGER, VICTIM } from '../testing/incident-report'
import { World } from '../testing/intake-world'
import { CaseLookUp } from './look-up'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, REFERRAL, INDEX, ARREST, OTHER] = [id(6), id(2), id(1), id(8), id(9)]
const ARRESTED = `per_${'x'.repeat(22)}`
const draft = (type: string, data: object): DraftEvent => ({ type, schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' })
type Told = readonly [string, DraftEvent]
const index = (arrestMade = false, weapons = ['40'], time = '2026-07-02T21'): Told => { const { data, ...said } = report({ arrestMade, weapons, more: { time } }); return [`incident-${INDEX}`, { ...said, data: { ...data, incidentId: INDEX } }] }
const determined: Told = [`incident-${INDEX}`, draft('PrimaryAggressorDetermined', { incidentId: INDEX, aggressorToken: OFFENDER, dualArrest: false, basis: ['INJURY'] })]
const arrest = (data: object = {}, ofCase: string | undefined = CASE, arrestId = ARREST): Told => [`arrest-${arrestId}`, { ...draft('ArrestRecorded', { arrestId, token: ARRESTED, incidentId: INDEX, arrestDate: '2026-07-02', charges: ['565.074'], ...data }), ...(ofCase !== '' && { partitionkey: `pchCase-${ofCase}` }) }]
const charged = (decision: string): Told => [`charging-${INDEX}`, draft('ChargingDecisionMade', { incidentId: INDEX, decision, decidingAgency: 'JCPO' })]
const takenBack: Told = [`arrest-${ARREST}`, draft('EventRetracted', { reasonCode: 'SOURCE_DELETED' })]
const closed = (record: string, ground: string): Told => [`recordAccess-${accessIdOf(record)}`, draft('RecordAccessRestricted', { record, ground, statute: 'RSMO_610_122', rolesStillAllowed: [] })]
const sameAs = (token: string, ref: string): Told => ['personIdentity-register', draft('PersonIdentitiesLinked', { keepRef: ref, mergedRef: token, basis: 'FINGERPRINTS', decidedBy: 'human' })]

const proposed = async (...events: readonly Told[]) => {
  const { log } = await World.run([])
  const reviewed = draft('CriminalHistoryReviewed', { caseId: CASE, subjectRef: STRANGER, lookbackYears: 5, counts: { ipvArrests: 0, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 } })
  for (const [stream, event] of [[`historyReview-${CASE}`, reviewed] as const, ...events]) log.events.push(recorded(event, { stream, revision: (await log.load(stream)).length, ordinal: log.events.length + 1 }, metaOf({ name: `${stream} ${log.events.length}` })))
  const opened = { caseId: CASE, referralId: REFERRAL, subjectRef: STRANGER, indexIncidentId: INDEX, count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' as const }
  log.events.push(recorded(draft('CaseOpened', opened), { stream: `pchCase-${CASE}`, revision: 0, ordinal: log.events.length + 1 }, metaOf({ name: 'opened' })))
  const lookUp = new CaseLookUp(log as unknown as Recorder, new MemoryVault(new Uint8Array(32)))
  // His cases are found by their number; here by his own.
  jest.spyOn(lookUp, 'casesOf').mockResolvedValue({ cases: [{ caseId: CASE, count: 1, opened, open: true, mayReopen: false, commands: [] }], next: { caseId: id(7), count: 2 } })
  const { basisExpunged: toAssign = false, assessment: whenAssigned } = await lookUp.forAssignment(CASE, 'C', NOW)
  const { assessment, evidenceRefs, basis, basisExpunged } = await lookUp.forProposal({ status: 'open', opened, proposal: null, level: null, maxLevelEver: null, approvals: [], exits: [], decidedBy: [], contest: null, deferredUntil: null }, NOW)
  // What is assigned is held against the same.
  expect(whenAssigned).toEqual(assessment)
  return { ...assessment, evidence: evidenceRefs.slice(2), read: basis.map(({ stream }) => stream), basisExpunged: [basisExpunged, toAssign] }
}
const FELONY = 'felonyDomesticAssault.degrees=1+2'

it('without an arrest and without charges, D', async () => { expect(await proposed(index(), determined)).toMatchObject({ level: 'D', evidence: [] }) })
it('an arrest by hand or of a feed of arrests is an arrest, and is named as evidence; a felony among its charges is to be looked at', async () => {
  expect(await proposed(index(), determined, arrest())).toMatchObject({ level: 'C', matched: ['ipvArrestOrCharge.equals=1'], evidence: [`arrest-${ARREST}`], read: expect.arrayContaining([`arrest-${ARREST}`]) as string[] })
  expect((await proposed(index(), determined, arrest())).unknown).not.toContain(FELONY)
  expect((await proposed(index(), determined, arrest({ charges: ['565.072', '565.074'] }))).unknown).toContain(FELONY)
  expect((await proposed(index(), determined, arrest({ charges: undefined }))).unknown).toContain(FELONY)
})
it('charges that were filed, before whatever court, are enough, and nobody tells on what', async () => {
  for (const decision of ['FILED', 'REFERRED_MUNICIPAL']) expect(await proposed(index(), determined, charged(decision))).toMatchObject({ level: 'C', unknown: expect.arrayContaining([FELONY]) as string[], evidence: [`charging-${INDEX}`] })
  expect(await proposed(index(), determined, charged('DECLINED'))).toMatchObject({ level: 'D', evidence: [] })
})
it('told by the report, by itself and by its charges, it is one arrest', async () => { expect(await proposed(index(true), determined, arrest(), arrest({}, CASE, OTHER), charged('FILED'))).toMatchObject({ level: 'C', evidence: [`arrest-${ARREST}`, `arrest-${OTHER}`, `charging-${INDEX}`] }) })
it.each<[string, string | null, readonly Told[]]>([
  ['under his token', 'C', [arrest({ token: STRANGER }, '')]], ['by the number of the incident', 'C', [arrest({}, '')]], ['of the victim of the report', 'D', [sameAs(ARRESTED, VICTIM), arrest({}, '')]], ['told of another case', 'D', [arrest({}, OTHER)]],
  ['that was taken back', 'D', [arrest(), takenBack]], ['of another incident', 'D', [arrest({ incidentId: OTHER })]], ['that a court ordered closed', 'D', [arrest(), closed(`arrest-${ARREST}`, 'COURT_ORDER')]], ['that was destroyed', 'D', [arrest(), closed(`arrest-${ARREST}`, 'DESTROYED')]],
  ['closed for want of a charge', 'C', [arrest(), closed(`arrest-${ARREST}`, 'ARREST_NOT_CHARGED')]],
  ['one of two, and nobody said whose', null, [arrest({}, ''), arrest({ token: `per_${'y'.repeat(22)}` }, '', OTHER)]], ['one of two, of whom he is one', 'C', [arrest({ token: STRANGER }, ''), arrest({}, '', OTHER)]],
])('an arrest %s: %s', async (_, level, events) => { expect((await proposed(index(), determined, ...events)).level).toBe(level) })
const withOffenders = (...tokens: readonly string[]): Told => {
  const [stream, { data, ...said }] = index()
  return [stream, { ...said, data: { ...data, offenders: tokens.map((token, at) => ({ token, sequence: at + 1 })) } }]
}
const named = (...numbered: readonly string[]): Told => [`incident-${INDEX}`, draft('ReportedPersonsNamed', { incidentId: INDEX, victims: [], offenders: numbered.map((token) => ({ token, personId: 'sealed' })) })]
it.each<[string, string | null, readonly Told[]]>([
  ['under another number than the report has of him', null, [index(), named(OFFENDER), determined, arrest({ personId: 'sealed' }, '')]], ['under a number, where the report has none of him', 'C', [index(), named(VICTIM), determined, arrest({ personId: 'sealed' }, '')]],
  ['under no number', 'C', [index(), named(OFFENDER), determined, arrest({}, '')]], ['under the number of the report', 'C', [index(), named(OFFENDER), determined, arrest({ personId: 'sealed', token: OFFENDER }, '')]], ['under another number that was linked with his', 'C', [index(), named(OFFENDER), determined, sameAs(ARRESTED, STRANGER), arrest({ personId: 'sealed' }, '')]],
  ['of one of two offenders', null, [withOffenders(OFFENDER, `per_${'z'.repeat(22)}`), determined, arrest({}, '')]], ['of one of two offenders, told of his case', 'C', [withOffenders(OFFENDER, `per_${'z'.repeat(22)}`), determined, arrest()]],
])('an arrest by the number of the incident %s: %s', async (_, level, events) => { expect((await proposed(...events)).level).toBe(level) })
it('charges of an incident in which two were arrested, or somebody else alone, say not whose they are', async () => {
  for (const arrested of [[arrest({}, OTHER), arrest({ token: `per_${'y'.repeat(22)}` }, id(10), OTHER)], [arrest({}, OTHER)]]) {
    expect(await proposed(index(), determined, ...arrested, charged('FILED'))).toMatchObject({ level: null, unknown: expect.arrayContaining(['ipvArrestOrCharge.equals=1']) as string[] })
  }
})
it('what is older than the policy looks back does not count; an arrest since does', async () => {
  expect(await proposed(index(true, ['12'], '2021-07-01T21'), determined)).toMatchObject({ level: null, unknown: [] })
  expect((await proposed(index(true, ['12'], '2021-07-02T21'), determined)).level).toBe('A')
  expect((await proposed(index(false, ['12'], '2021-07-01T21'), determined, arrest())).level).toBe('C')
})
it('rests on nothing once a court has ordered closed the incident, the referral or the case: the incident may stay open, for the others who stand in it', async () => {
  for (const record of [`incident-${INDEX}`, `referral-${REFERRAL}`, `pchCase-${CASE}`]) expect(await proposed(index(), determined, closed(record, 'COURT_ORDER'))).toMatchObject({ basisExpunged: [true, true] })
  for (const record of [`incident-${INDEX}`, `pchCase-${CASE}`]) expect(await proposed(index(), determined, closed(record, 'NOLLE'))).toMatchObject({ basisExpunged: [false, false] })
})
