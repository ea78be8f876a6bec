/**
 * The relay's way to Kafka: every call one transaction, so that who reads committed sees all of its messages or none, in
 * the order given. The transactional id fences: who opens a publisher under it shuts out whoever had it before.
 */
import { Partitioners, type Producer, type Transaction, type TopicMessages } from 'kafkajs'
import { TOPICS } from '@chorus/contracts'
import { PublisherFenced, type BusMessage, type BusPublisher } from '../port'
import { QUICK_RETRIES, isOfType, kafkaClient } from './kafka-client'
import type { KafkaLogger } from './kafka-log'
import type { KafkaSettings } from './kafka-settings'
import { partitionOf } from './partition'

export interface KafkaPublisherOptions {
  readonly settings: KafkaSettings
  /** one per relay whose messages must not mix, e.g. `chorus-relay`; the settings' prefix stands before it */
  readonly transactionalId: string
  readonly logger?: KafkaLogger
  /** partitions of each topic; those of the contracts where not given */
  readonly topics?: readonly { readonly name: string; readonly partitions: number }[]
  /**
   * Asked before a producer is made anew, right before it shuts out whoever took over meanwhile (only the owner may), and
   * before its first message. Throws where it is not (any more).
   */
  readonly stillOwner?: () => Promise<void>
  /** aborted: no producer is made any more, and nobody shut out */
  readonly signal?: AbortSignal
  /** ms after which the broker aborts a transaction that its publisher left open, e.g. because it died */
  readonly transactionTimeoutMs?: number
}

const FENCED = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']

/** Open with `KafkaPublisher.open`. One call of `publish` at a time; a second one waits for the first. */
export class KafkaPublisher implements BusPublisher {
  private producer: Producer | undefined
  private fenced: PublisherFenced | undefined
  private closed = false
  private last: Promise<unknown> = Promise.resolve()
  private readonly partitions: ReadonlyMap<string, number>

  private constructor(private readonly options: KafkaPublisherOptions) {
    this.partitions = new Map((options.topics ?? TOPICS).map((topic) => [topic.name, topic.partitions]))
  }

  /** Connects, and shuts out an earlier publisher of the same transactional id. @throws where no broker answers; what stillOwner throws; the signal's reason */
  static async open(options: KafkaPublisherOptions): Promise<KafkaPublisher> {
    const publisher = new KafkaPublisher(options)
    await publisher.connect()
    return publisher
  }

  /**
   * @throws PublisherFenced for good: another publisher was opened (or the broker gave up on a transaction of ours that
   *   stood open too long). Whoever still owns the relay opens a new one.
   * @throws anything else: nothing is known of these messages, publish them again; the next call begins with a new producer
   */
  publish(messages: readonly BusMessage[]): Promise<void> {
    const turn = this.last.then(() => this.publishNow(messages))
    this.last = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    this.closed = true
    await this.last
    await this.discard()
  }

  private async publishNow(messages: readonly BusMessage[]): Promise<void> {
    if (this.fenced) throw this.fenced
    if (this.closed) throw new Error('this publisher is closed')
    if (messages.length === 0) return
    const requests = this.placed(messages)
    let transaction: Transaction | undefined
    try {
      const producer = this.producer ?? await this.connect()
      transaction = await producer.transaction()
      for (const topicMessages of requests) await transaction.sendBatch({ acks: -1, topicMessages })
      await transaction.commit()
    } catch (error) {
      throw await this.failed(error, transaction)
    }
  }

  /** kafkajs' idempotent producer does not find back after OUT_OF_ORDER or an unanswered commit: a new one does. */
  private async failed(error: unknown, transaction: Transaction | undefined): Promise<unknown> {
    if (error instanceof PublisherFenced) this.fenced = error
    else if (isOfType(error, ...FENCED)) this.fenced = new PublisherFenced(`Another publisher has taken over ${this.options.transactionalId}, or a transaction stood open too long; nothing of the last call is visible. Look who owns the relay before you open a new one.`)
    // with a broken connection this would wait for nothing: the new producer ends the open transaction too
    else if (transaction?.isActive() && isOfType(error, 'MESSAGE_TOO_LARGE', 'INVALID_RECORD', 'UNKNOWN_TOPIC_OR_PARTITION', 'TOPIC_AUTHORIZATION_FAILED', 'NOT_ENOUGH_REPLICAS')) await transaction.abort().catch(() => undefined)
    await this.discard()
    return this.fenced ?? error
  }

  private async connect(): Promise<Producer> {
    const { settings, transactionalId, logger, stillOwner, signal, transactionTimeoutMs = 30_000 } = this.options
    await stillOwner?.()
    const producer = kafkaClient(settings, { logger }).producer({
      transactionalId: settings.prefix + transactionalId,
      transactionTimeout: transactionTimeoutMs,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // every message names its partition; without this kafkajs warns at each start that its default has changed
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: QUICK_RETRIES,
    })
    this.producer = producer
    try {
      await producer.connect()
      // connecting may take long
      signal?.throwIfAborted()
      await stillOwner?.()
      signal?.throwIfAborted()
      // a transaction of nothing asks for the producer's id, and so fences the earlier owner now, not with the first message
      await (await producer.transaction()).abort()
      await stillOwner?.()
    } catch (error) {
      await this.discard()
      throw error
    }
    return producer
  }

  private async discard(): Promise<void> {
    const { producer } = this
    this.producer = undefined
    await producer?.disconnect().catch(() => undefined)
  }

  /**
   * By topic, each message with its partition, the order within a partition kept. What goes to one partition in one request
   * is one batch to the broker, which refuses it above 1 MiB: more than that makes another request of the same transaction;
   * so do many messages, since kafkajs and the broker work several smaller requests off sooner than one large one.
   */
  private placed(messages: readonly BusMessage[]): TopicMessages[][] {
    const requests: Map<string, TopicMessages>[] = [new Map()]
    const sizes = new Map<string, number>()
    let count = 0
    for (const message of messages) {
      const { topic, key, headers, value } = message
      const partitions = this.partitions.get(topic)
      if (partitions === undefined) throw new Error(`there is no topic ${topic}; topics: ${[...this.partitions.keys()].join(', ')}`)
      const partition = partitionOf(key, partitions)
      const place = `${topic}/${partition}`
      const size = sizeOf(message)
      const filled = (sizes.get(place) ?? 0) + size
      const another = (filled > MAX_BATCH && filled > size) || count === MAX_REQUEST
      if (another) { requests.push(new Map()); sizes.clear(); count = 0 }
      count++
      sizes.set(place, another ? size : filled)
      const request = requests.at(-1)!
      const entry = request.get(topic) ?? { topic: this.options.settings.prefix + topic, messages: [] }
      request.set(topic, entry)
      entry.messages.push({ key, value, headers, partition })
    }
    return requests.map((request) => [...request.values()])
  }
}

/** Of one batch, in bytes; topics take 1,048,588 (topics-admin.ts). */
const MAX_BATCH = 900_000
/** messages of one request */
const MAX_REQUEST = 500
const sizeOf = ({ key, headers, value }: BusMessage): number => {
  let size = 32 + Buffer.byteLength(key) + (value === null ? 0 : Buffer.byteLength(value))
  for (const name in headers) size += 4 + name.length + Buffer.byteLength(headers[name]!)
  return size
}
