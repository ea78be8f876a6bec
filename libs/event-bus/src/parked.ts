/** Streams that wait: what could not be worked, by reference, with its cause. Read and written by consumers and by operators. */
import type { Sql } from 'postgres'
import type { ParkedKind, Verdict } from './failures'
import type { Db, TopicStream } from './positions'

/** A stream that waits at `revision`; what came later in it waits behind. */
export interface ParkedWork extends TopicStream {
  readonly id: string
  readonly consumer: string
  readonly revision: number
  /** null for a hole: what should stand there never came */
  readonly eventId: string | null
  readonly type: string | null
  readonly kind: ParkedKind
  /** the same name for the same fault */
  readonly cause: string
  /** for an operator; no confidential value */
  readonly detail: string
  /** RFC 3339 */
  readonly since: string
  readonly attempts: number
  /** RFC 3339; null: only a person brings it back */
  readonly nextTry: string | null
  /** how many revisions of the stream were seen that wait behind it */
  readonly waiting: number
}

/** All that is given must hold; nothing given: everything. */
export interface ParkedFilter { readonly consumer?: string; readonly cause?: string; readonly kind?: ParkedKind; readonly id?: string; readonly stream?: string }

/** Wakes the consumers of the database; the payload is a consumer's name. Lost, it only delays: they poll. */
export const CHANNEL = 'chorus_bus'

/* Statements that lock several rows take them in the order of consumer, topic and stream, or skip those that are held: two processes never wait for each other. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const matching = (db: Db, { consumer, cause, kind, id, stream }: ParkedFilter) => db`
  ${consumer === undefined ? db`true` : db`consumer = ${consumer}`}
  and ${cause === undefined ? db`true` : db`cause = ${cause}`}
  and ${kind === undefined ? db`true` : db`kind = ${kind}`}
  and ${stream === undefined ? db`true` : db`stream = ${stream}`}
  and ${id === undefined ? db`true` : UUID.test(id) ? db`id = ${id}::uuid` : db`false`}`

interface Row {
  consumer: string; topic: string; stream: string; id: string; revision: string; event_id: string | null; type: string | null; kind: ParkedKind
  cause: string; detail: string; since: Date; attempts: number; next_try: Date | null; behind: string
}
const workOf = (row: Row): ParkedWork => ({
  id: row.id, consumer: row.consumer, topic: row.topic, stream: row.stream, revision: Number(row.revision), eventId: row.event_id, type: row.type, kind: row.kind,
  cause: row.cause, detail: row.detail, since: row.since.toISOString(), attempts: row.attempts, nextTry: row.next_try?.toISOString() ?? null, waiting: Number(row.behind) - Number(row.revision),
})

/** What waits, the oldest first. */
export async function parkedList(database: Sql, filter: ParkedFilter = {}): Promise<ParkedWork[]> {
  const rows = await database<Row[]>`select * from bus.parked where ${matching(database, filter)} order by since, consumer, topic, stream`
  return rows.map(workOf)
}

/** Asks the consumers to try these again now: whatever their cause, and whether or not they would by themselves. Answers how many streams that are. */
export async function requestRetry(database: Sql, filter: Omit<ParkedFilter, 'stream'>): Promise<number> {
  const asked = await database<{ consumer: string }[]>`
    update bus.parked set next_try = now() where id in (select id from bus.parked where ${matching(database, filter)} order by consumer, topic, stream for update) returning consumer`
  for (const consumer of new Set(asked.map((row) => row.consumer))) await database`select pg_notify(${CHANNEL}, ${consumer})`
  return asked.length
}

/** A stream that has to wait from `revision` on. */
export interface ToPark extends TopicStream {
  readonly revision: number
  readonly eventId: string | null
  readonly type: string | null
  readonly kind: ParkedKind
  readonly cause: string
  readonly detail: string
  readonly retryInMs: number | null
  /** highest revision seen */
  readonly behind: number
}

const inMs = (db: Db, ms: number | null) => (ms === null ? db`null` : db`now() + make_interval(secs => ${ms / 1000})`)

/**
 * Parks the streams. One that waits already stays as it is, but a hole whose event has come is tried by that event's time.
 * Answers those that were not parked, since another process has led them past the event meanwhile: what came later in them is still to be worked.
 */
export async function park(db: Db, consumer: string, since: string, streams: readonly ToPark[]): Promise<readonly TopicStream[]> {
  const passed: TopicStream[] = []
  for (const { topic, stream, revision, eventId, type, kind, cause, detail, retryInMs, behind } of streams) {
    const parked = await db`
      insert into bus.parked (consumer, topic, stream, revision, event_id, type, kind, cause, detail, since, attempts, next_try, behind)
      select ${consumer}, ${topic}, ${stream}, ${revision}, ${eventId}::uuid, ${type}, ${kind}, ${cause}, ${detail}, ${since}::timestamptz, 1, ${inMs(db, retryInMs)}, ${behind}::bigint
      where not exists (select from bus.positions where consumer = ${consumer} and topic = ${topic} and stream = ${stream} and revision >= ${revision})
      on conflict (consumer, topic, stream) do update set behind = greatest(parked.behind, excluded.behind),
        next_try = case
          when parked.kind <> 'hole' then parked.next_try
          when excluded.event_id is not null and excluded.revision <= parked.revision then coalesce(excluded.next_try, now())
          -- whoever stopped earlier may hold what is missing here
          when excluded.revision < parked.revision then now()
          else parked.next_try end
      returning 1`
    if (parked.count === 0) passed.push({ topic, stream })
  }
  return passed
}

/**
 * Notes that more of these streams was seen and waits. Answers those that do wait; the others went on meanwhile. A hole whose missing
 * revision has come is tried again at once.
 */
