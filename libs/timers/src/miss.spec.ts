import * as fc from 'fast-check'
import type { DraftEvent } from '@chorus/contracts'
import { given, metaOf, NOW } from '../../decider/src/testing/given'
import { aggregateProperties } from '../../decider/src/testing/properties'
import { missedIn, type MissDeadline } from './miss'

const referral = missedIn('referral', ['ReferralReceived'])
const minutes = (n: number): string => new Date(Date.parse(NOW) + n * 60_000).toISOString()
const received: DraftEvent = { type: 'ReferralReceived', schemaVersion: 2, data: {}, time: NOW, timePrecision: 'instant', timeZone: 'UTC', partitionkey: 'pchCase-x' }
const miss = (due = 60, now = 61): MissDeadline => ({ type: 'MissDeadline', meta: metaOf({ name: `${due} ${now}`, now: minutes(now) }), data: { timer: 'T-REF', owner: 'intakeAnalyst', dueAt: minutes(due) } })

it('a missed deadline is recorded after its minute, once for each due date, with the key of its stream', () => {
  given(referral, received).when(miss(60, 60)).nothing()
  const [missed] = given(referral, received).when(miss()).then({ type: 'DeadlineMissed', data: { timer: 'T-REF', owner: 'intakeAnalyst', dueAt: minutes(60) }, partitionkey: 'pchCase-x' })
  given(referral, received, missed!).when(miss(60, 90)).nothing()
  given(referral, received, missed!).when(miss(70, 90)).then({ type: 'DeadlineMissed', data: { dueAt: minutes(70) } })
})
it('nothing is recorded on a stream that is not there', () => { given(referral).when(miss()).nothing() })

aggregateProperties(referral, fc.constantFrom(30, 60, 90).map((due): MissDeadline => miss(due, 80)))
