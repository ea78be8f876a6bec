/**
 * Leads a log from one store to another: ids, revisions, ordinals, recorded times and links stay, so the digest does too.
 * The events are written in log order, so what is there is always a beginning of the log: a copy that was broken off goes
 * on behind it. Every link is checked before it is written: a broken chain is not copied. At the end what stands in the
 * target is read from its first event on and held against the source; until both digests are one nobody opens the copy.
 */
import type { Position } from '@kurrent/kurrentdb-client'
import { genesisLink, leafOf, linkOf } from './chain'
import { KurrentStore } from './kurrentdb'
import { asEvent, asFound, connectKurrent, isAfter, isKurrentUrl, kurrent, Names, pageOf, patiently, placeOfKurrent, readIdentity, sayIdentity, typeOf, within, type Entry } from './kurrentdb-connection'
import type { EventStore, StoredEvent } from './port'
import { connect, lines } from './postgres-connection'
import { PostgresStore } from './postgres'
import { readHead } from './postgres-head'
import { readRange } from './postgres-reader'
import { Replay } from './replay'
import { walkRange } from './walk-range'

/** The copy is not possible as asked; the message says what to do. */
export class CopyRefused extends Error { constructor(message: string) { super(message); this.name = 'CopyRefused' } }

/** How far a copy has come. */
export interface Copied { readonly ordinal: number; readonly link: string }
type CopySource = Pick<EventStore, 'log' | 'head' | 'readAll'>

export interface CopyTarget {
  readonly where: string
  /** How many events of the log it has, and the link of the last; writes nothing. Throws CopyRefused where it holds anything else. */
  look(log: string): Promise<Copied>
  /** Takes the log's id, so that whoever would open it is told that this is a part of a copy. */
  begin(log: string): Promise<void>
  /** The next events of the log. */
  write(events: readonly StoredEvent[]): Promise<void>
  /** What was copied, as it stands there, from the first event on. */
  read(log: string, through: number): AsyncIterable<StoredEvent>
  /** The copy may be opened. */
  finish(log: string, through: number): Promise<void>
  close(): Promise<void>
}

export interface CopyPlan { /** events that the target has already */ readonly there: number; /** events that the source has */ readonly of: number }
export interface CopyDone {
  /** events that were copied now */
  readonly copied: number
  /** how far the copy reaches */
  readonly through: number
  /** what the source has by now; more than `through` where it was recorded in meanwhile */
  readonly source: number
  /** of the events through there as they stand in each store: the digest that `chorus replay` prints. null where they cannot be read to the end */
  readonly digests: { readonly source: string; readonly target: string | null }
  /** what is wrong with the copy, in words; it is then not finished, and nobody opens it */
  readonly fault?: string
}

const BATCH = 500
const BATCH_BYTES = 512 * 1024
const TRY_MS = 30_000
const LEAVING_MS = 2000

/** What a copy would do; writes nothing. Throws CopyRefused. */
export async function planCopy(source: CopySource, target: CopyTarget): Promise<CopyPlan> {
  const { there, of } = await planned(source, target)
  return { there: there.ordinal, of }
}

async function planned(source: CopySource, target: CopyTarget): Promise<{ readonly there: Copied; readonly of: number }> {
  const there = await target.look(source.log)
  const { ordinal: of } = await source.head()
  if (there.ordinal > of) throw new CopyRefused(`${target.where} has ${there.ordinal} events of this log, the source ${of}: it was recorded in since, or the source is an older copy. Copy into an empty store`)
  if (there.ordinal > 0) {
    let link: string | undefined
    for await (const event of source.readAll({ after: there.ordinal - 1, through: there.ordinal })) link = event.link
    if (link !== there.link) throw new CopyRefused(`${target.where} has ${there.ordinal} events of this log, but another history: event ${there.ordinal} has another link there. Copy into an empty store`)
  }
  return { there, of }
}

/** Copies what the source has when it begins. Throws CopyRefused. */
export async function copyLog(source: CopySource, target: CopyTarget, options: { readonly onProgress?: (what: 'copying' | 'comparing', ordinal: number, of: number) => void; readonly signal?: AbortSignal } = {}): Promise<CopyDone> {
  const { onProgress, signal } = options
  const { there, of } = await planned(source, target)
  await target.begin(source.log)
  const digest = new Replay(source.log)
  let last: Copied = { ordinal: 0, link: genesisLink(source.log) }
  let batch: StoredEvent[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await target.write(batch)
    batch = []
    bytes = 0
    onProgress?.('copying', last.ordinal, of)
  }
  for await (const event of source.readAll({ through: of, ...(signal && { signal }) })) {
    if (event.ordinal !== last.ordinal + 1 || event.link !== linkOf(last.link, event.ordinal, event.recordedtime, leafOf(event.text))) {
      await flush()
      throw new CopyRefused(`ordinal ${event.ordinal} of the source is not what was linked when it was recorded: chorus verify says more. What stands before it is copied`)
    }
    digest.fold(event)
    last = event
    if (event.ordinal <= there.ordinal) continue
    batch.push(event)
    bytes += Buffer.byteLength(event.text)
    if (batch.length >= BATCH || bytes >= BATCH_BYTES) await flush()
  }
  await flush()
  const { digest: wanted } = digest.result()
  const { digest: found, fault = found === wanted ? undefined : `${target.where} has another history than the source, though its chain holds` } = await digestOf(target, source.log, last.ordinal, (ordinal) => onProgress?.('comparing', ordinal, of), signal)
  if (fault === undefined) await target.finish(source.log, last.ordinal)
  return { copied: last.ordinal - there.ordinal, through: last.ordinal, source: (await source.head()).ordinal, digests: { source: wanted, target: found }, ...(fault !== undefined && { fault }) }
}

