/**
 * A consumer of the bus: events of other streams arrive, a reaction sends commands. At least once, in order per stream; the
 * reaction's command ids are derived from the event, so an event that comes again has its effect once. What cannot be
 * worked is parked by reference, and what comes later in its stream waits behind it.
 */
import { topicNamed, type BusEvent } from '@chorus/contracts'
import type { EventStore } from '@chorus/event-store'
import { CheckpointOfAnotherLog, pause } from '@chorus/read-models'
import type { Sql } from 'postgres'
import { Lookout, makeGood, readFromLog } from './catch-up'
import { BACK_OFF, type BackOff } from './failures'
import { Leases } from './leases'
import { LATE_MS, LostWatch } from './lost'
import type { ParkedCounts } from './parked'
import { consumerRow } from './positions'
import type { BusSubscription, Delivery, EventBus } from './port'
import { Resolutions } from './resolutions'
import { Retries } from './retries'
import { Strangers } from './strangers'
import { work, type ConsumerLogger, type Worker } from './work'

export interface ConsumerOptions {
  /** unique in the database, e.g. deterrence.on-level-assigned; the group on the bus */
  readonly name: string
  readonly topics: readonly string[]
  /** event types that it reacts to; others of the topics only move the position */
  readonly types: readonly string[]
  readonly bus: EventBus
  readonly store: Pick<EventStore, 'log' | 'head' | 'readAll' | 'readStream'>
  readonly database: Sql
  readonly clock: { now(): string }
  readonly logger?: ConsumerLogger
  /** Throws Retriable, Defer or Permanent; an error that is none of them is tried a few times, then parked as permanent. */
  readonly react: (event: BusEvent) => Promise<void>
  /** keys worked at once; default 8 */
  readonly lanes?: number
  /** events of the log worked at once while it catches up; default 256 */
  readonly batchSize?: number
  /** ms between two looks at what waits; default 1000 */
  readonly pollMs?: number
  /** ms between two heartbeats while work is in hand; default 1000 */
  readonly heartbeatMs?: number
  readonly backOff?: Readonly<Record<'deferred' | 'retriable', BackOff>>
  /** a reaction that takes longer, in ms, makes the consumer not ready: it holds up all that comes after it; default 60,000 */
  readonly slowMs?: number
  /** what was handed to the bus so long ago, in ms, and has not come is parked as a hole; default 60,000 */
  readonly lateMs?: number
}

export interface ConsumerState {
  readonly name: string
  /** waiting: another process of the group catches up */
  readonly status: 'stopped' | 'catching-up' | 'waiting' | 'joining' | 'listening' | 'retrying'
  /** everything of the log through here was behind it when it began to listen; null: it is new, and not there yet */
  readonly caughtUp: number | null
  /** streams that wait, by kind */
  readonly parked: Readonly<Pick<ParkedCounts, 'deferred' | 'retriable' | 'permanent' | 'hole'>>
  /** since this process started */
  readonly worked: number
  readonly duplicates: number
  readonly foreign: number
  /** failures in a row of the work in hand */
  readonly failures: number
}

/** Readiness has two seconds for its answer. */
const LOOK_MS = 500
const OUTAGE = { first: 250, longest: 5000 }

export class Consumer {
  private readonly worker: Worker
  private readonly retries: Retries
  private readonly leases: Leases
  private lookout: Lookout
  private stopping = new AbortController()
  private status: ConsumerState['status'] = 'stopped'
  private caughtUp: number | null = null
  private failures = 0
  private running: Promise<void> | undefined
  private watching: Promise<void> | undefined
  private anew = new AbortController()
  private deliveries = 0
  private subscription: BusSubscription | undefined

  constructor(private readonly options: ConsumerOptions) {
    const { name, types, store, database, clock, logger, react, lanes = 8, backOff = BACK_OFF, pollMs = 1000 } = options
    for (const topic of options.topics) topicNamed(topic)
    this.retries = new Retries(() => this.worker, pollMs, () => this.beginAnew())
    this.worker = {
      name, types: new Set(types), store, database, clock, logger, react, lanes, backOff,
      resolutions: new Resolutions(store, name), counts: { worked: 0, duplicates: 0 }, strangers: new Strangers(), inHand: new Map(), wake: () => this.retries.wake(),
    }
    this.lookout = new Lookout(this.worker, options.topics)
    this.leases = new Leases({ database })
  }

