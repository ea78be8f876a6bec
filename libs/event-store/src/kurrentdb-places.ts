/** The places of a log that lies in KurrentDB: schema `log_index` (infra/postgres/migrations/0050-log-index.sql). */
import type { Position } from '@kurrent/kurrentdb-client'
import type { Sql } from 'postgres'
import { genesisLink } from './chain'
import type { KnownEvent } from './decide-append'
import type { LogFilter, Place } from './port'
import { codeOf, connect, isTransient, lines, StoreUnavailable, timeText, type StoreLogger } from './postgres-connection'

/** The channel that tells of new places; its payload is the new head. */
export const PLACED = 'chorus_log_index'
/** How long a follower owns the places without renewing. */
export const OWNED_MS = 3000

/** An event's place beside its position in KurrentDB: all but its text. */
export interface PlacedRow extends Place { readonly stream: string; readonly id: string; readonly type: string; /** the fingerprint by which the same event is known again */ readonly content: string; readonly link: string; readonly commit: bigint; readonly prepare: bigint }
export interface NewPlace { readonly stream: string; readonly revision: number; readonly id: string; readonly type: string; readonly content: string; readonly recordedtime: string; readonly link: string; readonly position: Position }
/** Where the follower stands. */
export interface PlacesHead { readonly log: string; readonly ordinal: number; readonly link: string; readonly recordedtime: string | null; readonly promised: string | null; readonly clock: string; readonly position: Position | undefined }
interface HeadRow extends Omit<PlacesHead, 'position'> { readonly commit: string | null; readonly prepare: string | null }

/** The places in this database are those of another log. */
export class PlacesOfAnotherLog extends Error { constructor(message: string) { super(message); this.name = 'PlacesOfAnotherLog' } }

const HEAD_COLUMNS = `log::text AS log, ordinal, encode(link, 'hex') AS link, ${timeText('recordedtime')} AS recordedtime, ${timeText('promised')} AS promised,
  ${timeText('clock_timestamp()')} AS clock, commit_position::text AS commit, prepare_position::text AS prepare`
const ROW_COLUMNS = `ordinal, revision, ${timeText('recordedtime')} AS recordedtime, stream, id::text AS id, type, content, encode(link, 'hex') AS link, commit_position::text AS commit, prepare_position::text AS prepare`
const BEGIN = `INSERT INTO log_index.head (log, ordinal, link) VALUES ($1::text::uuid, 0, decode($2, 'hex')) ON CONFLICT DO NOTHING`
/** An owner that does not renew is followed by another; a clock that was put back holds up nobody. */
const OWN = `UPDATE log_index.head SET term = term + (owner IS DISTINCT FROM $1::text::uuid)::int, owner = $1::text::uuid, owned_until = clock_timestamp() + $2::int * interval '1 millisecond'
  WHERE owner IS NULL OR owner = $1::text::uuid OR owned_until NOT BETWEEN clock_timestamp() AND clock_timestamp() + $2::int * interval '1 millisecond' RETURNING term`
const GIVE_UP = `UPDATE log_index.head SET owner = NULL WHERE owner = $1::text::uuid`
const LOCK = `SELECT ${HEAD_COLUMNS} FROM log_index.head WHERE owner = $1::text::uuid AND term = $2::bigint FOR UPDATE`
const MOVE = `UPDATE log_index.head SET ordinal = $1::bigint, link = decode($2, 'hex'), recordedtime = $3::text::timestamptz, commit_position = $4::text::bigint, prepare_position = $5::text::bigint,
  owned_until = clock_timestamp() + ${OWNED_MS} * interval '1 millisecond'`
