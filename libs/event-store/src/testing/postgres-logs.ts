/** New PostgreSQL logs for tests: one migrated database, its log made anew each time. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { PostgresStore, type PostgresStoreOptions } from '../postgres'

export interface TestLog { readonly store: PostgresStore; readonly database: FreshDatabase }

/** Those that make the tables of the log as they are now. */
const MIGRATIONS = ['0001-log.sql', '0052-half-copied.sql'].map((name) => join(__dirname, '../../../../infra/postgres/migrations', name))

/** Hands out an empty log, one at a time (the log before it is gone), and drops the database on close. Closing the stores is the caller's. */
export const emptyLogs = (): { next(options?: Omit<PostgresStoreOptions, 'url'>): Promise<TestLog>; close(): Promise<void> } => {
  let made: Promise<FreshDatabase> | undefined
  return {
    next: async (options = {}) => {
      if (made) await startOver(await made)
      const database = await (made ??= freshDatabase())
      return { database, store: await PostgresStore.open({ url: database.appUrl, ...options }) }
    },
    close: async () => { await (await made)?.drop() },
  }
}

async function startOver({ ownerUrl, appUrl }: FreshDatabase): Promise<void> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
  const migrations = (await Promise.all(MIGRATIONS.map((file) => readFile(file, 'utf8')))).join('\n').replaceAll('{{app}}', () => `"${new URL(appUrl).username}"`)
  await sql.unsafe(`DROP SCHEMA log CASCADE; ${migrations}`).simple()
  await sql.end()
}
