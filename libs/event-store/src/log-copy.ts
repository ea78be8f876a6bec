/**
 * Leads a log from one store to another: ids, revisions, ordinals, recorded times and links stay, so the digest does too.
 * The events are written in log order, so what is there is always a beginning of the log: a copy that was broken off goes
 * on behind it. Every link is checked before it is written: a broken chain is not copied.
 */
import { genesisLink, leafOf, linkOf } from './chain'
import { KurrentStore } from './kurrentdb'
import { asEvent, asFound, connectKurrent, isKurrentUrl, kurrent, Names, pageOf, patiently, placeOfKurrent, readIdentity, sayIdentity, typeOf, within, type Entry } from './kurrentdb-connection'
import type { EventStore, StoredEvent } from './port'
import { connect, lines } from './postgres-connection'
import { PostgresStore } from './postgres'
import { readHead } from './postgres-head'

/** The copy is not possible as asked; the message says what to do. */
export class CopyRefused extends Error { constructor(message: string) { super(message); this.name = 'CopyRefused' } }

export interface CopyTarget {
  readonly where: string
  /** Takes the log's id, or holds its own against it; how many events it has, and the link of the last. Throws CopyRefused. */
  begin(log: string): Promise<{ readonly ordinal: number; readonly link: string }>
  /** The next events of the log. */
  write(events: readonly StoredEvent[]): Promise<void>
  finish(log: string, through: number): Promise<void>
  close(): Promise<void>
}

const BATCH = 500
const BATCH_BYTES = 512 * 1024
const TRY_MS = 30_000

/** @returns how many events were copied now, and how far the copy reaches */
export async function copyLog(source: Pick<EventStore, 'log' | 'head' | 'readAll'>, target: CopyTarget, options: { readonly onProgress?: (ordinal: number, of: number) => void; readonly signal?: AbortSignal } = {}): Promise<{ readonly copied: number; readonly through: number }> {
  const { onProgress, signal } = options
  const there = await target.begin(source.log)
  const { ordinal: of } = await source.head()
  let last: Pick<StoredEvent, 'ordinal' | 'link'> = { ordinal: there.ordinal, link: there.ordinal === 0 ? genesisLink(source.log) : there.link }
  if (there.ordinal > 0) {
    let link: string | undefined
    for await (const event of source.readAll({ after: there.ordinal - 1, through: there.ordinal })) link = event.link
    if (link !== there.link) throw new CopyRefused(`${target.where} has ${there.ordinal} events of this log, but another history: event ${there.ordinal} has another link there. Copy into an empty store`)
  }
  let batch: StoredEvent[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await target.write(batch)
    batch = []
    bytes = 0
    onProgress?.(last.ordinal, of)
  }
  for await (const event of source.readAll({ after: there.ordinal, through: of, ...(signal && { signal }) })) {
    if (event.ordinal !== last.ordinal + 1 || event.link !== linkOf(last.link, event.ordinal, event.recordedtime, leafOf(event.text))) {
      await flush()
      throw new CopyRefused(`ordinal ${event.ordinal} of the source is not what was linked when it was recorded: chorus verify says more. What stands before it is copied`)
    }
    batch.push(event)
    bytes += Buffer.byteLength(event.text)
    last = event
    if (batch.length >= BATCH || bytes >= BATCH_BYTES) await flush()
  }
  await flush()
  await target.finish(source.log, last.ordinal)
  return { copied: last.ordinal - there.ordinal, through: last.ordinal }
}

/** @param databaseUrl where the places are of a log in KurrentDB */
export const openToCopy = (url: string, databaseUrl: string | undefined): Promise<EventStore> => {
  if (!isKurrentUrl(url)) return PostgresStore.open({ url })
  if (databaseUrl === undefined) throw new CopyRefused('the places of the events of a log in KurrentDB are in PostgreSQL: name it in DATABASE_URL')
  return KurrentStore.open({ url, databaseUrl })
}
export const targetOfCopy = (url: string): CopyTarget => (isKurrentUrl(url) ? copyToKurrent(url) : copyToPostgres(url))

const contentOf = (text: string): string => (JSON.parse(text) as { content?: string }).content ?? ''

const ADOPT = `UPDATE log.head SET log = $1::text::uuid, link = decode($2, 'hex'), copying = true WHERE ordinal = 0 RETURNING true`
const FINISHED = 'UPDATE log.head SET copying = false'
/** `copying`: no service opens a log while it stands (postgres.ts). A copy that is refused has set nothing. */
const COPY = `
  WITH moved AS (
    UPDATE log.head SET ordinal = $1::bigint, link = decode($2, 'hex'), recordedtime = $3::text::timestamptz, copying = true WHERE ordinal = $4::bigint RETURNING true
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
  return {
    where,
    begin: async (log) => {
      const head = await readHead(sql, 'log')
      if (head!.log === log) return head!
      if (head!.ordinal > 0) throw new CopyRefused(`${where} holds ${head!.ordinal} events of log ${head!.log}, not of log ${log}. Copy into an empty database`)
      await sql.unsafe(ADOPT, [log, genesisLink(log)])
      return { ordinal: 0, link: genesisLink(log) }
    },
    write: async (events) => {
      const column = (value: (event: StoredEvent) => string | number): string => lines(events.map(value))
      const last = events.at(-1)!
      const moved = await sql.unsafe(COPY, [last.ordinal, last.link, last.recordedtime, events[0]!.ordinal - 1, column((e) => e.stream), column((e) => e.revision), column((e) => e.id), column((e) => e.type),
        column((e) => contentOf(e.text)), column((e) => e.recordedtime), column((e) => e.text), column((e) => e.link)])
      if (moved.length === 0) throw new CopyRefused(`somebody else writes into ${where}. Stop it; then copy again, it goes on where it is`)
    },
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
    const events = run.map(({ id, type, text, ordinal, recordedtime, link }) => asEvent({ id, type, content: contentOf(text) }, text, { ordinal: String(ordinal), recordedtime, link }))
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
    begin: async (log) => {
      const identity = await readIdentity(server)
      if (identity && identity.log !== log) throw new CopyRefused(`${where} holds log ${identity.log}, not log ${log}. Copy into an empty KurrentDB`)
      const { BACKWARDS, END } = kurrent()
      const entries = await pageOf(TRY_MS, () => client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 100, filter: names.filter } as never)) as Entry[]
      const last = entries.flatMap((entry) => asFound(entry, { log, names }) ?? [])[0]
      if (last && !last.copied) throw new CopyRefused(`${where} has events that a Chorus recorded there: it is no copy any more, and nothing is added to it`)
      if (!identity?.copying) await sayIdentity(server, identity?.entries ?? 0, { type: 'LogCopyBegun', data: { log } })
      return last?.copied ? { ordinal: Number(last.copied.ordinal), link: last.copied.link } : { ordinal: 0, link: genesisLink(log) }
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
    finish: async (log, through) => {
      const identity = await readIdentity(server)
      await sayIdentity(server, identity!.entries, { type: 'LogCopyFinished', data: { log, through } })
    },
    close: () => client.dispose(),
  }
}
