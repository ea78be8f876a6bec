/** The relay: what was recorded goes to Kafka, in order, at least once. One of them works, the others stand by. */
import { Inject, Injectable, Logger, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Sql } from 'postgres'
import { TOPICS } from '@chorus/contracts'
import { BrokerCheck, KafkaPublisher, claimTopics, ensureTopics, lookWhose, publishedThrough, type KafkaSettings } from '@chorus/event-bus'
import type { EventStore } from '@chorus/event-store'
import { DATABASE, OfService, Readiness, SETTINGS, STORE } from '@chorus/platform'
import type { OpenPublisher } from './publish-log/opening'
import { Relay } from './publish-log/relay'

export interface RelayModuleOptions {
  /** default: Kafka, by the settings of the process */
  readonly openPublisher?: OpenPublisher
  /** how long the lease holds without being renewed, ms; default 4000 */
  readonly ttlMs?: number
}

/** All relays of an installation share it: whoever opens a publisher under it shuts out whoever had it. */
export const TRANSACTIONAL_ID = 'chorus-relay'

const logger = new Logger('relay')
const at = (level: 'log' | 'warn' | 'error' | 'debug') => (details: object, message: string): void => logger[level]({ ...details, note: message })
const log = { info: at('log'), warn: at('warn'), error: at('error'), debug: at('debug') }

/** The log that is to be published, and whether it ever was. */
export interface Published { readonly log: string; readonly hasPublished: () => Promise<boolean> }

/** Opens publishers on Kafka: opening one shuts out whoever publishes there. Before each the topics are made where they are missing: somebody may have deleted them, as a refusal says, while this process runs. */
export const kafkaPublishers = (settings: KafkaSettings, { log: id, hasPublished }: Published): OpenPublisher => {
  const told = new Set<string>()
  return async ({ signal, stillOwner }) => {
    // first: on another log's topics nothing is made, and nothing advised
    await lookWhose(settings, id, { logger: log })
    signal.throwIfAborted()
    const { created, differing } = await ensureTopics(settings, { logger: log, signal })
    if (created.length > 0) log.info({ made: created.map((name) => settings.prefix + name) }, 'topics made that were missing')
    for (const line of differing.filter((each) => !told.has(each))) { told.add(line); log.warn({}, line) }
    signal.throwIfAborted()
    await claimTopics(settings, id, { topics: TOPICS.map(({ name }) => name), hasPublished, logger: log, signal })
    signal.throwIfAborted()
    return KafkaPublisher.open({ settings, transactionalId: TRANSACTIONAL_ID, logger: log, stillOwner, signal })
  }
}

@Injectable()
class RelayProcess implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly broker: BrokerCheck | undefined
  constructor(@Inject(Relay) private readonly relay: Relay, @Inject(SETTINGS) settings: { readonly kafka?: KafkaSettings }, @Inject(STORE) store: EventStore, readiness: Readiness) {
    readiness.add('relay', () => relay.look())
    // a relay that has nothing to publish would not notice
    const broker = settings.kafka && new BrokerCheck(settings.kafka, store.log)
    if (broker) readiness.add('broker', async () => {
      const said = await broker.look()
      // one such sentence is enough
      return said.text === relay.refused() ? { ok: false, text: 'the topics are another Chorus\'s, as relay says' } : said
    })
    this.broker = broker
  }
  /** Throws where its checkpoint belongs to another log: such a process must not serve. */
  onApplicationBootstrap(): Promise<void> { return this.relay.start() }
  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop()
    await this.broker?.close()
  }
}

@OfService('relay')
@Module({})
export class RelayModule {
  static forRoot({ openPublisher, ttlMs }: RelayModuleOptions = {}): DynamicModule {
    const relay = (store: EventStore, database: Sql, settings: { readonly kafka?: KafkaSettings }): Relay => {
      const open = openPublisher ?? (settings.kafka && kafkaPublishers(settings.kafka, { log: store.log, hasPublished: async () => (await publishedThrough(database, store.log)) !== undefined }))
      if (!open) throw new Error('KAFKA_BROKERS is not set: without a broker the log itself is the bus, and a relay has nothing to do')
      return new Relay({ store, database, openPublisher: open, owner: `${hostname()}/${process.pid}/${randomUUID()}`, logger: log, ...(ttlMs === undefined ? {} : { ttlMs }) })
    }
    return { module: RelayModule, providers: [{ provide: Relay, inject: [STORE, DATABASE, SETTINGS], useFactory: relay }, RelayProcess] }
  }
}
