/** The log in PostgreSQL: schema `log` (infra/postgres/migrations/0001-log.sql), group commit, chain, gapless ordinals. */
import type { Sql } from 'postgres'
import { CopyUnfinished, type Append, type AppendResult, type EventStore, type Head, type LogPage, type ReadAllOptions, type ReadStreamOptions, type StoredEvent, type SubscribeOptions, type Subscription } from './port'
import { CHANNEL, codeOf, connect, LIMITS, type Limits, type StoreLogger } from './postgres-connection'
import { ordinalAsOf, readHead } from './postgres-head'
import { readBytes, readRange, readStreamPages } from './postgres-reader'
import { Sequencer } from './postgres-sequencer'
import { prepareAppend } from './prepare-append'
import { startSubscription, type Commit, type Wake } from './subscription'

export interface PostgresStoreOptions {
  /** of the application role: SELECT and INSERT on log.events, SELECT and UPDATE on log.head */
  readonly url: string
  /** connections for reading; one more writes and one listens. Default 4 */
  readonly max?: number
  /** how long a batch waits for company, 0 to 2 ms; default 0: what arrives during a commit is company enough */
  readonly lingerMs?: number
  /** how long an append goes on trying while the database is away, ms; default 10000 */
  readonly retryMs?: number
  /** how long one connection may be in the way of others */
  readonly limits?: Partial<Limits>
  readonly logger?: StoreLogger
  /** stores of the same log in this process: what one commits, the others need not be told by the database */
  readonly neighbours?: Neighbours
}

/** The stores that one process has opened on one log, e.g. one for each service. */
export type Neighbours = Set<PostgresStore>

export class PostgresStore implements EventStore {
  private readonly sequencer: Sequencer
  private readonly listeners = new Set<Wake>()
  /** the log is known to reach this far */
  private reaches = 0
  /** every subscription was told that it reaches this far */
  private told = 0
  /** the most that a notification has said since the log was last asked; 0: none came */
  private said = 0
  private asking = false
  private readonly subscriptions = new Set<Subscription>()
  private listening: Promise<Sql> | undefined
  private closing: Promise<void> | undefined

  private constructor(readonly log: string, private readonly sql: Sql, private readonly options: PostgresStoreOptions) {
    this.sequencer = new Sequencer({
      open: () => connect(options.url, 1, 'chorus-log-writer', limitsOf(options)),
      lingerMs: Math.min(2, Math.max(0, options.lingerMs ?? 0)),
      retryMs: options.retryMs ?? 10_000,
      ...(options.logger && { logger: options.logger }),
      onCommitted: (commit) => { for (const store of new Set([this, ...options.neighbours ?? []])) if (store.log === log) store.wakeAll(commit.through, commit) },
    })
    options.neighbours?.add(this)
  }

  /** Opens the log of the database behind `url`. Refuses where its schema is missing. */
  static async open(options: PostgresStoreOptions): Promise<PostgresStore> {
    const sql = connect(options.url, options.max ?? 4, 'chorus-log-reader', limitsOf(options))
    try {
      const head = await readHead(sql, 'log')
      const [{ copying } = { copying: false }] = await sql.unsafe<{ copying: boolean }[]>('SELECT copying FROM log.head')
      if (copying) throw new CopyUnfinished(`a copy of log ${head!.log} into ${placeOf(options.url)} was begun and is not finished: run \`chorus log copy\` again, it goes on where it is`)
      return new PostgresStore(head!.log, sql, options)
    } catch (error) {
      await sql.end({ timeout: 0 })
      throw explained(error, options.url)
    }
  }

  async append(append: Append): Promise<AppendResult> {
    return this.sequencer.submit(prepareAppend(this.log, append))
  }

  async appendEach(appends: readonly Append[]): Promise<AppendResult[]> {
    const prepared = appends.map((append) => prepareAppend(this.log, append))
    return Promise.all(prepared.map((append) => this.sequencer.submit(append)))
  }

  readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> { return readStreamPages(this.sql, stream, options) }

  readAll(options: ReadAllOptions = {}): AsyncIterable<StoredEvent> {
    const { after = 0, signal } = options
    return {
      [Symbol.asyncIterator]: () => {
        let events: AsyncIterator<StoredEvent> | undefined
        const start = async (): Promise<AsyncIterator<StoredEvent>> => {
          signal?.throwIfAborted()
          const { through: wanted = Infinity } = options
          // of streams all places are found in one statement, which sees the log as it stands; elsewhere a read must know where it ends
          const through = wanted <= this.reaches ? wanted : options.filter?.streams ? Math.min(wanted, Number.MAX_SAFE_INTEGER) : Math.min(wanted, (await this.head()).ordinal)
          return events = readRange(this.sql, after, through, options)[Symbol.asyncIterator]()
        }
        return {
          next: () => (events ? events.next() : start().then((started) => started.next())),
          return: async () => events?.return?.() ?? { done: true, value: undefined },
        }
      },
    }
  }

