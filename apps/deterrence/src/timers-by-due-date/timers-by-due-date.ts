/** T-WARN: a partner is to be warned by the moment that stands on the task. Pure. */
import type { WarningTaskOpenedV1 } from '@chorus/contracts'
import { WARNING_EVENTS } from '../safety-warning/safety-warning'

/** Event types of the tasks' streams. */
export const KNOWN = WARNING_EVENTS

interface Happened { readonly type: string; readonly data: object; readonly time: string }
/** What an event does to the timer of its task: 'start' with its dates, 'end', or nothing. */
export const warningTimer = ({ type, data, time }: Happened): { readonly start: { readonly from: string; readonly due: string } } | 'end' | null => {
  if (type === 'WarningTaskOpened') return { start: { from: time, due: (data as WarningTaskOpenedV1).dueAt } }
  return type === 'WarningTaskDone' ? 'end' : null
}
