/**
 * Group commit. Appends queue in the process; one transaction at a time takes what waits, locks the counter row, looks
 * up streams and ids, decides in JS, inserts everything in one statement, and answers after the commit.
 */
import type { Sql } from 'postgres'
import { placeBatch, type LogEnd, type PlacedEvent } from './place-batch'
import type { AppendResult } from './port'
import type { Commit } from './subscription'
import { CHANNEL, codeOf, isTransient, lines, StoreUnavailable, timeText, type StoreLogger } from './postgres-connection'
import type { KnownEvent } from './decide-append'
import type { PreparedAppend } from './prepare-append'
import { laterOf } from './recorded-time'

export interface SequencerOptions {
  /** a client with one connection, made anew after a failure */
  readonly open: () => Sql
  /** wait this long for company before a batch, ms */
  readonly lingerMs: number
  /** go on trying this long while the database is away, ms */
  readonly retryMs: number
  readonly logger?: StoreLogger
  readonly onCommitted: (commit: Commit) => void
}

interface Waiting { readonly append: PreparedAppend; readonly resolve: (result: AppendResult) => void; readonly reject: (error: unknown) => void }

const MAX_COMMANDS = 500
const MAX_EVENTS = 500
const MAX_BYTES = 4 * 1024 * 1024
const PREPARED = { prepare: true }

/** Its own statement: the batch's later statements see what the process that held the lock before has committed. */
const LOCK = `SELECT ordinal, encode(link, 'hex') AS link, ${timeText('recordedtime')} AS recordedtime, ${timeText('promised')} AS promised,
  ${timeText('clock_timestamp()')} AS clock FROM log.head FOR UPDATE`

const LOOK_UP = `
  SELECT NULL::text AS id, s.stream, (SELECT e.revision FROM log.events e WHERE e.stream = s.stream ORDER BY e.revision DESC LIMIT 1) AS revision,
    NULL::bigint AS ordinal, NULL::text AS recordedtime, NULL::text AS content
  FROM unnest(string_to_array($1, E'\\n')) AS s(stream)
  UNION ALL
  SELECT id::text, stream, revision, ordinal, ${timeText('recordedtime')}, content FROM log.events WHERE id = ANY (string_to_array($2, E'\\n')::uuid[])`

/** Moves the head from where it was locked, and only then inserts: even without its transaction it could not go astray. */
const WRITE = `
  WITH moved AS (
    UPDATE log.head SET ordinal = $1::bigint, link = decode($2, 'hex'), recordedtime = $3::text::timestamptz
    WHERE ordinal = $4::bigint AND link = decode($5, 'hex') RETURNING true
  ), added AS (
    INSERT INTO log.events (ordinal, stream, revision, id, type, content, recordedtime, text, link)
    SELECT $4::bigint + e.n, e.stream, e.revision::bigint, e.id::uuid, e.type, e.content, $3::text::timestamptz, e.text, decode(e.link, 'hex')
    FROM unnest(string_to_array($6, E'\\n'), string_to_array($7, E'\\n'), string_to_array($8, E'\\n'), string_to_array($9, E'\\n'),
      string_to_array($10, E'\\n'), string_to_array($11, E'\\n'), string_to_array($12, E'\\n'))
      WITH ORDINALITY AS e(stream, revision, id, type, content, text, link, n)
    WHERE EXISTS (SELECT FROM moved)
  )
  SELECT pg_notify('${CHANNEL}', $1::bigint::text) FROM moved`

/** Asked under the lock of the head, in a statement of its own: what was destroyed before the head moved last is seen. */
const ENDED = `SELECT key FROM vault.ended(string_to_array($1, E'\\n')) AS key`

interface HeadRow { ordinal: number; link: string; recordedtime: string | null; promised: string | null; clock: string }
type LookUpRow = { id: null; stream: string; revision: number | null } | (KnownEvent & { id: string })

/** The head was not where it was locked: the transaction was lost on the way. The batch is decided anew. */
class HeadMoved extends Error { readonly code = '40001' }

export class Sequencer {
  private readonly queue: Waiting[] = []
  private running: Promise<void> | undefined
  private closed = false
  private sql: Sql

  constructor(private readonly options: SequencerOptions) { this.sql = options.open() }

  /** Queues an append; answers after its transaction is committed. */
  submit(append: PreparedAppend): Promise<AppendResult> {
    if (this.closed) return Promise.reject(new StoreUnavailable('the event store is closed; open it again to append'))
    return new Promise((resolve, reject) => {
      this.queue.push({ append, resolve, reject })
      this.running ??= this.run()
    })
  }

