/** What a changed level names and restates of the record: what is there, is his, and is open to whoever asks; nothing of an index incident that is taken back, closed or destroyed. */
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
const [CASE, INDEX] = [id(6), id(1)]
const draft = (type: string, data: object): DraftEvent => ({ type, schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' })
const index = (): [string, DraftEvent] => { const { data, ...said } = report({ arrestMade: true }); return [`incident-${INDEX}`, { ...said, data: { ...data, incidentId: INDEX } }] }
const closed = (ground: string): [string, DraftEvent] => [`recordAccess-${accessIdOf(`incident-${INDEX}`)}`, draft('RecordAccessRestricted', { record: `incident-${INDEX}`, ground, statute: 'RSMO_610_122', rolesStillAllowed: [] })]

interface Changing { readonly matched: readonly string[]; readonly read: readonly string[]; readonly unknown: readonly string[]; readonly trigger: object | null }
const PROSECUTOR = { role: 'prosecutor', agency: 'JCPO' }
/** `trigger`: the stream whose last event led to it. */
const changing = (...events: readonly (readonly [string, DraftEvent])[]): Promise<Changing> => naming({}, ...events)
const naming = async ({ trigger = `historyReview-${CASE}`, evidence = [`historyReview-${CASE}`], reader = PROSECUTOR }: { trigger?: string; evidence?: string[]; reader?: { role: string; agency: string } }, ...events: readonly (readonly [string, DraftEvent])[]): Promise<Changing> => {
  const { log } = await World.run([])
  const opened = draft('CaseOpened', { caseId: CASE, referralId: id(2), subjectRef: STRANGER, indexIncidentId: INDEX, count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' })
  const reviewed = draft('CriminalHistoryReviewed', { caseId: CASE, subjectRef: STRANGER, lookbackYears: 5, counts: { ipvArrests: 1, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 } })
  // What is taken back is what was recorded last.
  const asRecorded = (event: DraftEvent): DraftEvent => event.type === 'EventRetracted' ? { ...event, data: { ...event.data, retracts: log.events.at(-1)!.id } } : event
  for (const [stream, event] of [[`pchCase-${CASE}`, opened], [`historyReview-${CASE}`, reviewed], ...events] as const) log.events.push(recorded(asRecorded(event), { stream, revision: (await log.load(stream)).length, ordinal: log.events.length + 1 }, metaOf({ name: `${stream} ${log.events.length}` })))
  const triggerEventId = log.events.findLast(({ stream }) => stream === trigger)?.id ?? id(99)
  const { matched, basis, unknown, trigger: led } = await new CaseLookUp(log as unknown as Recorder, new MemoryVault(new Uint8Array(32))).forChange(CASE, { to: 'C', triggerEventId, evidenceRefs: evidence }, NOW, reader)
  return { matched, read: basis.map(({ stream }) => stream), unknown, trigger: led }
}

it('the criteria that the record meets, and how far it was read', async () => {
  const { matched, read } = await changing(index())
  expect([matched, read]).toEqual([['ipvArrestOrCharge.equals=1'], expect.arrayContaining([`incident-${INDEX}`])])
})
it.each<[string, readonly (readonly [string, DraftEvent])[]]>([
  ['closed by order of a court', [index(), closed('COURT_ORDER')]], ['destroyed', [index(), closed('DESTROYED')]], ['taken back', [index(), [`incident-${INDEX}`, draft('EventRetracted', { reasonCode: 'SOURCE_DELETED' })]]],
])('nothing where the index incident is %s, and its stream is not named', async (_, events) => {
  const { matched, read } = await changing(...events)
  expect([matched, read.filter((stream) => !stream.startsWith('policy-'))]).toEqual([[], [`historyReview-${CASE}`]])
})

describe('what it names', () => {
  const [FURTHER, ARREST, OTHER] = [id(7), id(8), id(9)]
  const further = (arrestMade = true): [string, DraftEvent] => { const { data, ...said } = report({ arrestMade }); return [`incident-${FURTHER}`, { ...said, data: { ...data, incidentId: FURTHER } }] }
  const linked = (side = 'REFERRED'): [string, DraftEvent] => [`circumstance-${CASE}`, draft('IncidentLinkedToCase', { caseId: CASE, incidentId: FURTHER, side })]
  const arrest = (data: object, more: object = {}): [string, DraftEvent] => [`arrest-${ARREST}`, { ...draft('ArrestRecorded', { arrestId: ARREST, token: `per_${'x'.repeat(22)}`, ...data }), ...more }]
  const dual: [string, DraftEvent] = [`incident-${FURTHER}`, draft('PrimaryAggressorDetermined', { incidentId: FURTHER, aggressorToken: OFFENDER, dualArrest: true, basis: ['INJURY'] })]
  const named = { trigger: `incident-${FURTHER}`, evidence: [`incident-${FURTHER}`] }
  const byArrest = { trigger: `arrest-${ARREST}`, evidence: [`arrest-${ARREST}`] }
  const NONE = ['triggerEventId', 'evidenceRefs[0]']

  it('a further incident of his, with its arrest', async () => { expect(await naming(named, index(), linked(), further())).toMatchObject({ unknown: [], trigger: { type: 'IncidentReported', arrest: true, stands: true }, read: expect.arrayContaining([`incident-${FURTHER}`]) as string[] }) })
  it('a link to a further incident says whether its report has an arrest', async () => {
    for (const made of [true, false]) expect(await naming({ trigger: `circumstance-${CASE}` }, index(), further(made), linked())).toMatchObject({ unknown: [], trigger: { type: 'IncidentLinkedToCase', arrest: made } })
  })
  it('a report that was corrected since stands no more', async () => {
    const { trigger } = await naming({ trigger: `incident-${INDEX}`, evidence: [`incident-${INDEX}`] }, index(), [`incident-${INDEX}`, draft('EventRetracted', { reasonCode: 'SOURCE_DELETED' })])
    expect(trigger).toMatchObject({ type: 'EventRetracted', stands: true })
  })
  it.each<[string, readonly (readonly [string, DraftEvent])[]]>([['that stands nowhere', [index()]], ['of somebody else', [index(), further()]], ['in which he was the victim', [index(), linked('VICTIM_OF_RECORD'), further()]], ['that was destroyed', [index(), linked(), further(), [`recordAccess-${accessIdOf(`incident-${FURTHER}`)}`, draft('RecordAccessRestricted', { record: `incident-${FURTHER}`, ground: 'DESTROYED', statute: 'RSMO_610_122', rolesStillAllowed: [] })]]]])('not one %s, with one answer for all', async (_, events) => {
    expect(await naming(named, ...events)).toMatchObject({ unknown: NONE, trigger: null })
  })
  it('what is closed to whoever asks is not there; to whom it stays open, it is', async () => {
    const closing = [index(), linked(), further(), [`recordAccess-${accessIdOf(`incident-${FURTHER}`)}`, draft('RecordAccessRestricted', { record: `incident-${FURTHER}`, ground: 'NOLLE', statute: 'RSMO_610_105', rolesStillAllowed: ['prosecutor'] })]] as const
    expect((await naming(named, ...closing)).unknown).toEqual([])
    expect((await naming({ ...named, reader: { role: 'panelMember', agency: 'KCPD' } }, ...closing)).unknown).toEqual(NONE)
  })
  it.each<[string, [string, DraftEvent], boolean, readonly [string, DraftEvent][]]>([
    ['under his token', arrest({ token: STRANGER }), true, []], ['told of his case', arrest({}, { partitionkey: `pchCase-${CASE}` }), true, []], ['by the number of his incident', arrest({ incidentId: FURTHER }), true, [linked(), further()]],
    ['of somebody', arrest({}), false, []], ['by the number of his incident, where two were arrested', arrest({ incidentId: FURTHER }), false, [linked(), further(), dual]], ['of an incident in which he was the victim', arrest({ incidentId: FURTHER }), false, [linked('VICTIM_OF_RECORD'), further()]],
  ])('an arrest %s', async (_, event, his, before) => { expect((await naming(byArrest, index(), ...before, event)).unknown).toEqual(his ? [] : NONE) })
  it('a referral about him; not one in which he is the survivor', async () => {
    const referral = (subjectRef: string, victimRef: string): [string, DraftEvent] => [`referral-${OTHER}`, draft('ReferralReceived', { referralId: OTHER, subjectRef, victimRef, incidentIds: [] })]
    const asked = { trigger: `referral-${OTHER}`, evidence: [`referral-${OTHER}`] }
    expect([(await naming(asked, index(), referral(STRANGER, VICTIM))).unknown, (await naming(asked, index(), referral(VICTIM, STRANGER))).unknown]).toEqual([[], NONE])
  })
  it('what carries no level is none, and what this service may not read is not there', async () => {
    expect((await naming({ evidence: [`eligibility-${INDEX}`, `safetyReview-${OTHER}`, `historyReview-${CASE}`] }, index(), [`eligibility-${INDEX}`, draft('EligibilityAssessed', { incidentId: INDEX })])).unknown).toEqual(['evidenceRefs[0]', 'evidenceRefs[1]'])
  })
  it('that two records were told apart leads to a correction', async () => {
    const apart = (oneRef: string): [string, DraftEvent] => ['personIdentity-register', draft('PersonIdentitiesUnlinked', { oneRef, otherRef: VICTIM, reason: 'DIFFERENT_PEOPLE', decidedBy: 'human' })]
    expect([(await naming({ trigger: 'personIdentity-register' }, index(), apart(STRANGER))).unknown, (await naming({ trigger: 'personIdentity-register' }, index(), apart(OFFENDER))).unknown]).toEqual([[], ['triggerEventId']])
  })
  it('what closed a record of his, also where that is there for nobody', async () => {
    const stream = `recordAccess-${accessIdOf(`incident-${INDEX}`)}`
    expect(await naming({ trigger: stream }, index(), closed('DESTROYED'))).toMatchObject({ unknown: [], trigger: { type: 'RecordAccessRestricted' } })
  })
})