const ADD = `INSERT INTO log_index.events (ordinal, commit_position, prepare_position, stream, revision, id, type, content, recordedtime, link)
  SELECT $1::bigint + e.n, e.commit::bigint, e.prepare::bigint, e.stream, e.revision::bigint, e.id::uuid, e.type, e.content, e.recordedtime::timestamptz, decode(e.link, 'hex')
  FROM unnest(${[2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `string_to_array($${n}, E'\\n')`).join(', ')}) WITH ORDINALITY AS e(commit, prepare, stream, revision, id, type, content, recordedtime, link, n)`
const LOOK_UP = `
  SELECT NULL::text AS id, s.stream, (SELECT e.revision FROM log_index.events e WHERE e.stream = s.stream ORDER BY e.revision DESC LIMIT 1) AS revision,
    NULL::bigint AS ordinal, NULL::text AS recordedtime, NULL::text AS content
  FROM unnest(string_to_array($1, E'\\n')) AS s(stream)
  UNION ALL
  SELECT id::text, stream, revision, ordinal, ${timeText('recordedtime')}, content FROM log_index.events WHERE id = ANY (string_to_array($2, E'\\n')::uuid[])`
const ENDED = `SELECT key FROM vault.ended(string_to_array($1, E'\\n')) AS key`
const PLACES_OF = `SELECT e.stream, e.revision, e.ordinal, ${timeText('e.recordedtime')} AS recordedtime
  FROM unnest(string_to_array($1, E'\\n'), string_to_array($2, E'\\n')) AS asked(stream, revision) JOIN log_index.events e ON e.stream = asked.stream AND e.revision = asked.revision::bigint`
/** $1 after, $2 through, $3 how many, $4 types in lines or null, $5 streams or categories in lines. */
const PAGE_OF = {
  all: `SELECT ${ROW_COLUMNS} FROM log_index.events WHERE ordinal > $1 AND ordinal <= $2 AND ($4::text IS NULL OR type = ANY (string_to_array($4, E'\\n'))) AND $5::text IS NULL ORDER BY ordinal LIMIT $3::int`,
  streams: `SELECT ${ROW_COLUMNS} FROM log_index.events WHERE stream = ANY (string_to_array($5, E'\\n')) AND ordinal > $1 AND ordinal <= $2 AND ($4::text IS NULL OR type = ANY (string_to_array($4, E'\\n')))
    AND ($6::text IS NULL OR category = ANY (string_to_array($6, E'\\n'))) ORDER BY ordinal LIMIT $3::int`,
  // as in postgres-reader.ts: each category in its own index's order, whatever the statistics say
  categories: `SELECT ${ROW_COLUMNS} FROM unnest(string_to_array($5, E'\\n')) AS c(of) CROSS JOIN LATERAL (
    SELECT * FROM log_index.events WHERE (category, ordinal) > (c.of, $1::bigint) AND (category, ordinal) <= (c.of, $2::bigint) AND ($4::text IS NULL OR type = ANY (string_to_array($4, E'\\n')))
    ORDER BY category, ordinal LIMIT $3::int) AS e ORDER BY ordinal LIMIT $3::int`,
}
const OF_STREAM = `SELECT ${ROW_COLUMNS} FROM log_index.events WHERE stream = $1 AND revision >= $2 AND revision <= $3`

interface Waiter { readonly stream: string; readonly revision: number; readonly until: number; readonly resolve: (place: Place) => void; readonly reject: (error: unknown) => void }
type LookUpRow = { id: null; stream: string; revision: number | null } | (KnownEvent & { id: string })
type RawRow = Omit<PlacedRow, 'commit' | 'prepare'> & { readonly commit: string; readonly prepare: string }

const positioned = (row: RawRow): PlacedRow => ({ ...row, commit: BigInt(row.commit), prepare: BigInt(row.prepare) })
const headOf = ({ commit, prepare, ...row }: HeadRow): PlacesHead => ({ ...row, position: commit === null || prepare === null ? undefined : { commit: BigInt(commit), prepare: BigInt(prepare) } })

