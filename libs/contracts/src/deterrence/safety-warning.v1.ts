/** The task to warn a partner: within the safety context alone. Codes; no victim, no token, no text. */
import { Event } from '../event'
import { Code, Timestamp, Uuid } from '../fields'
import { WARNING_CAUSES, WARNING_OUTCOMES, type WarningCause, type WarningOutcome } from './codes'

const warning = { version: 1, categories: ['safetyWarning'], classification: 'CJI', context: 'safety', producer: 'deterrence', consumers: ['deterrence'] } as const

@Event({ type: 'WarningTaskOpened', ...warning, time: 'when it was opened', summary: 'A system-based advocate is to warn every current or recent partner within the hour: he threatened her when he was told, or the message went to somebody else.' })
export class WarningTaskOpenedV1 {
  @Uuid({ of: 'safetyWarning', doc: 'the task' }) taskId!: string
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(WARNING_CAUSES, { doc: 'what happened' }) cause!: WarningCause
  @Timestamp({ doc: 'by when: one hour after it happened, whenever it was told' }) dueAt!: string
}

@Event({ type: 'WarningTaskDone', ...warning, time: 'when it was recorded', summary: 'An advocate did what could be done. Never what was said.' })
export class WarningTaskDoneV1 {
  @Uuid({ of: 'safetyWarning', doc: 'the task' }) taskId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(WARNING_OUTCOMES, { doc: 'what came of it' }) outcome!: WarningOutcome
}

@Event({ type: 'DeadlineMissed', ...warning, time: 'when it was found to be missed', summary: 'A task was not done by its due date.' })
export class DeadlineMissedV1 {
  @Uuid({ of: 'safetyWarning', doc: 'the task' }) taskId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(['T-WARN'], { doc: 'the timer' }) timer!: 'T-WARN'
  @Code(['systemAdvocate'], { doc: 'whose task it is' }) owner!: 'systemAdvocate'
  @Timestamp({ doc: 'by when it was to be done' }) dueAt!: string
}
