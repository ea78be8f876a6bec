/** Makes the topics: explicit partitions, retention and copies; never an existing one other than it is. */
import { ConfigResourceTypes, type Admin, type ITopicConfig } from 'kafkajs'
import { TOPICS, type Topic } from '@chorus/contracts'
import { isOfType, kafkaClient } from './kafka-client'
import type { KafkaLogger } from './kafka-log'
import type { KafkaSettings } from './kafka-settings'

/** A topic is not what this build needs; the message says which, how, and what to do. */
export class TopicRefused extends Error {
  constructor(message: string) { super(message); this.name = 'TopicRefused' }
}

/** The broker lets this service make no such topic: rights were given by an earlier build, or to somebody else. */
export class TopicRight extends Error {
  constructor(topic: string) { super(`no right to make topic ${topic}: run infra/kafka/acls.sh again`); this.name = 'TopicRight' }
}

export type WantedTopic = Pick<Topic, 'name' | 'partitions' | 'retentionHours'>

export interface TopicsReport {
  readonly created: readonly string[]
  /** existing ones whose retention is not ours, a sentence each: an operator's choice, left as it is */
  readonly differing: readonly string[]
}

const COPIES = 3
const ON_ITS_WAY = ['TOPIC_ALREADY_EXISTS', 'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']
const HOUR_MS = 3_600_000

/** @param brokers how many the cluster has: three copies where it can, of which two must have a message before it counts as sent */
export const configOf = (topic: WantedTopic, brokers: number): { readonly replicationFactor: number; readonly config: Readonly<Record<string, string>> } => {
  const replicationFactor = Math.min(COPIES, Math.max(1, brokers))
  return {
    replicationFactor,
    config: {
      'cleanup.policy': 'delete',
      'retention.ms': String(topic.retentionHours * HOUR_MS),
      'min.insync.replicas': replicationFactor >= COPIES ? '2' : '1',
      // an event is at most 256 KiB; headers and batches on top
      'max.message.bytes': '1048588',
    },
  }
}

/**
 * Needs the right to create topics: the relay's, or an operator's; consumers only look.
 * @param topics those of the contracts where not given
 * @throws TopicRight where it may not make one that is missing
 * @throws TopicRefused where an existing topic has another number of partitions: its keys would change their places
 */
export async function ensureTopics(settings: KafkaSettings, options: { readonly topics?: readonly WantedTopic[]; readonly logger?: KafkaLogger; readonly signal?: AbortSignal } = {}): Promise<TopicsReport> {
  const wanted = options.topics ?? TOPICS
  const admin = kafkaClient(settings, options).admin()
  await admin.connect()
  try {
    const { brokers } = await admin.describeCluster()
    const nameOf = (topic: WantedTopic): string => settings.prefix + topic.name
    const existing = new Set(await admin.listTopics())
    const missing = wanted.filter((topic) => !existing.has(nameOf(topic)))
    if (missing.length > 0) await create(admin, missing, nameOf, brokers.length)
    await checkPartitions(await metadataOf(admin, wanted.map(nameOf), options.signal), wanted, nameOf)
    return { created: missing.map((topic) => topic.name), differing: await differing(admin, wanted.filter((topic) => !missing.includes(topic)), nameOf) }
  } finally {
    await admin.disconnect()
  }
}

async function create(admin: Admin, topics: readonly WantedTopic[], nameOf: (topic: WantedTopic) => string, brokers: number): Promise<void> {
  const asked = topics.map((topic) => {
    const { replicationFactor, config } = configOf(topic, brokers)
    return { topic: nameOf(topic), numPartitions: topic.partitions, replicationFactor, configEntries: Object.entries(config).map(([name, value]) => ({ name, value })) }
  })
  await makeTopics(admin, asked)
}

/** @throws TopicRight */
export async function makeTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  try {
    await admin.createTopics({ topics, waitForLeaders: true, timeout: 15_000 })
  } catch (error) {
    // made by another process at the same moment, or made and not everywhere yet: whoever looks afterwards finds it as any other
    const reasons = (error as { errors?: unknown[] }).errors ?? [error]
    const grave = reasons.find((reason) => !isOfType(reason, ...ON_ITS_WAY))
    if (grave === undefined) return
    throw isOfType(grave, 'TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED') ? new TopicRight((grave as { topic?: string }).topic ?? topics.map(({ topic }) => topic).join(', ')) : grave
  }
}

function checkPartitions({ topics }: Awaited<ReturnType<typeof metadataOf>>, wanted: readonly WantedTopic[], nameOf: (topic: WantedTopic) => string): void {
  const has = new Map(topics.map((topic) => [topic.name, topic.partitions.length]))
  const wrong = wanted.filter((topic) => has.get(nameOf(topic)) !== topic.partitions)
  if (wrong.length === 0) return
  throw new TopicRefused(`${wrong.map((topic) => `Topic ${nameOf(topic)} has ${has.get(nameOf(topic)) ?? 0} partitions, this Chorus needs ${topic.partitions}`).join('. ')}. ` +
    'With another number a key changes its partition and order is lost. Name another cluster or another KAFKA_PREFIX; or stop all services, delete the topic, and let the relay publish it again from the log.')
}

/** A topic that was made a moment ago is not known everywhere at once. */
async function metadataOf(admin: Admin, topics: string[], signal?: AbortSignal): ReturnType<Admin['fetchTopicMetadata']> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted()
    try {
      return await admin.fetchTopicMetadata({ topics })
    } catch (error) {
      if (tries >= 50 || !isOfType(error, ...ON_ITS_WAY)) throw error
      await new Promise((resolve) => { setTimeout(resolve, 200) })
    }
  }
}

async function differing(admin: Admin, topics: readonly WantedTopic[], nameOf: (topic: WantedTopic) => string): Promise<string[]> {
  if (topics.length === 0) return []
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: topics.map((topic) => ({ type: ConfigResourceTypes.TOPIC, name: nameOf(topic), configNames: ['retention.ms'] })) })
  const retention = new Map(resources.map((resource) => [resource.resourceName, resource.configEntries.find((entry) => entry.configName === 'retention.ms')?.configValue]))
  return topics.filter((topic) => retention.get(nameOf(topic)) !== String(topic.retentionHours * HOUR_MS))
    .map((topic) => `Topic ${nameOf(topic)} keeps its messages for ${Number(retention.get(nameOf(topic))) / HOUR_MS} hours, the contracts say ${topic.retentionHours}. Left as it is.`)
}
