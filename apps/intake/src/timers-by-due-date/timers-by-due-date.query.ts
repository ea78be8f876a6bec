/** The timers of intake: one mechanism for all of them (libs/timers), what they watch in watches.ts. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import { CATEGORIES, type Actor, type CommandMeta, type Role } from '@chorus/contracts'
import { dayOf, derivedId, handle, isRefusal } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, pageOf, RECORDER, seenAfter, STORE, WALLS, type Clock, type WallsOf } from '@chorus/platform'
import { accessIdOf, closedTo, recordAccess } from '@chorus/record-access'
import { Timers, type DueTimer, type Timer, type TimerCount, type TimerModel } from '@chorus/timers'
import { POLICY_EVENTS } from '@chorus/policy'
import { NO_VALUES, valuesAfter, type TimerValues } from './timer-policy'
import { stateOf, type TimerListed } from './timers-by-due-date'
import { BESIDE, WATCHES } from './watches'

export const intakeTimers: TimerModel<TimerValues> = {
  name: 'intake.timers', version: 10, table: 'intake_timers', watches: WATCHES, beside: { categories: ['policy', ...BESIDE.categories], knows: [...POLICY_EVENTS, ...BESIDE.knows] }, values: { initial: NO_VALUES, evolve: valuesAfter },
}
/** T-30 does more than tell: the law closes the record, so Chorus does. */
const closeUncharged = (log: Recorder) => async (record: string, { timer, due }: Timer, meta: CommandMeta): Promise<void> => {
  if (timer !== 'T-30') return
  const answer = await handle(log, recordAccess, accessIdOf(record), { type: 'RestrictAccess', data: { record, ground: 'ARREST_NOT_CHARGED', statute: 'RSMO_610_100', effectiveAt: dayOf(due) }, meta: { ...meta, commandId: derivedId('restrict-uncharged', meta.commandId) } })
  if (isRefusal(answer)) throw new Error(`a record could not be closed: ${answer.refused}`)
}
/** So many at a time where all are asked for. */
const PAGE = 500
export interface TimerList { readonly timers: readonly TimerListed[]; /** the log was looked at up to here */ readonly through: number }
export interface TimerCounts { readonly timers: readonly TimerCount[]; readonly through: number }

@Injectable()
export class TimersByDueDate {
  readonly timers: Timers<TimerValues>
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, @Inject(WALLS) private readonly walls: WallsOf, followers: Followers) {
    const logger = new Logger('intake-timers')
    this.timers = followers.add(new Timers({ ...intakeTimers, act: closeUncharged(log) }, { store, database, log, clock, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** `after=`: waits until the list has seen what its asker has done. */
  seen(after: string | undefined): Promise<void> { return seenAfter(after, this.timers, this.store) }

  /** Of the streams that this role sees in a history, soonest due first. */
  async list(reader: Actor, page: { readonly limit: number; readonly from: number }): Promise<TimerList> {
    const through = this.timers.projection.state().ordinal
    const now = this.clock.now()
    const categories = CATEGORIES.filter(({ sight }) => sight[reader.role as Role] !== undefined).map(({ name }) => name)
    const wall = await this.walls(reader.id)
    const rows = await pageOf(page, (limit, from) => this.timers.list({ categories, limit, from }), async (found) => {
      const closed = await closedTo(this.log, found.map(({ stream }) => stream), reader)
      return found.filter((timer) => !closed.isGone(timer.stream) && (timer.stream.startsWith('pchCase-') || !closed.has(timer.stream)) && !wall?.hides(timer))
    })
    return { timers: rows.map(({ stream, timer, owner, from, due, missed }) => ({ stream, timer, owner, from, dueAt: due, state: stateOf({ due, missed }, now) })), through }
  }
  /** Every timer, as of the log's head, whoever may see its stream. */
  async all(): Promise<readonly DueTimer[]> {
    await this.seen(String((await this.store.head()).ordinal))
    const found: DueTimer[] = []
    for (let from = 0; from % PAGE === 0; from = found.length) {
      const page = await this.timers.list({ categories: [...new Set(WATCHES.map(({ category }) => category))], limit: PAGE, from })
      if (page.length === 0) break
      found.push(...page)
    }
    return found
  }
  async counts(): Promise<TimerCounts> { return { through: this.timers.projection.state().ordinal, timers: await this.timers.counts() } }
}
