/** T-WARN: a partner is to be warned by the moment that stands on the task. T-D, T-C1, T-C2, T-B, T-A: he is to be told by the moment that stands on the plan. Pure. */
import type { NotificationPlannedV1, TimerName, TimerOwner, WarningTaskOpenedV1 } from '@chorus/contracts'

interface Happened { readonly type: string; readonly data: object; readonly time: string }
/** What an event does to the timers of its stream: 'end', the one that starts, or nothing. */
export type Step = { readonly timer: TimerName; readonly owner: TimerOwner; readonly from: string; readonly due: string } | 'end' | null

export const warningTimer = ({ type, data, time }: Happened): Step => {
  if (type === 'WarningTaskOpened') return { timer: 'T-WARN', owner: 'systemAdvocate', from: time, due: (data as WarningTaskOpenedV1).dueAt }
  return type === 'WarningTaskDone' ? 'end' : null
}

/** Held or not: what is late is late, and looks the same for every plan. */
export const notificationTimer = ({ type, data, time }: Happened): Step => {
  if (type === 'NotificationPlanned') {
    const { slaId, dueAt, level } = data as NotificationPlannedV1
    return { timer: slaId, owner: level === 'A' || level === 'B' ? 'prosecutor' : 'detective', from: time, due: dueAt }
  }
  return ['NotificationDelivered', 'NotificationCancelled', 'NotificationAbandoned'].includes(type) ? 'end' : null
}
