/** The relay: standby until it gets the lease, then owner until it stops, fails, or another has taken over. */
import { Lease, LeaseLost, PublisherFenced, TopicRefused, TopicRight, TopicsOfAnotherLog } from '@chorus/event-bus'
import type { EventStore } from '@chorus/event-store'
import { CheckpointOfAnotherLog, pause } from '@chorus/read-models'
import type { Sql } from 'postgres'
import type { Limits } from './publish-log'
import { OpeningTookTooLong, open, type OpenPublisher } from './opening'
import { Published } from './published'
import { standstill, type Standstill } from './standstill'
import { Tenure, type RelayLogger } from './tenure'

export interface RelayOptions {
  readonly store: Pick<EventStore, 'log' | 'head' | 'subscribe'>
  readonly database: Sql
  readonly openPublisher: OpenPublisher
  /** this process, in this run of it */
  readonly owner: string
  readonly logger: RelayLogger
  /** how long the lease holds without being renewed; a standby takes over at most this and a quarter after the owner fell silent. Default 4000 */
  readonly ttlMs?: number
  /** how often a standby looks whether the lease is free. Default a quarter of the lease's time */
  readonly standbyMs?: number
  /** how long an opening keeps the lease from others, ms; twice as long each time that was not enough. Default 20 s */
  readonly openWithinMs?: number
  /** first and longest wait after a failure, ms */
  readonly backOff?: { readonly first: number; readonly longest: number }
  /** ms that go on while the process is paused */
  readonly elapsed?: () => number
  readonly limits?: Limits
  readonly pollMs?: number
}

const NAME = 'relay'
const BACK_OFF = { first: 250, longest: 5000 }
/** How long an opening keeps the lease, ms: at first, and at most. */
const [OPEN_WITHIN, LONGEST_OPENING] = [20_000, 600_000]
/** Something waits so long, ms, before readiness says that the broker does not take it. */
const STUCK = 10_000
/** Shut out so often within so long, ms, by whom this database does not know: that is no accident any more. */
const STRANGERS = { times: 3, within: 3_600_000 }

export class Relay {
  private readonly lease: Lease
  private readonly published: Published
  private readonly stopping = new AbortController()
  private readonly elapsed: () => number
  private running: Promise<void> | undefined
  private tenure: { readonly of: Tenure; readonly epoch: number } | undefined
  private opening: { readonly epoch: number; readonly since: number } | undefined
  /** while this one does not publish */
  private standing: Standstill | undefined
  private openWithinMs: number
  private failures = 0
  private lastFailure = ''
  private refusal: string | undefined
  /** when it was shut out though it had the lease, elapsed ms */
  private strangers: readonly number[] = []

  constructor(private readonly options: RelayOptions) {
    const { database, owner, ttlMs = 4000, openWithinMs = OPEN_WITHIN, store } = options
    this.openWithinMs = openWithinMs
    this.elapsed = options.elapsed ?? (() => performance.now())
    this.lease = new Lease({ database, name: NAME, owner, ttlMs, elapsed: this.elapsed })
    this.published = new Published({ database, name: NAME, log: store })
  }

  /** Begins, as standby or owner. @throws CheckpointOfAnotherLog: such a process must not serve */
  async start(): Promise<void> {
    if (this.running) return
    await this.published.look()
    this.running = this.run(this.stopping.signal)
  }

  /** Finishes the transaction in hand, gives back the lease; a publisher that is being opened is not waited for. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await this.running
  }

  /** 'owner' while it publishes; 'opening' while it has the lease and opens its publisher. */
  role(): 'owner' | 'opening' | 'standby' | 'stopped' { return !this.running || this.stopping.signal.aborted ? 'stopped' : this.tenure ? 'owner' : this.opening ? 'opening' : 'standby' }

  /** Why the topics are another log's, where it was refused for that. */
  refused(): string | undefined { return this.refusal }

  /** For readiness: asked now, of the log and of the table. Rejects where they do not answer. */
  async look(): Promise<{ readonly ok: boolean; readonly text: string }> {
    const [{ ordinal: head }, place] = await Promise.all([this.options.store.head(), this.published.look()])
    const { tenure, opening } = this
    const state = tenure?.of.state()
    const through = Math.max(state?.through ?? 0, place?.ordinal ?? 0)
    this.standing = tenure ? undefined : standstill(this.standing, { through, head }, this.elapsed())
    const refused = Math.max(state?.refused ?? 0, place?.refused ?? 0)
    const last = state?.lastRefused
    const far = `published through ${through}, ${head > through ? `${head - through} behind the head` : 'nothing waits'}`
    const alarm = refused === 0 ? '' : `; ALARM: ${refused} ${refused === 1 ? 'event was' : 'events were'} refused, never to be on a shared topic${last ? `, the last ${last.type} at ${last.ordinal}${last.field ? ` for ${last.field}` : ''}` : ''}`
    if (this.role() === 'stopped') return { ok: false, text: `stopped; ${far}${alarm}` }
    if (this.refusal !== undefined) return { ok: false, text: `does not publish: ${this.refusal}; ${far}${alarm}` }
    const strangers = this.strangers.filter((at) => this.elapsed() - at < STRANGERS.within).length
    if (strangers >= STRANGERS.times) return { ok: false, text: `shut out ${strangers} times within an hour by a publisher that has not the lease in this database: another Chorus at this broker has the same KAFKA_PREFIX, or a copy of this database runs beside it; stop that one, or give it a KAFKA_PREFIX of its own (or the broker takes longer than 30 s for a transaction); ${far}${alarm}` }
    if (this.failures >= 3 || (this.failures > 0 && !tenure)) return { ok: false, text: `does not publish after ${this.failures} ${this.failures === 1 ? 'failure' : 'failures'} (${this.lastFailure}), tries again; ${far}${alarm}` }
    if (!tenure) {
      const { ttlMs = 4000 } = this.options
      const [opens, stands] = [opening, this.standing].map((each) => each ? this.elapsed() - each.since : 0) as [number, number]
      const nobody = stands > STUCK + 1.25 * ttlMs ? `nobody publishes: nothing was published for ${seconds(stands)}, though something waits; ` : ''
      const role = opening ? `opens its publisher, of epoch ${opening.epoch}${opens > STUCK ? `, since ${seconds(opens)}` : ''}` : `standby${place ? `, the owner is of epoch ${place.epoch}` : ''}`
      return { ok: opens <= STUCK && nobody === '', text: `${nobody}${role}; ${far}${alarm}` }
    }
    const waited = state?.waitsSince === undefined ? 0 : this.elapsed() - state.waitsSince
    if (waited > STUCK) return { ok: false, text: `owner of epoch ${tenure.epoch}, but the bus has taken nothing for ${seconds(waited)}; ${far}${alarm}` }
    return { ok: true, text: `owner of epoch ${tenure.epoch}; ${far}${alarm}` }
  }

