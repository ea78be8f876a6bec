import type { DraftEvent, EligibilityAssessedV2, IncidentReportedV1, RecordedEvent } from '@chorus/contracts'
import { handleEach, isRefusal } from '@chorus/decider'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { eligibility } from '../eligibility/eligibility'
import { INCIDENT, report, STRANGER, years } from '../testing/incident-report'
import { assessmentsOf, screen } from './assess-eligibility'

const POLICY = { policyVersion: 'kc-ipvi-levels@1.0.0', policyHash: 'a'.repeat(64), eligibility: { relationships: ['SE', 'CS', 'BG', 'XS', 'XR', 'HR'], minimumAge: 18 } }
const event = (draft: DraftEvent, revision = 0): RecordedEvent => recorded(draft, { stream: `incident-${INCIDENT}`, revision }, metaOf({ name: `import ${revision}` }))
const of = (draft: DraftEvent) => screen(event(draft), POLICY)!.assessment
const result = (assessment: EligibilityAssessedV2, name: string) => assessment.predicates.find((one) => one.name === name)
const retraction: DraftEvent = { ...report(), type: 'EventRetracted', data: { retracts: INCIDENT, reasonCode: 'SOURCE_DELETED' } }

describe('the screening of a report', () => {
  it.each(['SE', 'CS', 'BG', 'XS', 'XR', 'HR'])('takes %s as an intimate partner', (relationship) => {
    expect(of(report({ relationship }))).toMatchObject({ outcome: 'CANDIDATE', identityKnown: false, policyVersion: 'kc-ipvi-levels@1.0.0' })
  })
  it.each([['PA', 1], ['AQ', 1], ['VO', 1], ['PA', 0]] as const)('does not take %s to offender %i', (relationship, offenderSequence) => {
    expect(screen(event(report({ relationship, offenderSequence })), POLICY)!.partners).toBe(false)
  })
  it('keeps which inputs were known: an age that is blank, unknown or a range over the limit is not adult', () => {
    for (const offenderAge of [null, { precision: 'unknown' as const }, { precision: 'range' as const, from: 16, to: 20 }]) {
      const assessment = of(report({ offenderAge }))
      expect(assessment.outcome).toBe('UNDECIDED')
      expect(result(assessment, 'subjectAdult')).toEqual({ name: 'subjectAdult', args: 'atLeast=18', result: 'unknown', inputsKnown: false })
    }
  })
  it('of a partner of whom the report knows nothing else, it is left to a person, and the subject is unknown', () => {
    const nobody = (): DraftEvent<IncidentReportedV1> => { const draft = report(); draft.data.offenders = []; return draft }
    for (const draft of [nobody(), report({ offenderSequence: 0 })]) {
      const named = { incidentId: INCIDENT, victims: [{ token: draft.data.victims[0]!.token, name: 'Fictional Person Beta' }], offenders: [] }
      const { partners, assessment } = screen(event(draft), POLICY, named)!
      expect([partners, assessment.outcome, assessment.identityKnown]).toEqual([true, 'UNDECIDED', false])
      expect([result(assessment, 'intimatePartnerReported')?.result, result(assessment, 'subjectReported'), result(assessment, 'subjectAdult')?.result]).toEqual(['yes', { name: 'subjectReported', result: 'unknown', inputsKnown: false }, 'unknown'])
    }
  })
  it('a minor on either side is not eligible', () => {
    expect(of(report({ offenderAge: years(17) })).outcome).toBe('NOT_ELIGIBLE')
    expect(of(report({ victimAge: years(17) })).outcome).toBe('NOT_ELIGIBLE')
    expect(of(report({ victimAge: { precision: 'under-1' } })).outcome).toBe('NOT_ELIGIBLE')
  })
  it('a victim who was an offender too leaves it to a person', () => {
    const draft = report()
    draft.data.victims.push({ ...draft.data.victims[0]!, token: STRANGER, sequence: 2, relationships: [{ offenderSequence: 1, code: 'VO' }] })
    expect(of(draft)).toMatchObject({ outcome: 'UNDECIDED' })
  })
  describe('of a report that its agency calls domestic', () => {
    const domestic = (wish: Parameters<typeof report>[0] = {}, dvFlag: boolean | null = true): DraftEvent => { const draft = report({ relationship: null, ...wish }); return { ...draft, data: { ...draft.data, ...(dvFlag === null ? {} : { dvFlag }) } } }
    it('without a word on what the two are to each other: a person is to confirm it', () => {
      for (const relationship of [null, 'RU', 'VO']) {
        const assessment = of(domestic({ relationship }))
        expect([assessment.outcome, result(assessment, 'intimatePartnerReported')]).toEqual(['UNDECIDED', { name: 'intimatePartnerReported', args: 'dvFlag=true', result: 'unknown', inputsKnown: false }])
        expect(screen(event(domestic({ relationship })), POLICY)!.partners).toBe(true)
      }
    })
    it('a minor on either side is not eligible all the same', () => { expect(of(domestic({ victimAge: years(16) })).outcome).toBe('NOT_ELIGIBLE') })
    it.each<[string, DraftEvent]>([
      ['no flag', domestic({}, null)], ['a flag that says no', domestic({}, false)], ['another relationship that is stated', domestic({ relationship: 'PA' })], ['nobody known on the other side', domestic({ offenderSequence: 0 })],
      ['nobody at all', { ...domestic(), data: { ...domestic().data, victims: [], offenders: [] } }],
    ])('%s: nobody is asked', (_, draft) => { expect(screen(event(draft), POLICY)!.partners).toBe(false) })
    it('what is stated counts before what is left open', () => { expect(of(domestic({ relationship: 'BG' })).outcome).toBe('CANDIDATE') })
  })
  describe('where the program works', () => {
    const jurisdiction = { counties: ['JACKSON'], divisions: { CPD: ['JACKSON'], SPD: ['JACKSON', 'CASS'], NPD: ['CLAY', 'PLATTE'] }, agencies: { MOSAMPLE0: ['OTHER_COUNTY'], MOSAMPLE1: ['JACKSON'] } }
    const at = (where: object, rules: object = jurisdiction) => { const draft = report(); const { assessment } = screen(event({ ...draft, data: { ...draft.data, ...where } }), { ...POLICY, eligibility: { ...POLICY.eligibility, jurisdiction: rules as typeof jurisdiction } })!; return [assessment.outcome, result(assessment, 'incidentInJurisdiction')] }
    const said = (answer: string, args?: string) => ({ name: 'incidentInJurisdiction', ...(args && { args }), result: answer, inputsKnown: answer !== 'unknown' })
    it('outside of it nobody is eligible; the division says it before the agency', () => {
      expect(at({ division: 'CPD' })).toEqual(['CANDIDATE', said('yes', 'division=CPD')])
      expect(at({ division: 'NPD' })).toEqual(['NOT_ELIGIBLE', said('no', 'division=NPD')])
      expect([at({}), at({ ori: 'MOSAMPLE1' })]).toEqual([['NOT_ELIGIBLE', said('no', 'agency=MOSAMPLE0')], ['CANDIDATE', said('yes', 'agency=MOSAMPLE1')]])
    })
    it('what a report does not say is unknown, and leaves nobody undecided', () => {
      expect(at({ division: 'SPD' })).toEqual(['CANDIDATE', said('unknown', 'division=SPD')])
      for (const where of [{ division: 'toString' }, { division: 'XPD' }, { ori: 'MOSAMPLE9' }]) expect(at(where)).toEqual(['CANDIDATE', said('unknown')])
      expect(at({}, { counties: ['JACKSON'] })).toEqual(['CANDIDATE', said('unknown')])
    })
    it('where the policy says nothing of it nobody asks', () => { expect(result(of(report()), 'incidentInJurisdiction')).toBeUndefined() })
  })
  it('with several couples the one that speaks most for a look counts', () => {
    const draft = report({ victimAge: years(12) })
    draft.data.victims.push({ ...draft.data.victims[0]!, token: STRANGER, sequence: 2, age: years(40) })
    expect(of(draft).outcome).toBe('CANDIDATE')
  })
})

