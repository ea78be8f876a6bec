/** One publishing process of the relay bench: the relay on a log, or kafkajs alone with the messages of the same log. */
import { Logger } from '@nestjs/common'
import { Kafka, logLevel } from 'kafkajs'
import { postgres } from '@chorus/postgres'
import { topicNamed } from '@chorus/contracts'
import { toMessage, type BusMessage, type BusPublisher, type KafkaSettings } from '@chorus/event-bus'
import { PostgresStore, asRecorded } from '@chorus/event-store'
import { kafkaPublishers } from '../../apps/relay/src/relay.module'
import { PUBLISHED_CATEGORIES } from '../../apps/relay/src/publish-log/publish-log'
import type { Turn } from '../../apps/relay/src/publish-log/opening'
import { Relay } from '../../apps/relay/src/publish-log/relay'
import { partitionOf } from '../../libs/event-bus/src/kafka/partition'
import { peakRssMb } from './table'
import { serve } from './worker'

/** `events`: how many are in the log; the first `warmUp` of them are sent, but not measured */
export interface RelayJob { readonly url: string; readonly kafka: KafkaSettings; readonly kind: 'relay' | 'raw'; readonly events: number; readonly warmUp: number; readonly batch: number }
export interface RelayDone { readonly perSecond: number; readonly sends: number; readonly bytes: number; /** of one core, of this process */ readonly cpu: number; readonly peakRssMb: number }

/** Counts what was acknowledged; the clock runs from the end of the warm-up, or from the start where one acknowledgement was for all. */
class Meter {
  private done = 0
  private measuredFrom = 0
  private began = 0
  private cpu = process.cpuUsage()
  private sends = 0
  private warm = false
  private finish = (): void => undefined
  readonly finished = new Promise<void>((resolve) => { this.finish = resolve })
  constructor(private readonly job: RelayJob) {}
  start(): void { this.began = performance.now(); this.cpu = process.cpuUsage() }
  acknowledged(count: number): void {
    this.done += count
    if (!this.warm) {
      if (this.done < this.job.warmUp) return
      this.warm = true
      if (this.done < this.job.events) { this.start(); this.measuredFrom = this.done; return }
    }
    this.sends++
    if (this.done >= this.job.events) this.finish()
  }
  result(bytes: number): RelayDone {
    const seconds = (performance.now() - this.began) / 1000
    const { user, system } = process.cpuUsage(this.cpu)
    return { perSecond: (this.done - this.measuredFrom) / seconds, sends: this.sends, bytes, cpu: (user + system) / 1e6 / seconds, peakRssMb: peakRssMb() }
  }
}

async function relay(job: RelayJob): Promise<() => Promise<RelayDone>> {
  const store = await PostgresStore.open({ url: job.url })
  const database = postgres(job.url, { max: 4, onnotice: () => undefined })
  const meter = new Meter(job)
  // the raw producer has written there before
  const open = kafkaPublishers(job.kafka, { log: store.log, hasPublished: async () => true })
  const measured = async (turn: Turn): Promise<BusPublisher> => {
    const inner = await open(turn)
    return { publish: async (messages) => { await inner.publish(messages); meter.acknowledged(messages.length) }, close: () => inner.close() }
  }
  const running = new Relay({ store, database, openPublisher: measured, owner: 'bench', logger: { info: () => undefined, warn: (details, message) => console.error(message, details), error: (details, message) => console.error(message, details) } })
  return async () => {
    meter.start()
    await running.start()
    await meter.finished
    const result = meter.result(0)
    await running.stop()
    await store.close()
    await database.end()
    return result
  }
}

/** As one would send by hand: idempotent, acknowledged by all, explicit partitions, no transactions; the messages are made beforehand. */
async function raw(job: RelayJob): Promise<() => Promise<RelayDone>> {
  const store = await PostgresStore.open({ url: job.url })
  const messages: BusMessage[] = []
  for await (const event of store.readAll({ filter: { categories: PUBLISHED_CATEGORIES } })) messages.push(toMessage(asRecorded(event), topicNamed('program.cases.v1')))
  await store.close()
  const topic = topicNamed('program.cases.v1')
  const producer = new Kafka({ clientId: 'bench-raw', brokers: [...job.kafka.brokers], logLevel: logLevel.NOTHING }).producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false })
  await producer.connect()
  const meter = new Meter(job)
  const sizeOf = ({ key, value, headers }: BusMessage): number => Buffer.byteLength(key) + Buffer.byteLength(value ?? '') + Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), 0)
  return async () => {
    meter.start()
    for (let at = 0; at < messages.length; at += job.batch) {
      const batch = messages.slice(at, at + job.batch)
      await producer.send({ topic: job.kafka.prefix + topic.name, acks: -1, messages: batch.map(({ key, value, headers }) => ({ key, value, headers, partition: partitionOf(key, topic.partitions) })) })
      meter.acknowledged(batch.length)
    }
    await meter.finished
    const result = meter.result(Math.round(messages.slice(0, 1000).reduce((sum, message) => sum + sizeOf(message), 0) / Math.min(1000, messages.length)))
    await producer.disconnect()
    return result
  }
}

// what the adapter has to say of its first connection is nobody's matter here; what goes wrong is thrown
Logger.overrideLogger(false)

serve<RelayJob, RelayDone>((job) => (job.kind === 'relay' ? relay(job) : raw(job)))