export class Places {
  /** lookups and pages */
  readonly sql: Sql
  private readonly writer: Sql
  private readonly listener: Sql
  private readonly waiting: Waiter[] = []
  private looking: Promise<void> | undefined
  private timer: NodeJS.Timeout | undefined

  /** @param waitMs how long an event may go without its place */
  constructor(url: string, private readonly log: string, private readonly waitMs: number, private readonly logger?: StoreLogger) {
    this.sql = connect(url, 4, 'chorus-log-index')
    this.writer = connect(url, 1, 'chorus-log-follower')
    this.listener = connect(url, 1, 'chorus-log-listener')
  }

  /** Begins, or holds what is there against the log. Throws PlacesOfAnotherLog. */
  async open(where: string): Promise<PlacesHead> {
    await this.sql.unsafe(BEGIN, [this.log, genesisLink(this.log)])
    const head = await this.head()
    if (head.log !== this.log) throw new PlacesOfAnotherLog(`the places in this database (DATABASE_URL) are of log ${head.log}, but ${where} has log ${this.log}. Point CHORUS_LOG_URL to its own log, or DATABASE_URL to the database that belongs to it`)
    return head
  }

  async head(): Promise<PlacesHead> {
    const [row] = await this.sql.unsafe<HeadRow[]>(`SELECT ${HEAD_COLUMNS} FROM log_index.head`, [], { prepare: true })
    return headOf(row!)
  }

  /** Last revisions of streams, and the events behind ids, as far as they have places. */
  async lookUp(streams: readonly string[], ids: readonly string[]): Promise<{ readonly revisions: Map<string, number>; readonly known: Map<string, KnownEvent> }> {
    const revisions = new Map<string, number>()
    const known = new Map<string, KnownEvent>()
    for (const row of await this.sql.unsafe<LookUpRow[]>(LOOK_UP, [lines(streams), lines(ids)], { prepare: true })) {
      if (row.id === null) { if (row.revision !== null) revisions.set(row.stream, row.revision) } else known.set(row.id, row)
    }
    return { revisions, known }
  }

  /**
   * Which of these keys are destroyed. KurrentDB knows no lock to ask under: an event that was sealed before and sent at
   * the same moment may still be written after. It opens as little as any other: its key is gone.
   */
  async ended(keys: readonly string[]): Promise<ReadonlySet<string>> {
    if (keys.length === 0) return new Set()
    return new Set((await this.sql.unsafe<{ key: string }[]>(ENDED, [lines(keys)], { prepare: true })).map(({ key }) => key))
  }

  async page(after: number, through: number, filter: LogFilter | undefined, limit: number): Promise<PlacedRow[]> {
    const of = (values: readonly string[] | undefined): string | null => (values === undefined ? null : lines(values))
    const { types, categories, streams } = filter ?? {}
    const by = streams ? 'streams' : categories ? 'categories' : 'all'
    const parameters = [after, through, limit, of(types), of(streams ?? (categories && [...new Set(categories)])), ...streams ? [of(categories)] : []]
    const rows = await this.sql.unsafe<RawRow[]>(PAGE_OF[by], parameters as never[], { prepare: true })
    return rows.map(positioned)
  }

  async ofStream(stream: string, from: number, through: number): Promise<Map<number, PlacedRow>> {
    const rows = await this.sql.unsafe<RawRow[]>(OF_STREAM, [stream, from, through], { prepare: true })
    return new Map(rows.map((row) => [row.revision, positioned(row)]))
  }

