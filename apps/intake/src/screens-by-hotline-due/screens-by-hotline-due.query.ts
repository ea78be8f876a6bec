/** The table of the read model, and how it is asked. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { Actor, RecordedEvent } from '@chorus/contracts'
import { streamOf } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, countsIn, DATABASE, Followers, pageOf, RECORDER, seenAfter, STORE, WALLS, type Clock, type WallsOf } from '@chorus/platform'
import { Projection, type ReadModel } from '@chorus/read-models'
import { LEVELS_POLICY, policy } from '@chorus/policy'
import { everythingClosedTo, withoutGone } from '@chorus/record-access'
import { hotlineDueAt } from '../lethality-screen/lethality-screen'
import { evolve, hotlineMinutes, KNOWN, screenOf, stateOf, type HotlineState, type ScreenRow } from './screens-by-hotline-due'

async function write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> {
  const ids = [...new Set(events.map(screenOf))]
  const rows = new Map<string, ScreenRow | undefined>((await tx<{ row: ScreenRow }[]>`select row from read.screens_by_hotline_due where screen = any(${ids}::uuid[])`).map(({ row }) => [row.screenId, row]))
  for (const event of events) rows.set(screenOf(event), evolve(rows.get(screenOf(event)), event))
  const written = [...rows].flatMap(([screen, row]) => row ? [{ screen, incident: row.incidentId, state: stateOf(row), administered: row.administeredAt, row }] : [])
  await tx`
    insert into read.screens_by_hotline_due (screen, incident, state, administered, row)
    select screen, incident, state, administered, row from jsonb_to_recordset(${tx.json(written as unknown as JSONValue)}) as given (screen uuid, incident uuid, state text, administered text, row jsonb)
    on conflict (screen) do update set state = excluded.state, row = excluded.row`
}

export const screensByHotlineDue: ReadModel = {
  name: 'intake.screens-by-hotline-due', version: 3, categories: ['lethalityScreen'], knows: KNOWN, table: 'screens_by_hotline_due',
  columns: 'screen uuid primary key, incident uuid not null, state text not null, administered text collate "C" not null, row jsonb not null', write,
}

export interface ScreenListed extends ScreenRow { readonly state: HotlineState; /** by the policy that held when it came; absent: nothing is due */ readonly dueAt?: string; readonly overdue: boolean }
export interface ScreenList { readonly screens: readonly ScreenListed[]; readonly counts: Readonly<Record<string, number>>; /** the log was looked at up to here */ readonly through: number }

@Injectable()
export class ScreensByHotlineDue {
  readonly projection: Projection
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) private readonly database: Sql, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, @Inject(WALLS) private readonly walls: WallsOf, followers: Followers) {
    const logger = new Logger('screens-by-hotline-due')
    this.projection = followers.add(new Projection(screensByHotlineDue, { store, database, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** `after=`: waits until the list has seen what its asker has done. */
  seen(after: string | undefined): Promise<void> { return seenAfter(after, this.projection, this.store) }

  /** Oldest first: what is due longest stands first. */
  async list({ state, incidentId, limit, from }: { readonly state?: HotlineState | undefined; readonly incidentId?: string | undefined; readonly limit: number; readonly from: number }, reader: Actor): Promise<ScreenList> {
    interface Found { readonly row: ScreenRow; readonly state: HotlineState }
    const wall = await this.walls(reader.id)
    const sql = this.database
    const through = this.projection.state().ordinal
    const withinMinutesAt = hotlineMinutes(await this.log.load(streamOf(policy, LEVELS_POLICY)))
    const ofIncident = incidentId ? sql`where incident = ${incidentId}` : sql`where true`
    const rows = await pageOf({ limit, from }, (some, offset) => sql<Found[]>`select row, state from read.screens_by_hotline_due ${ofIncident} ${state ? sql`and state = ${state}` : sql``} order by administered, screen limit ${some} offset ${offset}`,
      async (found) => (await withoutGone(this.log, found, ({ row }) => `incident-${row.incidentId}`)).filter(({ row }) => !wall?.hides(row)))
    const gone = (await everythingClosedTo(this.log, reader)).gone('incident')
    const counts = await countsIn(sql, sql`from read.screens_by_hotline_due ${ofIncident} and not (incident = any(${gone}::uuid[]))`, wall)
    const now = this.clock.now()
    const listed = rows.map(({ row, state: stands }): ScreenListed => {
      const dueAt = hotlineDueAt(row, withinMinutesAt(row.receivedAt))
      return { ...row, state: stands, ...(dueAt ? { dueAt } : {}), overdue: stands === 'to-call' && dueAt !== undefined && Date.parse(now) > Date.parse(dueAt) }
    })
    return { screens: listed, counts, through }
  }
}
