/**
 * The embedded PostgreSQL, kept up: one that dies by itself (killed, out of memory) is started again on the same port, so
 * that the addresses that were given out stay good. PostgreSQL's own recovery sees to it that nothing acknowledged is lost.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres'
import { SetupRefused } from './postgres-binaries'
import { DiskFull, hasRoom } from './postgres-words'

/** A server that dies more often than this within WINDOW_MS is not started again: something is wrong that starting does not mend. */
export const MOST_RESTARTS = 3
const WINDOW_MS = 10 * 60_000
/** a full disk is looked at this often */
const ROOM_MS = 1000

export interface KeptUp {
  /** the server as it was first started; its port and addresses stay, its process does not */
  readonly server: EmbeddedPostgres
  /** resolves with a sentence when it is gone for good; never otherwise */
  readonly died: Promise<string>
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL and keeps it up until it is stopped.
 * @throws SetupRefused where the first start fails; the signal's reason when it was stopped
 */
export const keepPostgresUp = async (options: EmbeddedPostgresOptions): Promise<KeptUp> => {
  const first = await startEmbeddedPostgres(options)
  const say = options.say ?? (() => undefined)
  const stopping = new AbortController()
  let current = first

  const watch = async (): Promise<string | undefined> => {
    for (const restarts: number[] = []; ;) {
      const why = await current.ended
      if (why === undefined || stopping.signal.aborted) return undefined
      const now = performance.now()
      while (restarts.length > 0 && now - restarts[0]! > WINDOW_MS) restarts.shift()
      if (why.diskFull) {
        say(`${why.text}. It is started again once there is room; until then nothing can be recorded, and nothing that was recorded is lost.`)
      } else {
        if (restarts.length === MOST_RESTARTS) return `${why.text}. It was started again ${MOST_RESTARTS} times already within ${WINDOW_MS / 60_000} minutes: look into its log, then start Chorus again.`
        restarts.push(now)
        say(`${why.text}; starting it again (${restarts.length} of ${MOST_RESTARTS}). Until it is back nothing can be recorded.`)
      }
      try {
        current = await startOnceThereIsRoom(why.diskFull)
      } catch (error) {
        if (stopping.signal.aborted) return undefined
        return `${why.text}, and does not start again: ${error instanceof Error ? error.message : String(error)}`
      }
      say('PostgreSQL is back; what was recorded is there')
    }
  }
  /** A full disk is waited for, however long it takes: somebody must make room, and has nothing else to do then. */
  const startOnceThereIsRoom = async (diskFull: boolean): Promise<EmbeddedPostgres> => {
    let wait = diskFull
    for (let failed = 0; ;) {
      while (wait) { await delay(ROOM_MS, undefined, { signal: stopping.signal }); wait = !hasRoom(options.folder) }
      try {
        return await startEmbeddedPostgres({ ...options, port: first.port, signal: stopping.signal })
      } catch (error) {
        wait = error instanceof DiskFull
        if (wait) continue
        // What is refused stays so. Anything else may be a server that died again while its roles were looked at.
        if (error instanceof SetupRefused || stopping.signal.aborted || ++failed === MOST_RESTARTS) throw error
      }
    }
  }
  const watching = watch()
  return {
    server: first,
    died: new Promise((resolve) => { void watching.then((why) => { if (why !== undefined) resolve(why) }) }),
    stop: async () => {
      stopping.abort()
      // A start under way either gives up or hands over one more server to stop.
      await current.stop()
      await watching
      await current.stop()
    },
  }
}
