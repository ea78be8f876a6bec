import * as fc from 'fast-check'
import type { DraftEvent, WarningOutcome } from '@chorus/contracts'
import { given, metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { safetyWarning, type CloseWarning, type MissDeadline, type OpenWarning, type WarningCommand } from './safety-warning'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [TASK, NOTIFICATION, CASE] = [id(1), id(2), id(3)]
const minutes = (n: number): string => new Date(Date.parse(NOW) + n * 60_000).toISOString()
const open = (): OpenWarning => ({ type: 'OpenWarning', meta: metaOf({ name: 'open' }), data: { taskId: TASK, notificationId: NOTIFICATION, caseId: CASE, cause: 'THREAT_TO_PARTNER', dueAt: minutes(60) } })
const done = (outcome: WarningOutcome = 'WARNED'): CloseWarning => ({ type: 'CompleteWarning', meta: metaOf({ name: outcome }), data: { outcome } })
const miss = (minute = 61): MissDeadline => ({ type: 'MissDeadline', meta: metaOf({ name: `miss ${minute}`, now: minutes(minute) }), data: {} })
const event = (command: WarningCommand, ...before: DraftEvent[]): DraftEvent => given(safetyWarning, ...before).when(command).then({ type: { OpenWarning: 'WarningTaskOpened', CompleteWarning: 'WarningTaskDone', MissDeadline: 'DeadlineMissed' }[command.type] })[0]!
const opened = event(open())

it('is opened once, and done when an advocate says what came of it; the latest counts', () => {
  given(safetyWarning, opened).when(open()).nothing()
  given(safetyWarning, opened).when(done()).then({ type: 'WarningTaskDone', data: { taskId: TASK, caseId: CASE, outcome: 'WARNED' } })
  const notReached = event(done('NOT_REACHED'), opened)
  given(safetyWarning, opened, notReached).when(done('NOT_REACHED')).nothing()
  given(safetyWarning, opened, notReached).when(done()).then({ type: 'WarningTaskDone' })
  expect(given(safetyWarning).when(done()).refused('warning_unknown').kind).toBe('not-found')
})
it('a missed due date is on record once, after the minute and only while it is open, and closes nothing', () => {
  given(safetyWarning, opened).when(miss(60)).nothing()
  given(safetyWarning, opened).when(miss()).then({ type: 'DeadlineMissed', data: { taskId: TASK, timer: 'T-WARN', owner: 'systemAdvocate', dueAt: minutes(60) } })
  const missed = event(miss(), opened)
  given(safetyWarning, opened, missed).when(miss(62)).nothing()
  given(safetyWarning, opened, event(done(), opened)).when(miss()).nothing()
  given(safetyWarning).when(miss()).nothing()
  expect(given(safetyWarning, opened, missed).state).toMatchObject({ status: 'open', missed: true })
})

aggregateProperties(safetyWarning, fc.oneof(fc.constant<WarningCommand>(open()), fc.constantFrom<WarningOutcome>('WARNED', 'NOT_REACHED').map((outcome): WarningCommand => done(outcome)), fc.constantFrom(30, 61).map((minute): WarningCommand => miss(minute))))
