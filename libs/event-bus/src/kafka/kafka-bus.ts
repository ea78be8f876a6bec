/** The bus on a Kafka broker. One subscription is one member of its group; see kafka-subscription.ts. */
import { type BusSubscribeOptions, type BusSubscription, type EventBus } from '../port'
import { Told } from '../told'
import { silent, type KafkaLogger } from './kafka-log'
import type { KafkaSettings } from './kafka-settings'
import { KafkaSubscription, type SubscriptionOptions } from './kafka-subscription'

export interface KafkaBusOptions {
  readonly settings: KafkaSettings
  readonly logger?: KafkaLogger
  /** a member that is silent for so long is taken for dead, and its partitions go to others; default 6,000, the least that a broker takes unless it is told otherwise */
  readonly sessionTimeoutMs?: number
  /** between two signs of life, while a handler works too; default a tenth of the session timeout, at least 100 */
  readonly heartbeatMs?: number
  /** the first wait after a handler that threw; doubles to 5 s; default 100 */
  readonly firstBackoffMs?: number
  /** partitions of one subscription that are handled at the same time; default 1: one handler at a time, as on the log */
  readonly concurrency?: number
  /** the log whose events are to come: where the topics are another one's, a subscription does not join its group; absent: it is not asked */
  readonly log?: string
  /** through where the relay has published; undefined where it never did */
  readonly published?: () => Promise<number | undefined>
}

export class KafkaBus implements EventBus {
  private readonly subscriptions = new Set<KafkaSubscription>()
  private readonly options: SubscriptionOptions
  private readonly published: () => Promise<number | undefined>

  constructor({ settings, logger = silent, sessionTimeoutMs = 6_000, heartbeatMs = Math.max(100, Math.floor(sessionTimeoutMs / 10)), firstBackoffMs = 100, concurrency = 1, log, published = () => Promise.resolve(undefined) }: KafkaBusOptions) {
    this.published = published
    this.options = { settings, logger, sessionTimeoutMs, heartbeatMs, firstBackoffMs, concurrency, log, told: new Told() }
  }

  /** Resolves when the group is joined, or when that did not go well at once: then it goes on trying, and health() says so. */
  async subscribe(options: BusSubscribeOptions): Promise<BusSubscription> {
    const subscription = new KafkaSubscription(this.options, options)
    this.subscriptions.add(subscription)
    await subscription.start()
    return {
      stop: async () => {
        this.subscriptions.delete(subscription)
        await subscription.stop()
      },
      health: () => subscription.health(this.sayerOf(subscription)),
      holds: (topic, key) => subscription.holds(topic, key),
    }
  }

  /** The first group that is refused for the same says why: one sentence is enough for a process. */
  private sayerOf({ refusal }: KafkaSubscription): string | undefined {
    return refusal === undefined ? undefined : [...this.subscriptions].find((each) => each.refusal === refusal)?.group
  }

  handed(): Promise<number | undefined> { return this.published() }

  async close(): Promise<void> {
    const all = [...this.subscriptions]
    this.subscriptions.clear()
    await Promise.all(all.map((subscription) => subscription.stop()))
  }
}
