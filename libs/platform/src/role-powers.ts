import type { Sql } from 'postgres'

/**
 * What a role may do that the services' role must not: change or remove what was recorded, or give itself the right to.
 * Schema read is the services' own: read models are made anew at will. [] for a role as it should be.
 */
export const powersBeyondServices = async (sql: Sql): Promise<string[]> => {
  const [power] = await sql<{ rolsuper: boolean; rolcreaterole: boolean; rolbypassrls: boolean; rolreplication: boolean }[]>`
    select rolsuper, rolcreaterole, rolbypassrls, rolreplication from pg_roles where rolname = current_user`
  const owned = await sql<{ name: string }[]>`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'read') and pg_has_role(current_user, c.relowner, 'member')
    order by n.nspname <> 'log', 1 limit 4`
  const [rights] = await sql<{ change: boolean }[]>`
    select coalesce(bool_or(has_table_privilege(c.oid, 'UPDATE') or has_table_privilege(c.oid, 'DELETE') or has_table_privilege(c.oid, 'TRUNCATE')), false) as change
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'log' and c.relname = 'events' and has_schema_privilege(n.oid, 'USAGE')`
  return [
    ...(power?.rolsuper ? ['is a superuser'] : []), ...(power?.rolcreaterole ? ['may make roles'] : []), ...(power?.rolbypassrls ? ['passes by row security'] : []), ...(power?.rolreplication ? ['may replicate'] : []),
    ...(owned.length ? [`owns ${owned.map((table) => table.name).join(', ')}`] : []), ...(rights?.change ? ['may change or remove events'] : []),
  ]
}
