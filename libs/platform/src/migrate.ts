import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import type { Sql, TransactionSql } from 'postgres'
import { enterAsOwner } from './audit-log'
import { repositoryRoot } from './repository-root'

/** One migration file: `NNNN-name.sql`; `hash` is the SHA-256 (hex) of its text as it lies in the folder. */
export interface Migration { readonly name: string; readonly hash: string; readonly sql: string }

/** The database cannot be brought to this build's schema; the message says which file and what to do. */
export class MigrationRefused extends Error {
  constructor(message: string) { super(message); this.name = 'MigrationRefused' }
}

const FILE_NAME = /^\d{4}-[a-z0-9-]+\.sql$/
// any number will do, as long as every Chorus process uses the same one
const LOCK = 8_260_001

export const migrationsFolder = (): string => join(repositoryRoot(), 'infra', 'postgres', 'migrations')

/** The folder's migrations in order. Throws MigrationRefused for a badly named file or a number used twice. */
export const readMigrations = async (folder: string = migrationsFolder()): Promise<Migration[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const numbers = new Map<string, string>()
  for (const name of names) {
    if (!FILE_NAME.test(name)) throw new MigrationRefused(`${join(folder, name)}: a migration is called NNNN-name.sql, in lower case; rename it`)
    const other = numbers.get(name.slice(0, 4))
    if (other) throw new MigrationRefused(`${join(folder, name)} and ${other} have the same number; give the newer one the next free number`)
    numbers.set(name.slice(0, 4), name)
  }
  return Promise.all(names.map(async (name) => {
    const sql = await readFile(join(folder, name), 'utf8')
    return { name, sql, hash: createHash('sha256').update(sql).digest('hex') }
  }))
}

/**
 * What is still to be run, in order. A file that was run and has changed since, or that this build does not have, is
 * refused: a schema must be what its files say, and a build older than its database must not write to it.
 */
export const pending = (files: readonly Migration[], applied: ReadonlyMap<string, string>): Migration[] => {
  const known = new Set(files.map((file) => file.name))
  const foreign = [...applied.keys()].find((name) => !known.has(name))
  if (foreign) throw new MigrationRefused(`the database was migrated by a newer Chorus (${foreign} is not in this build); run that version, or use another database`)
  const changed = files.find((file) => applied.has(file.name) && applied.get(file.name) !== file.hash)
  if (changed) throw new MigrationRefused(`${changed.name} was changed after this database ran it; restore the file and put the change in a new migration`)
  return files.filter((file) => !applied.has(file.name))
}

/** The SQL with `{{app}}` replaced by the quoted application role. */
export const forRole = (sql: string, appRole: string): string => sql.replaceAll('{{app}}', () => `"${appRole.replaceAll('"', '""')}"`)

const makeRecord = async (sql: Sql | TransactionSql, appRole: string): Promise<void> => {
  await sql`create table if not exists public.chorus_migrations (name text primary key, hash text not null, appliedtime timestamptz not null default now())`
  await sql.unsafe(forRole('grant usage on schema public to {{app}}; grant select on public.chorus_migrations to {{app}}', appRole))
}

const runFile = async (tx: TransactionSql, appRole: string, { name, sql, hash }: Migration): Promise<void> => {
  try {
    await tx.unsafe(forRole(sql, appRole)).simple()
    await tx`insert into public.chorus_migrations (name, hash) values (${name}, ${hash})`
  } catch (error) {
    throw new MigrationRefused(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Once there is an audit log, each change of the schema stands in it. */
const noteInAudit = async (tx: TransactionSql, migration: string): Promise<void> => {
  const [{ there } = { there: false }] = await tx<{ there: boolean }[]>`select to_regprocedure('audit.record(text)') is not null as there`
  if (there) await enterAsOwner(tx, 'chorus migrate', { migration })
}

/**
 * Makes the schema of a backup in an empty database, inside the transaction that then fills it. What this build has
 * beyond it is run by the next `migrate`.
 * @throws MigrationRefused where this build lacks one of them, or has another text of it
 */
export const migrateWithin = async (tx: TransactionSql, appRole: string, wanted: readonly Pick<Migration, 'name' | 'hash'>[]): Promise<void> => {
  const files = await readMigrations()
  pending(files, new Map(wanted.map(({ name, hash }) => [name, hash])))
  await makeRecord(tx, appRole)
  const names = new Set(wanted.map(({ name }) => name))
  for (const file of files) if (names.has(file.name)) await runFile(tx, appRole, file)
}

/**
 * Brings the database to this build's schema: each pending file in its own transaction, recorded with its hash in
 * `public.chorus_migrations`. Several processes may call it at once: they wait for each other.
 * @param ownerUrl connection of the role that owns the tables
 * @param login role that logs in for all services in one process; it must exist. Absent: each service logs in as its own role
 * @returns the names of the files that were run now
 * @throws MigrationRefused naming the file; or the database's own error with the file's name before it
 */
export const migrate = async (ownerUrl: string, login?: string, folder?: string): Promise<string[]> => {
  // Without a role that logs in for all services nobody else is granted anything here: installRights does.
  const appRole = login ?? decodeURIComponent(new URL(ownerUrl).username)
  const files = await readMigrations(folder)
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined, connection: { application_name: 'chorus migrate' } })
  try {
    await sql`select pg_advisory_lock(${LOCK})`
    await makeRecord(sql, appRole)
    const rows = await sql<{ name: string; hash: string }[]>`select name, hash from public.chorus_migrations`
    const todo = pending(files, new Map(rows.map((row) => [row.name, row.hash])))
    for (const file of todo) {
      await sql.begin(async (tx) => { await runFile(tx, appRole, file); await noteInAudit(tx, file.name) })
    }
    return todo.map((file) => file.name)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
