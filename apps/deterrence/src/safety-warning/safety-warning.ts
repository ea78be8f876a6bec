/** One task to warn a partner within the hour. Protects: it is opened once for what happened, and stays open until an advocate has said what came of it; a missed due date (libs/timers records it) closes nothing. */
import type { CommandMeta, DraftEvent, WarningOutcome, WarningTaskDoneV1, WarningTaskOpenedV1 } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const WARNING_EVENTS = ['WarningTaskOpened', 'WarningTaskDone', 'DeadlineMissed'] as const

export type OpenWarning = Command<'OpenWarning', WarningTaskOpenedV1>
export type CloseWarning = Command<'CompleteWarning', { readonly outcome: WarningOutcome }>
export type WarningCommand = OpenWarning | CloseWarning

export type SafetyWarning = { readonly status: 'none' } | { readonly status: 'open' | 'done'; readonly task: WarningTaskOpenedV1; readonly outcome: WarningOutcome | null; readonly missed: boolean }
export const initial: SafetyWarning = { status: 'none' }

export const evolve = (state: SafetyWarning, event: { readonly type: string; readonly data: object }): SafetyWarning => {
  if (event.type === 'WarningTaskOpened') return { status: 'open', task: event.data as WarningTaskOpenedV1, outcome: null, missed: false }
  if (state.status === 'none') return state
  switch (event.type) {
    case 'WarningTaskDone': return { ...state, status: 'done', outcome: (event.data as WarningTaskDoneV1).outcome }
    case 'DeadlineMissed': return { ...state, missed: true }
    default: return state
  }
}

export const open = ({ data, meta }: OpenWarning, state: SafetyWarning): Decision => state.status === 'none' ? [draft('WarningTaskOpened', data, meta)] : []

/** The latest counts: who could not be reached at first may be reached later. */
export const complete = ({ data: { outcome }, meta }: CloseWarning, state: SafetyWarning): Decision => {
  if (state.status === 'none') return refused('warning_unknown', 'There is no such task. Take its number from the list of warnings.', { kind: 'not-found' })
  const { taskId, caseId } = state.task
  return state.outcome === outcome ? [] : [draft('WarningTaskDone', { taskId, caseId, outcome }, meta)]
}

interface Data { WarningTaskOpened: WarningTaskOpenedV1; WarningTaskDone: WarningTaskDoneV1 }
const draft = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(meta), partitionkey: `pchCase-${data.caseId}` })

export const safetyWarning: Decider<SafetyWarning, WarningCommand> = {
  category: 'safetyWarning', initial, knows: WARNING_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'OpenWarning': return open(command, state)
      case 'CompleteWarning': return complete(command, state)
    }
  },
}
