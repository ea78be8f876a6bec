/** Where a backup is taken from and restored to: the embedded database of the data folder, or the one of DATABASE_OWNER_URL. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { BackupRefused, type Sealing } from '@chorus/backup'
import { MigrationRefused, startEmbeddedPostgres } from '@chorus/platform/database'
import { chorusVersion, type Clock } from '@chorus/platform/process'
import { holdDataFolder, readRun, type Settings } from '@chorus/platform/settings'
import { DESTROYED_LIST } from '@chorus/privacy'
import { CliError, EXIT } from './exit'

/** Does something with the owner's address of the database that is there; the embedded one is started for it where it does not run. */
export const withOwner = async <T>(settings: Settings, clock: Clock, work: (ownerUrl: string) => Promise<T>): Promise<T> => {
  if (settings.databaseOwnerUrl !== undefined) return work(settings.databaseOwnerUrl)
  if (settings.databaseUrl !== undefined) throw new CliError('A backup reads every table: set DATABASE_OWNER_URL to the role that owns them, beside DATABASE_URL.', EXIT.usage)
  const run = readRun(settings.data)
  if (run?.postgresPort !== undefined && !run.forOneCommand) return work(runningOwner(settings.data, run.postgresPort))
  if (!existsSync(join(settings.data, 'postgres'))) throw new CliError(`${settings.data} holds no database. Set CHORUS_DATA to the data folder, or DATABASE_URL and DATABASE_OWNER_URL.`, EXIT.usage)
  const hold = holdDataFolder(settings.data, { startedtime: clock.now(), mode: settings.mode, version: chorusVersion(), forOneCommand: true })
  try {
    const server = await startEmbeddedPostgres({ folder: settings.data })
    try { return await work(server.ownerUrl) } finally { await server.stop() }
  } finally {
    hold.release()
  }
}

const runningOwner = (data: string, port: number): string => {
  try {
    const { owner } = JSON.parse(readFileSync(join(data, 'postgres.json'), 'utf8')) as { owner: string }
    return `postgres://chorus_owner:${owner}@127.0.0.1:${port}/chorus`
  } catch (error) {
    throw new CliError(`${join(data, 'postgres.json')} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'it is damaged'}): run this as the user that runs Chorus.`, EXIT.failure)
  }
}

export interface Target { readonly ownerUrl: string; readonly appUrl: string; readonly keysFolder: string; readonly checkpoints: string }

/** The database of DATABASE_URL and the keys of the data folder; or all of a new data folder, which stands in its place only once it is whole. */
export const withTarget = async <T>(settings: Settings, work: (target: Target) => Promise<T>): Promise<T> => {
  const { data, databaseUrl, databaseOwnerUrl, checkpoints } = settings
  if (databaseUrl !== undefined) {
    if (databaseOwnerUrl === undefined) throw new CliError('A restore makes the tables: set DATABASE_OWNER_URL to the role that will own them, beside DATABASE_URL.', EXIT.usage)
    mkdirSync(data, { recursive: true })
    return work({ ownerUrl: databaseOwnerUrl, appUrl: databaseUrl, keysFolder: join(data, 'keys'), checkpoints })
  }
  const there = existsSync(data) ? readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'keys' && name !== join('keys', DESTROYED_LIST)) : []
  if (there.length > 0) throw new BackupRefused(`${data} is not empty (${there.slice(0, 3).join(', ')}): a restore needs an empty place, and writes over nothing. Move it away, or choose another CHORUS_DATA`)
  const half = `${data}.restoring`
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true })
  chmodSync(half, 0o711)
  try {
    // those within the data folder come with it
    const result = await inNewFolder(half, checkpoints.startsWith(`${data}${sep}`) ? join(half, relative(data, checkpoints)) : checkpoints, work)
    rmSync(data, { recursive: true, force: true })
    renameSync(half, data)
    return result
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
}

/** A place that is taken away again: for a drill. The keys lie in it in the clear meanwhile, for this user alone. */
export const withTrial = async <T>(work: (target: Target) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-drill-'))
  chmodSync(folder, 0o711)
  try { return await inNewFolder(folder, join(folder, 'checkpoints'), work) } finally { rmSync(folder, { recursive: true, force: true, maxRetries: 10 }) }
}

const inNewFolder = async <T>(folder: string, checkpoints: string, work: (target: Target) => Promise<T>): Promise<T> => {
  const server = await startEmbeddedPostgres({ folder })
  try { return await work({ ownerUrl: server.ownerUrl, appUrl: server.appUrl, keysFolder: join(folder, 'keys'), checkpoints }) } finally { await server.stop() }
}

/** With what the keys' file is sealed or opened: one of the two options, each a file. */
export const sealingOf = (options: { readonly key?: string; readonly passphraseFile?: string }, name: '--seal-for' | '--key'): Sealing => {
  const { key, passphraseFile } = options
  if ((key === undefined) === (passphraseFile === undefined)) throw new CliError(`Give ${name} (a PEM key) or --passphrase-file, one of the two: the keys are never written in the clear.`, EXIT.usage)
  const file = key ?? passphraseFile!
  let text: string
  try { text = readFileSync(file, 'utf8') } catch (error) { throw new CliError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}).`, EXIT.usage) }
  return key === undefined ? { passphrase: text.replace(/\r?\n$/, '') } : { pem: text }
}

/** A refusal of the backup, or of its schema, as the command line says it. */
export const refused = (error: unknown): never => {
  if (error instanceof BackupRefused) throw new CliError(error.message, EXIT.refused, error.problems.map((line) => `  ${line}`))
  if (error instanceof MigrationRefused) throw new CliError(error.message, EXIT.refused)
  throw error
}
