import * as fc from 'fast-check'
import type { DraftEvent } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT, NEW_PAIR, OFFENDER, PAIR, report, STRANGER, VICTIM } from '../testing/incident-report'
import { aggressorOf, confirmedPairs, incident, type Confirm, type Determine, type IncidentCommand } from './incident'

const confirm = (more: Partial<Confirm['data']> = {}): Confirm =>
  ({ type: 'ConfirmRelationship', data: { incidentId: INCIDENT, newPairToken: NEW_PAIR, victimToken: VICTIM, offenderToken: OFFENDER, basis: 'DATING', method: 'INTERVIEW', ...more }, meta: metaOf({ actor: { id: 'sample-detective', role: 'detective', agency: 'KCPD' } }) })
const determine = (more: Partial<Determine['data']> = {}): Determine =>
  ({ type: 'DetermineAggressor', data: { incidentId: INCIDENT, aggressorToken: OFFENDER, dualArrest: false, basis: ['INJURY'], ...more }, meta: metaOf({ name: 'determine' }) })
const draftsOf = (command: IncidentCommand, ...events: DraftEvent[]): DraftEvent => (given(incident, ...events).when(command).decision as DraftEvent[])[0]!
const confirmed = draftsOf(confirm(), report())
const determined = draftsOf(determine(), report())
const idAt = (draft: DraftEvent, revision: number) => recorded(draft, { stream: 'incident-given', revision }, metaOf({ name: `given ${revision}` })).id
const retraction = (of: DraftEvent, at: number): DraftEvent => ({ type: 'EventRetracted', schemaVersion: 1, data: { retracts: idAt(of, at), reasonCode: 'SOURCE_DELETED' }, time: '2026-07-09', timePrecision: 'day', timeZone: 'America/Chicago' })

describe('a relationship is confirmed by a person', () => {
  it('takes pair and relationship from the report', () => {
    given(incident, report()).when(confirm()).then({ type: 'IntimatePartnerRelationshipConfirmed', data: { pairToken: PAIR, nibrsRelationship: 'BG', basis: 'DATING', confirmedByRole: 'detective', method: 'INTERVIEW' } })
  })
  it('can find what the report does not state, as a child in common', () => {
    given(incident, report({ relationship: 'AQ' })).when(confirm({ basis: 'CHILD_IN_COMMON' })).then({ type: 'IntimatePartnerRelationshipConfirmed', data: { pairToken: NEW_PAIR, nibrsRelationship: 'AQ', basis: 'CHILD_IN_COMMON' } })
  })
  it('the same again is nothing; another basis corrects the first', () => {
    given(incident, report(), confirmed).when(confirm()).nothing()
    given(incident, report(), confirmed).when(confirm({ basis: 'EX_DATING' })).then({ type: 'IntimatePartnerRelationshipConfirmed', corrects: idAt(confirmed, 1) })
  })
  it('only of an incident that is reported and stands', () => {
    expect(given(incident).when(confirm()).refused('incident_unknown').kind).toBe('not-found')
    given(incident, report(), retraction(report(), 0)).when(confirm()).refused('incident_retracted')
  })
  it('only between two different people whom the report names', () => {
    given(incident, report()).when(confirm({ victimToken: STRANGER })).refused('victim_not_in_report')
    given(incident, report()).when(confirm({ offenderToken: STRANGER })).refused('person_not_in_report')
    given(incident, report()).when(confirm({ offenderToken: VICTIM })).refused('same_person')
  })
})

describe('the primary aggressor is determined by a person', () => {
  it('names the pair once it is confirmed', () => {
    given(incident, report(), confirmed).when(determine()).then({ type: 'PrimaryAggressorDetermined', data: { aggressorToken: OFFENDER, pairToken: PAIR, determinedByRole: 'intakeAnalyst' } })
  })
  it('may be the one whom the report has as the victim', () => {
    given(incident, report()).when(determine({ aggressorToken: VICTIM, dualArrest: true })).then({ type: 'PrimaryAggressorDetermined', data: { aggressorToken: VICTIM, dualArrest: true } })
  })
  it('the same again is nothing; another person corrects the first', () => {
    given(incident, report(), determined).when(determine()).nothing()
    given(incident, report(), determined).when(determine({ aggressorToken: VICTIM })).then({ type: 'PrimaryAggressorDetermined', corrects: idAt(determined, 1) })
  })
  it('of two who harmed each other and were both arrested, it says so', () => {
    const [draft, others] = [report({ relationship: 'VO' }), report()]
    for (const one of [draft, others]) one.data.arrestees = [1, 2].map((sequence) => ({ token: `per_${`arrested${sequence}`.padEnd(22, '0')}`, sequence, armed: [], clearedOffenseCodes: [] }))
    given(incident, draft).when(determine()).refused('both_were_arrested')
    given(incident, draft).when(determine({ dualArrest: true })).then({ type: 'PrimaryAggressorDetermined', data: { dualArrest: true } })
    // of two who were arrested, the other may have been with him
    given(incident, others).when(determine()).then({ type: 'PrimaryAggressorDetermined', data: { dualArrest: false } })
    others.data.arrestees[1]!.token = VICTIM
    given(incident, others).when(determine()).refused('both_were_arrested')
  })
  it('names what it rests on, and a person of the report', () => {
    given(incident, report()).when(determine({ basis: [] })).refused('basis_missing')
    given(incident, report()).when(determine({ aggressorToken: STRANGER })).refused('person_not_in_report')
    given(incident).when(determine()).refused('incident_unknown')
  })
})

describe('what a person said stands while the report names the same people', () => {
  it('survives a correction of the report', () => {
    const { state } = given(incident, report(), confirmed, determined, report({ arrestMade: true, version: 2 }))
    expect(confirmedPairs(state)).toHaveLength(1)
    expect(aggressorOf(state)).toBe(OFFENDER)
  })
  it('does not speak of a person whom the corrected report no longer names', () => {
    const { state } = given(incident, report(), confirmed, determined, report({ offenderToken: STRANGER, version: 2 }))
    expect(confirmedPairs(state)).toEqual([])
    expect(aggressorOf(state)).toBeNull()
  })
  it('is void while the report is taken back, and stands again when it comes back', () => {
    const gone = given(incident, report(), confirmed, determined, retraction(report(), 0))
    expect(aggressorOf(gone.state)).toBeNull()
    expect(aggressorOf(given(incident, report(), confirmed, determined, retraction(report(), 0), report({ version: 3 })).state)).toBe(OFFENDER)
  })
  it('can be taken back by itself', () => {
    expect(confirmedPairs(given(incident, report(), confirmed, retraction(confirmed, 1)).state)).toEqual([])
    expect(aggressorOf(given(incident, report(), determined, retraction(determined, 1)).state)).toBeNull()
  })
})

const someone = fc.constantFrom(VICTIM, OFFENDER, STRANGER)
const commands: fc.Arbitrary<IncidentCommand> = fc.oneof(
  fc.record({ victimToken: someone, offenderToken: someone, basis: fc.constantFrom('DATING' as const, 'EX_DATING' as const) }).map(confirm),
  fc.record({ aggressorToken: someone, dualArrest: fc.boolean() }).map(determine),
)
aggregateProperties(incident, commands, { before: [recorded(report(), { stream: 'incident-given', revision: 0 }, metaOf({ name: 'import' }))] })
