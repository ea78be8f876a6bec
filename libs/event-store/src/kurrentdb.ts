/**
 * The log in KurrentDB (EventStoreDB 22.10 and later). KurrentDB has the events; the places it does not give (ordinal,
 * recorded time, link) are in PostgreSQL, schema `log_index`, assigned by the follower (decision 0040).
 */
import type { KurrentDBClient, Position } from '@kurrent/kurrentdb-client'
import { randomUUID } from 'node:crypto'
import { asFound, connectKurrent, isAfter, kurrent, Names, pageOf, patiently, placeOfKurrent, readIdentity, sayIdentity, type Entry, type Identity, type Link } from './kurrentdb-connection'
import { Follower, LogDamaged } from './kurrentdb-follower'
import { Places, PlacesOfAnotherLog, type PlacesHead } from './kurrentdb-places'
import { readPlaced, readStreamPlaced, readWithContent, type ReaderOptions } from './kurrentdb-reader'
import { KurrentWriter } from './kurrentdb-writer'
import { CopyUnfinished, type Append, type AppendResult, type EventStore, type Head, type LogPage, type ReadAllOptions, type ReadStreamOptions, type StoredEvent, type SubscribeOptions, type Subscription } from './port'
import type { StoreLogger } from './postgres-connection'
import { ordinalAsOf } from './postgres-head'
import { prepareAppend } from './prepare-append'
import { startSubscription } from './subscription'
import { pageOfOne } from './walk-range'

export interface KurrentStoreOptions {
  /** kurrentdb://…, with user and password where the server asks for them */
  readonly url: string
  /** PostgreSQL of the application role, for the places */
  readonly databaseUrl: string
  /** how long an append or a read goes on trying while KurrentDB is away, ms; default 10000 */
  readonly retryMs?: number
  /** an append that is not answered in this time is looked up and sent again where it did not arrive, ms; default 5000 */
  readonly answerMs?: number
  readonly logger?: StoreLogger
  /** before the names of the log's streams in KurrentDB; default none */
  readonly prefix?: string
  /** a client that others use too, and whoever made it closes; default one of the store's own */
  readonly client?: KurrentDBClient
}


/** Entries counted when it is asked how far the follower is behind. */
const COUNTED = 1000

export class KurrentStore implements EventStore {
  readonly log: string
  private readonly listeners = new Set<() => void>()
  private readonly subscriptions = new Set<Subscription>()
  private readonly writer: KurrentWriter
  private readonly follower: Follower
  private readonly reading: ReaderOptions
  private closing: Promise<void> | undefined

  private constructor(private readonly link: Link, private readonly places: Places, private readonly options: KurrentStoreOptions) {
    const { logger } = options
    this.log = link.log
    this.reading = { link, places }
    this.writer = new KurrentWriter({ link, places, answerMs: options.answerMs ?? 5000, ...(logger && { logger }) })
    this.follower = new Follower({ link, places, ...(logger && { logger }), onPlaced: () => this.wakeAll() })
  }

  /**
   * Opens the log, or begins one where the KurrentDB holds none. Throws StoreUnavailable; PlacesOfAnotherLog where the
   * database belongs to another log; and refuses a copy that was not finished, and a KurrentDB older than its places.
   */
  static async open(options: KurrentStoreOptions): Promise<KurrentStore> {
    const where = placeOfKurrent(options.url)
    const retryMs = options.retryMs ?? 10_000
    const server = { client: options.client ?? connectKurrent(options.url), names: new Names(options.prefix), retryMs }
    let places: Places | undefined
    let store: KurrentStore | undefined
    try {
      const identity = await identityOf(server)
      if (identity.copying) throw new CopyUnfinished(`a copy of log ${identity.log} into ${where} was begun and is not finished: end it with \`chorus log copy\`, from where it was begun, then start again`)
      places = new Places(options.databaseUrl, identity.log, retryMs, options.logger)
      const { position } = await places.open(where)
      if (position && await endsBefore(server, position)) {
        throw new PlacesOfAnotherLog(`the places in this database (DATABASE_URL) reach further than ${where}: it was restored from an older copy, or it is another. Restore database and KurrentDB from backups that belong together`)
      }
      store = new KurrentStore({ ...server, log: identity.log }, places, options)
      const opened = store
      await places.listen(() => opened.wakeAll())
      opened.follower.start()
      await opened.untilPlaced(identity.copiedThrough)
      return opened
    } catch (error) {
      if (store) await store.close()
      else {
        await places?.close()
        if (!options.client) await server.client.dispose()
      }
      throw error
    }
  }

  append(append: Append): Promise<AppendResult> {
    return Promise.resolve().then(() => this.writer.submit(prepareAppend(this.log, append)))
  }

  async appendEach(appends: readonly Append[]): Promise<AppendResult[]> {
    const prepared = appends.map((append) => prepareAppend(this.log, append))
    return Promise.all(prepared.map((append) => this.writer.submit(append)))
  }

  readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> { return readStreamPlaced(this.reading, stream, options) }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<StoredEvent> {
    options.signal?.throwIfAborted()
    const { ordinal } = await this.places.head()
    yield* readPlaced(this.reading, options.after ?? 0, Math.min(options.through ?? ordinal, ordinal), options)
  }

