/** How a process that cannot start says so, and with which exit code. */
import { SettingsRefused, SetupRefused } from '@chorus/platform'

/** Refusals to start whose message says all: what is wrong and what to do. */
const OURS = new Set(['SettingsRefused', 'SetupRefused', 'MigrationRefused', 'VaultRefused', 'CheckpointOfAnotherLog', 'PlacesOfAnotherLog', 'CopyUnfinished', 'LogDamaged', 'StoreUnavailable', 'KeyServiceAway', 'SigningKeyRefused'])

/** As the command line's table has it: 2 wrong settings, 6 the folder or the port is taken, 7 the database or the key service does not answer, 1 anything else. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof SettingsRefused) return 2
  // seen only once it is tried: the folder of CHORUS_DATA, the address of CHORUS_HOST
  if (error instanceof SetupRefused && /^The data folder .+ cannot be used|Correct CHORUS_HOST/.test(error.message)) return 2
  if (error instanceof SetupRefused && /already uses|is in use by/.test(error.message)) return 6
  if (error instanceof Error && (error.name === 'StoreUnavailable' || error.name === 'KeyServiceAway' || (error instanceof SetupRefused && /cannot be used: /.test(error.message)))) return 7
  return 1
}

/** Ends the process as the error asks: told to stop while it started is no failure; a fault of ours shows where it happened. */
export const endWith = (error: unknown): never => {
  if (error instanceof Error && error.name === 'AbortError') process.exit(0)
  const known = error instanceof Error && OURS.has(error.name)
  process.stderr.write(`${error instanceof Error ? (known ? error.message : error.stack ?? error.message) : String(error)}\n`)
  process.exit(exitCodeOf(error))
}
