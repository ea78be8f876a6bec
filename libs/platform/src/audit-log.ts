/** The audit log in PostgreSQL (infra/postgres/migrations/0060-audit.sql): entered through one function, read in order, verified. */
import type { Sql, TransactionSql } from 'postgres'
import { canonicalJson, genesisLink, leafOf, linkOf } from '@chorus/event-store'
import type { Actor, Purpose } from '@chorus/contracts'
import { systemClock } from './clock'
import { RefusedAttempts } from './refused-attempts'
import { newId } from './request-context'

/** One reading of a person's record, or one search, found or not. Ids and codes alone. */
export interface Reading {
  readonly actor: Actor
  readonly purpose: Purpose
  /** METHOD and path of the route, with its parameters as `:name` */
  readonly route: string
  /** what was asked for, by the parameter's name: a UUID as it is, anything else for its keyed HMAC */
  readonly asked: Readonly<Record<string, string>>
  readonly found: boolean
  /** ids of the records that were shown */
  readonly records: readonly string[]
  readonly correlationId: string
  /** why it looked as if there were nothing: closed to the reader, or not for the role */
  readonly refused?: string
}
/** An attempt that was refused because of who asked; `times`: so many more of one caller within a minute, `counted` by route and code. */
export interface Refused extends Omit<Reading, 'purpose'> {
  readonly purpose: Purpose | null
  readonly found: false
  /** the problem's or the rule's code */
  readonly refused: string
  readonly times?: number
  readonly counted?: Readonly<Record<string, number>>
}
/** Where readings are recorded. */
export interface AuditTrail {
  /** durable when it returns. @throws where it cannot be written: then nothing may be shown */
  record(reading: Reading): Promise<void>
  /** Enters it soon: at once, or counted with others of the same caller. Never throws: what cannot be entered is tried again. */
  refused(attempt: Refused): void
  /** Enters what was only counted until now. */
  close(): Promise<void>
  /** the keyed HMAC by which a search for `text` stands in the log, as 'hmac:' and base64url */
  fingerprint(text: string): string
}
export type AuditEntry = (Reading | Refused) & { readonly ordinal: number; /** RFC 3339 in UTC, microseconds */ readonly time: string; /** lower-case hex */ readonly link: string }
export type AuditReport =
  | { readonly ok: true; readonly log: string; /** entries that were read */ readonly checked: number; readonly through: number; readonly link: string }
  | { readonly ok: false; readonly log: string; readonly checked: number; /** the first that is wrong */ readonly ordinal: number; readonly fault: 'gap' | 'recordedtime-decreases' | 'link-differs' | 'head-differs'; readonly text: string }

/** @param hmac under the vault's key for searches; @param failed told of a refused attempt that could not be entered yet */
export const auditTrail = (database: Sql, hmac: (text: string) => Buffer, failed: (error: unknown) => void): AuditTrail => {
  const enter = async (entry: Reading | Refused): Promise<void> => { await database`select audit.record(${canonicalJson(entry)})` }
  const attempts = new RefusedAttempts({ enter, failed })
  return {
    record: enter, refused: (attempt) => attempts.note(attempt), close: () => attempts.close(),
    fingerprint: (text) => `hmac:${hmac(text.trim().toUpperCase()).toString('base64url')}`,
  }
}

/**
 * What the owner of the database does to all of it at the command line: entered before it is done, or with it.
 * @param sql the owner's @param asked codes and names of ours, no word of anybody's
 */
export const enterAsOwner = async (sql: Sql | TransactionSql, route: string, asked: Readonly<Record<string, string>>): Promise<void> => {
  const [{ owner } = { owner: 'unknown' }] = await sql<{ owner: string }[]>`select session_user as owner`
  const done: Reading = { actor: { id: `database:${owner}`, role: 'owner', agency: 'CITY' }, purpose: 'operations', route, asked, found: true, records: [], correlationId: newId(systemClock) }
  await sql`select audit.record(${canonicalJson(done)})`
}

interface Row { ordinal: string | number; time: string; text: string; link: string }
const COLUMNS = `ordinal, to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time, text, encode(link, 'hex') as link`
const CURSOR = 1000

export interface AuditFilter { readonly actor?: string; /** an id, or the fingerprint of a search */ readonly about?: string; readonly before?: number; readonly limit: number }

