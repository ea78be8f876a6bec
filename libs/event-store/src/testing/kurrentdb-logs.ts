/** New logs in KurrentDB for tests: a live server (KURRENTDB_URL) or our double, and one migrated database for their places. */
import type { KurrentDBClient } from '@kurrent/kurrentdb-client'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { KurrentDouble } from './kurrentdb-double'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { connectKurrent } from '../kurrentdb-connection'
import { KurrentStore, type KurrentStoreOptions } from '../kurrentdb'

export interface KurrentLog { readonly store: KurrentStore; readonly url: string; readonly prefix: string; readonly client: KurrentDBClient; readonly database: FreshDatabase }

const MIGRATION = join(__dirname, '../../../../infra/postgres/migrations/0050-log-index.sql')

/** Hands out an empty log, one at a time; closing the stores is the caller's. Each has streams of its own: a live server forgets nothing. */
export const kurrentLogs = (): { next(options?: Partial<KurrentStoreOptions>): Promise<KurrentLog>; close(): Promise<void> } => {
  let made: Promise<{ readonly database: FreshDatabase; readonly url: string; readonly double?: KurrentDouble; readonly client: KurrentDBClient }> | undefined
  const make = async () => {
    const database = await freshDatabase()
    const live = process.env.KURRENTDB_URL
    const double = live ? undefined : await KurrentDouble.start()
    const url = live ?? double!.url
    return { database, url, client: connectKurrent(url), ...double && { double } }
  }
  return {
    next: async (options = {}) => {
      const first = made === undefined
      const { database, url, client, double } = await (made ??= make())
      if (!first) await placesAnew(database)
      double?.anew()
      const prefix = `t${randomUUID().slice(0, 8)}.`
      return { url, prefix, client, database, store: await KurrentStore.open({ url, databaseUrl: database.appUrl, prefix, client, ...options }) }
    },
    close: async () => {
      const { database, client, double } = await (made ?? {}) as Partial<Awaited<NonNullable<typeof made>>>
      await client?.dispose()
      double?.stop()
      await database?.drop()
    },
  }
}

/** The database as if no log in KurrentDB had ever belonged to it. */
export async function placesAnew({ ownerUrl, appUrl }: FreshDatabase): Promise<void> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
  const migration = (await readFile(MIGRATION, 'utf8')).replaceAll('{{app}}', () => `"${new URL(appUrl).username}"`)
  await sql.unsafe(`DROP SCHEMA log_index CASCADE; ${migration}`).simple()
  await sql.end()
}
