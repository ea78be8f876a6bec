import * as fc from 'fast-check'
import { CHARGING_DECISIONS, DISPOSITION_RESULTS, type DispositionResult, type ChargingDecision } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { toldAt } from '../circumstance/told-at'
import { charging, closesAs, type ChargingCommand, type ChargingFacts } from './charging'

const incidentId = '018f0000-0000-7000-8000-000000000001'
const facts = (more: Partial<ChargingFacts> = {}): ChargingFacts => ({ incidentKnown: true, at: toldAt('2026-07-02T09:00'), basis: [], ...more })
const decision = (one: ChargingDecision = 'FILED', more: Partial<ChargingFacts> = {}): ChargingCommand => ({ type: 'RecordChargingDecision', meta: metaOf({ name: `decision ${one}` }), data: { incidentId, decision: one, decidingAgency: 'JCPO', facts: facts(more) } })
const disposition = (results: DispositionResult[] = ['DISMISSED']): ChargingCommand => ({ type: 'RecordDisposition', meta: metaOf({ name: `disposition ${results.join()}` }), data: { incidentId, results, court: 'STATE', facts: facts() } })

it('what was decided and how it ended is recorded as precisely as it was told, the same once', () => {
  const [filed] = given(charging).when(decision()).then({ type: 'ChargingDecisionMade', time: '2026-07-02T09:00', timePrecision: 'minute', timeZone: 'America/Chicago', data: { incidentId, decision: 'FILED', decidingAgency: 'JCPO' } })
  given(charging, filed!).when(decision()).nothing()
  given(charging, filed!).when(disposition()).then({ type: 'DispositionEntered', data: { results: ['DISMISSED'] } })
})
it('is refused for an incident that nobody reported, without a time, or of a time to come', () => {
  expect(given(charging).when(decision('FILED', { incidentKnown: false })).refused('incident_unknown').kind).toBe('not-found')
  given(charging).when(decision('FILED', { at: null })).refused('time_unclear')
  given(charging).when(decision('FILED', { at: toldAt('2026-08-02') })).refused('time_to_come')
  given(charging).when(disposition([])).refused('results_missing')
})
it('a disposition closes where no charge stands, and keeps the ground', () => {
  expect([['NOLLE'], ['DISMISSED', 'ACQUITTED'], ['SIS_TERMINATED'], ['ACQUITTED']].map((results) => closesAs(results as DispositionResult[]))).toEqual(['NOLLE', 'DISMISSED', 'SIS_TERMINATED', 'ACQUITTED'])
  expect([['GUILTY'], ['SIS'], ['DISMISSED', 'GUILTY'], ['SIS', 'NOLLE'], []].map((results) => closesAs(results as DispositionResult[]))).toEqual([null, null, null, null, null])
})

aggregateProperties(charging, fc.oneof(fc.constantFrom(...CHARGING_DECISIONS).map((one) => decision(one)), fc.array(fc.constantFrom(...DISPOSITION_RESULTS), { minLength: 1, maxLength: 3 }).map(disposition)))
