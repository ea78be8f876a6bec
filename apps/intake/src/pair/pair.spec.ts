import * as fc from 'fast-check'
import type { ReviewCrossComplaint } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT, OFFENDER as ONE, STRANGER, VICTIM as OTHER } from '../testing/incident-report'
import { mayBecomeSubject, pair, type PairCommand } from './pair'

const PAIR_ID = '018f0000-0000-7000-8000-000000000003'
const LATER = '018f0000-0000-7000-8000-000000000004'
const sides = (victimRef: string, incidentId = INCIDENT): PairCommand => ({ type: 'RecordPairSides', meta: metaOf({ name: `${victimRef} ${incidentId}` }), data: { pairId: PAIR_ID, incidentId, victimRef, otherRef: victimRef === ONE ? OTHER : ONE } })
const ACCOUNTS = { prosecutor: 'sample-prosecutor', systemAdvocate: 'sample-advocate' } as const
const review = (more: Partial<ReviewCrossComplaint> = {}, role: keyof typeof ACCOUNTS = 'prosecutor', id: string = ACCOUNTS[role]): PairCommand => ({
  type: 'ReviewCrossComplaint', meta: metaOf({ name: `review ${role} ${JSON.stringify(more)}`, actor: { id, role, agency: 'JCPO' } }),
  data: { pairId: PAIR_ID, subjectRef: ONE, outcome: 'SUBJECT_MAY_BE_CONSIDERED', ...more },
})
const PROTECTED = { outcome: 'VICTIM_OF_RECORD_PROTECTED' } as const
const first = given(pair).when(sides(OTHER)).then({ type: 'PairSidesRecorded' })[0]!
const cross = given(pair).when(sides(ONE, LATER)).then({ type: 'PairSidesRecorded' })[0]!
const signed = given(pair, first, cross).when(review()).then({ type: 'CrossComplaintSigned', data: { subjectRef: ONE, part: 'PROSECUTOR', accountId: 'sample-prosecutor' } })
const both = [...signed, ...given(pair, first, cross, ...signed).when(review({}, 'systemAdvocate')).then({ type: 'CrossComplaintSigned', data: { part: 'ADVOCATE' } }, { type: 'CrossComplaintReviewed', data: { subjectRef: ONE, prosecutorId: 'sample-prosecutor', advocateId: 'sample-advocate' } })]

describe('I7: a victim of record does not become the subject before a review by two', () => {
  it('who never was a victim of the pair may, who was may not', () => {
    const { state } = given(pair, first)
    expect(mayBecomeSubject(state, ONE)).toBe(true)
    expect(mayBecomeSubject(state, OTHER)).toBe(false)
  })
  it('in either direction: with complaints from both sides, neither may', () => {
    const { state } = given(pair, first, cross)
    expect([ONE, OTHER].map((person) => mayBecomeSubject(state, person))).toEqual([false, false])
  })
  it('after the review the person whom it was about may, the other still not', () => {
    const { state } = given(pair, first, cross, ...both)
    expect([ONE, OTHER].map((person) => mayBecomeSubject(state, person))).toEqual([true, false])
  })
  it('a review that protects the victim of record lifts nothing', () => {
    const one = given(pair, first, cross).when(review(PROTECTED)).then({ type: 'CrossComplaintSigned' })
    const other = given(pair, first, cross, ...one).when(review(PROTECTED, 'systemAdvocate')).then({ type: 'CrossComplaintSigned' }, { type: 'CrossComplaintReviewed', data: PROTECTED })
    expect(mayBecomeSubject(given(pair, first, cross, ...one, ...other).state, ONE)).toBe(false)
  })
  it('a new incident with this person as victim asks for a new review', () => {
    const again = given(pair).when(sides(ONE, '018f0000-0000-7000-8000-000000000005')).then({ type: 'PairSidesRecorded' })[0]!
    const { state } = given(pair, first, cross, ...both, again)
    expect(mayBecomeSubject(state, ONE)).toBe(false)
    given(pair, first, cross, ...both, again).when(review()).then({ type: 'CrossComplaintSigned' })
  })
  it('not by one of the two alone', () => { expect(mayBecomeSubject(given(pair, first, cross, ...signed).state, ONE)).toBe(false) })
})