  /** Waits for what is queued, then lets the connection go. */
  async close(): Promise<void> {
    this.closed = true
    await this.running
    await this.sql.end({ timeout: 1 })
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      await this.gather()
      const batch = this.take()
      try {
        const results = await this.commit(batch.map(({ append }) => append))
        batch.forEach(({ resolve }, i) => resolve(results[i]!))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.running = undefined
  }

  private gather(): Promise<void> {
    const { lingerMs } = this.options
    return new Promise((resolve) => {
      if (lingerMs > 0 && this.queue.length < MAX_COMMANDS && !this.closed) setTimeout(resolve, lingerMs)
      else setImmediate(resolve)
    })
  }

  private take(): Waiting[] {
    let events = 0
    let bytes = 0
    let count = 0
    for (const { append } of this.queue) {
      events += append.events.length
      bytes += append.bytes
      if (count > 0 && (count >= MAX_COMMANDS || events > MAX_EVENTS || bytes > MAX_BYTES)) break
      count += 1
    }
    return this.queue.splice(0, count)
  }

  /** Tries until the outcome is known. An attempt whose commit was not confirmed is looked up by its ids on the next. */
  private async commit(appends: readonly PreparedAppend[]): Promise<readonly AppendResult[]> {
    const started = performance.now()
    const attempts: (readonly AppendResult[])[] = []
    for (let wait = 10; ; wait = Math.min(wait * 2, 500)) {
      try {
        return firstTold(await this.attempt(appends, attempts), attempts)
      } catch (error) {
        this.renew()
        if (!isTransient(error)) throw error
        if (performance.now() - started > this.options.retryMs) {
          throw new StoreUnavailable(`${codeOf(error) === '53100' ? 'the disk of the event log is full: make room on it' : 'the event log could not be reached'}; whether these events were recorded is not known. Send the same again: what was recorded is not recorded twice`, { cause: error })
        }
        this.options.logger?.warn({ code: codeOf(error), commands: appends.length }, 'append is tried again')
        await new Promise((resolve) => { setTimeout(resolve, wait) })
      }
    }
  }

  private async attempt(appends: readonly PreparedAppend[], attempts: (readonly AppendResult[])[]): Promise<readonly AppendResult[]> {
    const { sql } = this
    const streams = [...new Set(appends.map(({ stream }) => stream))]
    const ids = appends.flatMap(({ events }) => events.map(({ id }) => id))
    const keys = [...new Set(appends.flatMap((append) => append.keys))]
    const [, locked, found, ended] = await Promise.all([
      sql.unsafe('BEGIN'),
      sql.unsafe<HeadRow[]>(LOCK, [], { ...PREPARED, simple: false } as typeof PREPARED),
      sql.unsafe<LookUpRow[]>(LOOK_UP, [lines(streams), lines(ids)], PREPARED),
      keys.length === 0 ? [] : sql.unsafe<{ key: string }[]>(ENDED, [lines(keys)], PREPARED),
    ])
    const head = locked[0]!
    const revisions = new Map<string, number>()
    const known = new Map<string, KnownEvent>()
    for (const row of found) {
      if (row.id !== null) known.set(row.id, row)
      else if (row.revision !== null) revisions.set(row.stream, row.revision)
    }
    const now = laterOf(head.promised, laterOf(head.recordedtime, head.clock))
    const { events, results, end } = placeBatch(appends, head, now, revisions, known, new Set(ended.map(({ key }) => key)))
    if (events.length === 0) {
      await sql.unsafe('COMMIT')
      return results
    }
    attempts.push(results)
    const [written] = await Promise.all([this.write(sql, events, head, end), sql.unsafe('COMMIT')])
    if (written.length === 0) throw new HeadMoved('the head of the log moved under the lock')
    this.options.onCommitted({ after: head.ordinal, through: end.ordinal, events })
    return results
  }

  private write(sql: Sql, events: readonly PlacedEvent[], from: LogEnd, to: LogEnd): Promise<readonly object[]> {
    const column = (value: (event: PlacedEvent) => string | number): string => lines(events.map(value))
    return sql.unsafe(WRITE, [
      to.ordinal, to.link, to.recordedtime, from.ordinal, from.link,
      column((e) => e.stream), column((e) => e.revision), column((e) => e.id), column((e) => e.type), column((e) => e.content), column((e) => e.text), column((e) => e.link),
    ], PREPARED)
  }

  /** After any failure the connection's state is not known: leave it (the server rolls back), take a new one. */
  private renew(): void {
    const old = this.sql
    this.sql = this.options.open()
    old.end({ timeout: 0 }).catch(() => undefined)
  }
}

/** An answer "repeated" that this very call caused, by an attempt whose confirmation was lost, is the first answer. */
function firstTold(results: readonly AppendResult[], attempts: readonly (readonly AppendResult[])[]): readonly AppendResult[] {
  if (attempts.length === 0) return results
  return results.map((result, i) => {
    if (!result.ok || !result.repeated) return result
    const own = attempts.some((attempt) => { const tried = attempt[i]!; return tried.ok && !tried.repeated && tried.first.ordinal === result.first.ordinal && tried.first.recordedtime === result.first.recordedtime })
    return own ? { ...result, repeated: false } : result
  })
}
