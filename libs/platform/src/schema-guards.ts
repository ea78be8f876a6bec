/**
 * What refuses changes in the database itself, held against what the migrations make: tables (that a crash does not empty them, that
 * no other table's rows are shown among theirs) and their columns (type, not null, default, what is computed and how), triggers, row
 * security and its policies, constraints, the functions behind them and the one by which the audit log is written, each with what it
 * says. Whoever owns the tables can switch them off or put others in their place; verify then finds what was changed, and this that
 * it could be.
 * What the migrations make stands in infra/postgres/guards.json, written by `npm run guards` from a database that was just migrated.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { repositoryRoot } from './repository-root'

/** Definition by name, each kind in order: "log.events.events_are_kept" -> "CREATE TRIGGER …". */
export type Guards = Readonly<Record<(typeof KINDS)[number], Readonly<Record<string, string>>>>
const KINDS = ['table', 'column', 'trigger', 'rule', 'policy', 'row security', 'constraint', 'function'] as const

export const guardsFile = (): string => join(repositoryRoot(), 'infra', 'postgres', 'guards.json')

/** Schemas that only migrations fill. Read models are made by the services that own them. */
const CLOSED = ['log', 'log_index', 'vault', 'intake', 'bus', 'audit']
const SCHEMAS = [...CLOSED, 'read', 'public']

/** What guards this database. Any role may ask. Read with nothing but PostgreSQL's own in the search path: each name says its schema, whatever the session or its role has set. */
export const guardsOf = async (sql: Sql): Promise<Guards> => {
  const rows = await sql.begin('read only', async (tx) => {
    await tx`set local search_path = pg_catalog`
    return tx<{ kind: (typeof KINDS)[number]; name: string; says: string }[]>`
      with tables as (select c.oid, n.nspname || '.' || c.relname as name, c.relrowsecurity, c.relforcerowsecurity, c.relkind, c.relpersistence, n.nspname = any (${CLOSED}) as closed from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname = any (${SCHEMAS}))
      select 'table' as kind, name, concat_ws(', ', case relkind when 'r' then 'of its own' else 'in parts' end, case relpersistence when 'p' then 'logged' else 'lost in a crash' end,
        'with the rows of ' || (select string_agg(i.inhrelid::regclass::text, ', ' order by 1) from pg_inherits i where i.inhparent = tables.oid)) as says from tables where closed
      union all select 'column', b.name || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), 'COLLATE ' || l.collname, case when a.attnotnull then 'NOT NULL' end,
        case a.attidentity when 'a' then 'ALWAYS COUNTED' when 'd' then 'COUNTED' end, case a.attgenerated when '' then 'DEFAULT' when 's' then 'STORED AS' else 'READ AS' end || ' ' || pg_get_expr(d.adbin, d.adrelid))
        from pg_attribute a join tables b on b.oid = a.attrelid and b.closed left join pg_collation l on l.oid = a.attcollation and l.collname <> 'default' left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attnum > 0 and not a.attisdropped
      union all select 'trigger', b.name || '.' || t.tgname, pg_get_triggerdef(t.oid) || case t.tgenabled when 'A' then ' ALWAYS' when 'D' then ' OFF' else ' SOMETIMES' end from pg_trigger t join tables b on b.oid = t.tgrelid where not t.tgisinternal
      union all select 'rule', schemaname || '.' || tablename || '.' || rulename, definition from pg_rules where schemaname = any (${SCHEMAS})
      union all select 'policy', schemaname || '.' || tablename || '.' || policyname, concat_ws(' ', permissive, cmd, 'TO ' || array_to_string(roles, ','), 'USING ' || qual, 'CHECK ' || with_check) from pg_policies where schemaname = any (${SCHEMAS})
      union all select 'row security', name, case when relforcerowsecurity then 'on, for the owner too' else 'on' end from tables where relrowsecurity
      union all select 'constraint', b.name || '.' || c.conname, pg_get_constraintdef(c.oid) || case when c.convalidated then '' else ' NOT VALID' end from pg_constraint c join tables b on b.oid = c.conrelid where c.contype in ('c', 'p', 'u', 'f', 'x')
      union all select 'function', n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
        concat_ws(' ', 'RETURNS', pg_get_function_result(p.oid), 'LANGUAGE', l.lanname, p.provolatile, case when p.prosecdef then 'SECURITY DEFINER' end, array_to_string(p.proconfig, ';')) || E'\n' || p.prosrc
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang where n.nspname = any (${SCHEMAS})
      order by 1, 2`
  })
  return Object.fromEntries(KINDS.map((kind) => [kind, Object.fromEntries(rows.filter((row) => row.kind === kind).map(({ name, says }) => [name, says]))])) as unknown as Guards
}

/** A database may hold more of these without anything being wrong: what read models bring along, and extensions in schema public. */
const mayBeMore = (kind: string, name: string): boolean => (kind === 'constraint' || kind === 'function') && !CLOSED.includes(name.slice(0, name.indexOf('.')))

/** What is not as the migrations made it, one sentence each; [] where all is. Any role may ask. */
export const guardsBroken = async (sql: Sql): Promise<string[]> => {
  const ours = JSON.parse(await readFile(guardsFile(), 'utf8')) as Guards
  const there = await guardsOf(sql)
  return KINDS.flatMap((kind) => [
    ...Object.entries(ours[kind]).filter(([name, says]) => there[kind][name] !== says).map(([name, says]) => {
      const found = there[kind][name]
      if (kind === 'row security') return `row security of ${name} is off`
      if (found === undefined) return `the ${kind} ${name} is gone`
      return kind === 'trigger' && found.replace(/ \w+$/, '') === says.replace(/ \w+$/, '') ? `the trigger ${name} is off` : `the ${kind} ${name} is not the one of the migrations`
    }),
    ...Object.keys(there[kind]).filter((name) => ours[kind][name] === undefined && !mayBeMore(kind, name)).map((name) => kind === 'row security' ? `row security of ${name} is none of ours` : `the ${kind} ${name} is none of ours`),
  ]).sort()
}
