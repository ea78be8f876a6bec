import * as fc from 'fast-check'
import type { CustodyStatus, DraftEvent, OrderStatus } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT, OFFENDER } from '../testing/incident-report'
import { circumstance, type CircumstanceCommand, type TellCustody, type TellOrder } from './circumstance'
import { toldAt } from './told-at'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const CASE = id(6)
const facts = (at: string) => ({ subjectRef: OFFENDER, at: toldAt(at), basis: [{ stream: `pchCase-${CASE}`, revision: 0 }] })
const custody = (status: CustodyStatus, at: string, hold = 1): TellCustody => ({
  type: 'RecordCustodyStatus', meta: metaOf({ name: `${status} ${at} ${hold}` }), data: { caseId: CASE, status, holdId: id(hold), facility: 'sample-jail', jurisdiction: 'JACKSON', reason: status === 'IN' ? 'ARREST' : 'RELEASE_24H', facts: facts(at) },
})
const order = (status: OrderStatus, at = '2026-07-01', more: Partial<TellOrder['data']> = {}): TellOrder => ({
  type: 'RecordProtectionOrderStatus', meta: metaOf({ name: `${status} ${at} ${JSON.stringify(more)}` }), data: { caseId: CASE, orderId: id(50), jurisdiction: 'JACKSON', orderType: 'FULL', status, respondent: 'SUBJECT', mutual: false, facts: facts(at), ...more },
})
const link = (incidentId = INCIDENT): CircumstanceCommand => ({ type: 'LinkIncident', meta: metaOf({ name: `link ${incidentId}` }), data: { caseId: CASE, incidentId, side: 'REFERRED', basis: [] } })
const event = (command: CircumstanceCommand, ...before: DraftEvent[]): DraftEvent => given(circumstance, ...before).when(command).then({ type: { RecordCustodyStatus: 'CustodyStatusChanged', RecordProtectionOrderStatus: 'ProtectionOrderStatusChanged', LinkIncident: 'IncidentLinkedToCase' }[command.type] })[0]!

describe('custody', () => {
  it('is recorded as precisely as it was told, in the order of the case', () => {
    given(circumstance).when(custody('OUT', '2026-07-02T09:40')).then({
      type: 'CustodyStatusChanged', time: '2026-07-02T09:40', timePrecision: 'minute', timeZone: 'America/Chicago', partitionkey: `pchCase-${CASE}`, basis: [{ stream: `pchCase-${CASE}`, revision: 0 }],
      data: { caseId: CASE, subjectRef: OFFENDER, status: 'OUT', holdId: id(1), facility: 'sample-jail', jurisdiction: 'JACKSON', reason: 'RELEASE_24H' },
    })
    given(circumstance).when(custody('IN', '2026-07-02')).then({ type: 'CustodyStatusChanged', timePrecision: 'day' })
    given(circumstance).when(custody('IN', '2026-07-02T14:00:00.000Z')).then({ type: 'CustodyStatusChanged', timePrecision: 'instant', timeZone: 'UTC' })
  })
  it('E2: takes turns within a hold, told in any order; where it does not, the entry says so', () => {
    const [arrested, released] = [event(custody('IN', '2026-06-30T20:00')), event(custody('OUT', '2026-07-01T09:40'))]
    given(circumstance, arrested).when(custody('OUT', '2026-07-01T09:40')).then({ type: 'CustodyStatusChanged' })
    expect(event(custody('OUT', '2026-07-01T09:40'), arrested).breaches).toBeUndefined()
    expect(event(custody('IN', '2026-06-30T20:00'), released).breaches).toBeUndefined()
    expect(event(custody('OUT', '2026-07-02'), arrested, released).breaches).toEqual(['E2'])
    expect(event(custody('OUT', '2026-07-02', 2), arrested, released).breaches).toBeUndefined()
    // 00:30 in UTC is 19:30 of the day before there: before the arrest, so in and out take turns
    expect(event(custody('OUT', '2026-07-01T00:30:00.000Z'), arrested, released).breaches).toBeUndefined()
    expect(given(circumstance, released, arrested).state.holds[id(1)]!.entries.map(({ status }) => status)).toEqual(['IN', 'OUT'])
  })
  it('the same again is nothing', () => given(circumstance, event(custody('OUT', '2026-07-02'))).when(custody('OUT', '2026-07-02')).nothing())
  it('does not lie in the future, and is told as a day at least', () => {
    given(circumstance).when(custody('OUT', '2026-07-02T10:11')).refused('time_to_come')
    given(circumstance).when(custody('OUT', '2026-07')).refused('time_unclear')
    given(circumstance).when(custody('OUT', '2026-03-08T02:30')).refused('time_unclear')
  })
})

describe('orders of protection', () => {
  it('say against whom they stand, whether they bind both, and when they end', () => {
    given(circumstance).when(order('SERVED', '2026-07-01', { respondent: 'PARTNER', mutual: true, expiresOn: '2026-07-20' })).then({
      type: 'ProtectionOrderStatusChanged', time: '2026-07-01', timePrecision: 'day', data: { caseId: CASE, orderId: id(50), status: 'SERVED', respondent: 'PARTNER', mutual: true, expiresOn: '2026-07-20' },
    })
  })
  it('the same again is nothing; another end of the same order is told', () => {
    const served = event(order('SERVED'))
    given(circumstance, served).when(order('SERVED')).nothing()
    given(circumstance, served).when(order('SERVED', '2026-07-01', { expiresOn: '2026-08-01' })).then({ type: 'ProtectionOrderStatusChanged' })
    given(circumstance, served).when(order('EXPIRED', '2026-07-02')).then({ type: 'ProtectionOrderStatusChanged' })
    given(circumstance, served).when(order('EXPIRED', '2026-07-03')).refused('time_to_come')
    given(circumstance, served).when(order('EXPIRED', 'yesterday')).refused('time_unclear')
  })
})

it('a further incident is linked once', () => {
  given(circumstance).when(link()).then({ type: 'IncidentLinkedToCase', data: { caseId: CASE, incidentId: INCIDENT, side: 'REFERRED' } })
  given(circumstance, event(link())).when(link()).nothing()
})

aggregateProperties(circumstance, fc.oneof(
  fc.tuple(fc.constantFrom<CustodyStatus>('IN', 'OUT'), fc.constantFrom('2026-06-30', '2026-07-01T09:40', '2026-07-02T14:00:00.000Z'), fc.constantFrom(1, 2)).map(([status, at, hold]): CircumstanceCommand => custody(status, at, hold)),
  fc.constantFrom<OrderStatus>('ISSUED', 'SERVED', 'EXPIRED').map((status): CircumstanceCommand => order(status)),
  fc.constantFrom(INCIDENT, id(7)).map(link),
))
