import { handle } from '@chorus/decider'
import type { DraftEvent } from '@chorus/contracts'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { safetyReview } from '../safety-review/safety-review'
import { causeOf, voidsOf } from '../safety-review/voids'
import { detectBreach, revokeClearance } from './revoke-clearance'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const of = { notificationId: id(1), caseId: id(2) }
const happened = (type: string, data: object, revision = 0, time: Partial<DraftEvent> = {}) =>
  recorded({ type, schemaVersion: 1, data: { caseId: of.caseId, ...data }, time: NOW, timePrecision: 'instant', timeZone: 'UTC', ...time }, { stream: `circumstance-${of.caseId}`, revision }, metaOf({ name: `${type} ${revision}` }))

it.each([
  ['CustodyStatusChanged', { status: 'OUT' }, 'CUSTODY_OUT'], ['CustodyStatusChanged', { status: 'IN' }, null], ['IncidentLinkedToCase', {}, 'NEW_INCIDENT'],
  ...['ISSUED', 'SERVED', 'EXPIRED', 'TERMINATED', 'VIOLATED'].map((status) => ['ProtectionOrderStatusChanged', { status }, 'ORDER'] as const), ['SomethingNewer', {}, null],
] as const)('%s %j: %s', (type, data, cause) => { expect(causeOf(happened(type, data))).toBe(cause) })

it('the clearance is taken back with the cause, once for the event, by nobody', async () => {
  const log = new MemoryLog()
  const event = happened('CustodyStatusChanged', { status: 'OUT' })
  for (const now of [NOW, '2026-07-03T00:00:00.000Z']) await handle(log, safetyReview, id(9), revokeClearance(event, of, 'CUSTODY_OUT', now))
  expect(log.events).toMatchObject([{ type: 'SafetyClearanceRevoked', data: { ...of, cause: 'CUSTODY_OUT' }, causationId: event.id, actor: { role: 'system' } }])
  expect(detectBreach(event, { factId: id(3), basis: [] }, NOW).data).toEqual({ factId: id(3), rule: 'M1', basis: [] })
})

it('an entry voids from the first moment that its time can mean; an order ends at the beginning of its day', () => {
  const local = { timeZone: 'America/Chicago' }
  const { entries, ends } = voidsOf([
    happened('CustodyStatusChanged', { status: 'IN' }, 0), happened('CustodyStatusChanged', { status: 'OUT' }, 1, { time: '2026-07-02', timePrecision: 'day', ...local }),
    happened('ProtectionOrderStatusChanged', { status: 'SERVED', orderId: id(5), expiresOn: '2026-07-20' }, 2, { time: '2026-07-02T10:10', timePrecision: 'minute', ...local }),
    happened('ProtectionOrderStatusChanged', { status: 'SERVED', orderId: id(5), expiresOn: '2026-08-01' }, 3), happened('ProtectionOrderStatusChanged', { status: 'SERVED', orderId: id(6) }, 4),
  ])
  expect(entries.map(({ revision, from }) => [revision, from])).toEqual([[1, '2026-07-02T05:00:00.000Z'], [2, '2026-07-02T15:10:00.000Z'], [3, NOW], [4, NOW]])
  expect(ends).toEqual(['2026-08-01T05:00:00.000Z'])
})
