import * as fc from 'fast-check'
import type { DeclareFeedCoverage } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { feedCoverage, type Declare } from './feed-coverage'

const declare = (more: Partial<DeclareFeedCoverage> = {}): Declare => ({
  type: 'DeclareFeedCoverage', meta: metaOf({ name: JSON.stringify(more) }),
  data: { source: 'nibrs-flat-file', population: 'incidents', completeThrough: '2026-06-30', jurisdictions: ['JACKSON', 'CLAY'], ...more, coverageId: '5f1f1c1e-6f0a-4d6e-9d3e-0c8a4d1b7a12', facts: { today: '2026-07-02', lastRead: { 'nibrs-flat-file': '2026-07-01', 'kcpd-open-data': '2026-06-20', 'extract/sample-jail': '2026-07-02' } } },
})
const declared = given(feedCoverage).when(declare()).then({ type: 'FeedCoverageDeclared' })[0]!

describe('what a source covers is declared', () => {
  it('with its last whole day and its jurisdictions', () => { given(feedCoverage).when(declare()).then({ type: 'FeedCoverageDeclared', data: { completeThrough: '2026-06-30', jurisdictions: ['CLAY', 'JACKSON'] } }) })
  it('never through a day that is not over, never of nowhere', () => {
    given(feedCoverage).when(declare({ completeThrough: '2026-07-02' })).refused('complete_in_future')
    given(feedCoverage).when(declare({ completeThrough: '2026-07-03' })).refused('complete_in_future')
    given(feedCoverage).when(declare({ jurisdictions: [] })).refused('jurisdictions_missing')
  })
  it.each([['KCDP', 'kcpd-open-data'], ['sample-jail', 'extract/sample-jail'], ['nibrs', 'nibrs-flat-file'], ['NIBRS-FLAT-FILE', 'nibrs-flat-file'], ['constructor', 'extract/sample-jail']])('never of %s, of which no file was ever read: %s is suggested', (source, near) => {
    const { text } = given(feedCoverage).when(declare({ source })).refused('source_unknown')
    expect(text).toContain(`Is ${near} meant?`)
  })
  it('never through a day since which nothing of it was read', () => {
    given(feedCoverage).when(declare({ source: 'kcpd-open-data', completeThrough: '2026-06-20' })).refused('nothing_read_since')
    given(feedCoverage).when(declare({ source: 'kcpd-open-data', completeThrough: '2026-06-19' })).then({ type: 'FeedCoverageDeclared' })
  })
  it('what an earlier program let in under a wrong name can be taken back, and not repeated', () => {
    const wrong = { ...declared, data: { ...declared.data, source: 'KCDP' } }
    given(feedCoverage, wrong).when(declare({ source: 'KCDP' })).refused('source_unknown')
    given(feedCoverage, wrong).when(declare({ source: 'KCDP', completeThrough: '1900-01-01' })).then({ type: 'FeedCoverageDeclared', data: { completeThrough: '1900-01-01' } })
  })
  it('the same again is nothing; an earlier day takes the later one back', () => {
    given(feedCoverage, declared).when(declare({ jurisdictions: ['CLAY', 'JACKSON'] })).nothing()
    given(feedCoverage, declared).when(declare({ completeThrough: '2026-05-31' })).then({ type: 'FeedCoverageDeclared', data: { completeThrough: '2026-05-31' } })
  })
})

aggregateProperties(feedCoverage, fc.constantFrom('2026-05-31', '2026-06-30', '2026-07-03').map((completeThrough) => declare({ completeThrough })))
