/** What PostgreSQL said in its log, and what we say of it. */
import { readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { SetupRefused } from './postgres-binaries'

/** PostgreSQL cannot go on for want of room: nothing is lost, and it goes on once there is some. */
export class DiskFull extends SetupRefused {
  constructor(data: string) {
    super(`The disk of ${data} is full: PostgreSQL cannot write. Make room on it (${ROOM / MIB} MB at the least); what was recorded is there, nothing needs to be restored.`)
    this.name = 'DiskFull'
  }
}

const MIB = 1024 * 1024
/** two segments of the write-ahead log: with less it would not get far */
const ROOM = 32 * MIB
const NO_SPACE = /No space left on device/

export const hasRoom = (folder: string): boolean => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize >= ROOM
}

const linesOf = (logFile: string, from: number): string[] => readFileSync(logFile).subarray(from).toString('utf8').split('\n').filter((line) => line.trim() !== '')

/** The server's own words since `from` (bytes): what it called fatal, else its last lines. */
export const complaint = (logFile: string, from: number): string => {
  const lines = linesOf(logFile, from)
  const grave = lines.filter((line) => /FATAL|PANIC|could not/.test(line))
  return (grave.length > 0 ? grave : lines).slice(-3).map((line) => line.replace(/^[\d-]+ [\d:.]+ \w+ \[\d+\] /, '')).join(' / ')
}

/** Whether a server ended for want of room. An error of one statement, which it survived, does not count. */
export const endedOnFullDisk = (logFile: string, from: number): boolean => linesOf(logFile, from).some((line) => /PANIC|FATAL/.test(line) && NO_SPACE.test(line))

export const damaged = (data: string, what: string): SetupRefused => new SetupRefused(
  `The database in ${data} is damaged: ${what}. Restore ${join(data, '..')} whole from a backup (keys and database belong together); ` +
    `or, if what it holds may be lost, move that folder away: the next start makes a new one.`,
)
