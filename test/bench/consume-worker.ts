/** One consuming process of the consume bench: a consumer of ours, or the barest reader of the same messages or events. */
import { Logger } from '@nestjs/common'
import { Kafka, logLevel } from 'kafkajs'
import { postgres } from '@chorus/postgres'
import { derivedId } from '@chorus/decider'
import { Consumer, KafkaBus, LogBus, type KafkaSettings } from '@chorus/event-bus'
import { PostgresStore, type NewEvent } from '@chorus/event-store'
import { generator } from './envelopes'
import { levelAssigned } from './level-log'
import { peakRssMb } from './table'
import { serve } from './worker'

export interface ConsumeJob {
  readonly url: string
  readonly kafka: KafkaSettings
  readonly bus: 'log' | 'kafka'
  readonly kind: 'chorus' | 'baseline'
  /** the reaction appends one event to a stream of its own; else it does nothing */
  readonly appends: boolean
  /** in the topic; the first `warmUp` of them are worked, but not measured */
  readonly events: number
  readonly warmUp: number
  /** sets this run's streams and groups apart from those before it */
  readonly run: string
}
export interface ConsumeDone { readonly perSecond: number; /** cores that this process used */ readonly cpu: number; readonly peakRssMb: number }

const TOPIC = 'program.cases.v1'
const LANES = 8

/** Counts what was worked; the clock runs from the end of the warm-up. */
class Meter {
  private done = 0
  private began = 0
  private cpu = process.cpuUsage()
  private finish = (): void => undefined
  readonly finished = new Promise<void>((resolve) => { this.finish = resolve })
  constructor(private readonly job: ConsumeJob) {}
  worked(): void {
    this.done++
    if (this.done === this.job.warmUp) { this.began = performance.now(); this.cpu = process.cpuUsage() }
    if (this.done === this.job.events) this.finish()
  }
  result(): ConsumeDone {
    const seconds = (performance.now() - this.began) / 1000
    const { user, system } = process.cpuUsage(this.cpu)
    return { perSecond: (this.job.events - this.job.warmUp) / seconds, cpu: (user + system) / 1e6 / seconds, peakRssMb: peakRssMb() }
  }
}

/** What is done for one event: nothing, or one append whose id the event fixes, as a reaction's is. */
function effectOf({ appends, run }: ConsumeJob, store: PostgresStore): (eventId: string) => Promise<void> {
  if (!appends) return () => Promise.resolve()
  const make = generator(1)
  return async (eventId) => {
    const id = derivedId(run, eventId)
    const drawn = levelAssigned(make, id)
    const event: NewEvent = { ...drawn, id, body: { ...drawn.body, id } }
    const result = await store.append({ stream: `benchEffect-${id}`, expected: 'none', events: [event] })
    if (!result.ok) throw new Error(result.error.code)
  }
}

type Prepared = () => Promise<ConsumeDone>

/** A consumer as the services make it. It is said to have the log behind it through 0, so that it takes everything from the bus. */
async function chorus(job: ConsumeJob): Promise<Prepared> {
  const store = await PostgresStore.open({ url: job.url })
  const database = postgres(job.url, { max: 8, onnotice: () => undefined })
  const name = `bench.${job.run}`
  await database`insert into bus.consumers (name, log, caught_up) values (${name}, ${store.log}, 0)`
  const logger = { warn: (details: object, message: string): void => console.error(message, details), error: (details: object, message: string): void => console.error(message, details) }
  const bus = job.bus === 'kafka' ? new KafkaBus({ settings: job.kafka, logger }) : new LogBus({ store, database, logger })
  const meter = new Meter(job)
  const effect = effectOf(job, store)
  const consumer = new Consumer({
    name, topics: [TOPIC], types: ['LevelAssigned'], bus, store, database, clock: { now: () => new Date().toISOString() }, logger,
    react: async ({ id }) => { await effect(id); meter.worked() },
  })
  return async () => {
    await consumer.start()
    await meter.finished
    const result = meter.result()
    await consumer.stop()
    await bus.close()
    await store.close()
    await database.end()
    return result
  }
}

/** Runs the effects of a batch, so many at once as a consumer of ours has lanes. */
async function each<T>(items: readonly T[], does: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => { while (next < items.length) await does(items[next++]!) }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** kafkajs alone: eachBatch, offsets as it likes. */
async function rawKafka(job: ConsumeJob): Promise<Prepared> {
  const store = await PostgresStore.open({ url: job.url })
  const meter = new Meter(job)
  const effect = effectOf(job, store)
  const consumer = new Kafka({ clientId: 'bench-raw', brokers: [...job.kafka.brokers], logLevel: logLevel.NOTHING }).consumer({ groupId: `${job.kafka.prefix}${job.run}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [job.kafka.prefix + TOPIC], fromBeginning: true })
  return async () => {
    await consumer.run({ eachBatch: ({ batch }) => each(batch.messages, async ({ headers }) => { await effect(String(headers?.ce_id)); meter.worked() }) })
    await meter.finished
    const result = meter.result()
    await consumer.disconnect()
    await store.close()
    return result
  }
}

/** A plain loop over the log. */
async function rawLog(job: ConsumeJob): Promise<Prepared> {
  const store = await PostgresStore.open({ url: job.url })
  const meter = new Meter(job)
  const effect = effectOf(job, store)
  return async () => {
    let batch: string[] = []
    const work = async (): Promise<void> => { await each(batch, async (id) => { await effect(id); meter.worked() }); batch = [] }
    for await (const { id } of store.readAll({ filter: { categories: ['pchCase'] } })) {
      batch.push(id)
      if (batch.length === 256) await work()
    }
    await work()
    await meter.finished
    const result = meter.result()
    await store.close()
    return result
  }
}

// what the adapter has to say of its first connection is nobody's matter here; what goes wrong is thrown
Logger.overrideLogger(false)

serve<ConsumeJob, ConsumeDone>((job) => (job.kind === 'chorus' ? chorus(job) : job.bus === 'kafka' ? rawKafka(job) : rawLog(job)))
