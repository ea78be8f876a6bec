import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { isOfSeveral, restrictRecord } from './restrict-record'

const incidentId = '018f0000-0000-7000-8000-000000000001'
const event = (type: string, data: object) => recorded({ type, schemaVersion: 1, data: { incidentId, ...data }, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }, { stream: `charging-${incidentId}`, revision: 0 }, metaOf({ name: type }))
const after = (type: string, data: object) => restrictRecord(event(type, data), NOW)

it('charges that are filed lift the want of one; any other decision changes nothing', () => {
  expect(after('ChargingDecisionMade', { decision: 'FILED' })).toMatchObject({ record: `incident-${incidentId}`, commands: [{ type: 'RestoreAccess', data: { grounds: ['ARREST_NOT_CHARGED'], authority: 'CHARGES_FILED' } }] })
  for (const decision of ['DECLINED', 'REFERRED_MUNICIPAL', 'RETURNED_FOR_INVESTIGATION']) expect(after('ChargingDecisionMade', { decision }).commands).toEqual([])
})
it('charges that are told of an incident in which several were arrested open nothing: they say not of whom', () => {
  expect(restrictRecord(event('ChargingDecisionMade', { decision: 'FILED' }), NOW, true).commands).toEqual([])
  const report = (...arrestees: object[]) => event('IncidentReported', { arrestees })
  const arrest = (n: number) => ({ stream: `arrest-${n}` })
  expect([isOfSeveral([report({}, {})], []), isOfSeveral([report({})], [arrest(1), arrest(2)]), isOfSeveral([report({}), report({}, {})], [])]).toEqual([true, true, true])
  const two = report({}, {})
  expect([isOfSeveral([], []), isOfSeveral([report({})], [arrest(1), arrest(1)]), isOfSeveral([report({}, {}), report({})], []), isOfSeveral([two, event('EventRetracted', { retracts: two.id })], [])]).toEqual([false, false, false, false])
})
it('a disposition without a charge that stands closes, by its own ground, and the latest counts', () => {
  expect(after('DispositionEntered', { results: ['ACQUITTED'] }).commands).toMatchObject([{ type: 'RestrictAccess', data: { ground: 'ACQUITTED', statute: 'RSMO_610_105', effectiveAt: '2026-07-02' } }, { type: 'RestoreAccess', data: { grounds: ['NOLLE', 'DISMISSED', 'SIS_TERMINATED'] } }])
  expect(after('DispositionEntered', { results: ['GUILTY', 'NOLLE'] }).commands).toMatchObject([{ type: 'RestoreAccess', data: { grounds: ['NOLLE', 'DISMISSED', 'ACQUITTED', 'SIS_TERMINATED'], authority: 'DISPOSITION_CHANGED' } }])
  expect(after('DispositionEntered', { results: ['NOLLE'] })).toEqual(after('DispositionEntered', { results: ['NOLLE'] }))
})
