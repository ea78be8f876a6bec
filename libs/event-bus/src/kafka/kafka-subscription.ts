/**
 * One member of a consumer group: our own consumer on kafkajs. An offset is committed after the handler returned, never
 * before; a handler that throws pauses its partition and gets the same messages again, the others go on; while a handler
 * works the group hears from us; and when kafkajs gives up, a new consumer takes its place until stop().
 */
import { topicNamed } from '@chorus/contracts'
import type { Consumer, EachBatchPayload, IMemberAssignment, KafkaMessage } from 'kafkajs'
import { pause } from '@chorus/read-models'
import type { BusMessage, BusSubscribeOptions } from '../port'
import type { Told } from '../told'
import { isOfType, kafkaClient } from './kafka-client'
import type { KafkaBusOptions } from './kafka-bus'
import { isUsual } from './kafka-log'
import { TopicsOfAnotherLog, lookWhose } from './mark'
import { partitionOf } from './partition'

/** messages that a handler gets at a time: what it finished is not lost to a crash in the next */
const MAX_DELIVERY = 500
/** ms that the broker may hold a fetch open: bounds how late we see a rebalance, or stop */
const FETCH_WAIT_MS = 400
const LONGEST_BACKOFF_MS = 5_000
const LONGEST_REJOIN_MS = 2_000
/** without an answer for so long the broker is away */
const SILENT_MS = 4_000
/** joins in vain that are usual with a broker that starts */
const PATIENCE = 10
/** how long start() waits for a group that neither joins nor fails */
const PATIENCE_MS = 5_000
const RETRY = { initialRetryTime: 50, factor: 0.2, multiplier: 2, retries: 6, maxRetryTime: 1_000 }
const LOST = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID', 'NOT_COORDINATOR_FOR_GROUP']

/** Those of the bus, all of them said. */
export type SubscriptionOptions = Required<Omit<KafkaBusOptions, 'published' | 'log'>> & { readonly log: string | undefined; /** of all subscriptions of the bus */ readonly told: Told }

export class KafkaSubscription {
  private readonly stopping = new AbortController()
  private readonly failures = new Map<string, number>()
  private readonly resumes = new Set<NodeJS.Timeout>()
  private consumer: Consumer | undefined
  private running: Promise<void> = Promise.resolve()
  private joined = false
  private assigned: IMemberAssignment = {}
  private inHand = 0
  private answered = performance.now()
  private trouble: string | undefined
  private refused: string | undefined
  private leave: (why: Error) => void = () => undefined

  constructor(private readonly bus: SubscriptionOptions, private readonly options: BusSubscribeOptions) {}

