import * as fc from 'fast-check'
import type { ReferralReceivedV2 } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT, OFFENDER, VICTIM } from '../testing/incident-report'
import { referral, type ReferralCommand } from './referral'

const REFERRAL = '018f0000-0000-7000-8000-000000000002'
const receive = (more: Partial<ReferralReceivedV2> = {}): ReferralCommand => ({ type: 'ReceiveReferral', meta: metaOf(), data: {
  referralId: REFERRAL, source: 'KCPD', incidentIds: [INCIDENT], subjectRef: OFFENDER, victimRef: VICTIM, subjectName: 'Sample Person One', victimName: 'Sample Person Two', ...more,
} })
const exclude = (code: 'MINOR' | 'VICTIM_MINOR' | 'SELF_DEFENSE', reviewableUntil = '2026-10-01'): ReferralCommand => ({ type: 'ExcludeReferral', meta: metaOf({ name: `exclude ${code}` }), data: { code, reviewableUntil } })
const received = given(referral).when(receive()).then({ type: 'ReferralReceived' })[0]!
const excluded = given(referral, received).when(exclude('MINOR')).then({ type: 'ReferralExcluded' })[0]!

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
    given(referral, received).when(exclude('VICTIM_MINOR')).then({ type: 'ReferralExcluded', data: { referralId: REFERRAL, code: 'VICTIM_MINOR', decidedBy: 'human', reviewableUntil: '2026-10-01' } })
  })
  it('once: the same code again is nothing, another is refused', () => {
    given(referral, received, excluded).when(exclude('MINOR')).nothing()
    given(referral, received, excluded).when(exclude('SELF_DEFENSE')).refused('referral_already_excluded')
  })
  it('only when it is there, and to a day that is not past', () => {
    given(referral).when(exclude('MINOR')).refused('referral_unknown')
    given(referral, received).when(exclude('MINOR', '2026-07-01')).refused('review_date_past')
  })
})

aggregateProperties(referral, fc.oneof(
  fc.record({ source: fc.constantFrom('KCPD' as const, 'SELF' as const), victimRef: fc.constantFrom(VICTIM, OFFENDER) }).map(receive),
  fc.constantFrom('MINOR' as const, 'SELF_DEFENSE' as const).map((code) => exclude(code)),
))
