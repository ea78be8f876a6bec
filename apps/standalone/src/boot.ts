/** Starts every City service in this process on a migrated database. */
import type { DestinationStream } from 'pino'
import { compose, type Composed, type Composition, type ReadySettings } from '@chorus/composition'
import type { Clock } from '@chorus/platform'
import { standaloneModules } from './standalone.module'

export interface BootOverrides {
  readonly clock?: Clock
  /** beside the services */
  readonly modules?: Composition['modules']
  /** where log lines go; default stderr */
  readonly logTo?: DestinationStream
}
export type Chorus = Composed

/**
 * @param settings must name a database that is migrated already (`runChorus` of the platform sees to both)
 * @returns once it listens
 */
export const boot = (settings: ReadySettings, { modules = [], ...overrides }: BootOverrides = {}): Promise<Chorus> => compose({ settings, modules: [...standaloneModules(settings), ...modules], client: 'chorus', ...overrides })
