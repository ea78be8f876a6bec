/** Starts every City service in this process on a migrated database. */
import type { DestinationStream } from 'pino'
import { compose, type Composed, type ReadySettings } from '@chorus/composition'
import type { Clock } from '@chorus/platform'
import { StandaloneModule } from './standalone.module'

export interface BootOverrides {
  readonly clock?: Clock
  /** where log lines go; default stderr */
  readonly logTo?: DestinationStream
}
export type Chorus = Composed

/**
 * @param settings must name a database that is migrated already (`runChorus` of the platform sees to both)
 * @returns once it listens
 */
export const boot = (settings: ReadySettings, overrides: BootOverrides = {}): Promise<Chorus> => compose({ settings, modules: [StandaloneModule.forRoot(settings)], client: 'chorus', ...overrides })
