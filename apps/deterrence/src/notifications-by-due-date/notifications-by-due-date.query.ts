/** The table of the read model, and how it is asked. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { Actor, Level, PlaceClass, RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, pageOf, RECORDER, seenAfter, STORE, WALLS, type Clock, type WallsOf } from '@chorus/platform'
import { Projection, type ReadModel } from '@chorus/read-models'
import { closedTo, everythingClosedTo, isGone, keepsClosed, type Closed } from '@chorus/record-access'
import { isHeld, NotificationLookUp } from '../notification/look-up'
import { authorizationNow } from '../notification/notification'
import { safetyView, type SafetyView } from '../safety-review/safety-view'
import { clearanceShown, evolve, KNOWN, notificationOf, type ClearanceShown, type ListedPhase, type NotificationRow } from './notifications-by-due-date'

/** One statement for a whole batch: the rows it touches are read, folded and written back. */
async function write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> {
  const ids = [...new Set(events.map(notificationOf))]
  const rows = new Map<string, NotificationRow | undefined>((await tx<{ row: NotificationRow }[]>`select row from read.notifications_by_due_date where notification = any(${ids}::uuid[])`).map(({ row }) => [row.notificationId, row]))
  for (const event of events) rows.set(notificationOf(event), evolve(rows.get(notificationOf(event)), event))
  const written = [...rows.values()].flatMap((row) => row ? [{ notification: row.notificationId, case_id: row.caseId, level: row.level, phase: row.phase, due: row.dueAt, row }] : [])
  if (written.length === 0) return
  await tx`
    insert into read.notifications_by_due_date (notification, case_id, level, phase, due, row)
    select notification, case_id, level, phase, due, row from jsonb_to_recordset(${tx.json(written as unknown as JSONValue)}) as given (notification uuid, case_id uuid, level text, phase text, due text, row jsonb)
    on conflict (notification) do update set case_id = excluded.case_id, level = excluded.level, phase = excluded.phase, due = excluded.due, row = excluded.row`
}

export const notificationsByDueDate: ReadModel = {
  name: 'deterrence.notifications-by-due-date', version: 2, categories: ['notification'], knows: KNOWN,
  table: 'notifications_by_due_date',
  columns: 'notification uuid primary key, case_id uuid not null, level text not null, phase text not null, due text collate "C" not null, row jsonb not null',
  write,
}

const caseOf = ({ caseId }: Pick<NotificationRow, 'caseId'>): string => `pchCase-${caseId}`

export interface Wanted { readonly phase?: ListedPhase; readonly level?: Level; readonly caseId?: string; readonly notificationId?: string; readonly limit: number; readonly from: number }
/** What tells the level: absent where the basis of the case is closed to the reader, who sees the task alone. */
type Telling = 'level' | 'period' | 'repeatReason' | 'mode' | 'slaId' | 'dueAt' | 'templateId' | 'templateVersion'
export type Shown = Omit<NotificationRow, Telling | 'delivered'> & Partial<Pick<NotificationRow, Telling>> & { readonly delivered: (Omit<Delivered, 'mode'> & Partial<Pick<Delivered, 'mode'>>) | null }
type Delivered = NonNullable<NotificationRow['delivered']>
const shownTo = ({ level, period, repeatReason, mode, slaId, dueAt, templateId, templateVersion, ...task }: NotificationRow, levelClosed: boolean): Shown =>
  levelClosed ? { ...task, delivered: task.delivered && { at: task.delivered.at, placeClass: task.delivered.placeClass } } : { ...task, level, period, repeatReason, mode, slaId, dueAt, templateId, templateVersion }
type SafetyListed = SafetyView & Partial<Pick<NotificationRow, 'level' | 'dueAt'>>
export type Listed = Shown & { /** absent with the level: who looks often enough would see by when */ readonly overdue?: boolean; readonly clearance: ClearanceShown; /** whether it may be delivered now, where, and until when */ readonly authorization: { readonly placeClass: PlaceClass; readonly validUntil: string } | null }
export interface NotificationList { readonly notifications: readonly Listed[]; /** the log was looked at up to here */ readonly through: number }

