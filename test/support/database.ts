import { randomUUID } from 'node:crypto'
import { postgres } from '@chorus/postgres'
import { migrate } from '../../libs/platform/src/migrate'
import { DATABASE_ROLES, installRights, roleOf } from '../../libs/platform/src/role-rights'

export interface FreshDatabase {
  /** the role that owns the tables: migrations only */
  readonly ownerUrl: string
  /** owns nothing, may take on every service's role, and by itself has the rights of all of them: tests look everywhere */
  readonly appUrl: string
  /** gives the login the rights of all services, once their roles are there */
  allowAll(): Promise<void>
  drop(): Promise<void>
}

const quiet = { max: 1, onnotice: () => undefined }
const APP_PASSWORD = 'for-tests-only'

const withPath = (url: string, database: string, user?: string, password?: string): string => {
  const to = new URL(url)
  to.pathname = `/${database}`
  if (user !== undefined) to.username = user
  if (password !== undefined) to.password = password
  return to.toString()
}

/** What tests read and write by themselves is not bounded: the bounds are the services'. */
const allowAll = async (ownerUrl: string, database: string, app: string): Promise<void> => {
  const sql = postgres(ownerUrl, quiet)
  try {
    for (const role of DATABASE_ROLES) await sql.unsafe(`grant "${roleOf(database, role)}" to "${app}" with inherit true`)
    await sql`insert into public.chorus_rights (role, category, appends) values (${app}, '*', true)`
    await sql`insert into public.chorus_contexts (role, context) values (${app}, '*')`
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/**
 * A new, empty, migrated database in the PostgreSQL that jest's global set-up started (or CHORUS_TEST_POSTGRES names),
 * with an owner and an application role of its own, so that tests may run side by side.
 */
export const freshDatabase = async (options: { migrated?: boolean; /** the login's own rights end, as with `chorus migrate` */ bounded?: boolean } = {}): Promise<FreshDatabase> => {
  const admin = process.env.CHORUS_TEST_POSTGRES
  if (!admin) throw new Error('CHORUS_TEST_POSTGRES is not set: name this project\'s globalSetup in jest.config.js (test/support/global-postgres.js)')
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const app = `${name}_app`
  const owner = `${name}_owner`
  const sql = postgres(admin, quiet)
  try {
    await sql.unsafe(`create role "${owner}" login createrole password '${APP_PASSWORD}'`)
    await sql.unsafe(`create role "${app}" login password '${APP_PASSWORD}'`)
    await sql.unsafe(`create database "${name}" owner "${owner}"`)
  } finally {
    await sql.end({ timeout: 5 })
  }
  const ownerUrl = withPath(admin, name, owner, APP_PASSWORD)
  const drop = async (): Promise<void> => {
    const last = postgres(admin, quiet)
    try {
      await last.unsafe(`drop database if exists "${name}" with (force)`)
      for (const role of DATABASE_ROLES) await last.unsafe(`drop role if exists "${roleOf(name, role)}"`)
      await last.unsafe(`drop role if exists "${app}"`)
      await last.unsafe(`drop role if exists "${owner}"`)
    } finally {
      await last.end({ timeout: 5 })
    }
  }
  if (options.migrated !== false) {
    await migrate(ownerUrl, app).then(() => installRights(ownerUrl, app))
      .then(() => options.bounded ? undefined : allowAll(ownerUrl, name, app))
      .catch(async (error: unknown) => { await drop(); throw error })
  }
  return { ownerUrl, allowAll: () => allowAll(ownerUrl, name, app), appUrl: withPath(admin, name, app, APP_PASSWORD), drop }
}
