/** What specs share that run on the run's broker: topics of their own, messages, and a look at what a reader sees. */
import { randomUUID } from 'node:crypto'
import type { BusMessage } from '../../port'
import { kafkaClient } from '../kafka-client'
import { readKafkaSettings, type KafkaSettings } from '../kafka-settings'
import { ensureTopics, type WantedTopic } from '../topics-admin'

/** Settings of the run's broker with a prefix that no other spec has. */
export const settingsOfRun = (env: Readonly<Record<string, string>> = {}): KafkaSettings => {
  const settings = readKafkaSettings({ ...process.env, ...env, KAFKA_PREFIX: `t-${randomUUID().slice(0, 8)}.` }, 'chorus-test')
  if (!settings) throw new Error('KAFKA_BROKERS is not set: name this project\'s globalSetup in jest.config.js (test/support/global-kafka.js)')
  return settings
}

export const LETTERS: WantedTopic = { name: 'letters.v1', partitions: 3, retentionHours: 1 }

/** Settings with topics of their own, made. */
export const withTopics = async (topics: readonly WantedTopic[] = [LETTERS]): Promise<KafkaSettings> => {
  const settings = settingsOfRun()
  await ensureTopics(settings, { topics })
  return settings
}

export const letter = (key: string, text: string | null): BusMessage => ({ topic: LETTERS.name, key, headers: { ce_type: 'Letter', ce_id: `${key}-${text}` }, value: text })

export interface SeenRecord { readonly key: string; readonly value: string | null; readonly partition: number; readonly headers: Readonly<Record<string, string>> }

/** What a reader of committed messages sees in a topic until `enough`; the reader is gone afterwards. */
export async function readUntil(settings: KafkaSettings, topic: string, enough: (seen: readonly SeenRecord[]) => boolean): Promise<SeenRecord[]> {
  const seen: SeenRecord[] = []
  const consumer = kafkaClient(settings).consumer({ groupId: `${settings.prefix}reader-${randomUUID()}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic: settings.prefix + topic, fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    // what kafkajs takes up again by itself is no end
    consumer.on(consumer.events.CRASH, ({ payload }) => { if (!payload.restart) reject(payload.error) })
    consumer.run({ eachMessage: async ({ message, partition }) => {
      const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]))
      seen.push({ key: message.key?.toString() ?? '', value: message.value?.toString() ?? null, partition, headers })
      if (enough(seen)) resolve()
    } }).catch(reject)
  })
  await consumer.disconnect()
  return seen
}
