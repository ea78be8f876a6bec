/** Composition root: the City's services in one process. Adapters are made here and nowhere else. */
import { Inject, Injectable, Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { PostgresStore, Recorder, type EventStore } from '@chorus/event-store'
import { CLOCK, DATABASE, PlatformModule, Readiness, RECORDER, STORE, VAULT, type Clock, type PlatformOptions, type Settings } from '@chorus/platform'
import { FileVault, type Vault } from '@chorus/privacy'
import { EvaluationModule } from '../../evaluation/src/evaluation.module'
import { IntakeModule } from '../../intake/src/intake.module'
import { OperationsModule } from '../../operations/src/operations.module'

/** Settings of a process whose database is there: the embedded one has been started, or DATABASE_URL named it. */
export type ReadySettings = Settings & { readonly databaseUrl: string }
export type StandaloneOptions = PlatformOptions & { readonly settings: ReadySettings }

/** Readiness of the ports, and their end in the right order: whoever writes first, the database last. */
@Injectable()
class Ports implements OnApplicationShutdown {
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(VAULT) private readonly vault: Vault, @Inject(DATABASE) private readonly database: Sql, readiness: Readiness) {
    readiness.add('database', async () => { await database`select 1`; return { ok: true, text: 'PostgreSQL answers' } })
    readiness.add('log', async () => ({ ok: true, text: `readable, head at ${(await store.head()).ordinal}` }))
  }

  async onApplicationShutdown(): Promise<void> {
    await this.store.close()
    await this.vault.close()
    await this.database.end({ timeout: 5 })
  }
}

const openStore = (settings: ReadySettings): Promise<EventStore> => {
  const log = new Logger('log')
  return PostgresStore.open({ url: settings.databaseUrl, logger: { warn: (details, message) => log.warn({ ...details, note: message }) } })
}
const openDatabaseClient = (settings: ReadySettings): Sql =>
  postgres(settings.databaseUrl, { max: 8, onnotice: () => undefined, connection: { application_name: 'chorus', TimeZone: 'UTC' } })

/** The ports, for every module. */
@Module({})
export class PortsModule {
  static forRoot(settings: ReadySettings): DynamicModule {
    return {
      module: PortsModule,
      global: true,
      providers: [
        { provide: STORE, useFactory: () => openStore(settings) },
        { provide: DATABASE, useFactory: () => openDatabaseClient(settings) },
        { provide: VAULT, useFactory: () => FileVault.open({ keysFolder: join(settings.data, 'keys'), databaseUrl: settings.databaseUrl, mode: settings.mode }) },
        { provide: RECORDER, inject: [STORE, VAULT, CLOCK], useFactory: (store: EventStore, vault: Vault, clock: Clock) => new Recorder({ store, vault, clock }) },
        Ports,
      ],
      exports: [STORE, DATABASE, VAULT, RECORDER],
    }
  }
}

@Module({})
export class StandaloneModule {
  static forRoot(options: StandaloneOptions): DynamicModule {
    return { module: StandaloneModule, imports: [PlatformModule.forRoot(options), PortsModule.forRoot(options.settings), IntakeModule, EvaluationModule, OperationsModule] }
  }
}
