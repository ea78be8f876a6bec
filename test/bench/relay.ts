/** npm run bench -- relay: how fast the relay brings a backlog to Kafka, beside kafkajs alone with the same messages. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { postgres } from '@chorus/postgres'
import { topicNamed } from '@chorus/contracts'
import { ensureTopics, readKafkaSettings, type KafkaSettings } from '@chorus/event-bus'
import { useBroker } from '../../infra/kafka/broker'
import { freshDatabase } from '../support/database'
import { fillWithLevels } from './level-log'
import type { RelayDone, RelayJob } from './relay-worker'
import type { Bench, BenchOptions } from './run'
import { percentile, rounded, type Row } from './table'
import { startWorker } from './worker'

const WORKER = join(__dirname, 'relay-worker.ts')
async function measure(job: Omit<RelayJob, 'kafka'>, ownerUrl: string, brokers: string): Promise<RelayDone> {
  const kafka: KafkaSettings = readKafkaSettings({ KAFKA_BROKERS: brokers, KAFKA_PREFIX: `bench-${randomUUID().slice(0, 8)}.` }, 'chorus-bench')!
  await ensureTopics(kafka)
  // a relay that begins anew is nobody's right but the owner's
  const sql = postgres(ownerUrl, { max: 1 })
  await sql`delete from bus.published`
  await sql`delete from bus.leases`
  await sql.end()
  const worker = startWorker<RelayJob, RelayDone>(WORKER, { ...job, kafka })
  await worker.ready
  worker.go()
  return worker.result
}

const median = (values: readonly number[]): number => percentile([...values].sort((a, b) => a - b), 0.5)

export const relay: Bench = {
  summary: 'a backlog of 100,000 events to a real broker: the relay (from the log, in transactions) and kafkajs alone with the same messages',
  async run(options: BenchOptions) {
    const events = options.events ?? (options.quick ? 20_000 : 100_000)
    const warmUp = Math.min(10_000, Math.floor(events / 4))
    const rounds = options.quick ? 1 : 3
    const folder = await mkdtemp(join(tmpdir(), 'chorus-bench-kafka-'))
    const database = await freshDatabase()
    const broker = await useBroker({ folder, say: options.progress })
    try {
      options.progress(`relay: recording ${events} events`)
      await fillWithLevels(database.appUrl, events, options.seed, 100)
      const kinds = [['raw', 500], ['raw', 2000], ['relay', 2000]] as const
      const done = new Map<string, RelayDone[]>(kinds.map(([kind, batch]) => [`${kind} ${batch}`, []]))
      for (let round = 1; round <= rounds; round++) {
        for (const [kind, batch] of kinds) {
          options.progress(`relay: round ${round}, ${kind === 'raw' ? `kafkajs alone, batches of ${batch}` : 'the relay'}`)
          done.get(`${kind} ${batch}`)!.push(await measure({ url: database.appUrl, kind, batch, events, warmUp }, database.ownerUrl, broker.brokers))
        }
      }
      const bytes = done.get('raw 500')![0]!.bytes
      const rate = (name: string): number => median(done.get(name)!.map(({ perSecond }) => perSecond))
      const best = Math.max(rate('raw 500'), rate('raw 2000'))
      const rows: Row[] = kinds.map(([kind, batch]) => {
        const of = done.get(`${kind} ${batch}`)!
        return {
          sender: kind === 'raw' ? 'kafkajs alone' : 'relay', batch, transactions: kind === 'relay', events, messageBytes: bytes, rounds, perSecond: Math.round(rate(`${kind} ${batch}`)), ratioToBestRaw: rounded(rate(`${kind} ${batch}`) / best),
          messagesPerSend: Math.round((events - warmUp) / median(of.map(({ sends }) => sends))), cpu: rounded(median(of.map(({ cpu }) => cpu))), peakRssMb: Math.max(...of.map(({ peakRssMb }) => peakRssMb)),
        }
      })
      return { rows, notes: [
        `perSecond: messages a second that the broker has acknowledged, after the first ${warmUp.toLocaleString('en-US')}, median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} in turn; each sender a process of its own, each round on topics of its own (${topicNamed('program.cases.v1').partitions} partitions).`,
        'kafkajs alone: the messages are made beforehand; idempotent, acks -1, no transactions. relay: reads the log, checks and makes the messages, publishes in transactions, moves its checkpoint. cpu: cores that the sender used; broker and database are not in it.',
      ] }
    } finally {
      await broker.stop()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}
