/** The timers of deterrence: the same mechanism as everywhere (libs/timers). */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { POLICY_EVENTS } from '@chorus/policy'
import { ended, running, Timers, type TimerCount, type TimerModel, type Watch } from '@chorus/timers'
import { NOTIFICATION_EVENTS } from '../notification/notification'
import { WARNING_EVENTS } from '../safety-warning/safety-warning'
import { clocksAfter, notificationTimer, warningTimer, type CustodyClocks, type Step } from './timers-by-due-date'

const watch = (category: string, knows: readonly string[], stepOf: (event: RecordedEvent, clocks: CustodyClocks) => Step): Watch<CustodyClocks> => ({
  category, knows, streamOf: ({ stream }) => (stream.startsWith(`${category}-`) ? stream : null),
  evolve: (watched, event, clocks) => {
    const step = stepOf(event, clocks)
    if (step === null) return watched
    return step === 'end' ? ended(watched, ...watched.timers.map(({ timer }) => timer)) : step.reduce(running, watched)
  },
})
export const deterrenceTimers: TimerModel<CustodyClocks> = {
  name: 'deterrence.timers', version: 3, table: 'deterrence_timers', watches: [watch('safetyWarning', WARNING_EVENTS, warningTimer), watch('notification', NOTIFICATION_EVENTS, notificationTimer)],
  beside: { categories: ['policy'], knows: POLICY_EVENTS }, values: { initial: {}, evolve: clocksAfter },
}

export interface TimerCounts { readonly timers: readonly (Pick<TimerCount, 'timer' | 'owner' | 'unrecorded'> & Partial<TimerCount>)[]; readonly through: number }

@Injectable()
export class TimersByDueDate {
  readonly timers: Timers<CustodyClocks>
  constructor(@Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) log: Recorder, @Inject(CLOCK) clock: Clock, followers: Followers) {
    const logger = new Logger('deterrence-timers')
    this.timers = followers.add(new Timers(deterrenceTimers, { store, database, log, clock, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** Whether there is a task to warn somebody is the safety context's alone: of those it is counted only what Chorus itself has left undone. */
  async counts(): Promise<TimerCounts> {
    const counted = await this.timers.counts()
    return { through: this.timers.projection.state().ordinal, timers: counted.flatMap((count) => {
      if (count.timer !== 'T-WARN') return [count]
      return count.unrecorded > 0 ? [{ timer: count.timer, owner: count.owner, unrecorded: count.unrecorded }] : []
    }) }
  }
}
