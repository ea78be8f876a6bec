/** The log in PostgreSQL: schema `log` (infra/postgres/migrations/0001-log.sql), group commit, chain, gapless ordinals. */
import type { Sql } from 'postgres'
import {
  LogNotThereYet, type Append, type AppendResult, type EventStore, type Head, type ReadAllOptions, type ReadStreamOptions,
  type StoredEvent, type SubscribeOptions, type Subscription,
} from './port'
import { CHANNEL, codeOf, connect, LIMITS, timeText, type Limits, type StoreLogger } from './postgres-connection'
import { readRange, readStreamPages } from './postgres-reader'
import { Sequencer } from './postgres-sequencer'
import { prepareAppend } from './prepare-append'
import { laterOf, notThereYet, toMicroseconds } from './recorded-time'
import { startSubscription } from './subscription'

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
}

const HEAD = `SELECT log::text AS log, ordinal, encode(link, 'hex') AS link, ${timeText('recordedtime')} AS recordedtime FROM log.head`

/** The ordinals' recorded times never decrease: halve the range until one ordinal is left. */
const LAST_AT = `
  WITH RECURSIVE search(low, high) AS (
    SELECT 0::bigint, $1::bigint
    UNION ALL
    SELECT CASE WHEN e.recordedtime <= $2::text::timestamptz THEN s.middle ELSE s.low END, CASE WHEN e.recordedtime <= $2::text::timestamptz THEN s.high ELSE s.middle - 1 END
    FROM (SELECT low, high, (low + high + 1) / 2 AS middle FROM search WHERE low < high) AS s JOIN log.events e ON e.ordinal = s.middle
  )
  SELECT low AS ordinal FROM search WHERE low = high`

/** Under the lock no append is on its way: what is promised here binds all that come. */
const LOCK_HEAD = `SELECT ordinal FROM log.head FOR UPDATE`
const PROMISE = `UPDATE log.head SET promised = greatest(promised, clock_timestamp()) WHERE clock_timestamp() > $1::text::timestamptz OR promised > $1::text::timestamptz RETURNING ordinal`

export class PostgresStore implements EventStore {
  private readonly sequencer: Sequencer
  private readonly listeners = new Set<() => void>()
  private readonly subscriptions = new Set<Subscription>()
  private listening: Promise<Sql> | undefined
  private closing: Promise<void> | undefined

  private constructor(readonly log: string, private readonly sql: Sql, private readonly options: PostgresStoreOptions) {
    this.sequencer = new Sequencer({
      open: () => connect(options.url, 1, 'chorus-log-writer', limitsOf(options)),
      lingerMs: Math.min(2, Math.max(0, options.lingerMs ?? 0)),
      retryMs: options.retryMs ?? 10_000,
      ...(options.logger && { logger: options.logger }),
      onCommitted: () => this.wakeAll(),
    })
  }

  /** Opens the log of the database behind `url`. Refuses where its schema is missing. */
  static async open(options: PostgresStoreOptions): Promise<PostgresStore> {
    const sql = connect(options.url, options.max ?? 4, 'chorus-log-reader', limitsOf(options))
    try {
      const [head] = await sql.unsafe<{ log: string }[]>(HEAD)
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
          const { ordinal } = await this.head()
          return events = readRange(this.sql, after, Math.min(options.through ?? ordinal, ordinal), options)[Symbol.asyncIterator]()
        }
        return {
          next: () => (events ? events.next() : start().then((started) => started.next())),
          return: async () => events?.return?.() ?? { done: true, value: undefined },
        }
      },
    }
  }

  async head(): Promise<Head> {
    const [head] = await this.sql.unsafe<Head[]>(HEAD, [], { prepare: true })
    return { ...head! }
  }

  async find(id: string): Promise<StoredEvent | undefined> {
    const [found] = await this.sql.unsafe<{ ordinal: number }[]>('SELECT ordinal FROM log.events WHERE id = $1::text::uuid', [id], { prepare: true })
    if (found) for await (const event of readRange(this.sql, found.ordinal - 1, found.ordinal, {})) return event
    return undefined
  }

  async ordinalAsOf(recordedtime: string): Promise<number> {
    const asked = toMicroseconds(recordedtime)
    const head = await this.head()
    if (head.recordedtime === null || head.recordedtime <= asked) return this.promise(recordedtime, asked)
    const [found] = await this.sql.unsafe<{ ordinal: number }[]>(LAST_AT, [head.ordinal, asked], { prepare: true })
    return found!.ordinal
  }

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
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()))
    await this.sequencer.close()
    const listener = await this.listening?.catch(() => undefined)
    await Promise.all([this.sql.end({ timeout: 1 }), listener?.end({ timeout: 1 })])
  }

  /** Nothing newer than T is stored: answer the head, and see to it that nothing will be stamped at or before T. */
  private async promise(recordedtime: string, asked: string): Promise<number> {
    return this.sql.begin(async (sql) => {
      await sql.unsafe(LOCK_HEAD)
      const [promised] = await sql.unsafe<{ ordinal: number }[]>(PROMISE, [asked])
      if (promised) {
        const [{ recordedtime: last } = { recordedtime: null }] = await sql.unsafe<Head[]>(HEAD)
        if (last === null || last <= asked) return promised.ordinal
        const [found] = await sql.unsafe<{ ordinal: number }[]>(LAST_AT, [promised.ordinal, asked])
        return found!.ordinal
      }
      const [clock] = await sql.unsafe<{ now: string; promised: string | null }[]>(`SELECT ${timeText('clock_timestamp()')} AS now, ${timeText('promised')} AS promised FROM log.head`)
      throw new LogNotThereYet(notThereYet(recordedtime, laterOf(clock!.promised, clock!.now)))
    }) as Promise<number>
  }

  /** Wakes come over a connection of their own, which reconnects by itself; without it the poll still comes. */
  private listen(): Promise<Sql> {
    return this.listening ??= (async () => {
      const sql = connect(this.options.url, 1, 'chorus-log-listener', limitsOf(this.options))
      const wake = (): void => this.wakeAll()
      await sql.listen(CHANNEL, wake, wake).catch((error: unknown) => {
        this.options.logger?.warn({ code: codeOf(error) }, 'listening for new events failed; readers poll')
      })
      return sql
    })()
  }

  private wakeAll(): void { for (const wake of this.listeners) wake() }
}

const limitsOf = ({ limits }: PostgresStoreOptions): Limits => ({ ...LIMITS, ...limits })

/** Opening failures in words: where, what, what to do. The URL's password is never shown. */
function explained(error: unknown, url: string): unknown {
  const place = placeOf(url)
  switch (codeOf(error)) {
    case '3F000': case '42P01':
      return new Error(`the event log's tables are missing in ${place}: run \`chorus migrate\` with DATABASE_OWNER_URL, then start again`, { cause: error })
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
