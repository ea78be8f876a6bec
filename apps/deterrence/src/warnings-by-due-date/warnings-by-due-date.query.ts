/** The table of the read model, and how it is asked. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { Actor, RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, pageOf, seenAfter, STORE, WALLS, type Clock, type WallsOf } from '@chorus/platform'
import { Projection, type ReadModel } from '@chorus/read-models'
import { evolve, KNOWN, taskOf, type WarningRow, type WarningState } from './warnings-by-due-date'

/** One statement for a whole batch: the rows it touches are read, folded and written back. */
async function write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> {
  const ids = [...new Set(events.map(taskOf))]
  const rows = new Map<string, WarningRow | undefined>((await tx<{ row: WarningRow }[]>`select row from read.warnings_by_due_date where task = any(${ids}::uuid[])`).map(({ row }) => [row.taskId, row]))
  for (const event of events) rows.set(taskOf(event), evolve(rows.get(taskOf(event)), event))
  const written = [...rows.values()].flatMap((row) => row ? [{ task: row.taskId, state: row.state, due: row.dueAt, row }] : [])
  if (written.length === 0) return
  await tx`
    insert into read.warnings_by_due_date (task, state, due, row)
    select task, state, due, row from jsonb_to_recordset(${tx.json(written as unknown as JSONValue)}) as given (task uuid, state text, due timestamptz, row jsonb)
    on conflict (task) do update set state = excluded.state, due = excluded.due, row = excluded.row`
}

export const warningsByDueDate: ReadModel = {
  name: 'deterrence.warnings-by-due-date', version: 1, categories: ['safetyWarning'], knows: KNOWN, table: 'warnings_by_due_date',
  columns: 'task uuid primary key, state text not null, due timestamptz not null, row jsonb not null', write,
}

export interface WarningList { readonly warnings: readonly (WarningRow & { readonly overdue: boolean })[]; /** the log was looked at up to here */ readonly through: number }

@Injectable()
export class WarningsByDueDate {
  readonly projection: Projection
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) private readonly database: Sql, @Inject(CLOCK) private readonly clock: Clock, @Inject(WALLS) private readonly walls: WallsOf, followers: Followers) {
    const logger = new Logger('warnings-by-due-date')
    this.projection = followers.add(new Projection(warningsByDueDate, { store, database, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** `after=`: waits until the list has seen what its asker has done. */
  seen(after: string | undefined): Promise<void> { return seenAfter(after, this.projection, this.store) }

  /** Soonest due first, so what is overdue stands on top. */
  async list({ state, limit, from }: { readonly state: WarningState; readonly limit: number; readonly from: number }, reader: Actor): Promise<WarningList> {
    const wall = await this.walls(reader.id)
    const through = this.projection.state().ordinal
    const now = Date.parse(this.clock.now())
    const rows = await pageOf({ limit, from }, (some, offset) => this.database<{ row: WarningRow }[]>`select row from read.warnings_by_due_date where state = ${state} order by due, task limit ${some} offset ${offset}`, (found) => Promise.resolve(found.filter(({ row }) => !wall?.hides(row))))
    return { warnings: rows.map(({ row }) => ({ ...row, overdue: row.state === 'open' && Date.parse(row.dueAt) < now })), through }
  }
}
