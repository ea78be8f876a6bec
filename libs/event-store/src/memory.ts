/** The log in memory: for tests, for dry runs, and for replaying a copy. Passes the same contract suite as the others. */
import { randomUUID } from 'node:crypto'
import { genesisLink } from './chain'
import type { KnownEvent } from './decide-append'
import { placeBatch, type LogEnd } from './place-batch'
import {
  LogNotThereYet, matcherOf, type Append, type AppendResult, type EventStore, type Head, type ReadAllOptions,
  type ReadStreamOptions, type StoredEvent, type SubscribeOptions, type Subscription,
} from './port'
import { prepareAppend } from './prepare-append'
import { laterOf, notThereYet, toMicroseconds } from './recorded-time'
import { startSubscription } from './subscription'

export interface MemoryStoreOptions {
  /** stamps recorded times; RFC 3339. Default: the system's clock */
  readonly clock?: { now(): string }
  /** the log's id, a UUID; default: a new one */
  readonly log?: string
}

/** Events handed on between two turns of the event loop: a long read leaves room for others. */
const TURN = 1000

export class MemoryStore implements EventStore {
  readonly log: string
  private readonly clock: { now(): string }
  private readonly events: StoredEvent[] = []
  private readonly streams = new Map<string, StoredEvent[]>()
  private readonly revisions = new Map<string, number>()
  private readonly known = new Map<string, KnownEvent>()
  private readonly listeners = new Set<() => void>()
  private readonly subscriptions = new Set<Subscription>()
  private end: LogEnd
  /** no later event is stamped before this */
  private promised: string | null = null

  constructor(options: MemoryStoreOptions = {}) {
    this.log = options.log ?? randomUUID()
    this.clock = options.clock ?? { now: () => new Date().toISOString() }
    this.end = { ordinal: 0, link: genesisLink(this.log), recordedtime: null }
  }

  /** A copy of another store's log: its id, places, recorded times and links are kept. */
  static async copyOf(source: Pick<EventStore, 'log' | 'readAll'>, options: Pick<MemoryStoreOptions, 'clock'> = {}): Promise<MemoryStore> {
    const copy = new MemoryStore({ ...options, log: source.log })
    for await (const event of source.readAll()) {
      const { content } = JSON.parse(event.text) as { content?: string }
      copy.keep(event, content ?? '')
      copy.end = { ordinal: event.ordinal, link: event.link, recordedtime: event.recordedtime }
    }
    return copy
  }

  async append(append: Append): Promise<AppendResult> {
    const [result] = await this.appendEach([append])
    return result!
  }

  async appendEach(appends: readonly Append[]): Promise<AppendResult[]> {
    const prepared = appends.map((append) => prepareAppend(this.log, append))
    const now = laterOf(this.promised, laterOf(this.end.recordedtime, toMicroseconds(this.clock.now())))
    const batch = placeBatch(prepared, this.end, now, this.revisions, this.known)
    for (const { content, ...event } of batch.events) this.keep(event, content)
    this.end = batch.end
    if (batch.events.length > 0) for (const wake of this.listeners) wake()
    return [...batch.results]
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> {
    const { direction = 'forwards', limit = Infinity, signal } = options
    signal?.throwIfAborted()
    const events = this.streams.get(stream) ?? []
    const step = direction === 'forwards' ? 1 : -1
    const last = events.length - 1
    let revision = step === 1 ? Math.max(0, options.from ?? 0) : Math.min(last, options.from ?? last)
    for (let given = 0; given < limit && revision >= 0 && revision <= last; given++, revision += step) {
      signal?.throwIfAborted()
      yield events[revision]!
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<StoredEvent> {
    const { after = 0, filter, signal } = options
    signal?.throwIfAborted()
    const through = Math.min(options.through ?? this.end.ordinal, this.end.ordinal)
    const matches = matcherOf(filter)
    for (let ordinal = Math.max(0, after) + 1; ordinal <= through; ordinal++) {
      signal?.throwIfAborted()
      if (ordinal % TURN === 0) await new Promise((resolve) => { setImmediate(resolve) })
      const event = this.events[ordinal - 1]!
      if (matches(event)) yield event
    }
  }

  async find(id: string): Promise<StoredEvent | undefined> {
    const known = this.known.get(id)
    return known && this.events[known.ordinal - 1]
  }

  async standing(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(ids.flatMap((id) => { const known = this.known.get(id); return known ? [[id, this.events[known.ordinal - 1]!.stream] as const] : [] }))
  }

  async head(): Promise<Head> { return { log: this.log, ...this.end } }

  async ordinalAsOf(recordedtime: string): Promise<number> {
    const asked = toMicroseconds(recordedtime)
    if (this.end.recordedtime === null || this.end.recordedtime <= asked) {
      const clock = laterOf(this.promised, toMicroseconds(this.clock.now()))
      if (clock <= asked) throw new LogNotThereYet(notThereYet(recordedtime, clock))
      this.promised = clock
      return this.end.ordinal
    }
    let low = 0
    let high = this.events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.events[middle]!.recordedtime <= asked) low = middle + 1
      else high = middle
    }
    return low
  }

  subscribe(options: SubscribeOptions): Subscription {
    const subscription = startSubscription(this, options, (wake) => {
      this.listeners.add(wake)
      return () => this.listeners.delete(wake)
    })
    this.subscriptions.add(subscription)
    return subscription
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()))
    this.subscriptions.clear()
  }

  private keep(event: StoredEvent, content: string): void {
    const { id, stream, revision, ordinal, recordedtime } = event
    const frozen = Object.freeze({ ...event })
    this.events.push(frozen)
    const own = this.streams.get(stream)
    if (own) own.push(frozen)
    else this.streams.set(stream, [frozen])
    this.revisions.set(stream, revision)
    this.known.set(id, { ordinal, revision, recordedtime, stream, content })
  }
}
