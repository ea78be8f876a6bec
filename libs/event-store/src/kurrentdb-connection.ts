/** How the log speaks to KurrentDB: the client, whose entries are ours, their text, and which failures pass by themselves. */
import type { AllStreamRecordedEvent, KurrentDBClient, Position, RecordedEvent } from '@kurrent/kurrentdb-client'
import { randomUUID } from 'node:crypto'
import { canonicalJson } from './chain'
import { StoreUnavailable } from './postgres-connection'

export type Entry = AllStreamRecordedEvent
type Library = typeof import('@kurrent/kurrentdb-client')

/** Loaded where it is used: it has a native part, and who keeps the log in PostgreSQL needs neither. */
export const kurrent = (): Library => require('@kurrent/kurrentdb-client') as Library

export const connectKurrent = (url: string): KurrentDBClient => kurrent().KurrentDBClient.connectionString(url)

/** kurrentdb://, and esdb:// as servers up to 24.10 were addressed. */
export const isKurrentUrl = (url: string): boolean => /^(kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\//.test(url)
/** The place in words; never user or password. */
export const placeOfKurrent = (url: string): string => `KurrentDB at ${url.replace(/^[^:]+:\/\//, '').replace(/^[^@/]*@/, '').replace(/[/?].*$/, '')}`

/** How a log's streams are named in KurrentDB. */
export class Names {
  /** Where the log says who it is. No stream of a log can be named so: categories have no dot. */
  readonly identity: string
  /** Streams that an event of the log can stand in (prepare-append.ts); the server's own begin with $. */
  readonly filter: { readonly filterOn: 'streamName'; readonly regex: string }

  /** @param prefix before every name, so that several logs may lie in one KurrentDB; none in service */
  constructor(readonly prefix = '') {
    this.identity = `${prefix}chorus.log`
    this.filter = { filterOn: 'streamName', regex: `^${prefix.replace(/[.\\+*?[^\]$(){}|]/g, '\\$&')}[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9._:-]+)?$` }
  }
  of(stream: string): string { return this.prefix + stream }
}

/** What everything that reads or writes a log in KurrentDB stands on. */
export interface Link { readonly client: KurrentDBClient; readonly names: Names; readonly log: string; /** how long to go on trying while KurrentDB is away */ readonly retryMs: number }

/** What a copied event brings along from the log it was copied from; flat strings. */
export interface CopiedPlace { readonly ordinal: string; readonly recordedtime: string; readonly link: string }

export const isAfter = (a: Position, b: Position): boolean => a.commit > b.commit || (a.commit === b.commit && a.prepare > b.prepare)

/** An event of the log as it lies in KurrentDB. */
export interface FoundEvent {
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly type: string
  readonly content: string
  readonly text: string
  readonly position: Position
  readonly copied?: CopiedPlace
}

/** The event, or undefined where the entry is none of this log: of another program, or malformed. */
export function asFound(entry: Pick<RecordedEvent, 'streamId' | 'revision' | 'id' | 'type' | 'data' | 'metadata'> & { readonly position?: Position }, { log, names }: Pick<Link, 'log' | 'names'>): FoundEvent | undefined {
  const { id, type } = entry
  const revision = Number(entry.revision)
  // malformed JSON comes as a string, not as an error
  const data = entry.data as unknown as Record<string, unknown> | string | null
  if (typeof data !== 'object' || data === null || data.log !== log || data.revision !== revision) return undefined
  const { stream } = data
  if (typeof stream !== 'string' || names.of(stream) !== entry.streamId) return undefined
  const metadata = (entry.metadata ?? {}) as Partial<CopiedPlace & { readonly content: string }>
  const content = typeof data.content === 'string' ? data.content : metadata.content ?? ''
  const { ordinal, recordedtime, link } = metadata
  return {
    stream, revision, id, type, content, text: canonicalJson(data), position: entry.position ?? { commit: 0n, prepare: 0n },
    ...ordinal !== undefined && recordedtime !== undefined && link !== undefined && { copied: { ordinal, recordedtime, link } },
  }
}

/** The entry to append for a stored text. The whole envelope is its data; metadata only has what the body lacks. */
export function asEvent(event: { readonly id: string; readonly type: string; readonly content: string }, text: string, copied?: CopiedPlace): ReturnType<Library['jsonEvent']> {
  const data = JSON.parse(text) as Record<string, unknown>
  const metadata = { ...data.content === undefined && { content: event.content }, ...copied }
  return kurrent().jsonEvent({ id: event.id, type: event.type, data: data as never, ...Object.keys(metadata).length > 0 && { metadata } })
}

export const typeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : '')

