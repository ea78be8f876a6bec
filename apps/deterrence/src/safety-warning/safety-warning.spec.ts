import * as fc from 'fast-check'
import type { DraftEvent, WarningOutcome } from '@chorus/contracts'
import { given, metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { safetyWarning, type CloseWarning, type OpenWarning, type WarningCommand } from './safety-warning'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [TASK, NOTIFICATION, CASE] = [id(1), id(2), id(3)]
const minutes = (n: number): string => new Date(Date.parse(NOW) + n * 60_000).toISOString()
const open = (): OpenWarning => ({ type: 'OpenWarning', meta: metaOf({ name: 'open' }), data: { taskId: TASK, notificationId: NOTIFICATION, caseId: CASE, cause: 'THREAT_TO_PARTNER', dueAt: minutes(60) } })
const done = (outcome: WarningOutcome = 'WARNED'): CloseWarning => ({ type: 'CompleteWarning', meta: metaOf({ name: outcome }), data: { outcome } })
const event = (command: WarningCommand, ...before: DraftEvent[]): DraftEvent => given(safetyWarning, ...before).when(command).then({ type: { OpenWarning: 'WarningTaskOpened', CompleteWarning: 'WarningTaskDone' }[command.type] })[0]!
const opened = event(open())

it('is opened once, and done when an advocate says what came of it; the latest counts', () => {
  given(safetyWarning, opened).when(open()).nothing()
  given(safetyWarning, opened).when(done()).then({ type: 'WarningTaskDone', data: { taskId: TASK, caseId: CASE, outcome: 'WARNED' } })
  const notReached = event(done('NOT_REACHED'), opened)
  given(safetyWarning, opened, notReached).when(done('NOT_REACHED')).nothing()
  given(safetyWarning, opened, notReached).when(done()).then({ type: 'WarningTaskDone' })
  expect(given(safetyWarning).when(done()).refused('warning_unknown').kind).toBe('not-found')
})
it('a missed due date closes nothing', () => {
  const missed: DraftEvent = { type: 'DeadlineMissed', schemaVersion: 2, data: { timer: 'T-WARN', owner: 'systemAdvocate', dueAt: minutes(60) }, time: minutes(61), timePrecision: 'instant', timeZone: 'UTC' }
  expect(given(safetyWarning, opened, missed).state).toMatchObject({ status: 'open', missed: true })
  given(safetyWarning, opened, missed).when(done()).then({ type: 'WarningTaskDone' })
})

aggregateProperties(safetyWarning, fc.oneof(fc.constant<WarningCommand>(open()), fc.constantFrom<WarningOutcome>('WARNED', 'NOT_REACHED').map((outcome): WarningCommand => done(outcome))))