describe('a review of complaints in both directions', () => {
  it('is decided by each under an account of his or her own, in either order', () => {
    const advocate = given(pair, first, cross).when(review({}, 'systemAdvocate')).then({ type: 'CrossComplaintSigned', data: { part: 'ADVOCATE', accountId: 'sample-advocate' } })
    given(pair, first, cross, ...advocate).when(review()).then({ type: 'CrossComplaintSigned' }, { type: 'CrossComplaintReviewed', data: { prosecutorId: 'sample-prosecutor', advocateId: 'sample-advocate' } })
    given(pair, first).when({ ...review(), meta: metaOf({ name: 'analyst' }) }).refused('reviewer_role', 'I7')
  })
  it('needs two people', () => { given(pair, first, cross, ...signed).when(review({}, 'systemAdvocate', ACCOUNTS.prosecutor)).refused('two_reviewers_needed', 'I7') })
  it('holds once both decided the same', () => {
    const against = given(pair, first, cross, ...signed).when(review(PROTECTED, 'systemAdvocate')).then({ type: 'CrossComplaintSigned' })
    given(pair, first, cross, ...signed, ...against).when(review(PROTECTED)).then({ type: 'CrossComplaintSigned' }, { type: 'CrossComplaintReviewed', data: PROTECTED })
    given(pair, first, cross, ...signed, ...against).when(review()).nothing()
  })
  it('is void for the one who had not seen a new incident: both decide again', () => {
    const again = given(pair).when(sides(ONE, '018f0000-0000-7000-8000-000000000005')).then({ type: 'PairSidesRecorded' })[0]!
    given(pair, first, cross, ...signed, again).when(review({}, 'systemAdvocate')).then({ type: 'CrossComplaintSigned' })
  })
  it('about one person says nothing of the other', () => { given(pair, first, cross, ...signed).when(review({ subjectRef: OTHER }, 'systemAdvocate')).then({ type: 'CrossComplaintSigned', data: { subjectRef: OTHER } }) })
  it('is about one of a pair that is known', () => {
    given(pair).when(review()).refused('pair_unknown')
    given(pair, first).when(review({ subjectRef: STRANGER })).refused('person_not_of_pair')
  })
  it('the same again is nothing, until both have decided: then it is a decision anew, since reports may have come that no referral names', () => {
    given(pair, first, cross, ...signed).when(review()).nothing()
    given(pair, first, cross, ...both).when(review()).then({ type: 'CrossComplaintSigned' }, { type: 'CrossComplaintReviewed' })
  })
})

describe('sides', () => {
  it('are recorded once for each incident and side', () => {
    given(pair, first).when(sides(OTHER)).nothing()
    given(pair, first).when(sides(ONE)).then({ type: 'PairSidesRecorded', data: { victimRef: ONE, otherRef: OTHER } })
  })
})

aggregateProperties(pair, fc.oneof(
  fc.tuple(fc.constantFrom(ONE, OTHER), fc.constantFrom(INCIDENT, LATER)).map(([victim, incident]) => sides(victim, incident)),
  fc.record({ subjectRef: fc.constantFrom(ONE, OTHER), outcome: fc.constantFrom('SUBJECT_MAY_BE_CONSIDERED' as const, 'VICTIM_OF_RECORD_PROTECTED' as const) }).map((more) => review(more)),
  fc.constantFrom('SUBJECT_MAY_BE_CONSIDERED' as const, 'VICTIM_OF_RECORD_PROTECTED' as const).map((outcome) => review({ outcome }, 'systemAdvocate')),
))
