/**
 * The bus without a broker: what is recorded is published. Each group reads the store from its checkpoint
 * (read.checkpoints, `bus:<group>`), in one process at a time (a lease); when that one is gone, another goes on.
 */
import { refusalOnTopic, type Topic } from '@chorus/contracts'
import { asRecorded, categoryOf, type EventStore, type StoredEvent } from '@chorus/event-store'
import { CheckpointMoved, CheckpointOfAnotherLog, makeCheckpoint, moveCheckpoint, pause, readCheckpoint } from '@chorus/read-models'
import type { Sql } from 'postgres'
import { Leases } from './leases'
import { toMessage } from './message'
import type { BusMessage, BusSubscribeOptions, BusSubscription, EventBus } from './port'
import { carrierOf, categoriesOf, type ConsumerLogger } from './work'

export interface LogBusOptions {
  readonly store: Pick<EventStore, 'log' | 'head' | 'subscribe'>
  readonly database: Sql
  readonly logger?: ConsumerLogger
  /** messages of one delivery; default 256 */
  readonly batchSize?: number
  readonly pollMs?: number
  /** another process takes over so many ms after this one died; default 6000 */
  readonly leaseMs?: number
  /** for tests: mixes the keys of a batch, each key's order kept, so that nothing learns to rely on more; a number in [0, 1) each time */
  readonly shuffle?: () => number
}

/** Where the checkpoint stands so long, at most, while nothing of the log concerns the group. */
const QUIET = 5000
const BACK_OFF = { first: 100, longest: 5000 }
const TAKE_EVERY = 250

export class LogBus implements EventBus {
  private readonly leases: Leases
  private readonly subscriptions = new Set<Group>()
  constructor(private readonly options: LogBusOptions) {
    this.leases = new Leases({ database: options.database, ...(options.leaseMs !== undefined && { ttlMs: options.leaseMs }) })
  }

  /** @throws CheckpointOfAnotherLog */
  async subscribe(options: BusSubscribeOptions): Promise<BusSubscription> {
    const group = new Group(this.options, options, this.leases, () => this.subscriptions.delete(group))
    await group.start()
    this.subscriptions.add(group)
    return group
  }
  /** Here to be recorded is to be published. */
  async handed(): Promise<number> { return (await this.options.store.head()).ordinal }
  async close(): Promise<void> { await Promise.all([...this.subscriptions].map((group) => group.stop())) }
}

class Group implements BusSubscription {
  private readonly name: string
  private readonly stopping = new AbortController()
  private running: Promise<void> = Promise.resolve()
  private owner = false
  private failures = 0
  private saved = 0
  private looked = 0

  constructor(private readonly bus: LogBusOptions, private readonly options: BusSubscribeOptions, private readonly leases: Leases, private readonly gone: () => void) {
    this.name = `bus:${options.group}`
  }

  async start(): Promise<void> {
    await this.readCheckpoint()
    this.running = this.run()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.running
    this.gone()
  }

  health(): { readonly ok: boolean; readonly text: string } {
    if (this.stopping.signal.aborted) return { ok: false, text: 'stopped' }
    if (this.failures >= 3) return { ok: false, text: `the log cannot be read on from ${this.looked}, ${this.failures} failures` }
    return { ok: true, text: this.owner ? 'reads the log' : 'another process of the group reads' }
  }

  holds(): boolean { return this.owner }

  /** Holds the checkpoint against the log, and makes it where the group is new. */
  private async readCheckpoint(): Promise<void> {
    const { store, database } = this.bus
    await makeCheckpoint(database, this.name, store.log, 1)
    const checkpoint = (await readCheckpoint(database, this.name))!
    if (checkpoint.log !== store.log) throw new CheckpointOfAnotherLog(this.name, `${this.name} has read log ${checkpoint.log}, but this is log ${store.log}. Point it to its own log; or, where the log was replaced on purpose, drop its checkpoint.`)
    const { ordinal: head } = await store.head()
    if (checkpoint.ordinal > head) throw new CheckpointOfAnotherLog(this.name, `${this.name} has read the log through ${checkpoint.ordinal}, but the log ends at ${head}: it was restored from an older copy. Restore the checkpoints with it, or drop this one.`)
    this.saved = checkpoint.ordinal
    const known = Math.min(this.options.after ?? 0, head)
    if (this.saved === 0 && known > 0) await this.save(known)
    this.looked = this.saved
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping
    while (!signal.aborted) {
      const lost = new AbortController()
      try {
        if (await this.leases.take(this.name, () => lost.abort())) {
          // Given back however this ends: a lease that nobody works under is renewed all the same, and would keep everybody out, us too.
          try {
            await this.readCheckpoint()
            await this.follow(AbortSignal.any([signal, lost.signal]))
          } finally {
            await this.leases.release(this.name).catch(() => undefined)
          }
        }
      } catch (error) {
        this.failures++
        this.options.onError?.(error)
      }
      await pause(this.failures === 0 ? TAKE_EVERY : waitAfter(this.failures), signal)
    }
  }

