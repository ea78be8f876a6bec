/** What a changed level names and restates of the record: what is there, is his, and is open to whoever asks; nothing of an index incident that is taken back, closed or destroyed. */
import type { DraftEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import { accessIdOf, STILL_ALLOWED } from '@chorus/record-access'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { OFFENDER, report, STRANGER, VICTIM } from '../testing/incident-report'
import { World } from '../testing/intake-world'
import { CaseLookUp } from './look-up'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [CASE, INDEX] = [id(6), id(1)]
const draft = (type: string, data: object): DraftEvent => ({ type, schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' })
const index = (): [string, DraftEvent] => { const { data, ...said } = report({ arrestMade: true }); return [`incident-${INDEX}`, { ...said, data: { ...data, incidentId: INDEX } }] }
const closed = (ground: string, record = `incident-${INDEX}`, rolesStillAllowed: readonly string[] = []): [string, DraftEvent] => [`recordAccess-${accessIdOf(record)}`, draft('RecordAccessRestricted', { record, ground, statute: 'RSMO_610_122', rolesStillAllowed })]

interface Changing { readonly matched: readonly string[]; readonly read: readonly string[]; readonly unknown: readonly string[]; readonly expunged: readonly string[]; readonly basisExpunged: boolean; readonly trigger: object | null }
const PROSECUTOR = { role: 'prosecutor', agency: 'JCPO' }
/** `trigger`: the stream whose last event led to it. */
const changing = (...events: readonly (readonly [string, DraftEvent])[]): Promise<Changing> => naming({}, ...events)
/** `first`: the type of the event of that stream which led to it, where that is not the last. */
interface Named { readonly trigger?: string; readonly evidence?: string[]; readonly reader?: { role: string; agency: string }; readonly first?: string }
const naming = async ({ trigger = `historyReview-${CASE}`, evidence = [`historyReview-${CASE}`], reader = PROSECUTOR, first }: Named, ...events: readonly (readonly [string, DraftEvent])[]): Promise<Changing> => {
  const { log } = await World.run([])
  const opened = draft('CaseOpened', { caseId: CASE, referralId: id(2), subjectRef: STRANGER, indexIncidentId: INDEX, count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' })
  const reviewed = draft('CriminalHistoryReviewed', { caseId: CASE, subjectRef: STRANGER, lookbackYears: 5, counts: { ipvArrests: 1, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 } })
  // What is taken back is what was recorded last.
  const asRecorded = (event: DraftEvent): DraftEvent => event.type === 'EventRetracted' ? { ...event, data: { ...event.data, retracts: log.events.at(-1)!.id } } : event
  for (const [stream, event] of [[`pchCase-${CASE}`, opened], [`historyReview-${CASE}`, reviewed], ...events] as const) log.events.push(recorded(asRecorded(event), { stream, revision: (await log.load(stream)).length, ordinal: log.events.length + 1 }, metaOf({ name: `${stream} ${log.events.length}` })))
  const triggerEventId = (first === undefined ? log.events.findLast(({ stream }) => stream === trigger) : log.events.find(({ stream, type }) => stream === trigger && type === first))?.id ?? id(99)
  const { basis, trigger: led, ...said } = await new CaseLookUp(log as unknown as Recorder, new MemoryVault(new Uint8Array(32))).forChange(CASE, { to: 'C', triggerEventId, evidenceRefs: evidence }, NOW, reader)
  return { ...said, read: basis.map(({ stream }) => stream), trigger: led }
}

it('the criteria that the record meets, and how far it was read', async () => {
  const { matched, read } = await changing(index())
  expect([matched, read]).toEqual([['ipvArrestOrCharge.equals=1'], expect.arrayContaining([`incident-${INDEX}`])])
})
it.each<[string, readonly (readonly [string, DraftEvent])[]]>([
  ['closed by order of a court', [index(), closed('COURT_ORDER')]], ['destroyed', [index(), closed('DESTROYED')]], ['of a case that a court ordered closed', [index(), closed('COURT_ORDER', `pchCase-${CASE}`, ['prosecutor'])]], ['of a referral that a court ordered closed', [index(), closed('COURT_ORDER', `referral-${id(2)}`)]], ['taken back', [index(), [`incident-${INDEX}`, draft('EventRetracted', { reasonCode: 'SOURCE_DELETED' })]]],
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
    ['of somebody', arrest({}), false, []], ['by the number of an incident of which nobody has a report', arrest({ incidentId: FURTHER }), false, [linked()]], ['by the number of his incident, where two were arrested', arrest({ incidentId: FURTHER }), false, [linked(), further(), dual]], ['of an incident in which he was the victim', arrest({ incidentId: FURTHER }), false, [linked('VICTIM_OF_RECORD'), further()]],
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

  const shut = (record: string, ground: string, rolesStillAllowed: readonly string[] = STILL_ALLOWED): [string, DraftEvent] => [`recordAccess-${accessIdOf(record)}`, draft('RecordAccessRestricted', { record, ground, statute: 'RSMO_610_140', rolesStillAllowed })]
  const referred = (subjectRef: string, incidentId = FURTHER, victimRef = VICTIM): [string, DraftEvent] => [`referral-${OTHER}`, draft('ReferralReceived', { referralId: OTHER, subjectRef, victimRef, incidentIds: [incidentId] })]
  const sameAs = (token: string, ref = STRANGER): [string, DraftEvent] => ['personIdentity-register', draft('PersonIdentitiesLinked', { keepRef: ref, mergedRef: token, basis: 'FINGERPRINTS', decidedBy: 'human' })]
  const SECOND = `per_${'y'.repeat(22)}`
  const ofArrest = `per_${'x'.repeat(22)}`

  it('what any referral about him names, also one on which no case was opened, and under a token that was linked later', async () => {
    for (const before of [[referred(STRANGER)], [referred(SECOND), sameAs(SECOND)]]) {
      expect((await naming(named, index(), ...before, further())).unknown).toEqual([])
      expect((await naming(byArrest, index(), ...before, further(), arrest({ incidentId: FURTHER }))).unknown).toEqual([])
    }
    expect((await naming(named, index(), referred(SECOND), further())).unknown).toEqual(NONE)
  })
  it('not what a referral named that was destroyed', async () => { expect((await naming(named, index(), referred(STRANGER), further(), shut(`referral-${OTHER}`, 'DESTROYED', []))).unknown).toEqual(NONE) })

  const violated: [string, DraftEvent] = [`circumstance-${CASE}`, draft('ProtectionOrderStatusChanged', { caseId: CASE, status: 'VIOLATED', respondent: 'SUBJECT' })]
  const around = { trigger: `circumstance-${CASE}`, evidence: [`circumstance-${CASE}`] }
  it.each([['DESTROYED', []], ['NOLLE', []], ['COURT_ORDER', STILL_ALLOWED]] as const)('a link to an incident that is closed (%s) takes nothing from what stands beside it', async (ground, roles) => {
    const closing = shut(`incident-${FURTHER}`, ground, roles)
    expect(await naming(around, index(), further(), linked(), violated, closing)).toMatchObject({ unknown: [], expunged: [], trigger: { type: 'ProtectionOrderStatusChanged' } })
    expect((await naming(around, index(), further(), violated, linked(), closing)).unknown).toEqual(ground === 'COURT_ORDER' ? [] : ['triggerEventId'])
    expect((await naming(around, index(), further(), linked(), closing)).unknown).toEqual(ground === 'COURT_ORDER' ? [] : NONE)
  })

  it('what a court ordered closed is known to justice, and said to be closed: the record, what links it, and an arrest in it', async () => {
    const further2 = [index(), further(), linked()] as const
    const closing = shut(`incident-${FURTHER}`, 'COURT_ORDER')
    for (const [ref, events] of [[named, [...further2, closing]], [around, [...further2, closing]], [byArrest, [...further2, arrest({ incidentId: FURTHER }), closing]], [byArrest, [index(), arrest({ token: STRANGER }), shut(`arrest-${ARREST}`, 'COURT_ORDER')]]] as const) {
      expect(await naming(ref, ...events)).toMatchObject({ unknown: [], expunged: NONE, basisExpunged: false })
    }
    expect(await naming(named, ...further2, shut(`incident-${FURTHER}`, 'NOLLE'))).toMatchObject({ unknown: [], expunged: [] })
    expect(await naming({}, index(), shut(`incident-${INDEX}`, 'COURT_ORDER'))).toMatchObject({ unknown: [], expunged: [], basisExpunged: true })
  })
  it('a closing holds until its ground is gone; a disposition until the next', async () => {
    const ofIndex = `recordAccess-${accessIdOf(`incident-${INDEX}`)}`
    const restored: [string, DraftEvent] = [ofIndex, draft('RecordAccessRestored', { record: `incident-${INDEX}`, grounds: ['NOLLE'], authority: 'DISPOSITION_CHANGED' })]
    const closing = shut(`incident-${INDEX}`, 'NOLLE')
    expect((await naming({ trigger: ofIndex }, index(), closing)).trigger).toMatchObject({ type: 'RecordAccessRestricted', holds: true })
    expect((await naming({ trigger: ofIndex, first: 'RecordAccessRestricted' }, index(), closing, restored)).trigger).toMatchObject({ type: 'RecordAccessRestricted', holds: false })
    const disposed = (result: string): [string, DraftEvent] => [`charging-${INDEX}`, draft('DispositionEntered', { incidentId: INDEX, results: [result], court: 'STATE' })]
    expect((await naming({ trigger: `charging-${INDEX}` }, index(), disposed('NOLLE'))).trigger).toMatchObject({ holds: true })
    expect((await naming({ trigger: `charging-${INDEX}`, first: 'DispositionEntered' }, index(), disposed('NOLLE'), disposed('GUILTY'))).trigger).toMatchObject({ holds: false })
    const filed: [string, DraftEvent] = [`charging-${INDEX}`, draft('ChargingDecisionMade', { incidentId: INDEX, decision: 'FILED', decidingAgency: 'JCPO' })]
    expect((await naming({ trigger: `charging-${INDEX}`, first: 'DispositionEntered' }, index(), disposed('NOLLE'), filed)).trigger).toMatchObject({ holds: false })
  })
  it('the closing of an arrest of his; not of another\'s', async () => {
    const closing = shut(`arrest-${ARREST}`, 'ARREST_NOT_CHARGED')
    expect((await naming({ trigger: closing[0] }, index(), arrest({ token: STRANGER }), closing)).unknown).toEqual([])
    expect((await naming({ trigger: closing[0] }, index(), arrest({ incidentId: INDEX }), shut(`arrest-${ARREST}`, 'DESTROYED', []))).unknown).toEqual([])
    expect((await naming({ trigger: closing[0] }, index(), arrest({}), closing)).unknown).toEqual(['triggerEventId'])
  })
  it('a proposal holds until it is declined or its case ends, and stands while what it rests on is not closed by a court', async () => {
    const own = { trigger: `pchCase-${CASE}` }
    const said = (type: string, data: object): [string, DraftEvent] => [`pchCase-${CASE}`, draft(type, { caseId: CASE, ...data })]
    const proposed = said('LevelProposed', { level: 'C', matchedCriteria: [], evidenceRefs: [`incident-${FURTHER}`] })
    const [declined, ended, again] = [said('LevelProposalDeclined', { level: 'C', reasonCode: 'COUNTS_DISPUTED' }), said('CaseClosed', { code: 'MOVED' }), said('CaseReopened', { reasonCode: 'RETURNED' })]
    expect((await naming(own, index(), proposed)).trigger).toMatchObject({ holds: true, stands: true })
    for (const since of [[declined], [ended], [ended, again]]) expect((await naming({ ...own, first: 'LevelProposed' }, index(), proposed, ...since)).trigger).toMatchObject({ type: 'LevelProposed', holds: false })
    expect((await naming({ ...own, first: 'LevelProposed' }, index(), proposed, said('LevelProposalDeclined', { level: 'B' }))).trigger).toMatchObject({ holds: true })
    expect((await naming(own, index(), proposed, declined, proposed)).trigger).toMatchObject({ holds: true })
    for (const ground of ['COURT_ORDER', 'DESTROYED']) expect(await naming(own, index(), proposed, shut(`incident-${FURTHER}`, ground))).toMatchObject({ unknown: [], expunged: [], trigger: { stands: false } })
  })

  describe('an arrest by the number of his incident', () => {
    const byNumber = (incidentId = FURTHER) => arrest({ incidentId })
    const reportOf = (more: object): [string, DraftEvent] => { const [stream, { data, ...said }] = further(); return [stream, { ...said, data: { ...data, ...more } }] }
    const second: [string, DraftEvent] = [`arrest-${OTHER}`, draft('ArrestRecorded', { arrestId: OTHER, token: SECOND, incidentId: FURTHER })]
    const arrestee = (token: string, sequence: number) => ({ token, sequence, arrestDate: '2026-07-02', armed: [], clearedOffenseCodes: [] })
    const twoOffenders = reportOf({ offenders: [{ token: OFFENDER, sequence: 1 }, { token: SECOND, sequence: 2 }] })
    const aggressor = (aggressorToken: string): [string, DraftEvent] => [`incident-${FURTHER}`, draft('PrimaryAggressorDetermined', { incidentId: FURTHER, aggressorToken, dualArrest: false, basis: ['INJURY'] })]
    it.each<[string, boolean, readonly [string, DraftEvent][]]>([
      ['of the only offender', true, [further(), sameAs(ofArrest, OFFENDER)]],
      ['of the victim of the report', false, [further(), sameAs(ofArrest, VICTIM)]],
      ['of the partner whom the referral names', false, [referred(STRANGER, FURTHER, SECOND), further(), sameAs(ofArrest, SECOND)]],
      ['of somebody whom another referral of it names', false, [referred(SECOND), further(), sameAs(ofArrest, SECOND)]],
      ['of one of two offenders', false, [twoOffenders, sameAs(ofArrest, SECOND)]],
      ['of the one of two offenders who was determined as the aggressor', true, [twoOffenders, aggressor(SECOND), sameAs(ofArrest, SECOND)]],
      ['of the one who was not', false, [twoOffenders, aggressor(OFFENDER), sameAs(ofArrest, SECOND)]],
      ['of the other one than he is', false, [twoOffenders, aggressor(SECOND), sameAs(OFFENDER), sameAs(ofArrest, SECOND)]],
      ['of one of two arrested persons of the report', false, [reportOf({ arrestees: [arrestee(OFFENDER, 1), arrestee(VICTIM, 2)] })]],
      ['linked with him, of two arrested persons of the report', true, [reportOf({ arrestees: [arrestee(OFFENDER, 1), arrestee(VICTIM, 2)] }), sameAs(ofArrest)]],
      ['beside another one that was fed', false, [further(), second]],
      ['beside another one that was taken back', true, [further(), second, [`arrest-${OTHER}`, draft('EventRetracted', { reasonCode: 'SOURCE_DELETED' })]]],
      ['linked with him, beside another one that was fed', true, [further(), second, sameAs(ofArrest)]],
    ])('%s: his: %s', async (_, his, before) => { expect((await naming(byArrest, index(), linked(), ...before, byNumber())).unknown).toEqual(his ? [] : NONE) })
    it('told of the case of somebody else, it is not his', async () => { expect((await naming(byArrest, index(), linked(), further(), arrest({ incidentId: FURTHER }, { partitionkey: `pchCase-${OTHER}` }))).unknown).toEqual(NONE) })
  })
})
