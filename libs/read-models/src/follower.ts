/**
 * Something that follows the log from a durable place: a reaction (commands go out) or a projection (rows are written).
 * At least once: what it does must be harmless twice (command ids derived from the event; rows in one transaction with
 * the checkpoint). A batch that fails comes again, later and later, and nothing behind it is passed over.
 */
import type { RecordedEvent } from '@chorus/contracts'
import type { EventStore, LogFilter, StoredEvent, Subscription } from '@chorus/event-store'
import type { Sql } from 'postgres'
import { CheckpointMoved, CheckpointOfAnotherLog, makeCheckpoint, moveCheckpoint, readCheckpoint } from './checkpoints'
import { pause } from './pause'

export interface FollowerLogger { warn(details: object, message: string): void }

export interface FollowerOptions {
  /** unique in the database; e.g. intake.on-incident-reported */
  readonly name: string
  readonly store: Pick<EventStore, 'log' | 'head' | 'subscribe'>
  readonly database: Sql
  readonly filter: LogFilter
  /** led to the newest version, sealed fields still sealed; the recorder's */
  readonly decode: (event: StoredEvent) => RecordedEvent
  readonly logger?: FollowerLogger
  readonly batchSize?: number
  readonly pollMs?: number
  /** first and longest wait after a failure, in ms */
  readonly backOff?: { readonly first: number; readonly longest: number }
}

export interface FollowerState {
  readonly name: string
  readonly status: 'stopped' | 'following' | 'retrying'
  /** the log was looked at up to here */
  readonly ordinal: number
  /** failures in a row of the batch in hand */
  readonly failures: number
  /** events that were not known to this build */
  readonly skipped: number
}

/** Where the checkpoint stands so long, at most, while nothing of the log concerns this follower. */
const QUIET = 5_000
const BACK_OFF = { first: 250, longest: 30_000 }

export abstract class Follower {
  private subscription: Subscription | undefined
  private waiters: { readonly ordinal: number; readonly done: () => void }[] = []
  private stopping = new AbortController()
  private failures = 0
  private looked = 0
  private saved = 0
  protected skipped = 0
  private running = false

  constructor(protected readonly options: FollowerOptions) {}

  /** version of what is written; a projection raises it to have its rows made anew */
  protected readonly version: number = 1
  /** Does what the events ask for, and moves the checkpoint with `moveCheckpoint`, in one transaction or after it. */
  protected abstract apply(events: readonly StoredEvent[], from: number, through: number): Promise<void>
  /** Looks at the checkpoint before following; may reset it. */
  protected async prepare(): Promise<void> { await makeCheckpoint(this.options.database, this.options.name, this.options.store.log, this.version) }

  /** Starts following where it stopped. Throws CheckpointOfAnotherLog. */
  async start(): Promise<void> {
    const { name, store, filter, pollMs, batchSize } = this.options
    if (this.running) return
    await this.prepare()
    const ordinal = await this.reload()
    this.looked = ordinal
    this.stopping = new AbortController()
    this.failures = 0
    this.running = true
    this.subscription = store.subscribe({
      after: ordinal, filter, onBatch: (events, through) => this.batch(events, through),
      onError: (error) => this.options.logger?.warn({ follower: name, err: error }, 'the log could not be read; trying again'),
      ...(pollMs === undefined ? {} : { pollMs }), ...(batchSize === undefined ? {} : { batchSize }),
    })
  }

  /** Stops after the batch in hand. */
  async stop(): Promise<void> {
    if (!this.running) return
    this.running = false
    this.stopping.abort()
    await this.subscription?.stop()
    if (this.looked > this.saved) await this.save(this.looked).catch(() => undefined)
  }

  state(): FollowerState {
    return { name: this.options.name, status: !this.running ? 'stopped' : this.failures > 0 ? 'retrying' : 'following', ordinal: this.looked, failures: this.failures, skipped: this.skipped }
  }

