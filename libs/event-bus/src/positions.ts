/** Which revision of each stream a consumer has behind it: schema `bus` (infra/postgres/migrations/0040-event-bus.sql). */
import type { Sql, TransactionSql } from 'postgres'

export type Db = Sql | TransactionSql

/** A stream as a topic carries it. */
export interface TopicStream { readonly topic: string; readonly stream: string }
/** Where a consumer stands in one stream. */
export interface StreamPlace { /** last revision whose effect is durable; -1: none */ readonly revision: number; readonly parked: boolean }

export const keyOf = ({ topic, stream }: TopicStream): string => `${topic}|${stream}`
/** Two processes that write the same rows take them in the same order. */
const inOrder = <T extends TopicStream>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

/** The consumer's row, made where there is none. `caughtUp`: the log was read through here before it listened; null: not yet. */
export async function consumerRow(db: Db, name: string, log: string): Promise<{ readonly log: string; readonly caughtUp: number | null }> {
  await db`insert into bus.consumers (name, log) values (${name}, ${log}) on conflict (name) do nothing`
  const [row] = await db<{ log: string; caught_up: string | null }[]>`select log, caught_up from bus.consumers where name = ${name}`
  if (!row) throw new Error(`${name} has no row in bus.consumers although it was made: somebody removed it. Start again.`)
  return { log: row.log, caughtUp: row.caught_up === null ? null : Number(row.caught_up) }
}

export async function saveCaughtUp(db: Db, name: string, ordinal: number): Promise<void> {
  await db`update bus.consumers set caught_up = greatest(coalesce(caught_up, 0), ${ordinal}) where name = ${name}`
}

/** Where the consumer stands in each of these streams, by `keyOf`. */
export async function readPlaces(db: Db, consumer: string, streams: readonly TopicStream[]): Promise<Map<string, StreamPlace>> {
  const places = new Map<string, StreamPlace>(streams.map((stream) => [keyOf(stream), { revision: -1, parked: false }]))
  if (places.size === 0) return places
  const rows = await db<{ topic: string; stream: string; revision: string | null; parked: boolean }[]>`
    select a.topic, a.stream, p.revision, w.stream is not null as parked
    from jsonb_to_recordset(${db.json(streams.map(({ topic, stream }) => ({ topic, stream })))}::jsonb) as a(topic text, stream text)
    left join bus.positions p on p.consumer = ${consumer} and p.topic = a.topic and p.stream = a.stream
    left join bus.parked w on w.consumer = ${consumer} and w.topic = a.topic and w.stream = a.stream
    where p.revision is not null or w.stream is not null`
  for (const row of rows) places.set(keyOf(row), { revision: row.revision === null ? -1 : Number(row.revision), parked: row.parked })
  return places
}

/** Moves positions forwards in one statement; one that stands further already stays. */
export async function savePositions(db: Db, consumer: string, moved: readonly (TopicStream & { readonly revision: number })[]): Promise<void> {
  if (moved.length === 0) return
  await db`
    insert into bus.positions (consumer, topic, stream, revision)
    select ${consumer}, topic, stream, revision from jsonb_to_recordset(${db.json(inOrder(moved).map(({ topic, stream, revision }) => ({ topic, stream, revision })))}::jsonb) as m(topic text, stream text, revision bigint)
    on conflict (consumer, topic, stream) do update set revision = greatest(positions.revision, excluded.revision) where positions.revision < excluded.revision`
}

/** Through where the relay has published this log; undefined where it never did. */
export async function publishedThrough(db: Db, log: string): Promise<number | undefined> {
  const [row] = await db<{ ordinal: string }[]>`select ordinal from bus.published where name = 'relay' and log = ${log}`
  return row && Number(row.ordinal)
}
