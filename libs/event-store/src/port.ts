/**
 * The event store port. Every adapter (memory, postgres, kurrentdb) passes the same contract suite
 * (`testing/event-store.contract.ts`). The store knows nothing of people, agencies or keys: it is given bodies that
 * are already sealed, and it gives each event its place (stream, revision, ordinal, recorded time, link).
 */

/** What an append expects of the stream: a revision (0 is the first event), or one of these. */
export type ExpectedRevision = number | 'any' | 'none' | 'exists'

/** One event as it is handed to the store. `body` is the sealed envelope with `data`, without log, stream and revision. */
export interface NewEvent {
  /** UUID; ours, never the store's. */
  readonly id: string
  readonly type: string
  /** HMAC of the plaintext content (envelope field `content`): the same id must always carry the same one. */
  readonly content: string
  readonly body: Readonly<Record<string, unknown>>
}

/** An event in its place. */
export interface StoredEvent {
  /** Count in log order, the first event of a log is 1; gapless and in commit order. */
  readonly ordinal: number
  /** RFC 3339 in UTC with microseconds, stamped by the store, never decreasing in log order. */
  readonly recordedtime: string
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly type: string
  /** The stored text: RFC 8785 canonical JSON of body + log, stream, revision. Its SHA-256 is the event's leaf. */
  readonly text: string
  /** SHA-256(previous link, ordinal, recorded time, leaf), lower-case hex. */
  readonly link: string
}

export interface Append {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly NewEvent[]
  /** ids of the keys that sealed it. A store that sees the state of keys refuses it where one has ended since; the others leave that to whoever seals */
  readonly keys?: readonly string[]
}

export type AppendResult =
  | { readonly ok: true; /** true when all ids were stored as this run before: the answer is the first one. */ readonly repeated: boolean; readonly first: Place; readonly last: Place }
  | { readonly ok: false; readonly error: AppendConflict }

export interface Place { readonly ordinal: number; readonly revision: number; readonly recordedtime: string }

export type AppendConflict =
  /** The stream is not where the caller expected it: `actual` is its last revision, or 'none'. */
  | { readonly code: 'wrong-revision'; readonly stream: string; readonly expected: ExpectedRevision; readonly actual: number | 'none' }
  /** Some ids of the run are stored and some are not (or not as one run in this order, or in another stream). */
  | { readonly code: 'partly-known'; readonly stream: string; readonly known: readonly string[] }
  /** An id is stored with other content. */
  | { readonly code: 'content-differs'; readonly stream: string; readonly id: string }
  /** A key that sealed it was destroyed after it was sealed. */
  | { readonly code: 'key-ended'; readonly stream: string }

/** Thrown for what no caller can mean: an event over 256 KiB, an append over 900 KiB, an empty append, a bad stream name. */
export class AppendRefused extends Error {
  constructor(readonly code: 'event-too-large' | 'append-too-large' | 'empty-append' | 'bad-stream-name' | 'bad-event', message: string) { super(message); this.name = 'AppendRefused' }
}

export const MAX_EVENT_BYTES = 256 * 1024
export const MAX_APPEND_BYTES = 900 * 1024

export interface ReadStreamOptions { readonly direction?: 'forwards' | 'backwards'; /** first revision to give, inclusive */ readonly from?: number; readonly limit?: number; readonly signal?: AbortSignal }

export interface LogFilter { /** event types */ readonly types?: readonly string[]; /** stream categories: the part of the stream name before the first '-' */ readonly categories?: readonly string[]; readonly streams?: readonly string[] }

/** Does an event of this stream and type pass the filter? Each part that is given must hold. */
export function matcherOf(filter: LogFilter | undefined): (event: Pick<StoredEvent, 'stream' | 'type'>) => boolean {
  const types = filter?.types && new Set(filter.types)
  const categories = filter?.categories && new Set(filter.categories)
  const streams = filter?.streams && new Set(filter.streams)
  return (event) => (!types || types.has(event.type)) && (!categories || categories.has(categoryOf(event.stream))) && (!streams || streams.has(event.stream))
}

export interface ReadAllOptions {
  /** exclusive; 0 or absent reads from the start */
  readonly after?: number
  /** inclusive; absent reads to the head at the time of the call */
  readonly through?: number
  readonly filter?: LogFilter
  readonly signal?: AbortSignal
}

/** One event of a page of the log; the same object is the next one after `next()`. */
export interface LogRow {
  readonly ordinal: number
  readonly recordedtime: string
  readonly link: string
  /** the stored text in UTF-8; somebody else's bytes once the page is left */
  readonly bytes: Buffer
  /** Whether what the store keeps beside the text (stream, revision, id, type, content) and this log's id are what the text says. */
  fits(log: string): boolean
}
/** A part of the log as it came, for whoever holds it against its chain: nothing is decoded that is not compared. */
export interface LogPage { readonly length: number; /** as often as there are events, in order */ next(): LogRow }

export interface Head { readonly log: string; /** 0 for an empty log */ readonly ordinal: number; readonly link: string; readonly recordedtime: string | null }

export interface SubscribeOptions {
  readonly after: number
  readonly filter?: LogFilter
  /** Called in order, one batch at a time; the next batch waits for the promise. `through` says how far the log was looked at, matching or not. */
  readonly onBatch: (events: readonly StoredEvent[], through: number) => Promise<void>
  readonly onError?: (error: unknown) => void
  /** a lost wake-up only delays: the poll comes after this many ms at the latest (default 1000) */
  readonly pollMs?: number
  readonly batchSize?: number
}
export interface Subscription { /** stops after the batch in hand */ stop(): Promise<void>; readonly after: number }

export interface EventStore {
  /** the log's id; fixed at creation, part of every stored event */
  readonly log: string
  append(append: Append): Promise<AppendResult>
  /** Many independent appends: each has its own result, a conflict in one leaves the others standing. No atomicity across streams. Order within one stream is the order given. */
  appendEach(appends: readonly Append[]): Promise<AppendResult[]>
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent>
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>
  /** The events of readAll in pages of bytes. Optional: a walk takes readAll where a store has none. */
  readPages?(options?: Omit<ReadAllOptions, 'filter'>): AsyncIterable<LogPage>
  head(): Promise<Head>
  /** The event with this id. Optional: findEvent() reads the log where a store has no index of ids. */
  find?(id: string): Promise<StoredEvent | undefined>
  /** Of these ids those that are stored, each with the stream in which it stands. */
  standing(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** The last ordinal whose recorded time is at or before T: "as of recorded T" is the prefix through it. Refuses (throws LogNotThereYet) where the log's clock has not reached T. */
  ordinalAsOf(recordedtime: string): Promise<number>
  subscribe(options: SubscribeOptions): Subscription
  close(): Promise<void>
}

/** The log here is a part of a copy. */
export class CopyUnfinished extends Error { constructor(message: string) { super(message); this.name = 'CopyUnfinished' } }

export class LogNotThereYet extends Error { constructor(message: string) { super(message); this.name = 'LogNotThereYet' } }

/** `incident-0190…` is of category `incident`. */
export const categoryOf = (stream: string): string => { const dash = stream.indexOf('-'); return dash < 0 ? stream : stream.slice(0, dash) }