  async *readPages({ after = 0, through = Infinity, signal }: Omit<ReadAllOptions, 'filter'> = {}): AsyncIterable<LogPage> {
    signal?.throwIfAborted()
    yield* readBytes(this.sql, after, through <= this.reaches ? through : Math.min(through, (await this.head()).ordinal), signal)
  }

  async head(): Promise<Head> {
    const head = (await readHead(this.sql, 'log'))!
    this.reaches = Math.max(this.reaches, head.ordinal)
    return head
  }

  async find(id: string): Promise<StoredEvent | undefined> {
    const [found] = await this.sql.unsafe<{ ordinal: number }[]>('SELECT ordinal FROM log.events WHERE id = $1::text::uuid', [id], { prepare: true })
    if (found) for await (const event of readRange(this.sql, found.ordinal - 1, found.ordinal, {})) return event
    return undefined
  }

  async standing(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await this.sql.unsafe<{ id: string; stream: string }[]>("SELECT id::text AS id, stream FROM log.events WHERE id = ANY (string_to_array($1, E'\\n')::uuid[])", [ids.join('\n')], { prepare: true })
    return new Map(rows.map(({ id, stream }) => [id, stream]))
  }

  ordinalAsOf(recordedtime: string): Promise<number> { return ordinalAsOf(this.sql, 'log', recordedtime) }

  subscribe(options: SubscribeOptions): Subscription {
    void this.listen()
    const subscription = startSubscription(this, options, (wake) => {
      this.listeners.add(wake)
      return () => this.listeners.delete(wake)
    })
    this.subscriptions.add(subscription)
    return subscription
  }

  close(): Promise<void> {
    return this.closing ??= this.shut()
  }

  private async shut(): Promise<void> {
    this.options.neighbours?.delete(this)
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()))
    await this.sequencer.close()
    const listener = await this.listening?.catch(() => undefined)
    await Promise.all([this.sql.end({ timeout: 1 }), listener?.end({ timeout: 1 })])
  }

  /** Wakes come over a connection of their own, which reconnects by itself; without it the poll still comes. */
  private listen(): Promise<Sql> {
    return this.listening ??= (async () => {
      const sql = connect(this.options.url, 1, 'chorus-log-listener', limitsOf(this.options))
      await sql.listen(CHANNEL, (head) => this.notified(Number(head)), () => this.wakeAll()).catch((error: unknown) => {
        this.options.logger?.warn({ code: codeOf(error) }, 'listening for new events failed; readers poll')
      })
      return sql
    })()
  }

  /**
   * Anybody may notify: what is said there is no proof of how far the log reaches, so the log is asked, once for all
   * subscriptions. Our own commits have said it already, or will when what has come meanwhile is read.
   */
  private notified(ordinal: number): void {
    if (ordinal <= this.told) return
    this.said = Math.max(this.said, Number.isNaN(ordinal) ? Infinity : ordinal)
    if (!this.asking) void this.askHead()
  }

  /** Until nothing beyond its answer was said while it was asked: an answer may be older. */
  private async askHead(): Promise<void> {
    this.asking = true
    // the answer to a commit of this process may lie unread beside the notification of it
    await new Promise((resolve) => { setImmediate(resolve) })
    while (this.said > this.told) {
      this.said = 0
      await this.head().then(({ ordinal }) => this.wakeAll(ordinal), () => this.wakeAll())
    }
    this.asking = false
  }

  private wakeAll(head?: number, commit?: Commit): void {
    if (head !== undefined) { this.reaches = Math.max(this.reaches, head); this.told = Math.max(this.told, head) }
    for (const wake of this.listeners) wake(head, commit)
  }
}

const limitsOf = ({ limits }: PostgresStoreOptions): Limits => ({ ...LIMITS, ...limits })

/** Opening failures in words: where, what, what to do. The URL's password is never shown. */
function explained(error: unknown, url: string): unknown {
  const place = placeOf(url)
  switch (codeOf(error)) {
    case '3F000': case '42P01': case '42703':
      return new Error(`the event log's tables are missing, or those of an older version, in ${place}: run \`chorus migrate\` with DATABASE_OWNER_URL, then start again`, { cause: error })
    case '42501':
      return new Error(`the role of DATABASE_URL may not read the event log in ${place}: run \`chorus migrate\` with DATABASE_OWNER_URL so that it is granted what it needs`, { cause: error })
    default: return error
  }
}

function placeOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url)
    return `database ${pathname.slice(1) || '(default)'} on ${hostname || 'the local socket'}${port ? `:${port}` : ''}`
  } catch {
    return 'the database of DATABASE_URL'
  }
}
