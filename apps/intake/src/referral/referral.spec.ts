import * as fc from 'fast-check'
import { DEFERRAL_CODES, EXCLUSION_CODES, ROUTES_OF, type DraftEvent, type ExclusionCode, type ReferralReceivedV2, type ReferralReopenReason, type Role, type Route } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT, OFFENDER, VICTIM } from '../testing/incident-report'
import { referral, type ReferralCommand, type ReopenFacts } from './referral'

const REFERRAL = '018f0000-0000-7000-8000-000000000002'
const receive = (more: Partial<ReferralReceivedV2> = {}): ReferralCommand => ({ type: 'ReceiveReferral', meta: metaOf(), data: {
  referralId: REFERRAL, source: 'KCPD', incidentIds: [INCIDENT], subjectRef: OFFENDER, victimRef: VICTIM, subjectName: 'Sample Person One', victimName: 'Sample Person Two', ...more,
} })
const exclude = (code: ExclusionCode, reviewableUntil = '2026-10-01', route: Route | undefined = ROUTES_OF[code]?.[0], caseOpen = false, role: Role = 'intakeAnalyst'): ReferralCommand => ({
  type: 'ExcludeReferral', meta: metaOf({ name: `exclude ${code} ${String(route)}`, actor: { id: 'sample-person', role, agency: 'JCPO' } }), data: { code, reviewableUntil, ...(route ? { route } : {}), facts: { caseOpen, basis: [] } },
})
const defer = (until = '2026-10-01', caseOpen = false): ReferralCommand => ({ type: 'DeferReferral', meta: metaOf({ name: `defer ${until}` }), data: { code: 'SAFETY_HOLD', until, facts: { caseOpen, basis: [] } } })
const reopen = (reasonCode: ReferralReopenReason, facts: Partial<ReopenFacts> = {}, now = '2026-07-02T15:10:00.000Z'): ReferralCommand => ({
  type: 'ReopenReferral', meta: metaOf({ name: `reopen ${reasonCode}`, now }), data: { reasonCode, facts: { changedSince: true, aggressorDetermined: true, basis: [], ...facts } },
})
const received = given(referral).when(receive()).then({ type: 'ReferralReceived' })[0]!
const excludedAs = (code: ExclusionCode): DraftEvent => given(referral, received).when(exclude(code)).then({ type: 'ReferralExcluded' })[0]!
const excluded = excludedAs('AGGRESSOR_UNDETERMINED')
const deferred = given(referral, received).when(defer()).then({ type: 'ReferralDeferred' })[0]!

describe('a referral is received', () => {
  it('with both persons and its incidents, each incident once', () => {
    given(referral).when(receive({ incidentIds: [INCIDENT, INCIDENT] })).then({ type: 'ReferralReceived', data: { incidentIds: [INCIDENT], subjectRef: OFFENDER, victimRef: VICTIM } })
  })
  it('once', () => given(referral, received).when(receive()).nothing())
  it('about two different people', () => { given(referral).when(receive({ victimRef: OFFENDER })).refused('same_person') })
  it('with a birth date that is past', () => { given(referral).when(receive({ victimBirthDate: '2026-07-03' })).refused('birth_date_in_future') })
  it('naming an incident, unless the person came by himself or herself', () => {
    given(referral).when(receive({ incidentIds: [] })).refused('incident_missing')
    given(referral).when(receive({ incidentIds: [], source: 'SELF' })).then({ type: 'ReferralReceived' })
  })
})

