/** How the consumers of the bus stand, in every process: from the tables that they share, not from what one process remembers. */
import type { Sql } from 'postgres'
import { DEAD_LETTER_KINDS, topicNamed, type DeadLetterKind } from '@chorus/contracts'
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
  /** events of its topics that it has not read yet, counted to 10,000; null: not known here, because it listens to a broker, no process runs it, or nothing of its topics has come yet */
  readonly behind: number | null
}
export interface BusConsumers { readonly head: number; readonly consumers: readonly BusConsumer[] }

/** So many events behind are counted, no more. */
const MOST = 10_000

interface Row { readonly name: string; readonly caught_up: string | null; readonly read_through: string | null; readonly topics: readonly string[] | null; readonly kind: DeadLetterKind | null; readonly count: number; readonly oldest: Date | null }

export const busConsumers = async (database: Sql, store: Pick<EventStore, 'head' | 'readAll'>): Promise<BusConsumers> => {
  const { ordinal: head } = await store.head()
  const rows = await database<Row[]>`
    select c.name, c.caught_up, r.ordinal as read_through, (select array_agg(distinct topic) from bus.positions where consumer = c.name) as topics, p.kind, count(p.id)::int as count, min(p.since) as oldest
    from bus.consumers c
    left join bus.leases l on l.name = 'bus:' || c.name and l.expires > now()
    left join read.checkpoints r on r.name = l.name
    left join bus.parked p on p.consumer = c.name
    group by c.name, c.caught_up, r.ordinal, p.kind order by c.name`
  const consumers: BusConsumer[] = []
  for (const name of new Set(rows.map((row) => row.name))) consumers.push(await consumerOf(name, rows.filter((row) => row.name === name), store))
  return { head, consumers }
}

const consumerOf = async (name: string, rows: readonly Row[], store: Pick<EventStore, 'readAll'>): Promise<BusConsumer> => {
  const [{ caught_up, read_through, topics }] = rows as [Row]
  const parked = Object.fromEntries(DEAD_LETTER_KINDS.map((kind) => [kind, rows.find((row) => row.kind === kind)?.count ?? 0])) as Record<DeadLetterKind, number>
  const since = rows.flatMap(({ oldest }) => oldest ? [oldest.toISOString()] : []).sort()
  const caughtUp = caught_up === null ? null : Number(caught_up)
  return { name, status: statusOf(caughtUp, parked), needsPerson: parked.permanent + parked.hole > 0, parked, oldest: since[0] ?? null, caughtUp, behind: read_through === null || topics === null ? null : await eventsAfter(Number(read_through), topics, store) }
}

/** The checkpoint stands back while nothing concerns the consumer: only what does is counted. */
const eventsAfter = async (ordinal: number, topics: readonly string[], store: Pick<EventStore, 'readAll'>): Promise<number> => {
  let count = 0
  for await (const _ of store.readAll({ after: ordinal, filter: { categories: topics.flatMap((topic) => topicNamed(topic).categories) } })) if (++count >= MOST) break
  return count
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
