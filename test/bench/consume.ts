/** npm run bench -- consume: how fast a consumer drains a backlog, from the log and from Kafka, beside the barest reader of each. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { topicNamed } from '@chorus/contracts'
import { KafkaPublisher, ensureTopics, readKafkaSettings, toMessage, type BusMessage, type KafkaSettings } from '@chorus/event-bus'
import { PostgresStore, asRecorded } from '@chorus/event-store'
import { useBroker } from '../../infra/kafka/broker'
import { freshDatabase } from '../support/database'
import type { ConsumeDone, ConsumeJob } from './consume-worker'
import { fillWithLevels } from './level-log'
import type { Bench, BenchOptions } from './run'
import { percentile, rounded, type Row } from './table'
import { startWorker } from './worker'

const WORKER = join(__dirname, 'consume-worker.ts')
const TOPIC = topicNamed('program.cases.v1')

/** Every level of the log on its topic, as the relay would bring it. */
async function publishAll(url: string, settings: KafkaSettings): Promise<void> {
  await ensureTopics(settings)
  const store = await PostgresStore.open({ url })
  const publisher = await KafkaPublisher.open({ settings, transactionalId: 'bench-consume' })
  let waiting: BusMessage[] = []
  for await (const event of store.readAll({ filter: { categories: TOPIC.categories } })) {
    waiting.push(toMessage(asRecorded(event), TOPIC))
    if (waiting.length === 2000) { await publisher.publish(waiting); waiting = [] }
  }
  await publisher.publish(waiting)
  await publisher.close()
  await store.close()
}

async function measure(job: Omit<ConsumeJob, 'run'>): Promise<ConsumeDone> {
  const worker = startWorker<ConsumeJob, ConsumeDone>(WORKER, { ...job, run: randomUUID() })
  await worker.ready
  worker.go()
  return worker.result
}

const median = (done: readonly ConsumeDone[], of: (one: ConsumeDone) => number): number => percentile(done.map(of).sort((a, b) => a - b), 0.5)

export const consume: Bench = {
  summary: 'a backlog of 100,000 events drained by a consumer, from the log and from Kafka, its reaction appending or not',
  async run(options: BenchOptions) {
    const events = options.events ?? (options.quick ? 20_000 : 100_000)
    const warmUp = Math.max(1, Math.floor(events / 10))
    const rounds = options.quick ? 1 : 3
    const folder = await mkdtemp(join(tmpdir(), 'chorus-bench-kafka-'))
    const database = await freshDatabase()
    const broker = await useBroker({ folder, say: options.progress })
    try {
      const kafka = readKafkaSettings({ KAFKA_BROKERS: broker.brokers, KAFKA_PREFIX: `bench-${randomUUID().slice(0, 8)}.` }, 'chorus-bench')!
      options.progress(`consume: recording and publishing ${events} events`)
      await fillWithLevels(database.appUrl, events, options.seed, 4)
      await publishAll(database.appUrl, kafka)
      const rows: Row[] = []
      for (const bus of ['log', 'kafka'] as const) {
        for (const appends of [false, true]) {
          const done = { chorus: [] as ConsumeDone[], baseline: [] as ConsumeDone[] }
          for (let round = 1; round <= rounds; round++) {
            for (const kind of ['baseline', 'chorus'] as const) {
              options.progress(`consume: ${bus}, ${appends ? 'one append for each event' : 'no appends'}, round ${round}, ${kind}`)
              done[kind].push(await measure({ url: database.appUrl, kafka, bus, kind, appends, events, warmUp }))
            }
          }
          const [ours, baseline] = [median(done.chorus, (one) => one.perSecond), median(done.baseline, (one) => one.perSecond)]
          rows.push({
            bus, reaction: appends ? 'appends' : 'nothing', events, rounds, perSecond: Math.round(ours), baselinePerSecond: Math.round(baseline), ratio: rounded(ours / baseline),
            cpu: rounded(median(done.chorus, ({ cpu }) => cpu)), peakRssMb: Math.max(...done.chorus.map((one) => one.peakRssMb)), baselinePeakRssMb: Math.max(...done.baseline.map((one) => one.peakRssMb)),
          })
        }
      }
      return { rows, notes: [
        `perSecond: events a second worked by one consumer in a process of its own, after the first ${warmUp.toLocaleString('en-US')}, median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} in turn, its positions kept in PostgreSQL; cpu: cores that it used.`,
        'baseline: kafkajs\' eachBatch, or a plain loop over the log: events are counted, not decoded; nothing is looked up or kept. A reaction that appends: one event to a stream of its own, eight at a time in both.',
      ] }
    } finally {
      await broker.stop()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}
