import * as fc from 'fast-check'
import type { Instrument, RecordHotlineContact, ScreenAnswer } from '@chorus/contracts'
import { SCREEN_ANSWERS } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { filesBelow, findings } from '../../../../test/architecture/tree'
import { evolve as evolveRow, stateOf } from '../screens-by-hotline-due/screens-by-hotline-due'
import { INSTRUMENT } from './instruments'
import { HOTLINE_IN_TIME, hotlineDueAt, lethalityScreen, SCREEN_NEEDS_INCIDENT, type Administer, type RecordContact, type ScreenFacts } from './lethality-screen'

const SCREEN = '018f0000-0000-7000-8000-0000000000a1'
const INCIDENT = '018f2a60-0000-8000-8000-000000000001'
const [VICTIM, OFFENDER] = ['per_example03AAAAAAAAAAAAA', 'per_example04AAAAAAAAAAAAA']
const FACTS: ScreenFacts = { incident: 'known', victims: [VICTIM], persons: [VICTIM, OFFENDER], began: '2026-07-02T13:00:00.000Z', basis: [{ stream: `incident-${INCIDENT}`, revision: 0 }] }
const no = (n: number): ScreenAnswer[] => Array.from({ length: n }, () => 'NO' as const)

const administer = (more: Partial<Administer['data']> = {}): Administer => ({
  type: 'AdministerLethalityScreen', meta: metaOf({ name: JSON.stringify(more) }),
  data: { screenId: SCREEN, incidentId: INCIDENT, victimToken: VICTIM, offenderToken: OFFENDER, instrument: 'LAP', answers: ['NO', 'YES', ...no(9)], administeredAt: '2026-07-02T14:00:00.000Z', facts: FACTS, ...more },
})
const contact = (more: Partial<RecordHotlineContact> = {}, withinMinutes: number | null = 60): RecordContact => ({
  type: 'RecordHotlineContact', meta: metaOf({ name: `call ${JSON.stringify(more)}` }),
  data: { calledAt: '2026-07-02T14:08:00.000Z', programId: 'sample-hotline', victimSpoke: false, ...more, facts: { policyVersion: 'kc-ipvi-levels@1.1.0', basis: [], ...(withinMinutes === null ? {} : { withinMinutes }) } },
})
const taken = given(lethalityScreen).when(administer()).then({ type: 'LethalityScreenAdministered' })[0]!

describe('a lethality screen is taken', () => {
  it('with its raw answers, its instrument and what the algorithm made of them', () => {
    given(lethalityScreen).when(administer()).then({
      type: 'LethalityScreenAdministered', time: '2026-07-02T14:00:00.000Z', basis: FACTS.basis,
      data: { answers: ['NO', 'YES', ...no(9)], instrument: 'LAP', instrumentVersion: 'maryland-11', outcome: 'SCREENED_IN_Q1_3', algorithmVersion: 'lap@1', officerBelief: false },
    })
  })
  it('never carries what the edge looked up', () => { expect(taken.data).not.toHaveProperty('facts') })
  it('of an incident that is there; of one that was taken back as well, with the rule that it broke', () => {
    given(lethalityScreen).when(administer({ facts: { ...FACTS, incident: 'none' } })).refused('incident_unknown')
    given(lethalityScreen).when(administer({ facts: { ...FACTS, incident: 'retracted', victims: [], persons: [] } })).then({ type: 'LethalityScreenAdministered', breaches: [SCREEN_NEEDS_INCIDENT] })
  })
  it('with one answer for each question, of people of the report, at a moment that is past', () => {
    given(lethalityScreen).when(administer({ answers: no(10) })).refused('answers_incomplete')
    given(lethalityScreen).when(administer({ instrument: 'ODARA', answers: no(11) })).refused('answers_incomplete')
    given(lethalityScreen).when(administer({ instrument: 'ODARA', answers: no(13), officerBelief: true })).refused('no_judgement_here')
    given(lethalityScreen).when(administer({ victimToken: OFFENDER, offenderToken: VICTIM })).refused('victim_not_in_report')
    given(lethalityScreen).when(administer({ offenderToken: 'per_example09AAAAAAAAAAAAA' })).refused('person_not_in_report')
    given(lethalityScreen).when(administer({ offenderToken: VICTIM })).refused('same_person')
    given(lethalityScreen).when(administer({ administeredAt: '2026-07-02T15:10:00.001Z' })).refused('administered_in_future')
    given(lethalityScreen).when(administer({ administeredAt: '2026-07-02T12:59:59.999Z' })).refused('administered_before_incident')
    given(lethalityScreen).when(administer({ administeredAt: '2026-07-02T12:59:59.999Z', facts: { ...FACTS, began: null } })).then({ type: 'LethalityScreenAdministered' })
  })
  it('once: nothing is ever scored over', () => { given(lethalityScreen, taken).when(administer({ answers: no(11) })).nothing() })
})

