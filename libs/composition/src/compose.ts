/** Modules and ports become one process that listens. */
import type { DynamicModule, INestApplication, Type } from '@nestjs/common'
import pino, { type DestinationStream } from 'pino'
import { chorusVersion, PlatformModule, serve, systemClock, TokenVerifier, type Clock } from '@chorus/platform'
import { PortsModule, type ReadySettings } from './ports.module'

export interface Composition {
  readonly settings: ReadySettings
  /** what the process does */
  readonly modules: readonly (Type | DynamicModule)[]
  /** the name by which database and broker know this process, e.g. chorus-intake */
  readonly client: string
  /** default true; false: the process seals and opens nothing, and is given no keys */
  readonly keys?: boolean
  readonly clock?: Clock
  /** where log lines go; default stderr */
  readonly logTo?: DestinationStream
}

export interface Composed {
  readonly app: INestApplication
  /** http://host:port without a slash at the end */
  readonly address: string
  /** finishes what is in hand, then closes the ports; safe to call twice */
  close(): Promise<void>
}

/** Root of the modules; a class of its own, so that the platform and the ports come first. */
class Root {}

/**
 * @param composition its settings must name a database that is migrated already
 * @returns once it listens
 * @throws CheckpointOfAnotherLog, VaultRefused and others whose messages say what to do
 */
export const compose = async ({ settings, modules, client, keys = true, clock = systemClock, logTo }: Composition): Promise<Composed> => {
  const verifier = new TokenVerifier({ mode: settings.mode, data: settings.data, jwks: settings.jwks, clock })
  await verifier.ready()
  const platform = PlatformModule.forRoot({ settings, clock, verifier, logTo: logTo ?? pino.destination({ dest: 2, sync: true }), logLevel: settings.logLevel })
  const root: DynamicModule = { module: Root, imports: [platform, PortsModule.forRoot({ settings, client, keys }), ...modules] }
  return serve(root, { host: settings.host, port: settings.port, clock, version: chorusVersion() })
}
