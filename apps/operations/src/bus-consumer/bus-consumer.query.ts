/** How the consumers of the bus stand, in every process: from the tables that they share, not from what one process remembers. */
import type { Sql } from 'postgres'
import { DEAD_LETTER_KINDS, type DeadLetterKind } from '@chorus/contracts'
import type { EventStore } from '@chorus/event-store'

export interface BusConsumer {
  readonly name: string
  /** in words: what it does now, and whether somebody must look */
  readonly status: string
  /** a person must look: something waits that does not come back by itself */
  readonly needsPerson: boolean
  /** streams that wait, by kind */
  readonly parked: Readonly<Record<DeadLetterKind, number>>
  /** since when the first of them waits; null: none does */
  readonly oldest: string | null
  /** the log was read through here before it listened to the bus; null: not yet */
  readonly caughtUp: number | null
  /** where a process reads the log for it now: at least through here (the checkpoint may stand a little back while nothing concerns it); null: it listens to a broker, or no process runs it */
  readonly readThrough: number | null
}
export interface BusConsumers { readonly head: number; readonly consumers: readonly BusConsumer[] }

interface Row { readonly name: string; readonly caught_up: string | null; readonly read_through: string | null; readonly kind: DeadLetterKind | null; readonly count: number; readonly oldest: Date | null }

export const busConsumers = async (database: Sql, store: Pick<EventStore, 'head'>): Promise<BusConsumers> => {
  const { ordinal: head } = await store.head()
  const rows = await database<Row[]>`
    select c.name, c.caught_up, r.ordinal as read_through, p.kind, count(p.id)::int as count, min(p.since) as oldest
    from bus.consumers c
    left join bus.leases l on l.name = 'bus:' || c.name and l.expires > now()
    left join read.checkpoints r on r.name = l.name
    left join bus.parked p on p.consumer = c.name
    group by c.name, c.caught_up, r.ordinal, p.kind order by c.name`
  const consumers = [...new Set(rows.map(({ name }) => name))].map((name) => consumerOf(name, rows.filter((row) => row.name === name)))
  return { head, consumers }
}

const consumerOf = (name: string, rows: readonly Row[]): BusConsumer => {
  const [{ caught_up, read_through }] = rows as [Row]
  const parked = Object.fromEntries(DEAD_LETTER_KINDS.map((kind) => [kind, rows.find((row) => row.kind === kind)?.count ?? 0])) as Record<DeadLetterKind, number>
  const since = rows.flatMap(({ oldest }) => oldest ? [oldest.toISOString()] : []).sort()
  const caughtUp = caught_up === null ? null : Number(caught_up)
  return { name, status: statusOf(caughtUp, parked), needsPerson: parked.permanent + parked.hole > 0, parked, oldest: since[0] ?? null, caughtUp, readThrough: read_through === null ? null : Number(read_through) }
}

/** Pure. */
export const statusOf = (caughtUp: number | null, { deferred, retriable, permanent, hole }: Readonly<Record<DeadLetterKind, number>>): string => {
  const streams = (n: number, goOn: string): string => n === 1 ? `1 stream waits ${goOn}` : `${n} streams wait ${goOn}`
  return [
    caughtUp === null ? 'reads the log first' : 'follows the bus',
    ...(permanent + hole > 0 ? [streams(permanent + hole, 'for a person: chorus dead-letters list')] : []),
    ...(deferred + retriable > 0 ? [streams(deferred + retriable, 'and will be tried again')] : []),
  ].join('; ')
}