describe('the hotline is called', () => {
  it('in time, or late with the rule it broke; where the policy sets no time, nothing is late', () => {
    const [called] = given(lethalityScreen, taken).when(contact({ calledAt: '2026-07-02T15:00:00.000Z' })).then({ type: 'AdvocateHotlineContactRecorded', policyVersion: 'kc-ipvi-levels@1.1.0' })
    expect(called!.breaches).toBeUndefined()
    given(lethalityScreen, taken).when(contact({ calledAt: '2026-07-02T15:00:00.001Z' })).then({ type: 'AdvocateHotlineContactRecorded', breaches: [HOTLINE_IN_TIME] })
    expect(given(lethalityScreen, taken).when(contact({ calledAt: '2026-07-02T15:09:00.000Z' }, null)).then({ type: 'AdvocateHotlineContactRecorded' })[0]!.breaches).toBeUndefined()
  })
  it('after a screen that calls for none, without a clock', () => {
    const calm = given(lethalityScreen).when(administer({ answers: no(11) })).then({ type: 'LethalityScreenAdministered', data: { outcome: 'NOT_SCREENED_IN' } })[0]!
    expect(given(lethalityScreen, calm).when(contact({ calledAt: '2026-07-02T15:09:00.000Z' })).then({ type: 'AdvocateHotlineContactRecorded' })[0]!.breaches).toBeUndefined()
    expect(hotlineDueAt({ outcome: 'HIGH', administeredAt: '2026-07-02T14:00:00.000Z' }, 60)).toBeUndefined()
  })
  it('after the screen, once, at a moment that is past', () => {
    const called = given(lethalityScreen, taken).when(contact()).then({ type: 'AdvocateHotlineContactRecorded' })[0]!
    given(lethalityScreen, taken, called).when(contact()).nothing()
    for (const other of [{ victimSpoke: true }, { durationMinutes: 9 }]) given(lethalityScreen, taken, called).when(contact(other)).refused('contact_recorded')
    given(lethalityScreen).when(contact()).refused('screen_unknown')
    given(lethalityScreen, taken).when(contact({ calledAt: '2026-07-02T13:59:59.000Z' })).refused('called_before_screen')
    given(lethalityScreen, taken).when(contact({ calledAt: '2026-07-02T15:10:00.001Z' })).refused('called_in_future')
  })
  it('the list says which screens still wait for it', () => {
    const { history } = given(lethalityScreen, taken, given(lethalityScreen, taken).when(contact()).then({ type: 'AdvocateHotlineContactRecorded' })[0]!)
    const [waits, done] = [history.slice(0, 1), history].map((events) => events.reduce<ReturnType<typeof evolveRow>>((row, event) => evolveRow(row, event), undefined)!)
    expect([stateOf(waits!), stateOf(done!), stateOf({ outcome: 'NOT_SCREENED_IN', calledAt: null })]).toEqual(['to-call', 'called', 'no-call'])
    expect(done).not.toHaveProperty('answers')
    // the source corrects its form: the call was made all the same
    const corrected = [...history, { ...history[0]!, id: 'corrected' }].reduce<ReturnType<typeof evolveRow>>((row, event) => evolveRow(row, event), undefined)!
    expect(corrected).toMatchObject({ calledAt: done!.calledAt, victimSpoke: false })
  })
})

it('a screen sets no level, and nobody who notifies or helps the person who causes harm reads one', () => {
  const code = filesBelow('apps/deterrence', 'apps/services', 'apps/finance', 'apps/intake/src/pch-case', 'apps/intake/src/policy', 'apps/intake/src/eligibility').filter((path) => path.endsWith('.ts'))
  expect(code.length).toBeGreaterThan(30)
  expect(findings(code, /LethalityScreen(?!s\b)|lethalityScreen(?!s\b)|lethality-screen/, 'a score never sets a level, and never reaches the services for the person who causes harm')).toEqual([])
})

const arbitrary = fc.tuple(fc.constantFrom<Instrument>('LAP', 'DA_LE', 'ODARA'), fc.array(fc.constantFrom(...SCREEN_ANSWERS), { minLength: 13, maxLength: 13 }), fc.boolean())
  .map(([instrument, answers, belief]) => administer({ instrument, answers: answers.slice(0, INSTRUMENT[instrument].items), ...(INSTRUMENT[instrument].judgement ? { officerBelief: belief } : {}) }))
aggregateProperties(lethalityScreen, fc.oneof(arbitrary, fc.constantFrom('2026-07-02T14:08:00.000Z', '2026-07-02T15:02:00.000Z').map((calledAt) => contact({ calledAt }))))
