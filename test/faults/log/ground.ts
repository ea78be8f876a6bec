/** What runs stand on: a migrated cluster that is copied for each run that may kill it, and databases in the one that all share. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APP_ROLE, startEmbeddedPostgres } from '../../../libs/platform/src/embedded-postgres'
import { migrate } from '../../../libs/platform/src/migrate'
import { FileVault } from '@chorus/privacy'
import { processesIn } from '../../../libs/platform/src/processes'
import { freshDatabase, type FreshDatabase } from '../../support/database'

let template: Promise<string> | undefined
const made: string[] = []

export const newFolder = (name = 'chorus-log-faults-'): string => {
  const folder = mkdtempSync(join(tmpdir(), name))
  chmodSync(folder, 0o755)
  made.push(folder)
  return folder
}

const makeTemplate = async (): Promise<string> => {
  const folder = newFolder('chorus-log-template-')
  const server = await startEmbeddedPostgres({ folder })
  try {
    await migrate(server.ownerUrl, APP_ROLE)
    await (await FileVault.open({ keysFolder: join(folder, 'keys'), databaseUrl: server.appUrl, mode: 'demonstration' })).close()
  } finally {
    await server.stop()
  }
  return folder
}

/** A data folder as after set-up, migrated and empty, in `folder` or a new one. initdb has run once for all of them. */
export async function dataFolder(folder = newFolder()): Promise<string> {
  const from = await (template ??= makeTemplate())
  for (const name of readdirSync(from).filter((each) => each !== 'postgres.log')) {
    const { status, stderr } = spawnSync('cp', ['-a', join(from, name), join(folder, name)], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`the data folder could not be copied: ${stderr}`)
  }
  return folder
}

/** A folder for the keys, and a database in the PostgreSQL that all runs share; killing it is not allowed. */
export async function sharedDatabase(options: { migrated?: boolean } = {}): Promise<FreshDatabase & { readonly folder: string }> {
  const folder = newFolder()
  mkdirSync(join(folder, 'keys'), { mode: 0o700 })
  return { ...await freshDatabase(options), folder }
}

/** Processes of the PostgreSQL in this data folder, the first one (postmaster) first. */
export const postgresOf = (folder: string): number[] => processesIn(join(folder, 'postgres')).sort((a, b) => a - b)

export const killAll = (pids: readonly number[]): void => {
  for (const pid of pids) try { process.kill(pid, 'SIGKILL') } catch { /* it is gone already */ }
}

export const removeFolder = (folder: string): void => { rmSync(folder, { recursive: true, force: true, maxRetries: 10 }) }
export const removeAll = (): void => { for (const folder of made.splice(0)) removeFolder(folder); template = undefined }
