import * as fc from 'fast-check'
import type { ReviewCrossComplaint } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT, OFFENDER as ONE, STRANGER, VICTIM as OTHER } from '../testing/incident-report'
import { mayBecomeSubject, pair, type PairCommand } from './pair'

const PAIR_ID = '018f0000-0000-7000-8000-000000000003'
const LATER = '018f0000-0000-7000-8000-000000000004'
const sides = (victimRef: string, incidentId = INCIDENT): PairCommand => ({ type: 'RecordPairSides', meta: metaOf({ name: `${victimRef} ${incidentId}` }), data: { pairId: PAIR_ID, incidentId, victimRef, otherRef: victimRef === ONE ? OTHER : ONE } })
const review = (more: Partial<ReviewCrossComplaint> = {}, role: 'prosecutor' | 'systemAdvocate' = 'prosecutor'): PairCommand => ({
  type: 'ReviewCrossComplaint', meta: metaOf({ name: 'review', actor: { id: role === 'prosecutor' ? 'sample-prosecutor' : 'sample-advocate', role, agency: 'JCPO' } }),
  data: { pairId: PAIR_ID, subjectRef: ONE, outcome: 'SUBJECT_MAY_BE_CONSIDERED', prosecutorId: 'sample-prosecutor', advocateId: 'sample-advocate', ...more },
})
const first = given(pair).when(sides(OTHER)).then({ type: 'PairSidesRecorded' })[0]!
const cross = given(pair).when(sides(ONE, LATER)).then({ type: 'PairSidesRecorded' })[0]!
const reviewed = given(pair, first, cross).when(review()).then({ type: 'CrossComplaintReviewed', data: { subjectRef: ONE } })[0]!

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
    const { state } = given(pair, first, cross, reviewed)
    expect([ONE, OTHER].map((person) => mayBecomeSubject(state, person))).toEqual([true, false])
  })
  it('a review that protects the victim of record lifts nothing', () => {
    const protecting = given(pair, first, cross).when(review({ outcome: 'VICTIM_OF_RECORD_PROTECTED' })).then({ type: 'CrossComplaintReviewed' })[0]!
    expect(mayBecomeSubject(given(pair, first, cross, protecting).state, ONE)).toBe(false)
  })
  it('a new incident with this person as victim asks for a new review', () => {
    const again = given(pair).when(sides(ONE, '018f0000-0000-7000-8000-000000000005')).then({ type: 'PairSidesRecorded' })[0]!
    const { state } = given(pair, first, cross, reviewed, again)
    expect(mayBecomeSubject(state, ONE)).toBe(false)
    given(pair, first, cross, reviewed, again).when(review()).then({ type: 'CrossComplaintReviewed' })
  })
})

describe('a review of complaints in both directions', () => {
  it('is signed by one of its two reviewers', () => {
    given(pair, first).when(review({ prosecutorId: 'somebody-else' })).refused('reviewer_must_sign', 'I7')
    given(pair, first).when(review({}, 'systemAdvocate')).then({ type: 'CrossComplaintReviewed' })
  })
  it('needs two people', () => { given(pair, first).when(review({ advocateId: 'sample-prosecutor' })).refused('two_reviewers_needed', 'I7') })
  it('is about one of a pair that is known', () => {
    given(pair).when(review()).refused('pair_unknown')
    given(pair, first).when(review({ subjectRef: STRANGER })).refused('person_not_of_pair')
  })
  it('the same again is nothing', () => given(pair, first, cross, reviewed).when(review()).nothing())
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
))
