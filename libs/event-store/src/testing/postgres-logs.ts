/** New PostgreSQL logs for tests: one migrated database, its log made anew each time. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { PostgresStore, type PostgresStoreOptions } from '../postgres'

export interface TestLog { readonly store: PostgresStore; readonly database: FreshDatabase }

const MIGRATION = join(__dirname, '../../../../infra/postgres/migrations/0001-log.sql')

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
  const migration = (await readFile(MIGRATION, 'utf8')).replaceAll('{{app}}', () => `"${new URL(appUrl).username}"`)
  await sql.unsafe(`DROP SCHEMA log CASCADE; ${migration}`).simple()
  await sql.end()
}