export async function waitBehind(db: Db, consumer: string, seen: readonly (TopicStream & { readonly revisions: readonly number[] })[]): Promise<{ readonly waiting: readonly TopicStream[]; readonly filled: boolean }> {
  const rows = await db<{ topic: string; stream: string; filled: boolean }[]>`
    with s as (select * from jsonb_to_recordset(${db.json(seen.map(({ topic, stream, revisions }) => ({ topic, stream, low: Math.min(...revisions), high: Math.max(...revisions) })))}::jsonb) as s(topic text, stream text, low bigint, high bigint)),
    held as (select p.id, s.low, s.high from bus.parked p join s using (topic, stream) where p.consumer = ${consumer} order by p.topic, p.stream for update of p)
    update bus.parked p set behind = greatest(p.behind, h.high), next_try = case when p.kind = 'hole' and h.low <= p.revision then now() else p.next_try end
    from held h where p.id = h.id
    returning p.topic, p.stream, p.kind = 'hole' and h.low <= p.revision as filled`
  return { waiting: rows, filled: rows.some((row) => row.filled) }
}

/** How long a process that took a parked stream has before another may, ms; it renews while it works. */
export const CLAIM_MS = 30_000

/** No stream waits longer for its next try, ms: one that says so was parked before the clock was put back, and is due. */
const LONGEST_WAIT_MS = 600_000
/** May be tried now: its time has come, and nobody is at it. */
const due = (db: Db) => db`
  (next_try <= now() or next_try > ${inMs(db, LONGEST_WAIT_MS)}) and (claimed_until is null or claimed_until < now() or claimed_until > ${inMs(db, 2 * CLAIM_MS)})`

/** Takes parked streams whose time has come. */
export async function claimDue(db: Db, consumer: string, limit: number): Promise<ParkedWork[]> {
  const rows = await db<Row[]>`
    update bus.parked set claimed_until = ${inMs(db, CLAIM_MS)}
    where id in (
      select id from bus.parked where consumer = ${consumer} and ${due(db)}
      order by next_try limit ${limit} for update skip locked)
    returning *`
  return rows.map(workOf)
}
export async function renewClaims(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db`update bus.parked set claimed_until = ${inMs(db, CLAIM_MS)} where id in (select id from bus.parked where id in ${db([...ids])} and claimed_until is not null for update skip locked)`
}

/** Not now: gives the claim back as it was, to be taken again after `retryInMs`. */
export async function unclaim(db: Db, id: string, retryInMs: number): Promise<void> {
  await db`update bus.parked set claimed_until = null, next_try = ${inMs(db, retryInMs)} where id = ${id}::uuid`
}

/** It failed again, or a later event of the stream did: the row tells of that one from now on. */
export async function parkAgain(db: Db, work: ParkedWork, at: { readonly revision: number; readonly eventId: string | null; readonly type: string | null }, verdict: Omit<Verdict, 'kind'> & { readonly kind: ParkedKind }, attempts: number, now: string): Promise<void> {
  const { kind, cause, detail, retryInMs } = verdict
  await db`
    update bus.parked set revision = ${at.revision}, event_id = ${at.eventId}::uuid, type = ${at.type}, kind = ${kind}, cause = ${cause}, detail = ${detail}, attempts = ${attempts},
      since = case when revision = ${at.revision} then since else ${now}::timestamptz end, behind = greatest(behind, ${at.revision}), next_try = ${inMs(db, retryInMs)}, claimed_until = null
    where id = ${work.id}::uuid`
}

/** Lets the stream go on by itself: only where all that was seen of it is worked. False where more was seen meanwhile. */
export async function unpark(db: Db, work: ParkedWork, revision: number): Promise<boolean> {
  const gone = await db`delete from bus.parked where id = ${work.id}::uuid and behind <= ${revision}`
  if (gone.count > 0) return true
  const [still] = await db`select 1 from bus.parked where id = ${work.id}::uuid`
  return still === undefined
}

/** Streams that wait although their event is behind the consumer: another process worked it at the same moment. They go on at once. */
export async function wakePassed(db: Db, consumer: string): Promise<void> {
  await db`
    update bus.parked set next_try = now() where id in (
      select w.id from bus.parked w join bus.positions p using (consumer, topic, stream)
      where w.consumer = ${consumer} and p.revision >= w.revision and (w.next_try is null or w.next_try > now()) for update of w skip locked)`
}

export interface ParkedCounts { readonly deferred: number; readonly retriable: number; readonly permanent: number; readonly hole: number; /** some of them may be tried now */ readonly due: boolean; /** ms until the next may be, at least 0; null: none by itself */ readonly nextInMs: number | null; /** the consumer has no row: somebody deleted it, and with it its positions and what waited */ readonly gone: boolean }

export async function countParked(db: Db, consumer: string): Promise<ParkedCounts> {
  const rows = await db<{ kind: ParkedKind | null; count: string; due: boolean; ms: string | null }[]>`
    select kind, count(*), coalesce(bool_or(${due(db)}), false) as due,
      extract(epoch from min(next_try) filter (where next_try > now()) - now()) * 1000 as ms
    from bus.consumers left join bus.parked on consumer = name where name = ${consumer} group by kind`
  const of = (kind: ParkedKind): number => Number(rows.find((row) => row.kind === kind)?.count ?? 0)
  const waits = rows.flatMap((row) => (row.ms === null ? [] : [Math.max(0, Number(row.ms))]))
  return { deferred: of('deferred'), retriable: of('retriable'), permanent: of('permanent'), hole: of('hole'), due: rows.some((row) => row.due), nextInMs: waits.length === 0 ? null : Math.min(...waits), gone: rows.length === 0 }
}
