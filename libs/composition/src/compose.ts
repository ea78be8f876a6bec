/** Modules and ports become one process that listens. */
import { Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common'
import pino, { type DestinationStream } from 'pino'
import { chorusVersion, PlatformModule, serve, serviceOf, systemClock, TokenVerifier, type Clock } from '@chorus/platform'
import type { Service } from '@chorus/contracts'
import { PortsModule, type PortsOptions, type ReadySettings } from './ports.module'

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

/** Each service's module with ports of its own; modules of none share those of the role that logs in. */
const withPorts = (modules: Composition['modules'], options: PortsOptions): (Type | DynamicModule)[] => {
  const ofNone = modules.filter((module) => serviceOf(module) === undefined)
  // one set of ports for each service, however many modules it has
  const portsOf = new Map<Service, DynamicModule>()
  const own = modules.flatMap((module) => {
    const service = serviceOf(module)
    if (service === undefined) return []
    const given: DynamicModule = 'module' in module ? module : { module }
    const ports = portsOf.get(service) ?? PortsModule.forRoot({ ...options, service, keys: options.keys && service !== 'relay' })
    portsOf.set(service, ports)
    return [{ ...given, imports: [...given.imports ?? [], ports] }]
  })
  return ofNone.length > 0 || modules.length === 0 ? [...own, ...ofNone, PortsModule.forRoot(options)] : own
}

/**
 * @param composition its settings must name a database that is migrated already
 * @returns once it listens
 * @throws CheckpointOfAnotherLog, VaultRefused and others whose messages say what to do
 */
export const compose = async ({ settings, modules, client, keys = true, clock = systemClock, logTo }: Composition): Promise<Composed> => {
  const verifier = new TokenVerifier({ mode: settings.mode, data: settings.data, jwks: settings.jwks, clock })
  await verifier.ready()
  const platform = PlatformModule.forRoot({ settings, clock, verifier, logTo: logTo ?? pino.destination({ dest: 2, sync: true }), logLevel: settings.logLevel })
  // Decorated, not a dynamic module: its imports are then wired in this order, the platform first and the ports of none last.
  class Root {}
  Module({ imports: [platform, ...withPorts(modules, { settings, client, keys, neighbours: new Set() })] })(Root)
  return serve(Root, { host: settings.host, port: settings.port, clock, version: chorusVersion() })
}