  private async run(stop: AbortSignal): Promise<void> {
    const { logger, owner, ttlMs = 4000, standbyMs = ttlMs / 4, backOff = BACK_OFF } = this.options
    while (!stop.aborted) {
      let wait = standbyMs
      try {
        const epoch = await this.lease.acquire()
        if (epoch !== undefined) await this.own(epoch, stop).finally(() => { this.opening = undefined })
        else { this.failures = 0; this.refusal = undefined }
      } catch (error) {
        if (stop.aborted) logger.info({ owner, reason: nameOf(error) }, 'stopped while that failed; the next one publishes what is left')
        else if (error instanceof PublisherFenced && await this.hasLease()) {
          this.strangers = [...this.strangers, this.elapsed()].slice(-STRANGERS.times)
          logger.warn({ owner, reason: error.message }, 'shut out by a publisher that has not the lease in this database; trying again')
        } else if (error instanceof TopicsOfAnotherLog) {
          if (this.refusal !== error.message) logger.error({ owner, reason: error.message }, 'nothing is published: the topics are another log\'s; it is looked again every few seconds')
          this.refusal = error.message
          wait = backOff.longest
        } else if (error instanceof LeaseLost || error instanceof PublisherFenced) logger.warn({ owner, reason: error.message }, 'another relay has taken over: nothing more is written here; standby')
        else {
          this.failures++
          this.lastFailure = nameOf(error)
          this.refusal = undefined
          wait = Math.min(backOff.longest, backOff.first * 2 ** (this.failures - 1))
          if (error instanceof OpeningTookTooLong) {
            // a standby looks before this one does again; where the broker is slow for all, it is long enough some day
            wait = Math.max(wait, 2 * standbyMs)
            this.openWithinMs = Math.min(LONGEST_OPENING, 2 * this.openWithinMs)
          }
          logger.warn({ owner, failures: this.failures, waitMs: wait, err: error }, 'publishing failed; trying again')
        }
      }
      await this.lease.release().catch((error: unknown) => logger.warn({ owner, err: error }, 'the lease could not be given back; it runs out by itself'))
      await pause(wait, stop)
    }
  }

  /** Asked of the database: whoever took over as intended has it there. */
  private hasLease(): Promise<boolean> { return this.lease.renew().then(() => true, () => false) }

  private async own(epoch: number, stop: AbortSignal): Promise<void> {
    const { logger, owner, store, openPublisher, ttlMs = 4000, limits, pollMs } = this.options
    const renewEveryMs = ttlMs / 4
    this.opening = { epoch, since: this.elapsed() }
    const publisher = await open({ openPublisher, lease: this.lease, renewEveryMs, logger, withinMs: this.openWithinMs, stop })
    this.openWithinMs = this.options.openWithinMs ?? OPEN_WITHIN
    try {
      // opening fences: whoever has the lease now is the one who may be
      await this.lease.renew()
      const from = await this.published.claim(epoch)
      logger.info({ owner, epoch, after: from.ordinal }, 'owner: publishing')
      const tenure = new Tenure({
        store, publisher, published: this.published, lease: this.lease, epoch, from, renewEveryMs, elapsed: this.elapsed, logger,
        onProgress: () => { this.failures = 0; this.refusal = undefined }, ...(limits && { limits }), ...(pollMs !== undefined && { pollMs }),
      })
      this.tenure = { of: tenure, epoch }
      this.opening = undefined
      await tenure.run(stop)
    } finally {
      this.tenure = undefined
      await publisher.close().catch((error: unknown) => logger.warn({ owner, err: error }, 'the publisher did not close in order'))
    }
  }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`
const nameOf = (error: unknown): string => {
  if (error instanceof CheckpointOfAnotherLog) return 'the checkpoint is of another log'
  // ours: names of topics and what to do, no address
  if (error instanceof TopicRight || error instanceof TopicRefused || error instanceof OpeningTookTooLong) return error.message
  if (!(error instanceof Error)) return 'error'
  const code = (error as { code?: unknown }).code
  const name = /^[\w.]{1,64}$/.test(error.name) ? error.name : 'Error'
  return typeof code === 'string' && /^[\w.]{1,64}$/.test(code) ? `${name} ${code}` : name
}
