/**
 * One process of the bus fault suite: a relay or a consumer as they are, each around ports that kill it at a point, double
 * what it publishes, or publish some of it too early. No code of the product knows of this.
 */
import { guarded, postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import type { BusEvent } from '@chorus/contracts'
import { Consumer, KafkaBus, KafkaPublisher, type BusMessage, type BusPublisher, type EventBus } from '@chorus/event-bus'
import { PostgresStore, type EventStore } from '@chorus/event-store'
import { Relay } from '../../apps/relay/src/publish-log/relay'
import { randomFrom } from '../bench/envelopes'
import { TOPIC, effectId, effectsOf, type BusProcessJob, type ConsumerPoint, type RelayPoint } from './bus-plan'

/** short, so that the partitions of a consumer that died are soon another's; the broker must allow it */
const SESSION_MS = 2000

const clock = { now: (): string => new Date().toISOString() }
const logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined }

/** Dies at once, as by a power cut, at the n-th time that the point is passed. */
const mortal = (dies: BusProcessJob['dies']): ((point: RelayPoint | ConsumerPoint) => void) => {
  let passed = 0
  return (point) => { if (dies?.point === point && ++passed >= dies.at) process.kill(process.pid, 'SIGKILL') }
}

function publisherOf(inner: BusPublisher, job: BusProcessJob, pass: (point: RelayPoint) => void): BusPublisher {
  const random = randomFrom(job.seed + 17)
  let before: readonly BusMessage[] = []
  return {
    publish: async (all) => {
      pass('before-publish')
      const { losesAfter = Infinity } = job
      const messages = all.filter(({ headers }) => !(Number(headers.ce_ordinal) > losesAfter && Number(headers.ce_ordinal) % 20 === 0))
      // some of a stream's messages before their predecessors; all of them come once more in order
      if (job.early) await inner.publish(messages.filter(() => random() % 4 === 0).reverse())
      await inner.publish(messages)
      if (job.doubles) await inner.publish([...before.filter(() => random() % 2 === 0), ...messages.filter(() => random() % 2 === 0)])
      before = messages.slice(-200)
      pass('after-publish')
    },
    close: () => inner.close(),
  }
}

/** Calls `then` after each statement that matches. */
const watched = (database: Sql, pattern: RegExp, then: () => void): Sql => new Proxy(database, {
  apply: (target, self, [strings, ...values]: [TemplateStringsArray, ...unknown[]]) => {
    const query = Reflect.apply(target as unknown as (...args: unknown[]) => Promise<unknown>, self, [strings, ...values]) as Promise<unknown>
    // helpers of the client (lists, identifiers) are no statements
    if (!Array.isArray(strings) || !('raw' in strings) || !pattern.test(strings.join(' '))) return query
    return query.then((answer) => { then(); return answer })
  },
})

async function relay(job: BusProcessJob, store: EventStore, database: Sql): Promise<() => Promise<void>> {
  const pass = mortal(job.dies)
  const read: EventStore = Object.create(store, { subscribe: { value: (options: Parameters<EventStore['subscribe']>[0]) => store.subscribe({ ...options, onBatch: async (events, through) => { if (events.length > 0) pass('after-append'); await options.onBatch(events, through) } }) } }) as EventStore
  const running = new Relay({
    store: read, database: watched(database, /update bus\.published/, () => pass('after-checkpoint')), owner: job.name, logger, ttlMs: 1500, pollMs: 100, backOff: { first: 50, longest: 500 },
    openPublisher: async () => publisherOf(await KafkaPublisher.open({ settings: job.kafka, transactionalId: 'chorus-relay' }), job, pass),
  })
  await running.start()
  return () => running.stop()
}

async function consumer(job: BusProcessJob, store: EventStore, database: Sql): Promise<() => Promise<void>> {
  const pass = mortal(job.dies)
  const inner = new KafkaBus({ settings: job.kafka, sessionTimeoutMs: SESSION_MS, logger })
  const bus: EventBus = {
    subscribe: async (options) => {
      if (job.dies?.point === 'joining') setTimeout(() => pass('joining'), 5 + (job.seed % 400)).unref()
      return inner.subscribe({ ...options, onMessages: async (delivery) => { await options.onMessages(delivery); pass('after-positions') } })
    },
    close: () => inner.close(),
  }
  const react = async (event: BusEvent): Promise<void> => {
    pass('before-effect')
    const id = effectId(event.id)
    const result = await store.append({ stream: effectsOf(event.stream), expected: 'any', events: [{ id, type: 'EffectSeen', content: event.id, body: { id, type: 'EffectSeen', data: { of: event.id, revision: event.revision } } }] })
    if (!result.ok) throw new Error(result.error.code)
    pass('after-effect')
  }
  const running = new Consumer({
    name: job.group, topics: [TOPIC], types: ['LevelAssigned'], bus, store, database, clock, react, pollMs: 100, batchSize: 32,
    backOff: { deferred: { first: 20, longest: 200 }, retriable: { first: 20, longest: 200 } },
  })
  await running.start()
  return async () => { await running.stop(); await bus.close() }
}

async function begin(job: BusProcessJob): Promise<() => Promise<void>> {
  const store = await PostgresStore.open({ url: job.url })
  // as a service has it (libs/composition/src/ports.module.ts): the driver's own wait before it connects again grows to 20 s, and a silent server is waited for without end
  const database = postgres(job.url, { ...guarded(job.url, 60_000), max: 4, onnotice: () => undefined })
  const close = async (): Promise<void> => { await store.close(); await database.end({ timeout: 2 }) }
  try {
    const stop = await (job.role === 'relay' ? relay : consumer)(job, store, database)
    return async () => { await stop(); await close() }
  } catch (error) {
    await close()
    throw error
  }
}

/** Started while the store is away it tries again, as services do. */
async function main(job: BusProcessJob): Promise<void> {
  let stop: () => Promise<void> = () => Promise.resolve()
  process.on('message', (message: { stop?: true }) => { if (message.stop) stop().then(() => process.exit(0), (error: unknown) => { console.error(error); process.exit(1) }) })
  for (let tries = 1; ; tries++) {
    try {
      stop = await begin(job)
      return
    } catch (error) {
      if (tries > 100) throw error
      await new Promise((resolve) => { setTimeout(resolve, 200) })
    }
  }
}

process.once('message', (job: BusProcessJob) => { main(job).catch((error: unknown) => { console.error(`${job.name}: ${error instanceof Error ? error.message : String(error)}`); process.exit(1) }) })
process.on('disconnect', () => process.exit(0))
