/** The audit log in PostgreSQL (infra/postgres/migrations/0060-audit.sql): entered through one function, read in order, verified. */
import type { Sql } from 'postgres'
import { canonicalJson, genesisLink, leafOf, linkOf } from '@chorus/event-store'
import type { Actor, Purpose } from '@chorus/contracts'

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
}
/** Where readings are recorded. */
export interface AuditTrail {
  /** durable when it returns. @throws where it cannot be written: then nothing may be shown */
  record(reading: Reading): Promise<void>
  /** the keyed HMAC by which a search for `text` stands in the log, as 'hmac:' and base64url */
  fingerprint(text: string): string
}
export interface AuditEntry extends Reading { readonly ordinal: number; /** RFC 3339 in UTC, microseconds */ readonly time: string; /** lower-case hex */ readonly link: string }
export type AuditReport =
  | { readonly ok: true; readonly log: string; readonly checked: number; readonly link: string }
  | { readonly ok: false; readonly log: string; readonly checked: number; /** the first that is wrong */ readonly ordinal: number; readonly text: string }

/** @param hmac under the vault's key for searches */
export const auditTrail = (database: Sql, hmac: (text: string) => Buffer): AuditTrail => ({
  record: async (reading) => { await database`select audit.record(${canonicalJson(reading)})` },
  fingerprint: (text) => `hmac:${hmac(text.trim().toUpperCase()).toString('base64url')}`,
})

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
  return rows.map(({ ordinal, time, text, link }) => ({ ...JSON.parse(text) as Reading, ordinal: Number(ordinal), time, link }))
}

/** Recomputes every link, and names the first entry that is wrong. The head is read first: what is added meanwhile is not looked at. */
export const verifyAudit = async (database: Sql, options: { readonly onProgress?: (entries: number, of: number) => void; readonly signal?: AbortSignal } = {}): Promise<AuditReport> => {
  const [head] = await database<{ log: string; ordinal: string | number; link: string }[]>`select log::text as log, ordinal, encode(link, 'hex') as link from audit.head`
  const { log } = head!
  const of = Number(head!.ordinal)
  let previous = { ordinal: 0, link: genesisLink(log), time: '' }
  const wrong = (ordinal: number, text: string): AuditReport => ({ ok: false, log, checked: previous.ordinal, ordinal, text: `entry ${ordinal}: ${text}` })
  for await (const rows of database<Row[]>`select ${database.unsafe(COLUMNS)} from audit.entries where ordinal <= ${of} order by ordinal`.cursor(CURSOR)) {
    options.signal?.throwIfAborted()
    for (const row of rows) {
      const ordinal = Number(row.ordinal)
      if (ordinal !== previous.ordinal + 1) return wrong(previous.ordinal + 1, `missing; the next is ${ordinal}`)
      if (row.time < previous.time) return wrong(ordinal, 'recorded before the entry that precedes it')
      if (linkOf(previous.link, ordinal, row.time, leafOf(row.text)) !== row.link) return wrong(ordinal, 'its text, time or place is not what was linked when it was recorded')
      previous = { ordinal, link: row.link, time: row.time }
    }
    options.onProgress?.(previous.ordinal, of)
  }
  if (previous.ordinal < of) return wrong(previous.ordinal + 1, `missing; the log ends before it, but its head says ${of}`)
  if (previous.link !== head!.link) return wrong(of, 'the head carries another link than the last entry')
  return { ok: true, log, checked: of, link: previous.link }
}
