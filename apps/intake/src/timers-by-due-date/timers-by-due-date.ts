/** What is due, by when, and whose task it is: of each stream that the reader may see. The folds are in watches.ts. */
import type { TimerName, TimerOwner } from '@chorus/contracts'

/** running: the due date lies ahead · overdue: it has passed, and that is not on record yet · missed: it has passed, on record; what is due stays due */
export const TIMER_STATES = ['running', 'overdue', 'missed'] as const
export type TimerState = (typeof TIMER_STATES)[number]

export interface TimerListed { readonly stream: string; readonly timer: TimerName; readonly owner: TimerOwner; readonly from: string; readonly dueAt: string; readonly state: TimerState }

export const stateOf = ({ due, missed }: { readonly due: string; readonly missed: boolean }, now: string): TimerState =>
  missed ? 'missed' : Date.parse(due) < Date.parse(now) ? 'overdue' : 'running'
