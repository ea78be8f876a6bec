/**
 * Looks, every few seconds, for tasks whose due date has passed, and has each on record. Durable: the due dates are in the log.
 * Two processes do no harm: the command's id is fixed by timer, task and due date, and the task's stream takes it once.
 */
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common'
import { derivedId, handle } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CLOCK, RECORDER, type Clock } from '@chorus/platform'
import { WarningsByDueDate } from '../warnings-by-due-date/warnings-by-due-date.query'
import { safetyWarning } from './safety-warning'

const EVERY_MS = 5000

@Injectable()
export class MissedDeadlines implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('missed-deadlines')
  private timer: NodeJS.Timeout | undefined
  private looking: Promise<void> = Promise.resolve()

  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, private readonly warnings: WarningsByDueDate) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => { this.looking = this.looking.then(() => this.look()).catch((error: unknown) => this.logger.warn({ err: error, note: 'due dates are looked at again in a few seconds' })) }, EVERY_MS)
    this.timer.unref()
  }
  async beforeApplicationShutdown(): Promise<void> { clearInterval(this.timer); await this.looking }

  async look(): Promise<void> {
    const now = this.clock.now()
    for (const { taskId, dueAt } of await this.warnings.missedBy(now)) {
      const commandId = derivedId('deadline-missed', 'T-WARN', taskId, dueAt)
      await handle(this.log, safetyWarning, taskId, { type: 'MissDeadline', data: {}, meta: { commandId, correlationId: commandId, causationId: null, now, actor: { id: 'chorus:missed-deadlines', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } } })
    }
  }
}
