/** Who is to be warned, and by when: the fold of the tasks' own streams. */
import type { RecordedEvent, WarningCause, WarningOutcome } from '@chorus/contracts'
import { evolve as evolveTask, initial, WARNING_EVENTS, type SafetyWarning } from '../safety-warning/safety-warning'

export const WARNING_STATES = ['open', 'done'] as const
export type WarningState = (typeof WARNING_STATES)[number]
export const KNOWN = WARNING_EVENTS

export interface WarningRow { readonly taskId: string; readonly notificationId: string; readonly caseId: string; readonly cause: WarningCause; readonly dueAt: string; readonly state: WarningState; readonly outcome: WarningOutcome | null; /** that it was not done in time is on record */ readonly missed: boolean }

export const taskOf = (event: Pick<RecordedEvent, 'stream'>): string => event.stream.slice('safetyWarning-'.length)

const stateOf = (row: WarningRow | undefined): SafetyWarning => {
  if (!row) return initial
  const { state, outcome, missed, ...task } = row
  return { status: state, task, outcome, missed }
}
export const evolve = (row: WarningRow | undefined, event: RecordedEvent): WarningRow | undefined => {
  const next = evolveTask(stateOf(row), event)
  return next.status === 'none' ? undefined : { ...next.task, state: next.status, outcome: next.outcome, missed: next.missed }
}
