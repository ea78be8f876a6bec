/**
 * Whose topics these are. Who publishes a log stands at the broker as a topic of its own, empty, whose name ends in the log's
 * id. Before it sends or joins a group, everybody looks at those names: two Choruses of one KAFKA_PREFIX would shut out each
 * other's relay and take each other's messages, in silence (decision 0102).
 */
import type { Admin, RetryOptions } from 'kafkajs'
import { QUICK_RETRIES, kafkaClient } from './kafka-client'
import { isUsual, type KafkaLogger } from './kafka-log'
import type { KafkaSettings } from './kafka-settings'
import { configOf, makeTopics } from './topics-admin'

/** Whoever looks or claims tries again by itself, with the topics made anew: here only what a moment mends. */
const FEW_RETRIES: RetryOptions = { ...QUICK_RETRIES, retries: 8 }

/** Another Chorus uses topics of these names; the message says which, and what to do. */
export class TopicsOfAnotherLog extends Error {
  constructor(message: string) { super(message); this.name = 'TopicsOfAnotherLog' }
}

/** Names of marks begin so, behind the prefix. */
export const MARK = 'chorus.log.'
export const markOf = ({ prefix }: KafkaSettings, log: string): string => `${prefix}${MARK}${log}`

const REMEDY = 'Give each Chorus at one broker a KAFKA_PREFIX of its own, the same in all of its services, and start them again'

/** @throws TopicsOfAnotherLog where another log has its mark; answers whether this one has */
export async function lookAtMarks(admin: Admin, settings: KafkaSettings, log: string): Promise<boolean> {
  const [begin, own] = [settings.prefix + MARK, markOf(settings, log)]
  const marks = (await admin.listTopics()).filter((name) => name.startsWith(begin))
  const others = marks.filter((name) => name !== own)
  if (others.length === 0) return marks.length > 0
  throw new TopicsOfAnotherLog(`Another Chorus, with log ${others.map((name) => name.slice(begin.length)).join(' and ')}, publishes on topics of the same names at this broker. ${REMEDY}. Once that log is to be published here no more: stop all services of both, delete topic ${others.join(', ')}, and the topics that hold its messages, and start again`)
}

/** The same, over a connection of its own. @throws TopicsOfAnotherLog */
export async function lookWhose(settings: KafkaSettings, log: string, { logger, retry = FEW_RETRIES }: { readonly logger?: KafkaLogger; readonly retry?: RetryOptions } = {}): Promise<boolean> {
  const admin = kafkaClient(settings, { logger, retry }).admin()
  try {
    await admin.connect()
    return await lookAtMarks(admin, settings, log)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

export interface Claim {
  /** of the contracts, without prefix; they were made a moment ago, or before */
  readonly topics: readonly string[]
  /** whether this log was ever published: then messages on topics without a mark are its own */
  readonly hasPublished: () => Promise<boolean>
  readonly logger?: KafkaLogger
  /** once aborted, nothing more is marked */
  readonly signal?: AbortSignal
}

/** Before the relay opens its publisher: marks the topics as those of its log. @throws TopicsOfAnotherLog; TopicRight */
export async function claimTopics(settings: KafkaSettings, log: string, { topics, hasPublished, logger, signal }: Claim): Promise<void> {
  const admin = kafkaClient(settings, { logger, retry: FEW_RETRIES }).admin()
  await admin.connect()
  try {
    if (await lookAtMarks(admin, settings, log)) return
    if (!await hasPublished()) await refuseMessages(admin, settings, topics, signal)
    const { brokers } = await admin.describeCluster()
    signal?.throwIfAborted()
    await mark(admin, markOf(settings, log), brokers.length)
    // whoever sees its own mark sees every earlier one: of two that begin at the same moment the later one stops here
    for (let tries = 1; !await lookAtMarks(admin, settings, log); tries++) {
      if (tries >= 50) throw new Error('the mark of this log was made and does not appear at the broker')
      await pause()
      signal?.throwIfAborted()
    }
  } finally {
    await admin.disconnect()
  }
}

const pause = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 200) })

/** Written by a Chorus that does not mark its topics, or by somebody else. */
async function refuseMessages(admin: Admin, { prefix }: KafkaSettings, topics: readonly string[], signal?: AbortSignal): Promise<void> {
  for (const topic of topics) {
    signal?.throwIfAborted()
    const places = await offsetsOf(admin, prefix + topic)
    if (places.some(({ high, low }) => high !== low)) throw new TopicsOfAnotherLog(`Topic ${prefix}${topic} holds messages, and this Chorus has published none: they are of another one. ${REMEDY}. Where that one is gone for good: stop all services of both, delete the topics, and start again`)
  }
}

/** A topic that was made a moment ago has its leaders not everywhere at once. */
async function offsetsOf(admin: Admin, topic: string): ReturnType<Admin['fetchTopicOffsets']> {
  for (let tries = 1; ; tries++) {
    try { return await admin.fetchTopicOffsets(topic) } catch (error) {
      if (tries >= 8 || !isUsual(error)) throw error
      await pause()
    }
  }
}

const mark = (admin: Admin, topic: string, brokers: number): Promise<void> =>
  makeTopics(admin, [{ topic, numPartitions: 1, replicationFactor: configOf({ name: topic, partitions: 1, retentionHours: 1 }, brokers).replicationFactor }])