@Injectable()
export class NotificationsByDueDate {
  readonly projection: Projection
  constructor(
    @Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) private readonly database: Sql, @Inject(CLOCK) private readonly clock: Clock, private readonly lookUp: NotificationLookUp, @Inject(RECORDER) private readonly log: Recorder, @Inject(WALLS) private readonly walls: WallsOf, followers: Followers,
  ) {
    const logger = new Logger('notifications-by-due-date')
    this.projection = followers.add(new Projection(notificationsByDueDate, { store, database, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** `after=`: waits until the list has seen what its asker has done. */
  seen(after: string | undefined): Promise<void> { return seenAfter(after, this.projection, this.store) }

  /** Soonest due first, and last those whose level is closed to the reader; clearance from the log's head. */
  async list(wanted: Wanted, reader: Actor): Promise<NotificationList> {
    const through = this.projection.state().ordinal
    const { rows, closed } = await this.seenBy(reader, wanted)
    const now = this.clock.now()
    const heads = await this.lookUp.many(rows)
    const notifications = rows.map((row, at): Listed => {
      const { state, safety } = heads[at]!
      const levelClosed = closed.has(caseOf(row))
      return { ...shownTo(row, levelClosed), ...levelClosed ? {} : { overdue: row.phase === 'open' && Date.parse(row.dueAt) < Date.parse(now) }, clearance: clearanceShown(safety.clearance, state.status === 'planned' && isHeld(state, safety), now), authorization: authorizationNow(state, safety, now) }
    })
    return { notifications, through }
  }

  /** Whether there is one of this number, of a case that was destroyed. */
  async isGone(notificationId: string): Promise<boolean> {
    const [row] = await this.rows({ notificationId, limit: 1, from: 0 }, 1, 0)
    return row !== undefined && await isGone(this.log, caseOf(row))
  }

  /** For the safety context: what is to be reviewed, or was. */
  async safety(wanted: Wanted, reader: Actor): Promise<{ readonly notifications: readonly SafetyListed[]; readonly through: number }> {
    const through = this.projection.state().ordinal
    const { rows, closed } = await this.seenBy(reader, wanted)
    const heads = await this.lookUp.many(rows)
    return { notifications: rows.map((row, at): SafetyListed => {
      const levelClosed = closed.has(caseOf(row))
      return { ...safetyView(row.notificationId, row.caseId, heads[at]!.safety, levelClosed), ...levelClosed ? {} : { level: row.level, dueAt: row.dueAt } }
    }), through }
  }

  /** Who may not see a level does not find by it either, nor by its place between others that are due. */
  private async seenBy(reader: Actor, wanted: Wanted): Promise<{ readonly rows: NotificationRow[]; readonly closed: Closed }> {
    const wall = await this.walls(reader.id)
    const last = keepsClosed(reader) ? [] : (await everythingClosedTo(this.log, reader)).closed('pchCase')
    const rows = await pageOf(wanted, (some, offset) => this.rows(wanted, some, offset, last), async (found) => {
      const closed = await closedTo(this.log, found.map(caseOf), reader)
      return found.filter((row) => !closed.isGone(caseOf(row)) && (wanted.level === undefined || !closed.has(caseOf(row))) && !wall?.hides(row))
    })
    return { closed: await closedTo(this.log, rows.map(caseOf), reader), rows }
  }

  private async rows({ phase, level, caseId, notificationId }: Wanted, limit: number, offset: number, last: readonly string[] = []): Promise<NotificationRow[]> {
    const sql = this.database
    const found = await sql<{ row: NotificationRow }[]>`
      select row from read.notifications_by_due_date
      where true ${phase ? sql`and phase = ${phase}` : sql``} ${level ? sql`and level = ${level}` : sql``} ${caseId ? sql`and case_id = ${caseId}` : sql``} ${notificationId ? sql`and notification = ${notificationId}` : sql``}
      order by ${last.length > 0 ? sql`case_id = any(${last as string[]}::uuid[]), case when case_id = any(${last as string[]}::uuid[]) then '' else due end` : sql`due`}, notification limit ${limit} offset ${offset}`
    return found.map(({ row }) => row)
  }
}
