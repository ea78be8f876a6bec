/**
 * One time of being the owner: the log is read ahead while a transaction is on its way, the checkpoint moves after its
 * acknowledgement. Any failure ends it; the next one, here or elsewhere, begins where the checkpoint stands, so that what
 * was published without being noted is published again, the same.
 */
import { toMessage, type BusMessage, type BusPublisher, type Lease } from '@chorus/event-bus'
import { asRecorded, type EventStore, type StoredEvent } from '@chorus/event-store'
import { keepLease } from './keep-lease'
import { LIMITS, PUBLISHED_CATEGORIES, nextTransaction, sortOut, type Limits, type Portion, type Refused } from './publish-log'
import type { Place, Published } from './published'

export interface RelayLogger { info(details: object, message: string): void; warn(details: object, message: string): void; error(details: object, message: string): void }

export interface TenureOptions {
  readonly store: Pick<EventStore, 'subscribe'>
  readonly publisher: BusPublisher
  readonly published: Published
  readonly lease: Lease
  readonly epoch: number
  readonly from: Place
  readonly renewEveryMs: number
  readonly elapsed: () => number
  readonly logger: RelayLogger
  /** called when something was published and noted, or nothing waits */
  readonly onProgress: () => void
  readonly limits?: Limits
  readonly pollMs?: number
}

/** Events that are read in one go: a quarter of a transaction, so that reading and publishing overlap. */
const PORTION = 500
/** What may wait in memory: two transactions, or one of large events. */
const AHEAD = { messages: 4000, bytes: 16 * 1024 * 1024 }

export class Tenure {
  private readonly waiting: Portion<BusMessage>[] = []
  private looked: number
  private saved: number
  private notedAt: number
  private waitsSince: number | undefined
  private refusals: number
  private last: Refused | undefined
  private failed: { readonly error: unknown } | undefined
  private ended = false
  private wake = (): void => undefined
  private makeRoom = (): void => undefined

  constructor(private readonly options: TenureOptions) {
    this.looked = this.saved = options.from.ordinal
    this.refusals = options.from.refused
    this.notedAt = options.elapsed()
  }

  /** For readiness: through where everything was published, since when (elapsed ms) something waits, what was refused. */
  state(): { readonly through: number; readonly waitsSince: number | undefined; readonly refused: number; readonly lastRefused: Refused | undefined } {
    return { through: this.waiting.length === 0 ? this.looked : this.saved, waitsSince: this.waitsSince, refused: this.refusals, lastRefused: this.last }
  }

  /** Publishes until the signal; what is in hand then is finished. Rejects with what ended it otherwise. */
  async run(stop: AbortSignal): Promise<void> {
    const { store, from, lease, renewEveryMs, logger, pollMs, elapsed, limits = LIMITS, onProgress } = this.options
    const over = new AbortController()
    const onStop = (): void => this.wake()
    stop.addEventListener('abort', onStop)
    const keeping = keepLease({ lease, everyMs: renewEveryMs, logger, over: over.signal, onLost: (lost) => this.fail(lost) })
    const subscription = store.subscribe({
      after: from.ordinal, filter: { categories: PUBLISHED_CATEGORIES }, batchSize: PORTION, ...(pollMs === undefined ? {} : { pollMs }),
      onBatch: (events, through) => this.read(events, through),
      onError: (error) => logger.warn({ err: error }, 'the log could not be read; trying again'),
    })
    try {
      while (!stop.aborted && !this.failed) {
        const { take, waitMs } = nextTransaction(this.waiting, this.waitsSince === undefined ? 0 : elapsed() - this.waitsSince, limits)
        if (take > 0) { await this.publish(take); onProgress(); continue }
        const woken = await this.sleep(waitMs)
        if (this.failed || this.waiting.length > 0) continue
        // what stays in the log may wake it all the time: a standby is to see that this one works
        if (woken && elapsed() - this.notedAt < renewEveryMs) continue
        if (this.looked > this.saved) await this.note(this.looked, 0)
        onProgress()
      }
    } finally {
      over.abort()
      stop.removeEventListener('abort', onStop)
      const stopped = subscription.stop()
      this.ended = true
      this.makeRoom()
      await stopped
      await keeping
    }
    if (this.failed) throw this.failed.error
    // what the log had for nobody is passed over at the next start
    if (this.waiting.length === 0 && this.looked > this.saved) await this.note(this.looked, 0)
  }

  /** Puts what was read where it waits; waits itself while too much is there. */
  private async read(events: readonly StoredEvent[], through: number): Promise<void> {
    try {
      const { publish, refused } = sortOut(events.map(asRecorded))
      const messages = publish.map(({ event, topic }) => toMessage(event, topic))
      if (messages.length === 0 && refused.length === 0) {
        const last = this.waiting.at(-1)
        if (last) this.waiting[this.waiting.length - 1] = { ...last, through, more: false }
        this.looked = through
        this.wake()
        return
      }
      await this.room()
      if (this.ended) return
      this.waiting.push({ messages, refused, through, bytes: events.reduce((sum, { text }) => sum + text.length, 0), more: events.length >= PORTION })
      this.waitsSince ??= this.options.elapsed()
      this.looked = through
      this.wake()
    } catch (error) {
      this.fail(error)
      throw error
    }
  }

  private async room(): Promise<void> {
    const full = (): boolean => this.waiting.length > 1 && (sum(this.waiting, ({ messages }) => messages.length) >= AHEAD.messages || sum(this.waiting, ({ bytes }) => bytes) >= AHEAD.bytes)
    while (full() && !this.ended) await new Promise<void>((resolve) => { this.makeRoom = resolve })
  }

  private async publish(take: number): Promise<void> {
    const { lease, publisher, logger, elapsed } = this.options
    const portions = this.waiting.slice(0, take)
    const messages = portions.flatMap((portion) => portion.messages)
    const refused = portions.flatMap((portion) => portion.refused)
    lease.check()
    if (messages.length > 0) await publisher.publish(messages)
    // before it is noted: said twice after a crash rather than never
    for (const one of refused) logger.error({ alarm: 'refused-event', ...one }, 'an event may never be on a shared topic and was not published')
    await this.note(portions.at(-1)!.through, refused.length)
    this.refusals += refused.length
    this.last = refused.at(-1) ?? this.last
    this.waiting.splice(0, take)
    this.waitsSince = this.waiting.length > 0 ? elapsed() : undefined
    this.makeRoom()
  }

  private async note(through: number, refused: number): Promise<void> {
    await this.options.published.move(this.options.epoch, through, refused)
    this.saved = through
    this.notedAt = this.options.elapsed()
  }

  private fail(error: unknown): void {
    this.failed ??= { error }
    this.wake()
  }

  /** Until something was read, failed or stopped: true; or after `ms`, and never longer than the lease goes unrenewed: false. */
  private sleep(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), Math.min(ms, this.options.renewEveryMs))
      this.wake = () => { clearTimeout(timer); resolve(true) }
    })
  }
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0)
