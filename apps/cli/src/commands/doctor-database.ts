/** What doctor asks a database: does it answer, is its schema ours, does the services' role own too much, is its clock right. */
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { MigrationRefused, pending, readMigrations, type Clock } from '@chorus/platform'
import { EXIT } from '../exit'
import type { Finding } from './doctor'

export const lookAtDatabase = async (address: string, name: string, clock: Clock): Promise<Finding[]> => {
  const { hostname, port, pathname } = new URL(address)
  const sql = postgres(address, { max: 1, connect_timeout: 5, onnotice: () => undefined, connection: { application_name: 'chorus doctor' } })
  try {
    const [server] = await sql<{ version: string; role: string; now: Date }[]>`select current_setting('server_version') as version, current_user as role, clock_timestamp() as now`
    const skew = Math.abs(server!.now.getTime() - Date.parse(clock.now())) / 1000
    return [
      { name: 'database', state: 'ok', text: `${name}: PostgreSQL ${server!.version} at ${hostname}:${port || '5432'}${pathname}, role ${server!.role}` },
      await schema(sql), await role(sql, server!.role),
      { name: 'db clock', state: skew < 5 ? 'ok' : 'warn', text: `differs from this machine by ${skew < 1 ? 'less than a second' : `${Math.round(skew)} s`}`, todo: 'Recorded times are the database\'s: set its clock by NTP.' },
    ]
  } catch (error) {
    return [{ name: 'database', state: 'fail', text: `${name}: ${hostname}:${port || '5432'}${pathname} does not answer (${(error as { code?: string }).code ?? 'no answer'})`, todo: `Start it, or correct ${name}.`, exit: EXIT.unavailable }]
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const schema = async (sql: Sql): Promise<Finding> => {
  try {
    const rows = await sql<{ name: string; hash: string }[]>`select name, hash from public.chorus_migrations`
    const missing = pending(await readMigrations(), new Map(rows.map((row) => [row.name, row.hash])))
    return missing.length === 0
      ? { name: 'schema', state: 'ok', text: `that of this build (${rows.length} migrations)` }
      : { name: 'schema', state: 'fail', text: `${missing.length} migrations are missing (first: ${missing[0]!.name})`, todo: 'DATABASE_OWNER_URL=… npx chorus migrate' }
  } catch (error) {
    if (error instanceof MigrationRefused) return { name: 'schema', state: 'fail', text: error.message, todo: 'Run the Chorus that belongs to this database.' }
    if ((error as { code?: string }).code === '42P01') return { name: 'schema', state: 'fail', text: 'the database was never migrated', todo: 'DATABASE_OWNER_URL=… npx chorus migrate' }
    throw error
  }
}

/** The services must not be able to change what was recorded. Schema read is theirs: read models are made anew at will. */
const role = async (sql: Sql, name: string): Promise<Finding> => {
  const [power] = await sql<{ rolsuper: boolean; rolcreaterole: boolean; rolcreatedb: boolean; rolbypassrls: boolean; rolreplication: boolean }[]>`
    select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication from pg_roles where rolname = current_user`
  const owned = await sql<{ name: string }[]>`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'read') and pg_has_role(current_user, c.relowner, 'member')
    order by 1 limit 4`
  const [rights] = await sql<{ change: boolean }[]>`
    select coalesce(bool_or(has_table_privilege(c.oid, 'UPDATE') or has_table_privilege(c.oid, 'DELETE') or has_table_privilege(c.oid, 'TRUNCATE')), false) as change
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'log' and c.relname = 'events' and has_schema_privilege(n.oid, 'USAGE')`
  const much = [
    ...(power?.rolsuper ? ['is a superuser'] : []), ...(power?.rolcreaterole ? ['may make roles'] : []), ...(power?.rolbypassrls ? ['passes by row security'] : []), ...(power?.rolreplication ? ['may replicate'] : []),
    ...(owned.length ? [`owns ${owned.map((table) => table.name).join(', ')}`] : []), ...(rights?.change ? ['may change or remove events'] : []),
  ]
  return much.length === 0
    ? { name: 'role', state: 'ok', text: `${name} owns nothing and cannot change events` }
    : { name: 'role', state: 'fail', text: `${name} ${much.join('; ')}`, todo: 'Give the services a plain role in DATABASE_URL; the owner belongs in DATABASE_OWNER_URL alone.' }
}
