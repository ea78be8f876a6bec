/** The timers of intake: one mechanism for all of them (libs/timers), what they watch in watches.ts. */
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common'
import type { Sql } from 'postgres'
import { CATEGORIES, type Role } from '@chorus/contracts'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, seenAfter, STORE, type Clock } from '@chorus/platform'
import { Timers, type TimerCount, type TimerModel } from '@chorus/timers'
import { POLICY_EVENTS } from '../policy/policy'
import { activateShippedTimerPolicy, NO_VALUES, valuesAfter, type TimerValues } from './timer-policy'
import { stateOf, type TimerListed } from './timers-by-due-date'
import { WATCHES } from './watches'

export const intakeTimers: TimerModel<TimerValues> = {
  name: 'intake.timers', version: 1, table: 'intake_timers', watches: WATCHES, beside: { categories: ['policy'], knows: POLICY_EVENTS }, values: { initial: NO_VALUES, evolve: valuesAfter },
}
export interface TimerList { readonly timers: readonly TimerListed[]; /** the log was looked at up to here */ readonly through: number }
export interface TimerCounts { readonly timers: readonly TimerCount[]; readonly through: number }

@Injectable()
export class TimersByDueDate implements OnModuleInit {
  readonly timers: Timers<TimerValues>
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, followers: Followers) {
    const logger = new Logger('intake-timers')
    this.timers = followers.add(new Timers(intakeTimers, { store, database, log, clock, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** The values hold before the first timer starts. */
  onModuleInit(): Promise<void> { return activateShippedTimerPolicy(this.log, this.clock.now()) }
  /** `after=`: waits until the list has seen what its asker has done. */
  seen(after: string | undefined): Promise<void> { return seenAfter(after, this.timers, this.store) }

  /** Of the streams that this role sees in a history, soonest due first. */
  async list(role: Role, page: { readonly limit: number; readonly from: number }): Promise<TimerList> {
    const through = this.timers.projection.state().ordinal
    const now = this.clock.now()
    const categories = CATEGORIES.filter(({ sight }) => sight[role] !== undefined).map(({ name }) => name)
    const rows = await this.timers.list({ categories, ...page })
    return { timers: rows.map(({ stream, timer, owner, from, due, missed }) => ({ stream, timer, owner, from, dueAt: due, state: stateOf({ due, missed }, now) })), through }
  }
  async counts(): Promise<TimerCounts> { return { through: this.timers.projection.state().ordinal, timers: await this.timers.counts() } }
}
