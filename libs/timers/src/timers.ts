/**
 * The durable timers of one service. Which run, and until when, is a projection of the log; every few seconds what is due is
 * looked at, and that it was missed is recorded. A restart, a second process or an end between append and checkpoint loses
 * and doubles nothing: the command's id is fixed by timer, stream and due date, and the stream takes it once.
 */
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { CommandMeta, RecordedEvent } from '@chorus/contracts'
import { derivedId, handle, isRefusal, type DeciderLog } from '@chorus/decider'
import type { EventStore, StoredEvent } from '@chorus/event-store'
import { Projection, type FollowerLogger, type ReadModel } from '@chorus/read-models'
import { missedIn } from './miss'
import { evolveWatched, nextDue, NOTHING, type Timer, type Watch, type Watched } from './watch'

export interface TimerModel<Values extends object> {
  /** unique in the database, e.g. intake.timers */
  readonly name: string
  /** raise it when a fold changes: the next start rebuilds */
  readonly version: number
  /** read.<table> */
  readonly table: string
  readonly watches: readonly Watch<Values>[]
  /** categories read beside the watched ones, and the event types there */
  readonly beside?: { readonly categories: readonly string[]; readonly knows: readonly string[] }
  /** what the policies say, folded from the log like everything else */
  readonly values: { readonly initial: Values; readonly evolve: (values: Values, event: RecordedEvent) => Values }
  /** What is done, before the miss is recorded, when this timer has run out; safe to repeat under the same command id. Throws where it could not be done: it is tried again. */
  readonly act?: (stream: string, timer: Timer, meta: CommandMeta) => Promise<void>
}
export interface TimerDeps {
  readonly store: EventStore
  readonly database: Sql
  readonly log: DeciderLog
  readonly clock: { now(): string }
  readonly decode: (event: StoredEvent) => RecordedEvent
  readonly logger: FollowerLogger
}
export interface DueTimer extends Timer { readonly stream: string }

const EVERY_MS = 5000
/** How many streams are looked at with one question. */
const PAGE = 200
/** How long to wait for the fold to have seen the whole log, in ms: before that, what ended a timer may not be known yet. */
const PATIENCE = 3000
/** A due date this long past, with nothing on record, is a fault that operators are shown. */
const LATE_MS = 60_000
/** The row that keeps what the policies say. */
const VALUES = ''

interface Row { readonly stream: string; readonly watched: Watched }

export class Timers<Values extends object> {
  readonly projection: Projection
  private timer: NodeJS.Timeout | undefined
  private looking: Promise<unknown> = Promise.resolve()
  private failures = 0
  private late = 0

  constructor(readonly model: TimerModel<Values>, private readonly deps: TimerDeps) {
    this.projection = new Projection(this.readModel(), { store: deps.store, database: deps.database, decode: deps.decode, logger: deps.logger })
  }

  async start(): Promise<void> {
    await this.projection.start()
    this.timer = setInterval(() => { this.looking = this.looking.then(() => this.recordMissed()).then(() => { this.failures = 0 }, (error: unknown) => { this.failures++; this.deps.logger.warn({ timers: this.model.name, err: error }, 'due dates are looked at again in a few seconds') }) }, EVERY_MS)
    this.timer.unref()
  }
  async stop(): Promise<void> {
    clearInterval(this.timer)
    await this.looking
    await this.projection.stop()
  }
  state(): { readonly name: string } { return { name: this.model.name } }
  reached(ordinal: number, ms: number): Promise<boolean> { return this.projection.reached(ordinal, ms) }
  /** For readiness: not ok while due dates pass without being recorded. */
  health(): { readonly ok: boolean; readonly text: string } {
    const followed = this.projection.health()
    if (!followed.ok) return followed
    if (this.failures >= 3) return { ok: false, text: `due dates could not be looked at, ${this.failures} times in a row` }
    return this.late > 0 ? { ok: false, text: `${this.late} due dates passed more than a minute ago and are not on record; ${followed.text}` } : followed
  }

  /** Records what was missed by now. @returns how many deadlines; 0 also where the fold has not seen the whole log yet */
  async recordMissed(): Promise<number> {
    const { store, clock, logger, log } = this.deps
    if (!await this.projection.reached((await store.head()).ordinal, PATIENCE)) return 0
    const now = clock.now()
    let recorded = 0
    let late = 0
    for (let after = { next: '0001-01-01T00:00:00.000Z', stream: '' }; ;) {
      const rows = await this.deps.database<(Row & { next: Date })[]>`select stream, next, watched from ${this.deps.database(`read.${this.model.table}`)} where next < ${now}::timestamptz and (next, stream) > (${after.next}::timestamptz, ${after.stream}) order by next, stream limit ${PAGE}`
      for (const { stream, watched } of rows) {
        for (const timer of watched.timers.filter(({ due, missed }) => !missed && Date.parse(due) < Date.parse(now))) {
          try {
            await this.miss(stream, timer, now, log)
            recorded++
          } catch (error) {
            if (Date.parse(now) - Date.parse(timer.due) > LATE_MS) late++
            logger.warn({ timers: this.model.name, timer: timer.timer, err: error }, 'a missed due date could not be recorded; it is tried again')
          }
        }
      }
      const last = rows.at(-1)
      if (!last || rows.length < PAGE) break
      after = { next: last.next.toISOString(), stream: last.stream }
    }
    this.late = late
    return recorded
  }