  /**
   * Starts where it stopped; a new consumer first reads its topics' streams from the log. Returns at once, the work goes on.
   * @throws CheckpointOfAnotherLog where its positions were made for another log
   */
  async start(): Promise<void> {
    if (this.status !== 'stopped') return
    const { name, store, database } = this.options
    const row = await consumerRow(database, name, store.log)
    if (row.log !== store.log) throw new CheckpointOfAnotherLog(name, `${name} has worked log ${row.log}, but this is log ${store.log}. Point it to its own log; or, where the log was replaced on purpose, delete its row in bus.consumers and start again.`)
    const { ordinal: head } = await store.head()
    if (row.caughtUp !== null && row.caughtUp > head) throw new CheckpointOfAnotherLog(name, `${name} has worked the log through ${row.caughtUp}, but the log ends at ${head}: it was restored from an older copy. Restore the consumers' tables with it, or delete its row in bus.consumers and start again.`)
    await this.worker.resolutions.refresh()
    this.caughtUp = row.caughtUp
    this.stopping = new AbortController()
    this.status = 'catching-up'
    this.failures = 0
    await this.retries.start()
    this.running = this.run()
    this.watching = this.watch()
  }

  /** Ends after the event in hand; what is not worked is given back. */
  async stop(): Promise<void> {
    if (this.status === 'stopped') return
    this.stopping.abort()
    await Promise.allSettled([this.running, this.watching, this.retries.stop()])
    await this.subscription?.stop()
    this.subscription = undefined
    this.status = 'stopped'
  }

  state(): ConsumerState {
    const { deferred, retriable, permanent, hole } = this.retries.counts
    const status = this.status !== 'stopped' && this.failures > 0 ? 'retrying' : this.status
    return { name: this.options.name, status, caughtUp: this.caughtUp, parked: { deferred, retriable, permanent, hole }, ...this.worker.counts, foreign: this.worker.strangers.count, failures: this.failures }
  }

  /** For readiness. Streams that wait leave it ready, since others go on; the text says how many. */
  health(): { readonly ok: boolean; readonly text: string } {
    const { status, parked, failures } = this.state()
    const strangers = this.worker.strangers.look()
    if (status === 'stopped') return { ok: false, text: 'stopped' }
    const waits = parked.deferred + parked.retriable + parked.permanent + parked.hole
    const kinds = (['hole', 'permanent', 'retriable', 'deferred'] as const).flatMap((kind) => (parked[kind] > 0 ? [`${parked[kind]} ${kind}`] : []))
    const parts = [waits > 0 ? `${waits === 1 ? '1 stream waits' : `${waits} streams wait`} (${kinds.join(', ')}): chorus dead-letters list` : '', strangers?.text ?? ''].filter((part) => part !== '')
    const tell = (text: string): string => [text, ...parts].join('; ')
    if (failures >= 3) return { ok: false, text: tell(`its work failed ${failures} times in a row`) }
    if (this.retries.failures >= 3) return { ok: false, text: tell('its tables cannot be reached') }
    const slow = this.slowest()
    if (slow) return { ok: false, text: tell(slow) }
    if (this.subscription) {
      const bus = this.subscription.health()
      return { ok: bus.ok && strangers?.ok !== false, text: tell(bus.text) }
    }
    // nothing reaches it before it is in its group, which may wait for a member that died
    return { ok: failures === 0 && status !== 'joining', text: tell(status === 'waiting' ? 'another process reads the log first' : status === 'catching-up' ? 'reads the log first' : 'joins the bus') }
  }

  /** As `health`, and how far it has come: what another process of its group worked counts. */
  async look(): Promise<{ readonly ok: boolean; readonly text: string }> {
    const health = this.health()
    if (this.caughtUp === null) return health
    const { through, head } = await this.lookout.place(LOOK_MS)
    return { ok: health.ok, text: `${health.text}; followed through ${through}${through < head ? ` of ${head}` : ''}` }
  }

  private slowest(): string | undefined {
    const [first] = [...this.worker.inHand].sort(([, one], [, other]) => one - other)
    const ms = first ? performance.now() - first[1] : 0
    return first && ms > (this.options.slowMs ?? 60_000) ? `its reaction to ${first[0].type} at ${first[0].ordinal} has been running for ${Math.round(ms / 1000)} s` : undefined
  }

