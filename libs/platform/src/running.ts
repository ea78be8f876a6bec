import type { Clock } from './clock'
import { holdDataFolder } from './data-folder'
import { openDatabase } from './database'
import { checkPort } from './ports'
import { chorusVersion } from './repository-root'
import type { Settings } from './settings'

/** What a composed application gives back once it listens. */
export interface Booted {
  /** http://host:port without a slash at the end */
  readonly address: string
  close(): Promise<void>
}

export interface RunOptions<App extends Booted> {
  readonly settings: Settings
  readonly clock: Clock
  /** composes the application and listens; the settings it is given always name a migrated database */
  readonly boot: (settings: Settings & { readonly databaseUrl: string }) => Promise<App>
  /** stops a start half-way: whatever was begun is ended before the promise rejects with the signal's reason */
  readonly signal?: AbortSignal
  /** it ends with the command that started it: run.json says so */
  readonly forOneCommand?: boolean
  /** told what takes time, one line each */
  readonly say?: (line: string) => void
}

export interface Running<App extends Booted> {
  readonly app: App
  readonly address: string
  /** resolves with a sentence when what Chorus stands on dies by itself; never otherwise */
  readonly died: Promise<string>
  /** the application first, then the database, then the data folder; safe to call twice */
  stop(): Promise<void>
}

/**
 * One whole Chorus on one data folder: takes the folder, brings up and migrates the database, starts the application,
 * writes run.json. `npm start` and the command line's own short-lived Chorus are both this.
 * @throws SetupRefused and MigrationRefused, saying what is wrong and what to do
 */
export const runChorus = async <App extends Booted>({ settings, clock, boot, signal, forOneCommand, say }: RunOptions<App>): Promise<Running<App>> => {
  const hold = holdDataFolder(settings.data, { startedtime: clock.now(), mode: settings.mode, version: chorusVersion(), ...(forOneCommand ? { forOneCommand } : {}) })
  const undo: (() => Promise<void> | void)[] = [() => hold.release()]
  const stopAll = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step()
  }
  try {
    await checkPort(settings.host, settings.port)
    const began = performance.now()
    const database = await openDatabase(settings, { signal, say })
    undo.push(() => database.stop())
    say?.(`database ready in ${((performance.now() - began) / 1000).toFixed(1)} s (${database.postgresPort === undefined ? 'DATABASE_URL' : `embedded, in ${settings.data}`})`)
    const app = await boot(Object.assign(Object.create(Object.getPrototypeOf(settings) as object), settings, { databaseUrl: database.appUrl, databaseOwnerUrl: undefined }))
    undo.push(() => app.close())
    signal?.throwIfAborted()
    hold.note({ url: app.address, postgresPort: database.postgresPort })
    let stopping: Promise<void> | undefined
    return { app, address: app.address, died: database.died, stop: () => stopping ??= stopAll() }
  } catch (error) {
    await stopAll()
    throw error
  }
}