  private async miss(stream: string, timer: Timer, now: string, log: DeciderLog): Promise<void> {
    const at = stream.indexOf('-')
    const [category, id] = [stream.slice(0, at), stream.slice(at + 1)]
    const watch = this.model.watches.find((one) => one.category === category)
    if (!watch) throw new Error(`no timer watches ${category}`)
    const commandId = derivedId('deadline-missed', timer.timer, stream, timer.due)
    const meta: CommandMeta = { commandId, correlationId: commandId, causationId: null, now, actor: { id: 'chorus:timers', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } }
    await this.model.act?.(stream, timer, meta)
    const answer = await handle(log, missedIn(category, watch.knows), id, { type: 'MissDeadline', data: { timer: timer.timer, owner: timer.owner, dueAt: timer.due }, meta })
    if (isRefusal(answer)) throw new Error(`${answer.refused}: ${answer.text}`)
  }

  /** All timers of these categories, soonest due first. */
  async list({ categories, limit, from }: { readonly categories: readonly string[]; readonly limit: number; readonly from: number }): Promise<DueTimer[]> {
    const rows = await this.deps.database<{ stream: string; timer: Timer }[]>`
      select stream, timer from ${this.deps.database(`read.${this.model.table}`)}, jsonb_array_elements(watched->'timers') as timer
      where stream <> ${VALUES} and split_part(stream, '-', 1) = any(${[...categories]}) order by timer->>'due', stream, timer->>'timer' limit ${limit} offset ${from}`
    return rows.map(({ stream, timer }) => ({ stream, ...timer }))
  }

  /** By timer and owner: how many run, how many are past due with that on record, how many without, and when the next is due. */
  async counts(): Promise<TimerCount[]> {
    const now = this.deps.clock.now()
    const rows = await this.deps.database<{ timer: string; owner: string; running: string; missed: string; unrecorded: string; next: string | null }[]>`
      select timer->>'timer' as timer, timer->>'owner' as owner, count(*) filter (where not (timer->>'missed')::boolean and (timer->>'due')::timestamptz >= ${now}::timestamptz) as running,
        count(*) filter (where (timer->>'missed')::boolean) as missed, count(*) filter (where not (timer->>'missed')::boolean and (timer->>'due')::timestamptz < ${now}::timestamptz) as unrecorded,
        min(timer->>'due') filter (where not (timer->>'missed')::boolean) as next
      from ${this.deps.database(`read.${this.model.table}`)}, jsonb_array_elements(watched->'timers') as timer where stream <> ${VALUES} group by 1, 2 order by 1, 2`
    return rows.map(({ timer, owner, running: runs, missed, unrecorded, next }) => ({ timer, owner, running: Number(runs), missed: Number(missed), unrecorded: Number(unrecorded), nextDue: next }))
  }

  private readModel(): ReadModel {
    const { name, version, table, watches, beside, values } = this.model
    const write = async (tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> => {
      const touched = new Map(events.map((event) => [event, watches.flatMap((watch) => { const stream = watch.streamOf(event); return stream === null ? [] : [{ watch, stream }] })]))
      const streams = [...new Set([...touched.values()].flatMap((each) => each.map(({ stream }) => stream)))]
      const rows = new Map((await tx<Row[]>`select stream, watched from ${tx(`read.${table}`)} where stream = any(${[VALUES, ...streams]})`).map(({ stream, watched }) => [stream, watched]))
      let held = (rows.get(VALUES) as Values | undefined) ?? values.initial
      for (const event of events) {
        held = values.evolve(held, event)
        for (const { watch, stream } of touched.get(event)!) rows.set(stream, evolveWatched(watch, rows.get(stream) ?? NOTHING, event, held))
      }
      rows.set(VALUES, held as unknown as Watched)
      const kept = [...rows].filter(([stream, watched]) => stream === VALUES || watched.timers.length > 0 || watched.memory !== undefined)
      const gone = [...rows.keys()].filter((stream) => !kept.some(([other]) => other === stream))
      const written = kept.map(([stream, watched]) => ({ stream, next: stream === VALUES ? null : nextDue(watched), watched }))
      await tx`
        insert into ${tx(`read.${table}`)} (stream, next, watched)
        select stream, next, watched from jsonb_to_recordset(${tx.json(written as unknown as JSONValue)}) as given (stream text, next timestamptz, watched jsonb)
        on conflict (stream) do update set next = excluded.next, watched = excluded.watched`
      if (gone.length > 0) await tx`delete from ${tx(`read.${table}`)} where stream = any(${gone})`
    }
    return {
      name, version, table, write, columns: 'stream text collate "C" primary key, next timestamptz, watched jsonb not null, unique (next, stream)',
      ...readFor({ watches, ...(beside && { beside }) }),
    }
  }
}
/** The categories that a model of timers reads, and the event types that it knows there. */
export const readFor = ({ watches, beside }: { readonly watches: readonly Pick<Watch<never>, 'category' | 'knows'>[]; readonly beside?: TimerModel<never>['beside'] }): { readonly categories: readonly string[]; readonly knows: readonly string[] } => ({
  categories: [...new Set([...watches.map(({ category }) => category), ...(beside?.categories ?? [])])],
  knows: [...new Set([...watches.flatMap(({ knows }) => knows), ...(beside?.knows ?? []), 'DeadlineMissed'])],
})
export interface TimerCount { readonly timer: string; readonly owner: string; readonly running: number; readonly missed: number; readonly unrecorded: number; readonly nextDue: string | null }