/** The newest entries first. `about`: those that showed this record, or asked for it. */
export const auditEntries = async (database: Sql, { actor, about, before, limit }: AuditFilter): Promise<AuditEntry[]> => {
  const rows = await database<Row[]>`
    select ${database.unsafe(COLUMNS)} from audit.entries
    where ${before === undefined ? database`true` : database`ordinal < ${before}`}
      ${actor === undefined ? database`` : database`and text::jsonb #>> '{actor,id}' = ${actor}`}
      ${about === undefined ? database`` : database`and (text::jsonb -> 'records' ? ${about} or exists (select from jsonb_each_text(text::jsonb -> 'asked') where value = ${about}))`}
    order by ordinal desc limit ${limit}`
  return rows.map(({ ordinal, time, text, link }) => ({ ...JSON.parse(text) as Reading | Refused, ordinal: Number(ordinal), time, link }))
}

export interface VerifyAudit {
  /** where it was right: this entry must still carry this link, and what comes after it is read */
  readonly after?: { readonly ordinal: number; readonly link: string }
  /** told each entry that is right */
  readonly seen?: (ordinal: number, link: string) => void
  readonly onProgress?: (entries: number, of: number) => void
  readonly signal?: AbortSignal
}

/** Recomputes every link, and names the first entry that is wrong. The head is read first: what is added meanwhile is not looked at. */
export const verifyAudit = async (database: Sql, { after, seen, onProgress, signal }: VerifyAudit = {}): Promise<AuditReport> => {
  const head = await auditHead(database)
  const { log, ordinal: of } = head
  let previous = { ordinal: after?.ordinal ?? 0, link: after?.link ?? genesisLink(log), time: '' }
  const from = previous.ordinal
  const wrong = (ordinal: number, fault: Extract<AuditReport, { ok: false }>['fault'], text: string): AuditReport => ({ ok: false, log, checked: previous.ordinal - from, ordinal, fault, text: `entry ${ordinal}: ${text}` })
  if (after && after.ordinal > 0 && after.ordinal <= of) {
    const [kept] = await database<Row[]>`select ${database.unsafe(COLUMNS)} from audit.entries where ordinal = ${after.ordinal}`
    if (!kept) return wrong(after.ordinal, 'gap', 'missing')
    if (kept.link !== after.link) return wrong(after.ordinal, 'link-differs', 'carries another link than before')
    previous = { ...previous, time: kept.time }
    seen?.(after.ordinal, after.link)
  }
  for await (const rows of database<Row[]>`select ${database.unsafe(COLUMNS)} from audit.entries where ordinal > ${from} and ordinal <= ${of} order by ordinal`.cursor(CURSOR)) {
    signal?.throwIfAborted()
    for (const row of rows) {
      const ordinal = Number(row.ordinal)
      if (ordinal !== previous.ordinal + 1) return wrong(previous.ordinal + 1, 'gap', `missing; the next is ${ordinal}`)
      if (row.time < previous.time) return wrong(ordinal, 'recordedtime-decreases', 'recorded before the entry that precedes it')
      if (linkOf(previous.link, ordinal, row.time, leafOf(row.text)) !== row.link) return wrong(ordinal, 'link-differs', 'its text, time or place is not what was linked when it was recorded')
      previous = { ordinal, link: row.link, time: row.time }
      seen?.(ordinal, row.link)
    }
    onProgress?.(previous.ordinal, of)
  }
  if (previous.ordinal < of) return wrong(previous.ordinal + 1, 'gap', `missing; the log ends before it, but its head says ${of}`)
  // walked from behind its end: whoever signed that says so
  if (previous.ordinal === of && previous.link !== head.link) return wrong(of, 'head-differs', 'the head carries another link than the last entry')
  return { ok: true, log, checked: previous.ordinal - from, through: previous.ordinal, link: previous.link }
}

/** Where the audit log stands. */
export const auditHead = async (database: Sql): Promise<{ readonly log: string; readonly ordinal: number; readonly link: string }> => {
  const [head] = await database<{ log: string; ordinal: string | number; link: string }[]>`select log::text as log, ordinal, encode(link, 'hex') as link from audit.head`
  return { ...head!, ordinal: Number(head!.ordinal) }
}
