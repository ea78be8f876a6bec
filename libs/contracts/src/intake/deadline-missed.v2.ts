/** Any deadline of the register that passed: on the stream that its timer watches. Codes and a date; no person, no text. When it was found to be missed tells as much as its date: in a case whose level is closed there is none. */
import { Event } from '../event'
import { Code, Timestamp } from '../fields'

/** Of the register (domain reference §3.9), and T-WARN: to warn a partner. T-DEF: what was put off, or excluded for what passes or may be found out, is looked at again; T-VAL: the review of a level; T-VAL-5Y: what was not validated within five years may not stand. */
export const TIMERS = ['T-WARN', 'T-LAP', 'T-REF', 'T-DEF', 'T-VAL', 'T-VAL-5Y', 'T-30', 'T-C1', 'T-C2', 'T-D', 'T-B', 'T-A'] as const
export type TimerName = (typeof TIMERS)[number]
/** Whose task it was, or who is told. */
export const TIMER_OWNERS = ['intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate', 'watchCommander'] as const
export type TimerOwner = (typeof TIMER_OWNERS)[number]

@Event({
  type: 'DeadlineMissed', version: 2, tells: 'level', categories: ['safetyWarning', 'lethalityScreen', 'referral', 'pchCase', 'incident', 'notification'], classification: 'CJI', context: 'none', producer: 'intake', consumers: ['intake', 'deterrence'],
  time: 'when it was found to be missed', summary: 'What a timer waits for had not happened by its due date. It closes nothing: what is due stays due.',
})
export class DeadlineMissedV2 {
  @Code(TIMERS, { doc: 'the timer' }) timer!: TimerName
  @Code(TIMER_OWNERS, { doc: 'whose task it is' }) owner!: TimerOwner
  @Timestamp({ doc: 'by when it was to be done' }) dueAt!: string
}
