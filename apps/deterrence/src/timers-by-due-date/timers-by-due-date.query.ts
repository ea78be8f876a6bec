/** The timers of deterrence: the same mechanism as everywhere (libs/timers). */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { ended, running, Timers, type TimerCount, type TimerModel, type Watch } from '@chorus/timers'
import { KNOWN, warningTimer } from './timers-by-due-date'

const warnings: Watch<object> = {
  category: 'safetyWarning', knows: KNOWN, streamOf: ({ stream }) => stream,
  evolve: (watched, event) => {
    const step = warningTimer(event)
    if (step === null) return watched
    return step === 'end' ? ended(watched, 'T-WARN') : running(watched, { timer: 'T-WARN', owner: 'systemAdvocate', ...step.start })
  },
}
export const deterrenceTimers: TimerModel<object> = { name: 'deterrence.timers', version: 1, table: 'deterrence_timers', watches: [warnings], values: { initial: {}, evolve: (values) => values } }

export interface TimerCounts { readonly timers: readonly Pick<TimerCount, 'timer' | 'owner' | 'unrecorded'>[]; readonly through: number }

@Injectable()
export class TimersByDueDate {
  readonly timers: Timers<object>
  constructor(@Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) log: Recorder, @Inject(CLOCK) clock: Clock, followers: Followers) {
    const logger = new Logger('deterrence-timers')
    this.timers = followers.add(new Timers(deterrenceTimers, { store, database, log, clock, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** Whether there is a task at all is the safety context's alone: what is counted here is only what Chorus itself has left undone. */
  async counts(): Promise<TimerCounts> {
    const counted = await this.timers.counts()
    return { through: this.timers.projection.state().ordinal, timers: counted.filter(({ unrecorded }) => unrecorded > 0).map(({ timer, owner, unrecorded }) => ({ timer, owner, unrecorded })) }
  }
}