/** gRPC's own codes of these: what the client asks before a call (which methods there are) fails with gRPC's error, not with one of the client's. */
const PASSING_CODES: readonly unknown[] = [1 /* CANCELLED */, 4 /* DEADLINE_EXCEEDED */, 10 /* ABORTED */, 14 /* UNAVAILABLE */]

/** The connection or the server went away, is not the leader, or took too long: asking again may help. */
export const passes = (error: unknown): boolean =>
  (typeOf(error) === '' && error instanceof Error && PASSING_CODES.includes((error as { code?: unknown }).code))
  || ['unavailable', 'cancelled', 'deadline-exceeded', 'timeout', 'not-leader'].includes(typeOf(error))
  || (typeOf(error) === 'unknown' && /ABORTED|UNAVAILABLE|INTERNAL|transport|connect|Connection|h2 protocol|stream closed/.test((error as Error).message))

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

/** A server that is frozen answers nothing, and the client's own limit does not cover every call. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(Object.assign(new Error(`no answer within ${ms} ms`), { type: 'timeout' })), ms) })
  try { return await Promise.race([work, late]) } finally { clearTimeout(timer) }
}

/** Tries a read until it is answered. Throws StoreUnavailable after `retryMs`. */
export async function patiently<T>(retryMs: number, read: () => Promise<T>): Promise<T> {
  const started = performance.now()
  for (let wait = 10; ; wait = Math.min(wait * 2, 500)) {
    try { return await within(retryMs, read()) } catch (error) {
      if (!passes(error)) throw error
      if (performance.now() - started > retryMs) throw new StoreUnavailable('KurrentDB could not be reached. Check that it runs and that CHORUS_LOG_URL is right; what was recorded is safe', { cause: error })
      await pause(wait)
    }
  }
}

/** A page of a read, whole: a page that breaks off is asked for again. A stream that is not there is empty. */
export async function pageOf<E>(retryMs: number, read: () => AsyncIterable<{ readonly event?: E }>): Promise<E[]> {
  return patiently(retryMs, async () => {
    const page: E[] = []
    try {
      for await (const { event } of read()) if (event) page.push(event)
    } catch (error) {
      if (typeOf(error) !== 'stream-not-found') throw error
    }
    return page
  })
}

/** What the log says of itself in its identity stream. */
export interface Identity { readonly log: string; /** a copy was begun and not finished */ readonly copying: boolean; /** a finished copy reached so far */ readonly copiedThrough: number; readonly entries: number }
type IdentityEvent = { readonly type: 'LogBegun' | 'LogCopyBegun'; readonly data: { readonly log: string } } | { readonly type: 'LogCopyFinished'; readonly data: { readonly log: string; readonly through: number } }

export async function readIdentity({ client, names, retryMs }: Omit<Link, 'log'>): Promise<Identity | undefined> {
  const entries = await pageOf(retryMs, () => client.readStream(names.identity)) as unknown as IdentityEvent[]
  const [first] = entries
  if (!first) return undefined
  const finished = entries.flatMap((entry) => (entry.type === 'LogCopyFinished' ? [entry.data.through] : []))
  return { log: first.data.log, copying: entries.at(-1)!.type === 'LogCopyBegun', copiedThrough: Math.max(0, ...finished), entries: entries.length }
}

/** @param after entries that the stream has; somebody else who was faster is no harm: read it again */
export async function sayIdentity({ client, names }: Omit<Link, 'log'>, after: number, event: IdentityEvent): Promise<void> {
  const { jsonEvent } = kurrent()
  try {
    await client.appendToStream(names.identity, jsonEvent({ id: randomUUID(), type: event.type, data: event.data }), { streamState: after === 0 ? 'no_stream' : BigInt(after - 1) })
  } catch (error) {
    if (typeOf(error) !== 'wrong-expected-version') throw error
  }
}
