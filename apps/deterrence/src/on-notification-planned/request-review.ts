/** A notification was planned: a safety review is requested for it; where everything of the case is stopped, it is held too. Pure. */
import type { BusEvent, CommandMeta, NotificationPlannedV1 } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { earlier, isBefore, later } from '../notification-policy/clock'
import type { Rules } from '../notification-policy/notification-policy'
import { safetyIdOf } from '../notification/case-standing'
import type { RequestReview } from '../safety-review/safety-review'

type Cause = Pick<BusEvent, 'id' | 'time' | 'correlationId' | 'data'>
export const metaFor = (cause: Cause, wish: string, now: string): CommandMeta => ({
  commandId: derivedId(wish, cause.id), correlationId: cause.correlationId, causationId: cause.id, now,
  actor: { id: 'chorus:on-notification-planned', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

/** By when it is to be answered (T-SR): so long after the plan, or before it is due, but never before it was asked. */
export const reviewDueAt = (plan: Pick<NotificationPlannedV1, 'level' | 'dueAt'>, from: string, { levels }: Rules): string => {
  const { within, before } = levels[plan.level].safetyReview
  const due = within !== undefined ? later(from, within) : before !== undefined ? earlier(plan.dueAt, before) : plan.dueAt
  return isBefore(due, from) ? from : due
}

export function requestReview(event: Cause, rules: Rules, now: string): { readonly id: string; readonly command: RequestReview } {
  const plan = event.data as NotificationPlannedV1
  const { notificationId, caseId } = plan
  const data = { reviewId: derivedId('review', notificationId, '1'), notificationId, caseId, dueAt: reviewDueAt(plan, event.time, rules) }
  return { id: safetyIdOf(notificationId), command: { type: 'RequestReview', data, meta: metaFor(event, 'request-review', now) } }
}
