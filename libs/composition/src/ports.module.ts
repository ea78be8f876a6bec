/** The ports of a process: which adapter stands behind each name. Adapters are made here and nowhere else. */
import { Inject, Injectable, Logger, Module, Optional, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common'
import { join } from 'node:path'
import { guarded, postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { KafkaBus, LogBus, publishedThrough, type EventBus, type KafkaSettings } from '@chorus/event-bus'
import { appendedBy, readBy, type Service } from '@chorus/contracts'
import { KurrentStore, PostgresStore, Recorder, withRights, type EventStore, type Neighbours } from '@chorus/event-store'
import { wallsIn } from '@chorus/record-access'
import { asRole, AUDIT, AUDIT_DATABASE, auditTrail, BUS, CLOCK, DATABASE, KEY_LIFE, Readiness, RECORDER, STORE, VAULT, WALLS, type AuditTrail, type Clock, type Settings, type WallsOf } from '@chorus/platform'
import { FileVault, sealFor, ServiceSeal, type FileSeal, type Vault } from '@chorus/privacy'

/** Settings of a process whose database is there: the embedded one has been started, or DATABASE_URL named it. */
export type ReadySettings = Settings & { readonly databaseUrl: string; /** absent: the log itself is the bus */ readonly kafka?: KafkaSettings | undefined }

export interface PortsOptions {
  readonly settings: ReadySettings
  /** the name by which database and broker know this process, e.g. chorus-intake */
  readonly client: string
  /** false: a process that seals and opens nothing is given no keys */
  readonly keys: boolean
  /** whose ports these are: its role works in the database. Absent: the role that logs in, with no bounds of our own */
  readonly service?: Service
  /** the process's other stores of the log */
  readonly neighbours?: Neighbours
}

/** What seals the key folder. */
const SEAL = Symbol('seal of the key folder')
/** A try of the readiness check; within what readiness itself waits. */
const LOOK_MS = 1500

/** Readiness of the ports, and their end in the right order: whoever writes first, the database last. */
@Injectable()
class Ports implements OnApplicationShutdown {
  constructor(
    @Inject(BUS) private readonly bus: EventBus, @Inject(STORE) private readonly store: EventStore, @Inject(DATABASE) private readonly database: Sql,
    readiness: Readiness, @Optional() @Inject(VAULT) private readonly vault?: Vault, @Optional() @Inject(AUDIT_DATABASE) private readonly audit?: Sql, @Optional() @Inject(AUDIT) private readonly trail?: AuditTrail, @Optional() @Inject(SEAL) seal?: FileSeal,
  ) {
    readiness.add('database', async () => { await database`select 1`; return { ok: true, text: 'PostgreSQL answers' } })
    if (seal instanceof ServiceSeal) readiness.add('key service', () => seal.look(LOOK_MS))
    readiness.add('log', async () => ('health' in store && typeof store.health === 'function' ? (store as KurrentStore).health() : { ok: true, text: `readable, head at ${(await store.head()).ordinal}` }))
  }

  async onApplicationShutdown(): Promise<void> {
    await this.trail?.close()
    await this.audit?.end({ timeout: 5 })
    await this.bus.close()
    await this.store.close()
    await this.vault?.close()
    await this.database.end({ timeout: 5 })
  }
}

const openStore = async (settings: ReadySettings, { service, neighbours }: Pick<PortsOptions, 'service' | 'neighbours'>): Promise<EventStore> => {
  const log = new Logger('log')
  const logger = { warn: (details: object, message: string): void => log.warn({ ...details, note: message }) }
  const store = await (settings.logUrl === undefined ? PostgresStore.open({ url: settings.databaseUrl, logger, ...(neighbours && { neighbours }) }) : KurrentStore.open({ url: settings.logUrl, databaseUrl: settings.databaseUrl, logger }))
  return service === undefined ? store : withRights(store, { service, reads: readBy(service), appends: appendedBy(service) })
}
/** Longer than any statement of a read model takes, a rebuild of a long one included. */
const SILENCE_MS = 120_000
const openDatabaseClient = (settings: ReadySettings, client: string): Sql =>
  postgres(settings.databaseUrl, { ...guarded(settings.databaseUrl, SILENCE_MS), max: 8, onnotice: () => undefined, connection: { application_name: client, TimeZone: 'UTC' } })
/** Reads the audit log, with a role that does nothing else. */
const openAuditClient = (url: string, client: string): Sql =>
  postgres(url, { ...guarded(url, SILENCE_MS), max: 2, onnotice: () => undefined, connection: { application_name: `${client} audit`, TimeZone: 'UTC' } })

const openTrail = (database: Sql, vault: Vault): AuditTrail => {
  const log = new Logger('audit')
  return auditTrail(database, (text) => vault.hmac('search', text), (error) => log.error({ note: 'refused attempts wait to be entered in the audit log', err: error }))
}

const keyed = (settings: ReadySettings, service: Service | undefined): Provider[] => [
  { provide: SEAL, useFactory: () => sealFor(settings.keyService) },
  { provide: VAULT, inject: [SEAL], useFactory: (seal: FileSeal) => FileVault.open({ keysFolder: join(settings.data, 'keys'), databaseUrl: settings.databaseUrl, mode: settings.mode, seal }) },
  { provide: KEY_LIFE, inject: [VAULT], useFactory: (vault: FileVault) => vault.life },
  { provide: RECORDER, inject: [STORE, VAULT, CLOCK], useFactory: (store: EventStore, vault: Vault, clock: Clock) => new Recorder({ store, vault, clock }) },
  { provide: WALLS, inject: [RECORDER], useFactory: (recorder: Recorder): WallsOf => wallsIn(recorder, (category) => service === undefined || readBy(service) === 'everything' || readBy(service).includes(category)) },
  { provide: AUDIT, inject: [DATABASE, VAULT], useFactory: (database: Sql, vault: Vault) => openTrail(database, vault) },
]

const openBus = (settings: ReadySettings, store: EventStore, database: Sql): EventBus => {
  const log = new Logger('bus')
  const at = (level: 'error' | 'warn' | 'log' | 'debug') => (details: object, message: string): void => log[level]({ ...details, note: message })
  const logger = { error: at('error'), warn: at('warn'), info: at('log'), debug: at('debug') }
  return settings.kafka ? new KafkaBus({ settings: settings.kafka, logger, log: store.log, published: () => publishedThrough(database, store.log) }) : new LogBus({ store, database, logger })
}

/** The ports of one service, for its module; without a service, for every module that is of none. */
@Module({})
export class PortsModule {
  static forRoot({ settings: given, client, keys, service, neighbours }: PortsOptions): DynamicModule {
    const settings: ReadySettings = service === undefined ? given : { ...given, databaseUrl: asRole(given.databaseUrl, service) }
    const audits = service === undefined || service === 'operations'
    return {
      module: PortsModule,
      global: service === undefined,
      providers: [
        { provide: STORE, useFactory: () => openStore(settings, { ...(service && { service }), ...(neighbours && { neighbours }) }) },
        { provide: DATABASE, useFactory: () => openDatabaseClient(settings, client) },
        { provide: BUS, inject: [STORE, DATABASE], useFactory: (store: EventStore, database: Sql) => openBus(settings, store, database) },
        ...keys ? keyed(settings, service) : [],
        ...audits ? [{ provide: AUDIT_DATABASE, useFactory: () => openAuditClient(service === undefined ? given.databaseUrl : asRole(given.databaseUrl, 'audit'), client) }] : [],
        Ports,
      ],
      exports: [STORE, DATABASE, BUS, ...keys ? [VAULT, KEY_LIFE, RECORDER, WALLS, AUDIT] : [], ...audits ? [AUDIT_DATABASE] : []],
    }
  }
}
