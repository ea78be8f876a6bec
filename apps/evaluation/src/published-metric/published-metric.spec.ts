import * as fc from 'fast-check'
import type { MetricPublishedV1 } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { DEFINITION_HASH, erasedBy, ProgramCounts } from './program-counts'
import { publishedMetric, type Publish } from './published-metric'

const metric = (through = 7): MetricPublishedV1 => ({ metricId: 'program-counts', definitionVersion: 1, definitionHash: DEFINITION_HASH, asOfRecorded: '2026-07-02T15:10:00.000Z', through, logDigest: 'a'.repeat(64), erasures: 0, figures: [{ name: 'incidents', value: 12 }], figuresDigest: 'b'.repeat(64) })
const publish = (through = 7): Publish => ({ type: 'PublishMetric', meta: metaOf({ name: `publish ${through}` }), data: metric(through) })

it('a publication is recorded as it was computed, and never again in its place', () => {
  const [published] = given(publishedMetric).when(publish()).then({ type: 'MetricPublished', data: metric() })
  given(publishedMetric, published!).when(publish(9)).nothing()
})

describe('program-counts', () => {
  const counted = (): ProgramCounts => {
    const counts = new ProgramCounts()
    for (let n = 0; n < 12; n++) {
      counts.fold({ id: `i${n}`, type: 'IncidentReported', stream: `incident-${n}`, data: {} })
      counts.fold({ id: `r${n}`, type: 'ReferralReceived', stream: `referral-${n}`, data: { subjectRef: `per_${n}` } })
      counts.fold({ id: `c${n}`, type: 'CaseOpened', stream: `pchCase-${n}`, data: { caseId: `${n}`, subjectRef: `per_${n}` } })
      counts.fold({ id: `l${n}`, type: 'LevelAssigned', stream: `pchCase-${n}`, data: { caseId: `${n}`, level: n === 0 ? 'A' : 'D' } })
    }
    return counts
  }
  const values = (counts: ProgramCounts, ...erased: string[]) => Object.fromEntries(counts.figures(new Set(erased)).map(({ name, value }) => [name, value]))

  it('counts, and leaves out so few that they could be somebody, and what would tell how few', () => {
    expect(values(counted())).toEqual({ 'incidents': 12, 'referrals': 12, 'cases': 12, 'levelled.D': undefined, 'levelled.C': 0, 'levelled.B': 0, 'levelled.A': undefined })
  })
  it.each([
    [{ D: 40, C: 20, B: 12, A: 3 }, ['B', 'A']],
    [{ D: 40, C: 20, B: 2, A: 3 }, ['C', 'B', 'A']],
    [{ D: 40, C: 20, B: 6, A: 7 }, ['B', 'A']],
    [{ D: 40, C: 20, B: 12, A: 0 }, []],
    [{ D: 3, C: 0, B: 0, A: 0 }, ['D']],
  ])('of the levels %j withholds %j', (levels, expected) => {
    const counts = new ProgramCounts()
    for (const [level, n] of Object.entries(levels)) {
      for (let i = 0; i < n; i++) for (const type of ['CaseOpened', 'LevelAssigned']) counts.fold({ id: `${type}${level}${i}`, type, stream: `pchCase-${level}${i}`, data: { caseId: `${level}${i}`, subjectRef: `per_${level}${i}`, level } })
    }
    expect(counts.figures(new Set()).flatMap(({ name, value }) => name.startsWith('levelled.') && value === undefined ? [name.slice(9)] : [])).toEqual(expected)
  })
  it('leaves out what its source took back, and what was destroyed by order, whenever it was recorded', () => {
    const counts = counted()
    counts.fold({ id: 'x', type: 'EventRetracted', stream: 'incident-3', data: { retracts: 'i3' } })
    counts.fold({ id: 'y', type: 'EventRetracted', stream: 'incident-4', data: { retracts: 'somebody\'s confirmation' } })
    expect(values(counts)).toMatchObject({ incidents: 11 })
    expect(values(counted(), 'incident-5', 'per_5')).toMatchObject({ 'incidents': 11, 'referrals': 11, 'cases': 11, 'levelled.D': undefined })
    expect(erasedBy({ type: 'SubjectKeyDestroyed', data: { personRef: 'per_5', keyId: 'k' } })).toEqual(['per_5'])
  })
})

aggregateProperties(publishedMetric, fc.constantFrom(7, 8).map(publish))