/** Reads the copy from its first event on, link by link: its digest, or where it breaks. */
async function digestOf(target: CopyTarget, log: string, through: number, onRead: (ordinal: number) => void, signal?: AbortSignal): Promise<{ readonly digest: string | null; readonly fault?: string }> {
  const replay = new Replay(log)
  let read = 0
  async function* folded(): AsyncIterable<StoredEvent> {
    for await (const event of target.read(log, through)) {
      signal?.throwIfAborted()
      yield event
      // what the walk objects to ends it before it is folded
      replay.fold(event)
    }
  }
  const walked = await walkRange({ log, readAll: folded }, { after: 0, through }, { onWalked: (events) => onRead(read += events) })
  return walked.fault ? { digest: null, fault: `${target.where}, ${walked.fault.text}` } : { digest: replay.result().digest }
}

/** @param databaseUrl where the places are of a log in KurrentDB */
export const openToCopy = (url: string, databaseUrl: string | undefined): Promise<EventStore> => {
  if (!isKurrentUrl(url)) return PostgresStore.open({ url })
  if (databaseUrl === undefined) throw new CopyRefused('the places of the events of a log in KurrentDB are in PostgreSQL: name it in DATABASE_URL')
  return KurrentStore.open({ url, databaseUrl })
}
export const targetOfCopy = (url: string): CopyTarget => (isKurrentUrl(url) ? copyToKurrent(url) : copyToPostgres(url))

/** By it the copy, too, knows the same event again when it is sent once more: it stands in the text of every event that a service records. */
const contentOf = ({ ordinal, text }: StoredEvent): string => {
  const { content } = JSON.parse(text) as { content?: unknown }
  if (typeof content !== 'string' || content === '') throw new CopyRefused(`ordinal ${ordinal} of the source carries no fingerprint of its content (member "content"): no service records such an event`)
  return content
}

