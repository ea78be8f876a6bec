/** The table of the read model, and how it is asked. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { Actor, RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { countsIn, DATABASE, Followers, pageOf, RECORDER, seenAfter, STORE, WALLS, type WallsOf } from '@chorus/platform'
import { Projection, type ReadModel } from '@chorus/read-models'
import { closedTo, everythingClosedTo } from '@chorus/record-access'
import { evolve, incidentOf, isListed, KNOWN, stateOf, type IncidentRow, type ReviewState } from './incidents-by-review-state'

/** One statement for a whole batch: the rows it touches are read, folded and written back. */
async function write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> {
  const ids = [...new Set(events.map(incidentOf))]
  const rows = new Map((await tx<{ row: IncidentRow }[]>`select row from read.incidents_by_review_state where incident = any(${ids}::uuid[])`).map(({ row }) => [row.incidentId, row]))
  for (const event of events) rows.set(incidentOf(event), evolve(rows.get(incidentOf(event)), event))
  const written = [...rows.values()].map((row) => ({ incident: row.incidentId, state: stateOf(row), listed: isListed(row), time: row.time, row }))
  await tx`
    insert into read.incidents_by_review_state (incident, state, listed, time, row)
    select incident, state, listed, time, row from jsonb_to_recordset(${tx.json(written as unknown as JSONValue)}) as given (incident uuid, state text, listed boolean, time text, row jsonb)
    on conflict (incident) do update set state = excluded.state, listed = excluded.listed, time = excluded.time, row = excluded.row`
}

export const incidentsByReviewState: ReadModel = {
  name: 'intake.incidents-by-review-state', version: 3, categories: ['incident', 'eligibility'], knows: KNOWN,
  table: 'incidents_by_review_state',
  columns: 'incident uuid primary key, state text not null, listed boolean not null, time text collate "C" not null, row jsonb not null',
  write,
}

export interface IncidentList { readonly incidents: readonly (IncidentRow & { readonly state: ReviewState })[]; readonly counts: Readonly<Record<string, number>>; /** the log was looked at up to here */ readonly through: number }

@Injectable()
export class IncidentsByReviewState {
  readonly projection: Projection
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) private readonly database: Sql, @Inject(RECORDER) private readonly log: Recorder, @Inject(WALLS) private readonly walls: WallsOf, followers: Followers) {
    const logger = new Logger('incidents-by-review-state')
    this.projection = followers.add(new Projection(incidentsByReviewState, { store, database, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** `after=`: waits until the list has seen what its asker has done. */
  seen(after: string | undefined): Promise<void> { return seenAfter(after, this.projection, this.store) }

  /** Newest first; `from` skips so many. */
  async list(state: ReviewState | undefined, limit: number, from: number, reader: Actor): Promise<IncidentList> {
    const through = this.projection.state().ordinal
    const wall = await this.walls(reader.id)
    interface Found { readonly row: IncidentRow; readonly state: ReviewState }
    const rows = await pageOf({ limit, from }, (some, offset) => this.database<Found[]>`
      select row, state from read.incidents_by_review_state where listed ${state ? this.database`and state = ${state}` : this.database``} order by time desc, incident limit ${some} offset ${offset}`,
    async (found) => {
      const closed = await closedTo(this.log, found.map(({ row }) => `incident-${row.incidentId}`), reader)
      return found.filter(({ row }) => !closed.has(`incident-${row.incidentId}`) && !wall?.hides(row))
    })
    // A count that held what the list does not would tell of it.
    const hidden = (await everythingClosedTo(this.log, reader)).closed('incident')
    const counts = await countsIn(this.database, this.database`from read.incidents_by_review_state where listed and not (incident = any(${hidden}::uuid[]))`, wall)
    return { incidents: rows.map(({ row, state: now }) => ({ ...row, state: now })), counts, through }
  }
}
