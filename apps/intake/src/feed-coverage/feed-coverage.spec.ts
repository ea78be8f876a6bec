import * as fc from 'fast-check'
import type { DeclareFeedCoverage } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { feedCoverage, type Declare } from './feed-coverage'

const declare = (more: Partial<DeclareFeedCoverage> = {}): Declare => ({
  type: 'DeclareFeedCoverage', meta: metaOf({ name: JSON.stringify(more) }),
  data: { source: 'nibrs-flat-file', population: 'incidents', completeThrough: '2026-06-30', jurisdictions: ['JACKSON', 'CLAY'], ...more, coverageId: '5f1f1c1e-6f0a-4d6e-9d3e-0c8a4d1b7a12', today: '2026-07-02' },
})
const declared = given(feedCoverage).when(declare()).then({ type: 'FeedCoverageDeclared' })[0]!

describe('what a source covers is declared', () => {
  it('with its last whole day and its jurisdictions', () => { given(feedCoverage).when(declare()).then({ type: 'FeedCoverageDeclared', data: { completeThrough: '2026-06-30', jurisdictions: ['CLAY', 'JACKSON'] } }) })
  it('never through a day that is not over, never of nowhere', () => {
    given(feedCoverage).when(declare({ completeThrough: '2026-07-02' })).refused('complete_in_future')
    given(feedCoverage).when(declare({ completeThrough: '2026-07-03' })).refused('complete_in_future')
    given(feedCoverage).when(declare({ jurisdictions: [] })).refused('jurisdictions_missing')
  })
  it('the same again is nothing; an earlier day takes the later one back', () => {
    given(feedCoverage, declared).when(declare({ jurisdictions: ['CLAY', 'JACKSON'] })).nothing()
    given(feedCoverage, declared).when(declare({ completeThrough: '2026-05-31' })).then({ type: 'FeedCoverageDeclared', data: { completeThrough: '2026-05-31' } })
  })
})

aggregateProperties(feedCoverage, fc.constantFrom('2026-05-31', '2026-06-30', '2026-07-03').map((completeThrough) => declare({ completeThrough })))
