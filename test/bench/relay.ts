/** npm run bench -- relay: how fast the relay brings a backlog to Kafka, beside kafkajs alone with the same messages. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { postgres } from '@chorus/postgres'
import { topicNamed } from '@chorus/contracts'
import { ensureTopics, readKafkaSettings, type KafkaSettings } from '@chorus/event-bus'
import { PostgresStore, type NewEvent } from '@chorus/event-store'
import { useBroker } from '../../infra/kafka/broker'
import { freshDatabase } from '../support/database'
import { generator } from './envelopes'
import type { RelayDone, RelayJob } from './relay-worker'
import type { Bench, BenchOptions } from './run'
import { percentile, rounded, type Row } from './table'
import { startWorker } from './worker'

const WORKER = join(__dirname, 'relay-worker.ts')
const STREAMS = 400
const BATCH = 100

/** A level of a case, with an envelope as full as intake writes it. */
const levelAssigned = (make: ReturnType<typeof generator>, caseId: string): NewEvent => {
  const id = make.uuid()
  const content = `${make.uuid()}${make.uuid()}`.replaceAll('-', '')
  return {
    id, type: 'LevelAssigned', content,
    body: {
      id, type: 'LevelAssigned', schemaVersion: 1, content, source: { agency: 'JCPO', system: 'chorus' }, time: '2026-07-02T20:10:00.000Z', timePrecision: 'instant', timeZone: 'UTC', receivedtime: '2026-07-02T20:10:00.000Z',
      partitionkey: `pchCase-${caseId}`, commandId: make.uuid(), command: content, correlationId: make.uuid(), causationId: make.uuid(), actor: { id: make.uuid(), role: 'prosecutor', agency: 'JCPO' }, subjects: [], classification: 'CJI',
      policyVersion: 'levels@3', basis: [{ stream: `pchCase-${caseId}`, revision: 2 }, { stream: `historyReview-${caseId}`, revision: 0 }],
      data: { caseId, level: 'C', rank: 2, proposedLevel: 'C', matchedCriteria: ['ipvArrestOrCharge.equals=1'], evidenceRefs: [`incident-${make.uuid()}`], decidedBy: 'human', policyHash: 'a'.repeat(64) },
    },
  }
}

async function fill(url: string, events: number, seed: number): Promise<void> {
  const make = generator(seed)
  const store = await PostgresStore.open({ url })
  const streams = Array.from({ length: STREAMS }, () => make.uuid())
  for (let written = 0, at = 0; written < events; at += 32) {
    const appends = Array.from({ length: 32 }, (_, i) => {
      const caseId = streams[(at + i) % STREAMS]!
      const count = Math.max(0, Math.min(BATCH, events - written))
      written += count
      return { stream: `pchCase-${caseId}`, expected: 'any' as const, events: Array.from({ length: count }, () => levelAssigned(make, caseId)) }
    }).filter((append) => append.events.length > 0)
    for (const result of await store.appendEach(appends)) if (!result.ok) throw new Error(result.error.code)
  }
  await store.close()
}

async function measure(job: Omit<RelayJob, 'kafka'>, brokers: string): Promise<RelayDone> {
  const kafka: KafkaSettings = readKafkaSettings({ KAFKA_BROKERS: brokers, KAFKA_PREFIX: `bench-${randomUUID().slice(0, 8)}.` }, 'chorus-bench')!
  await ensureTopics(kafka)
  const sql = postgres(job.url, { max: 1 })
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
      await fill(database.appUrl, events, options.seed)
      const kinds = [['raw', 500], ['raw', 2000], ['relay', 2000]] as const
      const done = new Map<string, RelayDone[]>(kinds.map(([kind, batch]) => [`${kind} ${batch}`, []]))
      for (let round = 1; round <= rounds; round++) {
        for (const [kind, batch] of kinds) {
          options.progress(`relay: round ${round}, ${kind === 'raw' ? `kafkajs alone, batches of ${batch}` : 'the relay'}`)
          done.get(`${kind} ${batch}`)!.push(await measure({ url: database.appUrl, kind, batch, events, warmUp }, broker.brokers))
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