describe('a referral is excluded', () => {
  it('with a code, by a person, and may be looked at again', () => {
    given(referral, received).when(exclude('SELF_DEFENSE')).then({ type: 'ReferralExcluded', data: { referralId: REFERRAL, code: 'SELF_DEFENSE', decidedBy: 'human', reviewableUntil: '2026-10-01' } })
  })
  it('once: the same code again is nothing, another corrects it', () => {
    given(referral, received, excluded).when(exclude('AGGRESSOR_UNDETERMINED')).nothing()
    const { history } = given(referral, received, excluded)
    const [corrected] = given(referral, ...history).when(exclude('SELF_DEFENSE')).then({ type: 'ReferralExcluded', corrects: history[1]!.id })
    expect(given(referral, ...history, corrected!).state).toMatchObject({ status: 'excluded', exclusion: { code: 'SELF_DEFENSE' } })
  })
  it('another day by which it may be reviewed is another decision, and corrects it; what was recorded since the first one still counts', () => {
    const { history } = given(referral, received, excluded)
    const [later] = given(referral, ...history).when(exclude('AGGRESSOR_UNDETERMINED', '2026-11-01')).then({ type: 'ReferralExcluded', corrects: history[1]!.id, data: { reviewableUntil: '2026-11-01' } })
    expect(given(referral, ...history, later!).state).toMatchObject({ status: 'excluded', exclusion: { reviewableUntil: '2026-11-01', ordinal: history[1]!.ordinal } })
    given(referral, ...history, later!).when(exclude('AGGRESSOR_UNDETERMINED', '2026-11-01')).nothing()
    given(referral, ...history).when(exclude('AGGRESSOR_UNDETERMINED', '2026-07-01')).refused('review_date_past')
    // with its route
    const sent = given(referral, received).when(exclude('VICTIM_MINOR')).then({ type: 'ReferralExcluded' }, { type: 'ReferralRouted' })
    given(referral, received, ...sent).when(exclude('VICTIM_MINOR', '2026-11-01')).then({ type: 'ReferralExcluded' }, { type: 'ReferralRouted' })
  })
  it('no day brings back a review whose day is past', () => {
    const command = exclude('AGGRESSOR_UNDETERMINED', '2027-01-01')
    expect(given(referral, received, excluded).when({ ...command, meta: { ...command.meta, now: '2026-10-02T15:00:00.000Z' } }).refused('review_over').kind).toBe('conflict')
  })
  it('only when it is there, and to a day that is not past', () => {
    given(referral).when(exclude('SELF_DEFENSE')).refused('referral_unknown')
    given(referral, received).when(exclude('SELF_DEFENSE', '2026-07-01')).refused('review_date_past')
  })
  it('by each code of the register, but those that only put off', () => {
    for (const code of EXCLUSION_CODES) {
      const when = given(referral, received).when(exclude(code))
      if ((DEFERRAL_CODES as readonly string[]).includes(code)) when.refused('defer_instead')
      else expect(when.then({ type: 'ReferralExcluded', data: { code } }, ...(ROUTES_OF[code] ? [{ type: 'ReferralRouted' }] : []))).toHaveLength(ROUTES_OF[code] ? 2 : 1)
    }
  })
  it.each(['MINOR', 'VICTIM_MINOR', 'SUBJECT_IS_LAW_ENFORCEMENT'] as const)('as %s only with a route, and the survivor\'s services go on', (code) => {
    const [route] = ROUTES_OF[code]!
    given(referral, received).when({ ...exclude(code), data: { code, reviewableUntil: '2026-10-01', facts: { caseOpen: false, basis: [] } } } as ReferralCommand).refused('route_missing')
    const [one, two] = given(referral, received).when(exclude(code)).then({ type: 'ReferralExcluded' }, { type: 'ReferralRouted', data: { route, survivorServices: 'GO_ON' } })
    expect(given(referral, received, one!, two!).state).toMatchObject({ exclusion: { code, route } })
    given(referral, received, one!, two!).when(exclude(code)).nothing()
  })
  it('never sends one who works in law enforcement to his own agency, nor others to a route that is not theirs', () => {
    given(referral, received).when(exclude('SUBJECT_IS_LAW_ENFORCEMENT', '2026-10-01', 'YOUTH_SERVICES')).refused('route_missing')
    given(referral, received).when(exclude('SELF_DEFENSE', '2026-10-01', 'OUTSIDE_AGENCY')).refused('route_not_asked')
  })
  it('although a case is open on it, by a prosecutor alone', () => {
    given(referral, received).when(exclude('SELF_DEFENSE', '2026-10-01', undefined, true)).refused('case_is_open')
    given(referral, received).when(exclude('SELF_DEFENSE', '2026-10-01', undefined, true, 'prosecutor')).then({ type: 'ReferralExcluded' })
  })
})