  /** Until the lease is lost or the subscription stops. */
  private async follow(signal: AbortSignal): Promise<void> {
    const { store, batchSize = 256, pollMs } = this.bus
    this.owner = true
    this.failures = 0
    const subscription = store.subscribe({
      after: this.saved, batchSize, filter: { categories: categoriesOf(this.options.topics) }, ...(pollMs !== undefined && { pollMs }),
      onBatch: (events, through) => this.batch(events, through, signal),
      onError: (error) => { if (!signal.aborted) { this.failures++; this.options.onError?.(error) } },
    })
    await new Promise<void>((resolve) => { if (signal.aborted) resolve(); else signal.addEventListener('abort', () => resolve()) })
    await subscription.stop()
    this.owner = false
    if (this.looked > this.saved) await this.save(this.looked).catch(() => undefined)
  }

  /** Hands the batch on until it is taken. Ends without it, by an error, only when it is no longer ours. */
  private async batch(events: readonly StoredEvent[], through: number, signal: AbortSignal): Promise<void> {
    const messages = this.mixed(events.flatMap((stored) => this.messageOf(stored)))
    for (let failures = 0; messages.length > 0;) {
      signal.throwIfAborted()
      try {
        await this.options.onMessages({ messages, signal, heartbeat: () => Promise.resolve() })
        break
      } catch (error) {
        if (signal.aborted) throw error
        this.failures = ++failures
        this.options.onError?.(error)
        await pause(waitAfter(failures), signal)
      }
    }
    this.looked = through
    if (messages.length > 0 || through - this.saved >= QUIET) await this.save(through)
    this.failures = 0
  }

  private messageOf(stored: StoredEvent): BusMessage[] {
    const topic: Topic = carrierOf(stored.stream)
    const event = asRecorded(stored)
    const refusal = refusalOnTopic(topic, event)
    if (!refusal) return [toMessage(event, topic)]
    this.bus.logger?.warn({ group: this.options.group, topic: topic.name, type: event.type, category: categoryOf(event.stream), ordinal: event.ordinal, reason: refusal.reason, note: refusal.text }, 'an event may not be on its topic; it is not handed on')
    return []
  }

  private mixed(messages: readonly BusMessage[]): readonly BusMessage[] {
    const { shuffle } = this.bus
    if (!shuffle) return messages
    const byKey = new Map<string, BusMessage[]>()
    for (const message of messages) byKey.set(message.key, [...byKey.get(message.key) ?? [], message])
    const keys = [...byKey.values()]
    const out: BusMessage[] = []
    while (keys.length > 0) {
      const at = Math.floor(shuffle() * keys.length)
      out.push(keys[at]!.shift()!)
      if (keys[at]!.length === 0) keys.splice(at, 1)
    }
    return out
  }

  /** Another process that held the lease before may move the checkpoint late: whichever stands further counts. */
  private async save(through: number): Promise<void> {
    for (;;) {
      try {
        await moveCheckpoint(this.bus.database, this.name, this.saved, through)
        this.saved = through
        return
      } catch (error) {
        if (!(error instanceof CheckpointMoved)) throw error
        const checkpoint = await readCheckpoint(this.bus.database, this.name)
        if (!checkpoint) throw new Error(`${this.name} has no checkpoint in read.checkpoints although it was made: somebody removed it. Start again.`)
        this.saved = checkpoint.ordinal
        if (this.saved >= through) return
      }
    }
  }
}

const waitAfter = (failures: number): number => Math.min(BACK_OFF.longest, BACK_OFF.first * 2 ** (failures - 1))
