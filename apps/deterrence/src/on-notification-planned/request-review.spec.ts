import { handle } from '@chorus/decider'
import type { DraftEvent } from '@chorus/contracts'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { shippedPolicy } from '../notification-policy/policy-in-force'
import { safetyIdOf } from '../notification/case-standing'
import { safetyReview } from '../safety-review/safety-review'
import { requestReview, reviewDueAt } from './request-review'

const { policy: rules } = shippedPolicy()
const ID = '018f0000-0000-7000-8000-000000000001'
const draft: DraftEvent = { type: 'NotificationPlanned', schemaVersion: 1, data: { notificationId: ID, caseId: '018f0000-0000-7000-8000-000000000006', level: 'C', dueAt: '2026-07-04T15:10:00.000Z' }, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }
const planned = recorded(draft, { stream: `notification-${ID}`, revision: 0 }, metaOf({ name: 'plan' }))

it('a plan asks for one review, in the safety context, however often it is told', async () => {
  const log = new MemoryLog()
  for (const now of [NOW, '2026-07-05T00:00:00.000Z']) { const { id, command } = requestReview(planned, rules, now); await handle(log, safetyReview, id, command) }
  expect(log.events).toMatchObject([{ type: 'SafetyReviewRequested', stream: `safetyReview-${safetyIdOf(ID)}`, causationId: planned.id, data: { notificationId: ID, dueAt: '2026-07-03T03:10:00.000Z' } }])
  expect(log.events[0]!.stream).not.toContain(ID)
})
it('T-SR: by level; for B before it is due, but never before it was asked', () => {
  const due = (level: 'D' | 'B' | 'A', dueAt: string): string => reviewDueAt({ level, dueAt }, NOW, rules)
  expect(due('D', '2026-07-04T15:10:00.000Z')).toBe('2026-07-03T15:10:00.000Z')
  expect(due('B', '2026-07-16T15:10:00.000Z')).toBe('2026-07-11T15:10:00.000Z')
  expect(due('B', '2026-07-03T15:10:00.000Z')).toBe(NOW)
  expect(due('A', '2026-07-03T15:10:00.000Z')).toBe('2026-07-03T03:10:00.000Z')
})
