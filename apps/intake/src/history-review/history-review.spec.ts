import * as fc from 'fast-check'
import type { ReviewCriminalHistory } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { historyReview, type ReviewCommand } from './history-review'

const CASE = '018f0000-0000-7000-8000-000000000006'
const counts = (ipvArrests: number) => ({ ipvArrests, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 })
const review = (more: Partial<ReviewCriminalHistory> = {}, caseStatus: 'none' | 'open' | 'closed' = 'open'): ReviewCommand => ({
  type: 'ReviewCriminalHistory', meta: metaOf({ name: JSON.stringify(more) }),
  data: { caseId: CASE, counts: counts(1), lookbackYears: 5, sources: ['KCPD_RMS', 'MUNI_COURT'], statesAsked: ['MO'], queriedAt: '2026-07-02T14:00:00.000Z', ...more, facts: { caseStatus, basis: [{ stream: `pchCase-${CASE}`, revision: 0 }] } },
})
const reviewed = given(historyReview).when(review()).then({ type: 'CriminalHistoryReviewed' })[0]!

describe('a criminal history is reviewed', () => {
  it('as counts, with who looked and where; it happened when the sources were asked', () => {
    given(historyReview).when(review()).then({
      type: 'CriminalHistoryReviewed', time: '2026-07-02T14:00:00.000Z', partitionkey: `pchCase-${CASE}`, basis: [{ stream: `pchCase-${CASE}`, revision: 0 }],
      data: { counts: counts(1), reviewerRole: 'intakeAnalyst', sources: ['KCPD_RMS', 'MUNI_COURT'], statesAsked: ['MO'] },
    })
  })
  it('never carries what the edge looked up', () => {
    const [event] = given(historyReview).when(review()).then({ type: 'CriminalHistoryReviewed' })
    expect(event!.data).not.toHaveProperty('facts')
  })
  it('of a case that is there', () => { given(historyReview).when(review({}, 'none')).refused('case_unknown') })
  it('also when the case is closed, since it happened: with the rule that it broke', () => {
    given(historyReview).when(review({}, 'closed')).then({ type: 'CriminalHistoryReviewed', breaches: ['HISTORY_NEEDS_OPEN_CASE'] })
    expect(reviewed.breaches).toBeUndefined()
  })
  it('with its sources, at a moment that is past, and never an older one after a younger', () => {
    given(historyReview).when(review({ sources: [] })).refused('sources_missing')
    given(historyReview).when(review({ queriedAt: '2026-07-02T15:10:00.001Z' })).refused('queried_in_future')
    given(historyReview, reviewed).when(review({ queriedAt: '2026-07-01T14:00:00.000Z' })).refused('review_older')
  })
  it('the same again is nothing; a younger one with other counts is a review of its own', () => {
    given(historyReview, reviewed).when(review()).nothing()
    given(historyReview, reviewed).when(review({ queriedAt: '2026-07-02T15:00:00.000Z', counts: counts(2) })).then({ type: 'CriminalHistoryReviewed', data: { counts: { ipvArrests: 2 } } })
  })
})

aggregateProperties(historyReview, fc.record({ counts: fc.nat({ max: 5 }).map(counts), queriedAt: fc.constantFrom('2026-07-01T14:00:00.000Z', '2026-07-02T14:00:00.000Z') }).map((more) => review(more)))