  async start(): Promise<void> {
    let first: () => void = () => undefined
    const tried = new Promise<void>((resolve) => { first = resolve })
    this.running = this.run(first)
    // a topic that nobody has made yet, a broker that takes its time: whoever starts a service must not wait for that
    await Promise.race([tried, pause(PATIENCE_MS, this.stopping.signal)])
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('the subscription stops'))
    await this.running
    for (const timer of this.resumes) clearTimeout(timer)
  }

  get group(): string { return this.options.group }

  /** the topics are another log's, and this is why it is in no group; undefined: they are not, or it is not known yet */
  get refusal(): string | undefined { return this.joined ? undefined : this.refused }

  /** @param sayer the group of this process that says in whole words whose the topics are; absent, or this one: it says so itself */
  health(sayer?: string): { readonly ok: boolean; readonly text: string } {
    const { group } = this.options
    if (this.stopping.signal.aborted) return { ok: false, text: `${group} has left the bus` }
    if (this.joined && this.inHand === 0 && performance.now() - this.answered > SILENT_MS) return { ok: false, text: `${group}: the broker has not answered for ${Math.round((performance.now() - this.answered) / 1000)} s` }
    if (!this.joined) return { ok: false, text: `${group} is not in its group: ${sayer !== undefined && sayer !== group ? `the topics are another Chorus's, as ${sayer} says` : this.trouble ?? 'it is joining'}` }
    return { ok: true, text: `${group} listens to ${this.options.topics.join(', ')}` }
  }

  /** Topics have the partitions of the contracts: ensureTopics refuses others. */
  holds(topic: string, key: string): boolean {
    return this.joined && this.assigned[this.bus.settings.prefix + topic]?.includes(partitionOf(key, topicNamed(topic).partitions)) === true
  }

  /** One consumer after another: kafkajs' own retries end some day, ours with stop(). */
  private async run(tried: () => void): Promise<void> {
    const { signal } = this.stopping
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const began = performance.now()
      try {
        await this.runOnce(tried)
      } catch (error) {
        this.trouble = reasonOf(error)
        this.refused = error instanceof TopicsOfAnotherLog ? error.message : undefined
        // a broker that has just started answers at the second or third time: nobody needs to hear of that
        if (!isUsual(error) || attempt >= PATIENCE) {
          if (this.bus.told.isNews(this.refused === undefined ? this.group : 'all groups', this.trouble)) this.options.onError?.(error)
          tried()
        }
      }
      this.joined = false
      if (performance.now() - began > 60_000) attempt = 0
      await pause(Math.min(LONGEST_REJOIN_MS, 100 * 2 ** Math.min(attempt, 10)), signal)
    }
    tried()
  }

  /** Ends when the subscription stops. @throws what made kafkajs give up */
  private async runOnce(joined: () => void): Promise<void> {
    const { settings, logger, sessionTimeoutMs, heartbeatMs, concurrency } = this.bus
    const { prefix } = settings
    const { signal } = this.stopping
    const stopped = new Promise<void>((resolve) => { if (signal.aborted) resolve(); else signal.addEventListener('abort', () => resolve(), { once: true }) })
    await Promise.race([this.lookWhose(), stopped])
    if (signal.aborted) return
    const consumer = kafkaClient(settings, { logger, retry: RETRY }).consumer({
      groupId: prefix + this.options.group,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: Math.max(sessionTimeoutMs, 30_000),
      maxWaitTimeInMs: Math.min(FETCH_WAIT_MS, Math.floor(sessionTimeoutMs / 3)),
      readUncommitted: false,
      allowAutoTopicCreation: false,
      // we make a new one ourselves: kafkajs' own restart cannot be stopped while it waits
      retry: { ...RETRY, restartOnFailure: async () => false },
    })
    this.consumer = consumer
    let crashed: (error: Error) => void = () => undefined
    const crash = new Promise<never>((_, reject) => { crashed = reject })
    crash.catch(() => undefined)
    // at once: kafkajs would hold the partition and try the same some times more
    this.leave = crashed
    consumer.on(consumer.events.CRASH, ({ payload }) => crashed(payload.error))
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => { this.joined = true; this.assigned = payload.memberAssignment; this.trouble = this.refused = undefined; this.heard(); joined() })
    consumer.on(consumer.events.FETCH, () => this.heard())
    consumer.on(consumer.events.HEARTBEAT, () => this.heard())
    try {
      await Promise.race([consumer.connect(), stopped])
      if (signal.aborted) return
      await Promise.race([consumer.subscribe({ topics: this.options.topics.map((topic) => prefix + topic), fromBeginning: true }), stopped])
      if (signal.aborted) return
      const run = consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: concurrency, eachBatch: (payload) => this.batch(payload) })
      run.catch(crashed)
      await Promise.race([stopped, crash])
    } finally {
      await consumer.disconnect().catch(() => undefined)
      this.consumer = undefined
    }
  }

  /** Before it joins, and takes messages from those whose they are. @throws TopicsOfAnotherLog */
  private async lookWhose(): Promise<void> {
    const { log, settings, logger } = this.bus
    if (log === undefined) return
    await lookWhose(settings, log, { logger, retry: RETRY })
  }

  private heard(): void { this.answered = performance.now() }

  private async batch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    const place = `${batch.topic}/${batch.partition}`
    // it joined before the topics were marked: whoever's they are gets these once it has left. Who marks, marks before it
    // sends: one look is enough for all that the broker answered
    if (batch.messages.some(({ headers }) => headers?.ce_log !== undefined && String(headers.ce_log) !== this.bus.log)) {
      const lost = await this.whileAlive(payload, () => this.lookWhose().catch((error: unknown) => { this.leave(error as Error); throw error }))
      if (lost) throw lost
    }
    for (let at = 0; at < batch.messages.length; at += MAX_DELIVERY) {
      if (!payload.isRunning() || payload.isStale() || this.stopping.signal.aborted) return
      const part = batch.messages.slice(at, at + MAX_DELIVERY)
      const last = part.at(-1)
      if (!last) return
      const lost = await this.deliver(payload, part).catch((error: unknown) => { this.backOff(payload, place, error); return 'failed' as const })
      if (lost === 'failed') return
      this.failures.delete(place)
      payload.resolveOffset(last.offset)
      await this.commit(payload)
      if (lost) throw lost
      await payload.heartbeat()
    }
  }

  private deliver(payload: EachBatchPayload, part: readonly KafkaMessage[]): Promise<Error | undefined> {
    return this.whileAlive(payload, async (gone, heartbeat) => {
      const messages = part.map((message) => this.messageOf(payload.batch.topic, message))
      await this.options.onMessages({ messages, signal: AbortSignal.any([gone, this.stopping.signal]), heartbeat })
    })
  }

  /** The group hears from us while something works. @returns what it answered when it took the partition away meanwhile @throws what the work threw */
  private async whileAlive(payload: EachBatchPayload, work: (gone: AbortSignal, heartbeat: () => Promise<void>) => Promise<unknown>): Promise<Error | undefined> {
    const gone = new AbortController()
    let lost: Error | undefined
    const alive = async (): Promise<void> => {
      try {
        await payload.heartbeat()
      } catch (error) {
        // anything else, a lost connection, say: the next sign of life may go well again
        if (!isOfType(error, ...LOST)) return
        lost = error as Error
        gone.abort(error)
      }
    }
    const timer = setInterval(() => { void alive() }, this.bus.heartbeatMs)
    this.inHand += 1
    try {
      await work(gone.signal, alive)
    } catch (error) {
      // not ours any more: the group is left to sort itself out, whoever gets the partition gets these again
      if (lost) throw lost
      throw error
    } finally {
      this.inHand -= 1
      this.heard()
      clearInterval(timer)
    }
    return lost
  }

  /** What was handled is committed; where the broker does not take it, it comes again, which is a duplicate and no more. */
  private async commit(payload: EachBatchPayload): Promise<void> {
    try {
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets())
    } catch (error) {
      if (isOfType(error, ...LOST)) throw error
      this.bus.logger.debug?.({ part: 'kafka.commit', group: this.options.group, error: reasonOf(error) }, 'an offset was not committed; the next commit says it again')
    }
  }

  private backOff(payload: EachBatchPayload, place: string, error: unknown): void {
    if (isOfType(error, ...LOST)) throw error
    this.options.onError?.(error)
    if (this.stopping.signal.aborted) return
    const count = (this.failures.get(place) ?? 0) + 1
    this.failures.set(place, count)
    const resume = payload.pause()
    const timer = setTimeout(() => {
      this.resumes.delete(timer)
      resume()
    }, Math.min(LONGEST_BACKOFF_MS, this.bus.firstBackoffMs * 2 ** Math.min(count - 1, 10)))
    this.resumes.add(timer)
  }

  private messageOf(topic: string, { key, headers, value }: KafkaMessage): BusMessage {
    return {
      topic: topic.slice(this.bus.settings.prefix.length),
      key: key?.toString('utf8') ?? '',
      headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, header]) => [name, String(Array.isArray(header) ? header[0] : header ?? '')])),
      value: value?.toString('utf8') ?? null,
    }
  }
}

/** For an operator: the kind of failure; kafkajs' own sentences hold host names and ports at most. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error'
  if (error instanceof TopicsOfAnotherLog) return error.message
  // kafkajs hides the broker's answer here
  const hint = error.name === 'KafkaJSGroupCoordinatorNotFound' ? '; the broker is starting, or this service has no right on the group: infra/kafka/acls.sh' : ''
  return `${error.name}: ${error.message.split('\n')[0]?.slice(0, 200)}${hint}`
}