const ADOPT = `UPDATE log.head SET log = $1::text::uuid, link = decode($2, 'hex') WHERE ordinal = 0`
/** No service opens a log while it stands (postgres.ts). A copy that is refused has set nothing. */
const BEGUN = 'WITH was AS (SELECT copying FROM log.head) UPDATE log.head SET copying = true RETURNING (SELECT copying FROM was) AS begun'
const PROMISED = 'SELECT promised IS NOT NULL AS promised FROM log.head'
/** Connections of stores in PostgreSQL: what they append stands under the id that the log had when they opened it. The places of a log in KurrentDB, which may be led back into their database, have others. */
const USERS = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('chorus-log-reader', 'chorus-log-writer')`
const FINISHED = 'UPDATE log.head SET copying = false'
const COPY = `
  WITH moved AS (
    UPDATE log.head SET ordinal = $1::bigint, link = decode($2, 'hex'), recordedtime = $3::text::timestamptz WHERE ordinal = $4::bigint RETURNING true
  ), added AS (
    INSERT INTO log.events (ordinal, stream, revision, id, type, content, recordedtime, text, link)
    SELECT $4::bigint + e.n, e.stream, e.revision::bigint, e.id::uuid, e.type, e.content, e.recordedtime::timestamptz, e.text, decode(e.link, 'hex')
    FROM unnest(${[5, 6, 7, 8, 9, 10, 11, 12].map((n) => `string_to_array($${n}, E'\\n')`).join(', ')}) WITH ORDINALITY AS e(stream, revision, id, type, content, recordedtime, text, link, n)
    WHERE EXISTS (SELECT FROM moved)
  )
  SELECT true AS moved FROM moved`

/** @param url PostgreSQL, migrated to this build's schema */
export function copyToPostgres(url: string): CopyTarget {
  const sql = connect(url, 1, 'chorus-log-copy')
  const where = `the PostgreSQL at ${new URL(url).host}${new URL(url).pathname}`
  const refuseUsers = async (): Promise<void> => {
    // one that was just stopped, or refused, takes a moment to be gone
    const until = performance.now() + LEAVING_MS
    while ((await sql.unsafe(USERS)).length > 0) if (performance.now() < until) await new Promise((resolve) => { setTimeout(resolve, 50) }); else throw new CopyRefused(`a Chorus has the log in ${where} open: stop it, then copy again`)
  }
  return {
    where,
    look: async (log) => {
      await refuseUsers()
      const head = (await readHead(sql, 'log'))!
      if (head.log === log) return head
      if (head.ordinal > 0) throw new CopyRefused(`${where} holds ${head.ordinal} events of log ${head.log}, not of log ${log}. Copy into an empty database`)
      const [{ promised } = { promised: false }] = await sql.unsafe<{ promised: boolean }[]>(PROMISED)
      if (promised) throw new CopyRefused(`${where} holds no event, but has answered as log ${head.log} what was recorded at a moment, and keeps its word. Copy into a database that was only migrated`)
      return { ordinal: 0, link: genesisLink(log) }
    },
    begin: async (log) => {
      const [{ begun } = { begun: false }] = await sql.unsafe<{ begun: boolean }[]>(BEGUN)
      // whoever opened it since the look has its old id, and from here on nobody opens it
      await refuseUsers().catch(async (error: unknown) => {
        if (!begun) await sql.unsafe(FINISHED)
        throw error
      })
      await sql.unsafe(ADOPT, [log, genesisLink(log)])
    },
    write: async (events) => {
      const column = (value: (event: StoredEvent) => string | number): string => lines(events.map(value))
      const last = events.at(-1)!
      const moved = await sql.unsafe(COPY, [last.ordinal, last.link, last.recordedtime, events[0]!.ordinal - 1, column((e) => e.stream), column((e) => e.revision), column((e) => e.id), column((e) => e.type),
        column(contentOf), column((e) => e.recordedtime), column((e) => e.text), column((e) => e.link)])
      if (moved.length === 0) throw new CopyRefused(`somebody else writes into ${where}. Stop it; then copy again, it goes on where it is`)
    },
    read: (_, through) => readRange(sql, 0, through, {}),
    finish: async () => { await sql.unsafe(FINISHED) },
    close: () => sql.end({ timeout: 1 }),
  }
}

/** @param url KurrentDB */
export function copyToKurrent(url: string, prefix?: string): CopyTarget {
  const server = { client: connectKurrent(url), names: new Names(prefix), retryMs: TRY_MS }
  const where = placeOfKurrent(url)
  const { client, names } = server
  const append = async (run: readonly StoredEvent[]): Promise<void> => {
    const { stream, revision } = run[0]!
    const events = run.map((event) => asEvent({ id: event.id, type: event.type, content: contentOf(event) }, event.text, { ordinal: String(event.ordinal), recordedtime: event.recordedtime, link: event.link }))
    try {
      // the same ids at the same revision are written once, however often they are sent
      await patiently(TRY_MS, () => within(TRY_MS, client.appendToStream(names.of(stream), events, { streamState: revision === 0 ? 'no_stream' : BigInt(revision - 1) })))
    } catch (error) {
      if (typeOf(error) === 'wrong-expected-version') throw new CopyRefused(`${stream} in ${where} is not where the copy left it: somebody else writes there. Copy into an empty KurrentDB`)
      throw error
    }
  }
  return {
    where,
    look: async (log) => {
      const identity = await readIdentity(server)
      if (identity && identity.log !== log) throw new CopyRefused(`${where} holds log ${identity.log}, not log ${log}. Copy into an empty KurrentDB`)
      const { BACKWARDS, END } = kurrent()
      const entries = await pageOf(TRY_MS, () => client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 100, filter: names.filter } as never)) as Entry[]
      const last = entries.flatMap((entry) => asFound(entry, { log, names }) ?? [])[0]
      if (last && !last.copied) throw new CopyRefused(`${where} has events that a Chorus recorded there: it is no copy any more, and nothing is added to it`)
      return last?.copied ? { ordinal: Number(last.copied.ordinal), link: last.copied.link } : { ordinal: 0, link: genesisLink(log) }
    },
    begin: async (log) => {
      const identity = await readIdentity(server)
      if (!identity?.copying) await sayIdentity(server, identity?.entries ?? 0, { type: 'LogCopyBegun', data: { log } })
    },
    write: async (events) => {
      // one after the other: the order of the log is the order in which KurrentDB takes them
      let run: StoredEvent[] = []
      for (const event of events) {
        if (run.length > 0 && run[0]!.stream !== event.stream) { await append(run); run = [] }
        run.push(event)
      }
      await append(run)
    },
    read: async function* (log, through) {
      const { START } = kurrent()
      for (let position: Position | undefined, ordinal = 0; ordinal < through;) {
        const page = (await pageOf(TRY_MS, () => client.readAll({ fromPosition: position ?? START, maxCount: BATCH, filter: names.filter } as never)) as Entry[]).filter((entry) => position === undefined || isAfter(entry.position, position))
        for (const entry of page) {
          const found = asFound(entry, { log, names })
          if (!found?.copied) continue
          const { copied, stream, revision, id, type, text } = found
          ordinal = Number(copied.ordinal)
          yield { stream, revision, id, type, text, ordinal, recordedtime: copied.recordedtime, link: copied.link }
        }
        position = page.at(-1)?.position
        if (position === undefined) return
      }
    },
    finish: async (log, through) => {
      const identity = await readIdentity(server)
      await sayIdentity(server, identity!.entries, { type: 'LogCopyFinished', data: { log, through } })
    },
    close: () => client.dispose(),
  }
}
