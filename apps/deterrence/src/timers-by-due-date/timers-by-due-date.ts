/** T-WARN: a partner is to be warned by the moment that stands on the task. T-D, T-C1, T-C2, T-B, T-A: he is to be told by the moment that stands on the plan. Pure. */
import type { NotificationPlannedV1, PolicyActivatedV1, TimerName, TimerOwner, WarningTaskOpenedV1 } from '@chorus/contracts'
import { NOTIFICATIONS_POLICY, readPolicy } from '@chorus/policy'
import { earlier, later } from '../notification-policy/clock'
import type { Rules } from '../notification-policy/notification-policy'

interface Happened { readonly type: string; readonly data: object; readonly time: string }
/** What an event does to the timers of its stream: 'end', the one that starts, or nothing. */
export type Step = readonly { readonly timer: TimerName; readonly owner: TimerOwner; readonly from: string; readonly due: string }[] | 'end' | null

/** How long T-C1 and T-C2 run from where both begin, in each policy by the hash of its bytes, which stands on the plan. */
export type CustodyClocks = Readonly<Record<string, { readonly held: string; readonly released: string }>>
export const clocksAfter = (clocks: CustodyClocks, { type, data }: Pick<Happened, 'type' | 'data'>): CustodyClocks => {
  if (type !== 'PolicyActivated' || (data as PolicyActivatedV1).policyId !== NOTIFICATIONS_POLICY) return clocks
  const { hash, text } = data as PolicyActivatedV1
  const rules = Object.values(readPolicy<Rules>(text).policy.levels.C.modes)
  const [held, released] = (['T-C1', 'T-C2'] as const).map((sla) => rules.find((rule) => rule.sla === sla)?.within)
  return held === undefined || released === undefined ? clocks : { ...clocks, [hash]: { held, released } }
}

export const warningTimer = ({ type, data, time }: Happened): Step => {
  if (type === 'WarningTaskOpened') return [{ timer: 'T-WARN', owner: 'systemAdvocate', from: time, due: (data as WarningTaskOpenedV1).dueAt }]
  return type === 'WarningTaskDone' ? 'end' : null
}

/** Held or not: what is late is late, and looks the same for every plan. */
export const notificationTimer = ({ type, data, time }: Happened, clocks: CustodyClocks): Step => {
  if (type === 'NotificationPlanned') {
    const { slaId, dueAt, level, policyHash } = data as NotificationPlannedV1
    const timer = { timer: slaId, owner: level === 'A' || level === 'B' ? 'prosecutor' : 'detective', from: time, due: dueAt } as const
    const both = slaId === 'T-C1' ? clocks[policyHash] : undefined
    // Who is not told while he is held has to be told after it: T-C2 runs from where T-C1 began, and is missed by itself.
    return both ? [timer, { ...timer, timer: 'T-C2', due: later(earlier(dueAt, both.held), both.released) }] : [timer]
  }
  return ['NotificationDelivered', 'NotificationCancelled', 'NotificationAbandoned'].includes(type) ? 'end' : null
}