  /** The place of an event that is in KurrentDB; waits for the follower. Throws StoreUnavailable. */
  placeOf(stream: string, revision: number): Promise<Place> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ stream, revision, until: performance.now() + this.waitMs, resolve, reject })
      this.look()
    })
  }

  /** Looks up who waits: whenever the follower has come further, and a little later in case nobody said so. */
  look(): void {
    this.looking ??= new Promise<void>((resolve) => { setImmediate(resolve) }).then(() => this.answer()).catch((error: unknown) => {
      if (!isTransient(error)) for (const { reject } of this.waiting.splice(0)) reject(error)
    }).then(() => {
      this.looking = undefined
      this.timer ??= this.waiting.length === 0 ? undefined : setTimeout(() => { this.timer = undefined; this.look() }, 50)
    })
  }

  private async answer(): Promise<void> {
    const asked = this.waiting.slice()
    if (asked.length === 0) return
    const rows = await this.sql.unsafe<(Place & { stream: string })[]>(PLACES_OF, [lines(asked.map(({ stream }) => stream)), lines(asked.map(({ revision }) => revision))], { prepare: true })
    const found = new Map(rows.map(({ stream, ...place }) => [`${stream} ${place.revision}`, place]))
    const now = performance.now()
    for (const waiter of asked) {
      const place = found.get(`${waiter.stream} ${waiter.revision}`)
      if (!place && now < waiter.until) continue
      this.waiting.splice(this.waiting.indexOf(waiter), 1)
      if (place) waiter.resolve({ ...place })
      else waiter.reject(new StoreUnavailable('the events are recorded in KurrentDB, but the follower that gives them their places does not come on. Send the same again: what was recorded is not recorded twice'))
    }
  }

  /** Owns the places from now on, or goes on owning them: the term, or undefined where another follower does. */
  async own(follower: string): Promise<number | undefined> {
    const [row] = await this.sql.unsafe<{ term: number }[]>(OWN, [follower, OWNED_MS], { prepare: true })
    return row?.term
  }
  async giveUp(follower: string): Promise<void> { await this.sql.unsafe(GIVE_UP, [follower]) }

  /**
   * Under the lock of the head: what `assign` makes of where the log stands is added, and the head moved. False where the
   * follower is not the owner any more: another has taken over, and nothing is written.
   */
  async advance(follower: string, term: number, assign: (head: PlacesHead) => { readonly places: readonly NewPlace[]; readonly position: Position }): Promise<boolean> {
    const moved = await this.writer.begin(async (sql) => {
      const [row] = await sql.unsafe<HeadRow[]>(LOCK, [follower, term], { prepare: true })
      if (!row) return false
      const head = headOf(row)
      const { places, position } = assign(head)
      const last = places.at(-1)
      const column = (value: (place: NewPlace) => string | number | bigint): string => places.map(value).join('\n')
      if (last) {
        await sql.unsafe(ADD, [head.ordinal, column((p) => p.position.commit), column((p) => p.position.prepare), column((p) => p.stream), column((p) => p.revision),
          column((p) => p.id), column((p) => p.type), column((p) => p.content), column((p) => p.recordedtime), column((p) => p.link)], { prepare: true })
      }
      const ordinal = head.ordinal + places.length
      await sql.unsafe(MOVE, [ordinal, last?.link ?? head.link, (last?.recordedtime ?? head.recordedtime) as string, String(position.commit), String(position.prepare)], { prepare: true })
      if (last) await sql.unsafe(`SELECT pg_notify('${PLACED}', $1)`, [String(ordinal)], { prepare: true })
      return true
    })
    if (moved) this.look()
    return moved as boolean
  }

  /** Tells of every new place, whoever assigned it; without it the poll still comes. */
  async listen(onPlaced: () => void): Promise<void> {
    const wake = (): void => { this.look(); onPlaced() }
    await this.listener.listen(PLACED, wake, wake).catch((error: unknown) => {
      this.logger?.warn({ code: codeOf(error) }, 'listening for new places failed; readers poll')
    })
  }

  async close(): Promise<void> {
    clearTimeout(this.timer)
    for (const { reject } of this.waiting.splice(0)) reject(new StoreUnavailable('the event store was closed before the events had their places. Send the same again: what was recorded is not recorded twice'))
    await Promise.all([this.sql, this.writer, this.listener].map((sql) => sql.end({ timeout: 1 })))
  }
}
