/** How the log speaks to PostgreSQL: connection settings, and which failures pass by themselves. */
import { guarded, postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'

/** What the store reports of itself; pino's loggers fit. Never given an event. */
export interface StoreLogger { warn(details: object, message: string): void }

/** The channel that wakes readers after a commit; its payload is the new head. */
export const CHANNEL = 'chorus_log'

/** Text of a timestamptz column as RFC 3339 UTC with microseconds. */
export const timeText = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const YEAR_2000 = Date.UTC(2000, 0, 1)

/** PostgreSQL's microseconds since 2000 (what timestamptz_send gives) as RFC 3339 in UTC with microseconds. */
export function recordedTimeOf(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1_000_000)
  return `${new Date(YEAR_2000 + seconds * 1000).toISOString().slice(0, 19)}.${String(microseconds - seconds * 1_000_000).padStart(6, '0')}Z`
}

/**
 * How long anybody may be in the way of others, ms. Whoever holds the counter row and stands still (a frozen process, a
 * connection whose other end is gone) keeps every writer waiting: the server ends such a transaction, and whoever waits
 * asks anew. Each is longer than the one before, and all together are within the time that an append goes on trying.
 */
export interface Limits {
  /** the server ends a transaction in which nothing happens for so long; default 3000 */
  readonly idleInTransactionMs: number
  /** a statement waits for a lock this long, and is then tried again; default 4000 */
  readonly lockMs: number
  /** a connection is given up whose server owes an answer and is silent for so long; default 6000 */
  readonly silenceMs: number
}
export const LIMITS: Limits = { idleInTransactionMs: 3000, lockMs: 4000, silenceMs: 6000 }

/**
 * A client whose sessions run in UTC, never scan the log from end to end for a lookup, stand in nobody's way for long, and hand bigints over as numbers.
 * While the server is away it asks for it less and less often, at least twice a second: a listener's client asks again by itself.
 */
export function connect(url: string, max: number, name: string, limits: Limits = LIMITS): Sql {
  return postgres(url, {
    ...guarded(url, limits.silenceMs),
    max,
    fetch_types: false,
    max_lifetime: null,
    connect_timeout: 10,
    onnotice: () => undefined,
    types: { bigint: { to: 20, from: [20], serialize: (n: number) => String(n), parse: (text: string) => Number(text) } },
    // plans made while the table was small would else scan it when it is large
    connection: {
      application_name: name, TimeZone: 'UTC', DateStyle: 'ISO', enable_seqscan: 'off',
      idle_in_transaction_session_timeout: String(limits.idleInTransactionMs), lock_timeout: String(limits.lockMs),
    } as Record<string, string>,
  }) as unknown as Sql
}

/** The database could not be reached in time. The outcome of an append is then not known; the same append again is safe. */
export class StoreUnavailable extends Error {
  readonly retryable = true
  constructor(message: string, options?: ErrorOptions) { super(message, options); this.name = 'StoreUnavailable' }
}

const TRANSIENT = new Set([
  'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT',
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOENT',
  '40001', '40P01', '55P03', '53100', '53200', '53300', '53400', '58030', '57P01', '57P02', '57P03', '57P05', '25P03', '25P04', '55000',
])

export const codeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '')

/** Whether trying again later may help: the connection or the server went away, a lock was in the way, disk or memory are used up. */
export const isTransient = (error: unknown): boolean => { const code = codeOf(error); return TRANSIENT.has(code) || code.startsWith('08') }

/** Several values as one text parameter: none of ours has a line break (JSON escapes it), so no escaping is needed on either side. */
export const lines = (values: readonly (string | number)[]): string => values.join('\n')
