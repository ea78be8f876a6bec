import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { TOPICS, refusalOnTopic, topicOf } from '@chorus/contracts'
import { MemoryStore, asRecorded, categoryOf } from '@chorus/event-store'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { toMessage } from '../message'
import type { BusMessage } from '../port'
import { eventBusContract } from '../testing/event-bus.contract'
import { CASES, INCIDENTS } from '../testing/harness'
import { KafkaBus } from './kafka-bus'
import { KafkaPublisher } from './kafka-publisher'
import { withTopics } from './testing/on-the-broker'

const SESSION_MS = 1500
const AT_ONCE = 2000
let fresh: FreshDatabase
let database: Sql
beforeAll(async () => { fresh = await freshDatabase(); database = postgres(fresh.appUrl, { max: 8, onnotice: () => undefined }) })
afterAll(async () => { await database.end(); await fresh.drop() })

// a real broker, with topics of their own for each test
eventBusContract('kafka', async () => {
  for (const table of ['bus.consumers', 'bus.leases', 'read.checkpoints']) await database`delete from ${database(table)}`
  const store = new MemoryStore()
  const settings = await withTopics(TOPICS.filter(({ name }) => name === CASES || name === INCIDENTS))
  const publisher = await KafkaPublisher.open({ settings, transactionalId: 'relay' })
  let published = 0
  return {
    store, database, sessionMs: SESSION_MS,
    bus: () => new KafkaBus({ settings, sessionTimeoutMs: SESSION_MS, firstBackoffMs: 20 }),
    send: async (appends) => {
      await store.appendEach(appends)
      const messages: BusMessage[] = []
      for await (const stored of store.readAll({ after: published })) {
        published = stored.ordinal
        const topic = topicOf(categoryOf(stored.stream))
        const event = asRecorded(stored)
        if (topic && !refusalOnTopic(topic, event)) messages.push(toMessage(event, topic))
      }
      for (let at = 0; at < messages.length; at += AT_ONCE) await publisher.publish(messages.slice(at, at + AT_ONCE))
    },
    dispose: async () => { await publisher.close(); await store.close() },
  }
})
