import type { Sql } from 'postgres'
import type { Service } from '@chorus/contracts'
import { DATABASE_ROLES } from './role-rights'

/**
 * What a role may do that the services' role must not: change or remove what was recorded, or give itself the right to.
 * Schema read is the services' own: read models are made anew at will. [] for a role as it should be.
 */
export const powersBeyondServices = async (sql: Sql): Promise<string[]> => {
  const [power] = await sql<{ rolsuper: boolean; rolcreaterole: boolean; rolbypassrls: boolean; rolreplication: boolean }[]>`
    select rolsuper, rolcreaterole, rolbypassrls, rolreplication from pg_roles where rolname in (current_user, session_user) order by rolsuper desc, rolcreaterole desc, rolbypassrls desc limit 1`
  const owned = await sql<{ name: string }[]>`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'read') and (pg_has_role(current_user, c.relowner, 'member') or pg_has_role(session_user, c.relowner, 'member'))
    order by n.nspname <> 'log', 1 limit 4`
  const [rights] = await sql<{ change: boolean }[]>`
    select coalesce(bool_or(has_table_privilege(c.oid, 'UPDATE') or has_table_privilege(c.oid, 'DELETE') or has_table_privilege(c.oid, 'TRUNCATE')), false) as change
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'log' and c.relname = 'events' and has_schema_privilege(n.oid, 'USAGE')`
  return [
    ...(power?.rolsuper ? ['is a superuser'] : []), ...(power?.rolcreaterole ? ['may make roles'] : []), ...(power?.rolbypassrls ? ['passes by row security'] : []), ...(power?.rolreplication ? ['may replicate'] : []),
    ...(owned.length ? [`owns ${owned.map((table) => table.name).join(', ')}`] : []), ...(rights?.change ? ['may change or remove events'] : []),
  ]
}

/** What whoever logs in may do beyond being this service: act as another, in words. */
export const actsAs = async (sql: Sql, service: Service): Promise<string[]> => {
  const rows = await sql<{ role: string }[]>`
    select rolname as role from pg_roles where rolname = any (select current_database() || '_' || name from unnest(${[...DATABASE_ROLES]}::text[]) as n(name))
      and rolname <> current_user and pg_has_role(session_user, oid, 'member') order by 1`
  return rows.map(({ role }) => role).filter((role) => !(service === 'operations' && role.endsWith('_audit'))).map((role) => `may act as ${role}`)
}