  /** For readiness: following, and not failing again and again. */
  health(): { readonly ok: boolean; readonly text: string } {
    const { status, ordinal, failures, skipped } = this.state()
    if (status === 'stopped') return { ok: false, text: 'stopped' }
    const stale = skipped > 0 ? `; ${skipped} events of types that this build does not know were skipped: update and rebuild` : ''
    return failures >= 3 ? { ok: false, text: `stuck after ${ordinal}, ${failures} failures` } : { ok: true, text: `followed through ${ordinal}${stale}` }
  }

  /** Waits until the log was looked at through `ordinal`; false when that takes longer than `ms`. */
  async reached(ordinal: number, ms: number): Promise<boolean> {
    if (this.looked >= ordinal) return true
    return new Promise((resolve) => {
      const waiter = { ordinal, done: () => { clearTimeout(timer); resolve(true) } }
      const timer = setTimeout(() => { this.waiters = this.waiters.filter((other) => other !== waiter); resolve(false) }, ms)
      this.waiters.push(waiter)
    })
  }

  /** Runs one batch until it is through, waiting longer after each failure. */
  private async batch(events: readonly StoredEvent[], through: number): Promise<void> {
    const { name, logger, backOff = BACK_OFF } = this.options
    for (;;) {
      try {
        const fresh = events.filter((event) => event.ordinal > this.saved)
        if (fresh.length > 0) { await this.apply(fresh, this.saved, through); this.saved = through }
        else if (through - this.saved >= QUIET) await this.save(through)
        break
      } catch (error) {
        if (this.stopping.signal.aborted) throw error
        if (error instanceof CheckpointMoved) await this.reload().catch(() => undefined)
        this.failures++
        const wait = Math.min(backOff.longest, backOff.first * 2 ** (this.failures - 1))
        logger?.warn({ follower: name, failures: this.failures, waitMs: wait, err: error }, 'a batch failed; trying it again')
        await pause(wait, this.stopping.signal)
        if (this.stopping.signal.aborted) throw error
      }
    }
    this.failures = 0
    this.looked = Math.max(this.looked, through)
    this.waiters = this.waiters.filter((waiter) => { if (waiter.ordinal > this.looked) return true; waiter.done(); return false })
  }

  private async save(through: number): Promise<void> {
    await moveCheckpoint(this.options.database, this.options.name, this.saved, through)
    this.saved = through
  }

  /** Reads the checkpoint and holds it against the log. */
  private async reload(): Promise<number> {
    const { name, store, database } = this.options
    const checkpoint = await readCheckpoint(database, name)
    if (!checkpoint) throw new Error(`${name} has no checkpoint in read.checkpoints although it was made: somebody removed it. Start again.`)
    if (checkpoint.log !== store.log) throw new CheckpointOfAnotherLog(name, `${name} has followed log ${checkpoint.log}, but this is log ${store.log}. Point it to its own log; or, where the log was replaced on purpose, drop its checkpoint and rebuild.`)
    const { ordinal: head } = await store.head()
    if (checkpoint.ordinal > head) throw new CheckpointOfAnotherLog(name, `${name} has followed the log through ${checkpoint.ordinal}, but the log ends at ${head}: it was restored from an older copy. Restore the read models with it, or drop this checkpoint and rebuild.`)
    this.saved = checkpoint.ordinal
    this.skipped = checkpoint.skipped
    return checkpoint.ordinal
  }
}

/** Commands go out for events; the checkpoint moves once they are through. */
export class Reaction extends Follower {
  constructor(options: FollowerOptions & { readonly filter: { readonly types: readonly string[] } }, private readonly react: (events: readonly RecordedEvent[]) => Promise<void>) { super(options) }

  protected override async apply(events: readonly StoredEvent[], from: number, through: number): Promise<void> {
    await this.react(events.map(this.options.decode))
    await moveCheckpoint(this.options.database, this.options.name, from, through)
  }
}