  async *readPages({ after = 0, through = Infinity, signal }: Omit<ReadAllOptions, 'filter'> = {}): AsyncIterable<LogPage> {
    signal?.throwIfAborted()
    const { ordinal } = await this.places.head()
    for await (const { event, content } of readWithContent(this.reading, after, Math.min(through, ordinal), { ...(signal && { signal }) })) yield pageOfOne(event, content)
  }

  async head(): Promise<Head> {
    const { log, ordinal, link, recordedtime } = await this.places.head()
    return { log, ordinal, link, recordedtime }
  }

  async find(id: string): Promise<StoredEvent | undefined> {
    const known = (await this.places.lookUp([], [id])).known.get(id)
    if (known) for await (const event of readPlaced(this.reading, known.ordinal - 1, known.ordinal, {})) return event
    return undefined
  }

  async standing(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map()
    return new Map([...(await this.places.lookUp([], ids)).known].map(([id, { stream }]) => [id, stream]))
  }

  ordinalAsOf(recordedtime: string): Promise<number> { return ordinalAsOf(this.places.sql, 'log_index', recordedtime) }

  subscribe(options: SubscribeOptions): Subscription {
    const subscription = startSubscription(this, options, (wake) => {
      this.listeners.add(wake)
      return () => this.listeners.delete(wake)
    })
    this.subscriptions.add(subscription)
    return subscription
  }

  /** Whether every event has its place, how many have none yet, and who sees to it. */
  async health(): Promise<{ readonly ok: boolean; readonly text: string }> {
    const head = await this.places.head()
    const behind = await this.behind(head)
    const { ok, text } = this.follower.health()
    const lag = behind === 0 ? 'nothing behind' : `${behind < COUNTED ? behind : `${COUNTED} or more`} behind`
    return { ok: ok && behind < COUNTED, text: `KurrentDB: placed through ${head.ordinal}, ${lag}; ${text}` }
  }

  close(): Promise<void> { return this.closing ??= this.shut() }

  private async shut(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()))
    await this.writer.close()
    await this.follower.stop()
    await this.places.close()
    if (!this.options.client) await this.link.client.dispose()
  }

  /** Entries in streams of the log that are not looked at yet, at most COUNTED. */
  private async behind({ position }: PlacesHead): Promise<number> {
    const { START } = kurrent()
    const { client, names, retryMs } = this.link
    const entries = await pageOf(retryMs, () => client.readAll({ fromPosition: position ?? START, maxCount: COUNTED + 1, filter: names.filter } as never)) as Entry[]
    return entries.filter((entry) => asFound(entry, this.link) && (!position || isAfter(entry.position, position))).length
  }

  /** A copied log is served only when all that was copied has its place: "as of" must not be answered on a part. */
  private async untilPlaced(through: number): Promise<void> {
    for (let told = -1; ;) {
      const { ordinal } = await this.places.head()
      const { ok, text } = this.follower.health()
      if (ordinal >= through) return
      if (!ok) throw new LogDamaged(text)
      if (ordinal - told > through / 10) { this.options.logger?.warn({ ordinal, through }, 'the places of the copied log are written'); told = ordinal }
      await new Promise((resolve) => { setTimeout(resolve, 20) })
    }
  }

  private wakeAll(): void { for (const wake of this.listeners) wake() }
}

/** What a KurrentDB holds, compared with a place in it. */
export interface KurrentStanding { /** undefined: no log was begun in it */ readonly log: string | undefined; /** it has an entry at or behind the place */ readonly reaches: boolean; /** entries of the log behind the place, at most 1,001 */ readonly more: number }
/** Looks without opening: nothing is begun, nothing placed. Throws StoreUnavailable. */
export async function lookAtKurrent(url: string, place: { readonly commit: string; readonly prepare: string }, retryMs = 10_000): Promise<KurrentStanding> {
  const server = { client: connectKurrent(url), names: new Names(undefined), retryMs }
  try {
    const identity = await readIdentity(server)
    if (!identity) return { log: undefined, reaches: false, more: 0 }
    const position = { commit: BigInt(place.commit), prepare: BigInt(place.prepare) }
    const link = { ...server, log: identity.log }
    const entries = await pageOf(retryMs, () => server.client.readAll({ fromPosition: position, maxCount: COUNTED + 1, filter: server.names.filter } as never)) as Entry[]
    return { log: identity.log, reaches: !await endsBefore(server, position), more: entries.filter((entry) => asFound(entry, link) && isAfter(entry.position, position)).length }
  } finally { await server.client.dispose() }
}

/** Whoever is first says which log this is. */
async function identityOf(server: Omit<Link, 'log'>): Promise<Identity> {
  for (;;) {
    const identity = await readIdentity(server)
    if (identity) return identity
    await patiently(server.retryMs, () => sayIdentity(server, 0, { type: 'LogBegun', data: { log: randomUUID() } }))
  }
}

async function endsBefore({ client, retryMs }: Omit<Link, 'log'>, position: Position): Promise<boolean> {
  const { BACKWARDS, END } = kurrent()
  const [last] = await pageOf(retryMs, () => client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 })) as Entry[]
  return last === undefined || last.position.commit < position.commit
}