describe('a referral is put off', () => {
  it('until a day, without a word of why', () => {
    given(referral, received).when(defer()).then({ type: 'ReferralDeferred', data: { referralId: REFERRAL, until: '2026-10-01' } })
    expect(JSON.stringify(deferred)).not.toContain('SAFETY')
    given(referral, received, deferred).when(defer()).nothing()
    given(referral, received, deferred).when(defer('2026-11-01')).then({ type: 'ReferralDeferred' })
  })
  it('not in place of its case, nor once it is excluded, nor to a day that is past', () => {
    given(referral, received).when(defer('2026-10-01', true)).refused('case_is_open')
    given(referral, received, excluded).when(defer()).refused('referral_excluded')
    given(referral, received).when(defer('2026-07-01')).refused('review_date_past')
    given(referral).when(defer()).refused('referral_unknown')
  })
  it('and may be excluded after all', () => { given(referral, received, deferred).when(exclude('SELF_DEFENSE')).then({ type: 'ReferralExcluded' }) })
})

describe('a referral is taken up again', () => {
  it('where it was excluded or put off', () => {
    given(referral).when(reopen('REVIEW')).refused('referral_unknown')
    given(referral, received).when(reopen('REVIEW')).refused('nothing_to_reopen')
    const [again] = given(referral, received, deferred).when(reopen('GROUND_ENDED')).then({ type: 'ReferralReopened', data: { reasonCode: 'GROUND_ENDED' } })
    expect(given(referral, received, deferred, again!).state).toMatchObject({ status: 'received' })
    expect(given(referral, received, deferred).when(reopen('CORRECTION')).refused('reason_does_not_fit').text).toMatch(/by REVIEW, GROUND_ENDED, DECIDED_IN_ERROR\./)
  })
  it('by a correction only where something was recorded since; while nobody knows the aggressor, once he or she is determined', () => {
    given(referral, received, excluded).when(reopen('CORRECTION', { changedSince: false })).refused('nothing_corrected')
    given(referral, received, excluded).when(reopen('CORRECTION', { aggressorDetermined: false })).refused('aggressor_not_determined', 'I1')
    given(referral, received, excludedAs('MUTUAL_UNRESOLVED')).when(reopen('CORRECTION', { aggressorDetermined: false })).refused('aggressor_not_determined', 'I1')
    given(referral, received, excludedAs('OUT_OF_JURISDICTION')).when(reopen('CORRECTION', { aggressorDetermined: false })).then({ type: 'ReferralReopened' })
    given(referral, received, excluded).when(reopen('CORRECTION')).then({ type: 'ReferralReopened', data: { reasonCode: 'CORRECTION' } })
  })
  it('by a review through its day, and not after it', () => {
    given(referral, received, excluded).when(reopen('REVIEW', {}, '2026-10-02T04:59:00.000Z')).then({ type: 'ReferralReopened' })
    given(referral, received, excluded).when(reopen('REVIEW', {}, '2026-10-02T05:00:00.000Z')).refused('review_over')
    given(referral, received, excluded).when(reopen('DECIDED_IN_ERROR', {}, '2026-10-02T05:00:00.000Z')).then({ type: 'ReferralReopened' })
  })
  it('because a ground ended only where it is one that ends', () => {
    expect(given(referral, received, excluded).when(reopen('GROUND_ENDED')).refused('reason_does_not_fit').text).toMatch(/by REVIEW, CORRECTION, DECIDED_IN_ERROR\./)
    given(referral, received, excludedAs('INCAPACITY')).when(reopen('GROUND_ENDED')).then({ type: 'ReferralReopened' })
  })
})

aggregateProperties(referral, fc.oneof(
  fc.record({ source: fc.constantFrom('KCPD' as const, 'SELF' as const), victimRef: fc.constantFrom(VICTIM, OFFENDER) }).map(receive),
  fc.constantFrom('MINOR' as const, 'SELF_DEFENSE' as const, 'AGGRESSOR_UNDETERMINED' as const).map((code) => exclude(code)),
  fc.constantFrom('2026-10-01', '2026-11-01').map((until) => defer(until)),
  fc.constantFrom('CORRECTION' as const, 'GROUND_ENDED' as const, 'REVIEW' as const).map((reason) => reopen(reason)),
))
