/** The table of the read model, and how it is asked. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { OpenDataReportReceivedV1, RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore } from '@chorus/event-store'
import { DATABASE, Followers, seenAfter, STORE } from '@chorus/platform'
import { Projection, type ReadModel } from '@chorus/read-models'
import { rowOf, told, type DayCount, type ToldDay } from './open-reports-by-day'

async function write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> {
  const rows = new Map(events.map((event) => { const row = rowOf(event as RecordedEvent<OpenDataReportReceivedV1>); return [row.report, row] as const }))
  await tx`
    insert into read.open_reports_by_day (report, day, domestic, flag, offense, "order", categories)
    select report, day, domestic, flag, offense, "order", categories from jsonb_to_recordset(${tx.json([...rows.values()] as unknown as JSONValue)}) as given (report uuid, day text, domestic boolean, flag boolean, offense boolean, "order" boolean, categories text)
    on conflict (report) do update set day = excluded.day, domestic = excluded.domestic, flag = excluded.flag, offense = excluded.offense, "order" = excluded."order", categories = excluded.categories`
}

export const openReportsByDay: ReadModel = {
  name: 'intake.open-reports-by-day', version: 1, categories: ['openReport'], knows: ['OpenDataReportReceived'],
  table: 'open_reports_by_day',
  columns: 'report uuid primary key, day text collate "C" not null, domestic boolean not null, flag boolean not null, offense boolean not null, "order" boolean not null, categories text not null',
  write,
}

export interface DailyCounts {
  readonly days: readonly ToldDay[]
  /** what must be said beside the numbers */
  readonly note: string
  /** the log was looked at up to here */
  readonly through: number
}
const NOTE = 'Reports of the city\'s open crime data by the day on which they were taken, not persons and not intimate partners. Since the records system of 2019 offences have labels where they had numbers: the two do not count the same things, and are no trend.'

@Injectable()
export class OpenReportsByDay {
  readonly projection: Projection
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) private readonly database: Sql, followers: Followers) {
    const logger = new Logger('open-reports-by-day')
    this.projection = followers.add(new Projection(openReportsByDay, { store, database, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  seen(after: string | undefined): Promise<void> { return seenAfter(after, this.projection, this.store) }

  /** `from` and `to` are days, both included. A day without a domestic report is a 0 where any report of it is known, else it is not there. */
  async daily(from: string, to: string, outsideJustice: boolean): Promise<DailyCounts> {
    const through = this.projection.state().ordinal
    const rows = await this.database<{ day: string; categories: DayCount['categories']; domestic: string; flag: string; offense: string; order: string }[]>`
      select day, categories, count(*) filter (where domestic) as domestic, count(*) filter (where flag) as flag, count(*) filter (where offense) as offense, count(*) filter (where "order") as "order"
      from read.open_reports_by_day where day between ${from} and ${to} group by day, categories order by day, categories`
    const days = rows.map((one): DayCount => ({ day: one.day, categories: one.categories, domestic: Number(one.domestic), byFlag: Number(one.flag), byOffense: Number(one.offense), byOrder: Number(one.order) }))
    return { days: told(days, outsideJustice), note: outsideJustice ? `${NOTE} Numbers from 1 to 10 are suppressed (null).` : NOTE, through }
  }
}
