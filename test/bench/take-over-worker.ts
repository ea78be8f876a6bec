/** One process of the bench take-over: a relay, or a member of a consumer group whose reaction records an event, each as a service has it. */
import { guarded, postgres } from '@chorus/postgres'
import type { BusEvent } from '@chorus/contracts'
import { Consumer, KafkaBus, KafkaPublisher, type KafkaSettings } from '@chorus/event-bus'
import { PostgresStore } from '@chorus/event-store'
import { Relay } from '../../apps/relay/src/publish-log/relay'
import { TRANSACTIONAL_ID } from '../../apps/relay/src/relay.module'
import { effectId, effectsOf, TOPIC } from '../faults/bus-plan'

export interface TakeOverJob { readonly role: 'relay' | 'consumer'; readonly group: string; readonly url: string; readonly kafka: KafkaSettings; readonly sessionTimeoutMs?: number }

const logger = { error: () => undefined, warn: () => undefined, info: () => undefined }

async function begin({ role, group, url, kafka, sessionTimeoutMs }: TakeOverJob): Promise<{ state(): string; stop(): Promise<void> }> {
  const store = await PostgresStore.open({ url })
  const database = postgres(url, { ...guarded(url, 60_000), max: 4, onnotice: () => undefined })
  if (role === 'relay') {
    const relay = new Relay({ store, database, owner: String(process.pid), logger, openPublisher: () => KafkaPublisher.open({ settings: kafka, transactionalId: TRANSACTIONAL_ID }) })
    await relay.start()
    return { state: () => relay.role(), stop: () => relay.stop() }
  }
  const bus = new KafkaBus({ settings: kafka, ...(sessionTimeoutMs !== undefined && { sessionTimeoutMs }) })
  const react = async (event: BusEvent): Promise<void> => {
    const id = effectId(event.id)
    await store.append({ stream: effectsOf(event.stream), expected: 'any', events: [{ id, type: 'EffectSeen', content: event.id, body: { id, type: 'EffectSeen', data: { of: event.id } } }] })
  }
  const consumer = new Consumer({ name: group, topics: [TOPIC], types: ['LevelAssigned'], bus, store, database, clock: { now: () => new Date().toISOString() }, react })
  await consumer.start()
  return { state: () => consumer.state().status, stop: async () => { await consumer.stop(); await bus.close() } }
}

process.once('message', (job: TakeOverJob) => {
  void begin(job).then(({ state, stop }) => {
    const telling = setInterval(() => process.send?.({ state: state() }), 50)
    process.on('SIGTERM', () => { clearInterval(telling); void stop().then(() => process.exit(0), () => process.exit(1)) })
  }, (error: unknown) => { console.error(error); process.exit(1) })
})
process.on('disconnect', () => process.exit(0))