describe('the reaction', () => {
  const run = async (log: MemoryLog, events: RecordedEvent[]): Promise<void> => {
    const answers = await handleEach(log, eligibility, assessmentsOf(events, POLICY, NOW))
    expect(answers.filter(isRefusal)).toEqual([])
  }
  const first = event(report())

  it('assesses an intimate-partner incident, names what it saw, and is caused by its report', async () => {
    const log = new MemoryLog()
    await run(log, [first])
    expect(log.events).toMatchObject([{ type: 'EligibilityAssessed', stream: `eligibility-${INCIDENT}`, causationId: first.id, basis: [{ stream: `incident-${INCIDENT}`, revision: 0 }], policyVersion: 'kc-ipvi-levels@1.0.0' }])
    expect(log.events[0]!.corrects).toBeUndefined()
  })
  it('does nothing for others, and nothing the second time', async () => {
    const log = new MemoryLog()
    await run(log, [event(report({ relationship: 'AQ' }))])
    expect(log.events).toEqual([])
    await run(log, [first]); await run(log, [first])
    expect(log.events).toHaveLength(1)
  })
  it('a correction is assessed anew, also when the couple is gone from it; a retraction too', async () => {
    const log = new MemoryLog()
    const second = event(report({ relationship: 'AQ', version: 2, more: { corrects: first.id } }), 1)
    const third = event({ ...retraction, corrects: second.id }, 2)
    await run(log, [first, second, third])
    expect(log.events.map((one) => [(one.data as EligibilityAssessedV2).outcome, one.corrects])).toEqual([
      ['CANDIDATE', undefined], ['NOT_ELIGIBLE', log.events[0]!.id], ['NOT_ELIGIBLE', log.events[1]!.id],
    ])
  })
  it('a correction or retraction of what was never an intimate-partner incident is nothing', async () => {
    const log = new MemoryLog()
    await run(log, [event(report({ relationship: 'AQ' })), event(report({ relationship: 'PA', version: 2, more: { corrects: first.id } }), 1), event(retraction, 2)])
    expect(log.events).toEqual([])
  })
  it('where the source says who both are, that corrects the screening; of one side alone, or of strangers, nothing', async () => {
    const log = new MemoryLog()
    const draft = report()
    const [victim, offender] = [draft.data.victims[0]!.token, draft.data.offenders[0]!.token]
    const naming = (victims: object[], offenders: object[]): RecordedEvent => event({ ...report(), type: 'ReportedPersonsNamed', data: { incidentId: INCIDENT, victims, offenders } }, 1)
    const assessed = async (names: RecordedEvent): Promise<unknown[]> => {
      await handleEach(log, eligibility, assessmentsOf([first, names], POLICY, NOW, new Map([[names.id, first]])))
      return log.events.map((one) => [(one.data as EligibilityAssessedV2).identityKnown, one.corrects, one.basis])
    }
    const before = [false, undefined, [{ stream: `incident-${INCIDENT}`, revision: 0 }]]
    expect(await assessed(naming([], [{ token: offender, name: 'Fictional Person Alpha' }]))).toEqual([before])
    expect(await assessed(naming([{ token: victim, birthDate: '1990-01-31' }], [{ token: offender, name: 'Fictional Person Alpha' }]))).toEqual([before])
    expect(await assessed(naming([{ token: victim, name: 'Fictional Person Beta' }], [{ token: offender, personId: 'S-1' }]))).toEqual([before, [true, log.events[0]!.id, [{ stream: `incident-${INCIDENT}`, revision: 1 }]]])
  })
  it('what a person took back is no retraction of the report', () => {
    const { sourceRecord: _, ...taken } = retraction
    expect(screen(event(taken), POLICY)).toBeNull()
  })
})
