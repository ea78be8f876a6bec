import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { recorded } from '../../../../libs/decider/src/testing/memory-log'
import { isOfSeveral } from './of-several'
import { restrictRecord } from './restrict-record'

const incidentId = '018f0000-0000-7000-8000-000000000001'
const event = (type: string, data: object) => recorded({ type, schemaVersion: 1, data: { incidentId, ...data }, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }, { stream: `charging-${incidentId}`, revision: 0 }, metaOf({ name: type }))
const after = (type: string, data: object) => restrictRecord(event(type, data), NOW)

it('charges that are filed lift the want of one; any other decision changes nothing', () => {
  expect(after('ChargingDecisionMade', { decision: 'FILED' })).toMatchObject({ record: `incident-${incidentId}`, commands: [{ type: 'RestoreAccess', data: { grounds: ['ARREST_NOT_CHARGED'], authority: 'CHARGES_FILED' } }] })
  for (const decision of ['DECLINED', 'REFERRED_MUNICIPAL', 'RETURNED_FOR_INVESTIGATION']) expect(after('ChargingDecisionMade', { decision }).commands).toEqual([])
})
it('charges that are told of an incident in which several were arrested open nothing: they say not of whom', () => {
  expect(restrictRecord(event('ChargingDecisionMade', { decision: 'FILED' }), NOW, [], true).commands).toEqual([])
  const report = (...tokens: string[]) => event('IncidentReported', { arrestees: tokens.map((token) => ({ token })) })
  const arrest = (token: string, partitionkey = 'arrest-1') => ({ data: { token }, partitionkey })
  expect([isOfSeveral([report('x', 'y')], []), isOfSeveral([report('x')], [arrest('x'), arrest('y')]), isOfSeveral([report('x'), report('x', 'y')], []), isOfSeveral([], [arrest('x', 'pchCase-1'), arrest('y')]), isOfSeveral([], [arrest('x', 'pchCase-1'), arrest('y', 'pchCase-2')])]).toEqual([true, true, true, true, true])
  const two = report('x', 'y')
  expect([isOfSeveral([], []), isOfSeveral([report('x', 'y'), report('x')], []), isOfSeveral([two, event('EventRetracted', { retracts: two.id })], [])]).toEqual([false, false, false])
})
it('one person who was booked under two numbers is one: by the token of the source, or by the case of which both were told', () => {
  const arrest = (token: string, partitionkey: string) => ({ data: { token }, partitionkey })
  expect([isOfSeveral([], [arrest('x', 'arrest-1'), arrest('x', 'arrest-2')]), isOfSeveral([], [arrest('x', 'arrest-1'), arrest('x', 'pchCase-1')]), isOfSeveral([], [arrest('x', 'pchCase-1'), arrest('y', 'pchCase-1')])]).toEqual([false, false, false])
})
it('a disposition without a charge that stands closes, by its own ground, and the latest counts', () => {
  expect(after('DispositionEntered', { results: ['ACQUITTED'] }).commands).toMatchObject([{ type: 'RestrictAccess', data: { ground: 'ACQUITTED', statute: 'RSMO_610_105', effectiveAt: '2026-07-02' } }, { type: 'RestoreAccess', data: { grounds: ['NOLLE', 'DISMISSED', 'SIS_TERMINATED'] } }])
  expect(after('DispositionEntered', { results: ['GUILTY', 'NOLLE'] }).commands).toMatchObject([{ type: 'RestoreAccess', data: { grounds: ['NOLLE', 'DISMISSED', 'ACQUITTED', 'SIS_TERMINATED'], authority: 'DISPOSITION_CHANGED' } }])
  expect(after('DispositionEntered', { results: ['NOLLE'] })).toEqual(after('DispositionEntered', { results: ['NOLLE'] }))
})

describe('charges that are filed anew', () => {
  const at = (type: string, data: object, time: string, revision: number) => recorded({ type, schemaVersion: 1, data: { incidentId, ...data }, time, timePrecision: 'day', timeZone: time.endsWith('Z') ? 'UTC' : 'America/Chicago' }, { stream: `charging-${incidentId}`, revision }, metaOf({ name: `${type} ${time} ${revision}` }))
  const filed = (time: string, revision: number, decision = 'FILED') => at('ChargingDecisionMade', { decision }, time, revision)
  const disposed = (result: string, time: string, revision: number) => at('DispositionEntered', { results: [result] }, time, revision)
  const groundsOf = (...told: ReturnType<typeof at>[]) => restrictRecord(told.at(-1)!, NOW, told).commands.map(({ type, data }) => [type, 'ground' in data ? data.ground : data.grounds])
  const [FIRST, LATER, HOURS] = ['2026-07-10', '2026-07-18', '2026-07-10T15:00:00.000Z']

  it.each(['NOLLE', 'DISMISSED'])('lift what ended the first ones (%s), decided later, or told later on the same day', (result) => {
    for (const again of [FIRST, LATER]) expect(groundsOf(filed('2026-07-03', 0), disposed(result, FIRST, 1), filed(again, 2))).toEqual([['RestoreAccess', ['ARREST_NOT_CHARGED', 'NOLLE', 'DISMISSED']]])
    expect(groundsOf(disposed(result, '2026-07-10T14:00:00.000Z', 0), filed(HOURS, 1))).toEqual([['RestoreAccess', ['ARREST_NOT_CHARGED', 'NOLLE', 'DISMISSED']]])
  })
  it('not those from before the disposition that are told late', () => {
    for (const again of ['2026-07-09', '2026-07-10T04:00:00.000Z']) expect(groundsOf(disposed('NOLLE', FIRST, 0), filed(again, 1))).toEqual([['RestoreAccess', ['ARREST_NOT_CHARGED']]])
    expect(groundsOf(disposed('NOLLE', '2026-07-10T16:00:00.000Z', 0), filed(HOURS, 1))).toEqual([['RestoreAccess', ['ARREST_NOT_CHARGED']]])
    expect(groundsOf(disposed('NOLLE', FIRST, 0), filed(LATER, 1, 'DECLINED'))).toEqual([])
  })
  it('nor an acquittal, nor a court\'s order', () => {
    expect(groundsOf(disposed('ACQUITTED', FIRST, 0), filed(LATER, 1))).toEqual([['RestoreAccess', ['ARREST_NOT_CHARGED', 'NOLLE', 'DISMISSED']]])
    for (const told of [[disposed('NOLLE', FIRST, 0), filed(LATER, 1)], [filed(LATER, 0), disposed('NOLLE', FIRST, 1)]]) expect(JSON.stringify(groundsOf(...told))).not.toContain('COURT_ORDER')
  })
  it('a disposition of the first ones that is told after them closes nothing; one of theirs does', () => {
    expect(groundsOf(filed('2026-07-03', 0), filed(LATER, 1), disposed('NOLLE', FIRST, 2))).toEqual([['RestoreAccess', ['NOLLE', 'DISMISSED', 'ACQUITTED', 'SIS_TERMINATED']]])
    for (const day of [LATER, '2026-07-25']) expect(groundsOf(filed('2026-07-03', 0), filed(LATER, 1), disposed('NOLLE', day, 2))[0]).toEqual(['RestrictAccess', 'NOLLE'])
    expect(restrictRecord(disposed('NOLLE', FIRST, 1), NOW, [filed(LATER, 0)], true).commands[0]).toMatchObject({ type: 'RestrictAccess' })
  })
})