  /** Waits until every event of its topics through `ordinal` is worked, or parked; false when that takes longer than `ms`. */
  async reached(ordinal: number, ms: number): Promise<boolean> {
    const until = performance.now() + ms
    for (;;) {
      if (await this.lookout.isThrough(ordinal)) return true
      if (performance.now() >= until) return false
      await pause(Math.min(10, ms), this.stopping.signal)
      if (this.stopping.signal.aborted) return false
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping
    const { name, topics, bus, logger } = this.options
    while (!signal.aborted) {
      if (this.subscription) {
        await aborted(AbortSignal.any([signal, this.anew.signal]))
        if (signal.aborted) return
        await this.startAnew()
      }
      try {
        this.caughtUp = this.caughtUp === null ? await this.catchUp() : await makeGood(this.worker, topics, this.caughtUp, signal)
        if (signal.aborted) return
        this.lookout.from(this.caughtUp ?? 0)
        this.status = 'joining'
        this.subscription = await bus.subscribe({
          group: name, topics, after: this.caughtUp ?? 0, onMessages: (delivery) => this.deliver(delivery),
          onError: (error) => logger?.warn({ consumer: name, err: error }, 'the bus brought an error; it tries again'),
        })
        this.status = 'listening'
        this.failures = 0
      } catch (error) {
        if (isRowGone(error)) this.caughtUp = null
        await this.afterFailure(error)
      }
    }
  }

  /** Its row was deleted, and with it all that it remembered: whatever comes now is given back. */
  private beginAnew(): void {
    if (!this.subscription || this.anew.signal.aborted) return
    this.options.logger?.warn({ consumer: this.options.name }, 'its row in bus.consumers was deleted: it starts from the log again, which has no effect twice')
    this.anew.abort()
  }

  private async startAnew(): Promise<void> {
    await this.subscription?.stop()
    this.subscription = undefined
    this.anew = new AbortController()
    this.caughtUp = null
    this.lookout = new Lookout(this.worker, this.options.topics)
  }

  /** Looks for what was lost on the way, while it listens and nothing else is wrong. */
  private async watch(): Promise<void> {
    const { signal } = this.stopping
    const { bus, lateMs = LATE_MS, logger, name } = this.options
    let lost: { readonly in: Lookout; readonly watch: LostWatch } | undefined
    while (!signal.aborted) {
      await pause(lateMs / 4, signal)
      try {
        if (lost?.in !== this.lookout) lost = { in: this.lookout, watch: new LostWatch(this.worker, this.lookout, lateMs) }
        const { subscription } = this
        const listens = subscription?.health().ok === true && this.failures === 0 && !signal.aborted && !this.anew.signal.aborted
        const handed = listens ? await bus.handed?.() : undefined
        if (handed === undefined) lost.watch.rest()
        else await lost.watch.look(handed, this.deliveries, subscription!, signal)
      } catch (error) {
        if (signal.aborted) return
        lost?.watch.rest()
        logger?.warn({ consumer: name, err: error }, 'what has not come could not be looked for; trying again')
      }
    }
  }

  /** Reads what the log holds of the topics through its head, before listening. One process of the group does. */
  private async catchUp(): Promise<number | null> {
    const { name, store, database, topics, batchSize = 256 } = this.options
    const lease = `catch-up:${name}`
    const lost = new AbortController()
    this.status = 'waiting'
    while (!(await this.leases.take(lease, () => lost.abort()))) {
      await pause(250, this.stopping.signal)
      if (this.stopping.signal.aborted) return null
    }
    try {
      const { caughtUp } = await consumerRow(database, name, store.log)
      if (caughtUp !== null) return caughtUp
      this.status = 'catching-up'
      await this.worker.resolutions.refresh()
      return await readFromLog(this.worker, topics, batchSize, AbortSignal.any([this.stopping.signal, lost.signal]))
    } finally {
      await this.leases.release(lease).catch(() => undefined)
    }
  }

  private async deliver({ messages, signal, heartbeat }: Delivery): Promise<void> {
    const beat = setInterval(() => { void heartbeat().catch(() => undefined) }, this.options.heartbeatMs ?? 1000)
    const either = AbortSignal.any([signal, this.stopping.signal, this.anew.signal])
    this.deliveries++
    try {
      await work(this.worker, messages, either)
      this.failures = 0
    } catch (error) {
      if (isRowGone(error)) this.beginAnew()
      if (!either.aborted) await this.afterFailure(error, either)
      throw error
    } finally {
      clearInterval(beat)
    }
  }

  /** Waits longer after each failure, unless told to stop. */
  private async afterFailure(error: unknown, signal = this.stopping.signal): Promise<void> {
    if (signal.aborted) return
    this.failures++
    const waitMs = Math.min(OUTAGE.longest, OUTAGE.first * 2 ** (this.failures - 1))
    this.options.logger?.warn({ consumer: this.options.name, failures: this.failures, waitMs, err: error }, 'the work in hand failed; trying again')
    await pause(waitMs, signal)
  }
}

const aborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => { if (signal.aborted) resolve(); else signal.addEventListener('abort', () => resolve(), { once: true }) })

/** Positions and what waits refer to the consumer's row. */
const isRowGone = (error: unknown): boolean => (error as { code?: unknown; schema_name?: unknown }).code === '23503' && (error as { schema_name?: unknown }).schema_name === 'bus'
