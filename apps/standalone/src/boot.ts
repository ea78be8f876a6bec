/** Starts every City service in this process on a migrated database. */
import type { INestApplication } from '@nestjs/common'
import pino, { type DestinationStream } from 'pino'
import { chorusVersion, serve, systemClock, TokenVerifier, type Clock } from '@chorus/platform'
import { StandaloneModule, type ReadySettings } from './standalone.module'

export interface BootOverrides {
  readonly clock?: Clock
  /** where log lines go; default stderr */
  readonly logTo?: DestinationStream
}
export interface Chorus {
  readonly app: INestApplication
  /** http://host:port without a slash at the end */
  readonly address: string
  /** finishes what is in hand, then closes the ports; safe to call twice */
  close(): Promise<void>
}

/**
 * @param settings must name a database that is migrated already (`runChorus` of the platform sees to both)
 * @returns once it listens
 */
export const boot = async (settings: ReadySettings, overrides: BootOverrides = {}): Promise<Chorus> => {
  const clock = overrides.clock ?? systemClock
  const verifier = new TokenVerifier({ mode: settings.mode, data: settings.data, jwks: settings.jwks, clock })
  await verifier.ready()
  const root = StandaloneModule.forRoot({ settings, clock, verifier, logTo: overrides.logTo ?? pino.destination({ dest: 2, sync: true }), logLevel: settings.logLevel })
  return serve(root, { host: settings.host, port: settings.port, clock, version: chorusVersion() })
}
