/**
 * The event bus port: what was recorded reaches those whom it concerns, in order per stream, at least once.
 * Two adapters, one contract suite (`testing/event-bus.contract.ts`): `log` reads the store itself, `kafka` a broker.
 * The bus knows nothing of what a message means: effects, duplicates, holes and failures are the consumer's (`consumer.ts`).
 */

/** One recorded event on its way: a pure function of the event and its topic (`message.ts`). */
export interface BusMessage {
  readonly topic: string
  /** the event's `partitionkey`: order holds per key */
  readonly key: string
  /** CloudEvents 1.0 attributes, Kafka binding: `ce_id`, `ce_type`, …; only those on the topic's allow-list */
  readonly headers: Readonly<Record<string, string>>
  /** JSON of the event's data, sealed values still sealed; null where the event has none */
  readonly value: string | null
}

/** What a subscription is handed: messages of one key range in order. Returning acknowledges all of them; throwing brings all of them again. */
export interface Delivery {
  readonly messages: readonly BusMessage[]
  /** aborted when the messages are no longer this subscription's (rebalance, stop): finish or throw soon */
  readonly signal: AbortSignal
  /** to be called while work goes on for long, so that the bus does not take the subscription for dead */
  heartbeat(): Promise<void>
}

export interface BusSubscribeOptions {
  /** consumers of one group share the messages; each message goes to one of them */
  readonly group: string
  readonly topics: readonly string[]
  readonly onMessages: (delivery: Delivery) => Promise<void>
  readonly onError?: (error: unknown) => void
  /** the group has everything of the log through this ordinal already: a hint that an adapter may use when the group is new to it */
  readonly after?: number
}

export interface BusSubscription {
  /** finishes what is in hand, acknowledges it, leaves the group */
  stop(): Promise<void>
  /** for readiness: whether messages can be had at the moment, in words */
  health(): { readonly ok: boolean; readonly text: string }
  /** Whether messages of this key come to this subscription at the moment, and to no other of its group; no such method: all do. */
  holds?(topic: string, key: string): boolean
}

export interface EventBus {
  subscribe(options: BusSubscribeOptions): Promise<BusSubscription>
  /** Through where what was recorded has been handed to the bus; undefined, or no such method: it cannot be said. */
  handed?(): Promise<number | undefined>
  close(): Promise<void>
}

/** The relay's side; the `log` adapter has none: there, to be recorded is to be published. */
export interface BusPublisher {
  /** All or none reach those who read committed; in the order given. @throws PublisherFenced when another publisher has taken over */
  publish(messages: readonly BusMessage[]): Promise<void>
  close(): Promise<void>
}

export class PublisherFenced extends Error {
  constructor(message: string) { super(message); this.name = 'PublisherFenced' }
}
