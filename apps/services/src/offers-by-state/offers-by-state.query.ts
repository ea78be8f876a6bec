/** The table of the read model, and how it is asked. */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { JSONValue, Sql, TransactionSql } from 'postgres'
import type { Actor, RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { countsIn, DATABASE, Followers, pageOf, RECORDER, seenAfter, STORE, WALLS, type Wall, type WallsOf } from '@chorus/platform'
import { Projection, type ReadModel } from '@chorus/read-models'
import { closedTo, everythingClosedTo, withoutGone } from '@chorus/record-access'
import { OfferServicesConsumer } from '../on-notification-delivered/offer-services.consumer'
import { evolve, KNOWN, offerOf, referredTo, shownTo, stateOf, type Offer, type OfferShown, type OfferState, type ProviderReferral } from './offers-by-state'

/** One statement for a whole batch: the rows it touches are read, folded and written back. */
async function write(tx: TransactionSql, events: readonly RecordedEvent[]): Promise<void> {
  const ids = [...new Set(events.map(offerOf))]
  const rows = new Map<string, Offer | undefined>((await tx<{ offer: string; row: Offer }[]>`select offer, row from read.offers_by_state where offer = any(${ids}::uuid[])`).map(({ offer, row }) => [offer, row]))
  for (const event of events) rows.set(offerOf(event), evolve(rows.get(offerOf(event)), event))
  const written = [...rows].flatMap(([offer, row]) => row ? [{ offer, caseid: row.caseId, state: stateOf(row), offered: row.offeredAt, row }] : [])
  await tx`
    insert into read.offers_by_state (offer, caseid, state, offered, row)
    select offer, caseid, state, offered, row from jsonb_to_recordset(${tx.json(written as unknown as JSONValue)}) as given (offer uuid, caseid uuid, state text, offered text, row jsonb)
    on conflict (offer) do update set state = excluded.state, row = excluded.row`
}

export const offersByState: ReadModel = {
  name: 'services.offers-by-state', version: 1, categories: ['pchService'], knows: KNOWN, table: 'offers_by_state',
  columns: 'offer uuid primary key, caseid uuid not null, state text not null, offered text collate "C" not null, row jsonb not null', write,
}

export interface OfferList { readonly offers: readonly (OfferShown & { readonly state: OfferState })[]; readonly counts: Readonly<Record<string, number>>; /** the log was looked at up to here */ readonly through: number }
export interface ProviderReferrals { readonly referrals: readonly ProviderReferral[]; /** the log was looked at up to here */ readonly through: number }

@Injectable()
export class OffersByState {
  readonly projection: Projection
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) private readonly database: Sql, @Inject(RECORDER) private readonly log: Recorder, private readonly offering: OfferServicesConsumer, @Inject(WALLS) private readonly walls: WallsOf, followers: Followers) {
    const logger = new Logger('offers-by-state')
    this.projection = followers.add(new Projection(offersByState, { store, database, decode, logger: { warn: (details, message) => logger.warn({ ...details, note: message }) } }))
  }

  /** Waits for `after=`, the ordinal of a reply, and for the offers that follow from what was delivered until then. */
  seen(after: string | undefined): Promise<void> {
    const reached = async (ordinal: number, ms: number): Promise<boolean> => await this.offering.reached(ordinal, ms) && this.projection.reached((await this.store.head()).ordinal, ms)
    return seenAfter(after, { reached }, this.store)
  }

  /** Newest first; `from` skips so many. */
  async list({ state, caseId, limit, from }: { readonly state?: OfferState | undefined; readonly caseId?: string | undefined; readonly limit: number; readonly from: number }, reader: Actor): Promise<OfferList> {
    interface Found { readonly row: Offer; readonly state: OfferState }
    const wall = await this.walls(reader.id)
    const sql = this.database
    const through = this.projection.state().ordinal
    const ofCase = caseId ? sql`where caseid = ${caseId}` : sql`where true`
    const rows = await pageOf({ limit, from }, (some, offset) => sql<Found[]>`select row, state from read.offers_by_state ${ofCase} ${state ? sql`and state = ${state}` : sql``} order by offered desc, offer limit ${some} offset ${offset}`, (found) => this.seenBy(wall, found))
    const gone = (await everythingClosedTo(this.log, reader)).gone('pchCase')
    const counts = await countsIn(sql, sql`from read.offers_by_state ${ofCase} and not (caseid = any(${gone}::uuid[]))`, wall)
    const closed = await closedTo(this.log, rows.map(({ row }) => `pchCase-${row.caseId}`), reader)
    return { offers: rows.map(({ row, state: one }) => ({ ...shownTo(row, closed.has(`pchCase-${row.caseId}`)), state: one })), counts, through }
  }

  private async seenBy<Found extends { readonly row: Offer }>(wall: Wall | null, found: readonly Found[]): Promise<Found[]> { return (await withoutGone(this.log, found, ({ row }) => `pchCase-${row.caseId}`)).filter(({ row }) => !wall?.hides(row)) }

  /** What one organization was asked, by the newest offer first; `from` skips so many offers. */
  async referredTo({ organization, limit, from }: { readonly organization: string; readonly limit: number; readonly from: number }, reader: Actor): Promise<ProviderReferrals> {
    const wall = await this.walls(reader.id)
    const sql = this.database
    const through = this.projection.state().ordinal
    const rows = await pageOf({ limit, from }, (some, offset) => sql<{ row: Offer }[]>`select row from read.offers_by_state where row->'referrals' @> ${sql.json([{ providerOrgId: organization }])} order by offered desc, offer limit ${some} offset ${offset}`, (found) => this.seenBy(wall, found))
    return { referrals: rows.flatMap(({ row }) => referredTo(row, organization)), through }
  }
}
