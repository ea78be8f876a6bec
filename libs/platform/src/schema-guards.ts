/**
 * What refuses changes in the database itself, held against the migrations that made it: triggers, row security policies,
 * the functions behind them and the one by which the audit log is written. Whoever owns the tables can switch them off or put
 * others in their place; verify then finds what was changed, and this that it could be.
 */
import type { Sql } from 'postgres'
import { readMigrations, type Migration } from './migrate'

export interface Guards { /** body by schema.name */ readonly functions: ReadonlyMap<string, string>; /** schema.table.name */ readonly triggers: ReadonlySet<string>; /** schema.table.name */ readonly policies: ReadonlySet<string> }

/** What the migrations make; a function that is made again is the last one. */
export const guardsOf = (migrations: readonly Pick<Migration, 'sql'>[]): Guards => {
  const text = migrations.map(({ sql }) => sql).join('\n')
  const named = (pattern: RegExp): Set<string> => new Set([...text.matchAll(pattern)].map(([, name, table]) => `${table}.${name}`))
  return {
    functions: new Map([...text.matchAll(/CREATE (?:OR REPLACE )?FUNCTION ([\w.]+)\([^)]*\)[^$]*?AS \$\$([\s\S]*?)\$\$/gi)].map(([, name, body]) => [name!, body!])),
    triggers: named(/CREATE TRIGGER (\w+) [^;]*? ON ([\w.]+)/gi),
    policies: named(/CREATE POLICY (\w+) ON ([\w.]+)/gi),
  }
}

/** What is not as the migrations made it, one sentence each; [] where all is. Any role may ask. */
export const guardsBroken = async (sql: Sql): Promise<string[]> => {
  const { functions, triggers, policies } = guardsOf(await readMigrations())
  const schemas = [...new Set([...functions.keys(), ...triggers, ...policies].map((name) => name.slice(0, name.indexOf('.'))))]
  const hung = await sql<{ name: string; enabled: string }[]>`
    select n.nspname || '.' || c.relname || '.' || t.tgname as name, t.tgenabled::text as enabled from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and n.nspname = any (${schemas})`
  const rules = await sql<{ name: string }[]>`select schemaname || '.' || tablename || '.' || rulename as name from pg_rules where schemaname = any (${schemas})`
  const bounds = await sql<{ name: string }[]>`select schemaname || '.' || tablename || '.' || policyname as name from pg_policies where schemaname = any (${schemas})`
  const made = new Map((await sql<{ name: string; body: string }[]>`select n.nspname || '.' || p.proname as name, p.prosrc as body from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any (${schemas})`).map(({ name, body }) => [name, body]))
  const on = new Set(hung.filter(({ enabled }) => enabled === 'A').map(({ name }) => name))
  const there = new Set(bounds.map(({ name }) => name))
  return [
    ...[...triggers].filter((name) => !on.has(name)).map((name) => `the trigger ${name} is off`),
    ...hung.filter(({ name }) => !triggers.has(name)).map(({ name }) => `the trigger ${name} is none of ours`),
    ...rules.map(({ name }) => `the rule ${name} is none of ours`),
    ...[...policies].filter((name) => !there.has(name)).map((name) => `the policy ${name} is gone`),
    ...bounds.filter(({ name }) => !policies.has(name)).map(({ name }) => `the policy ${name} is none of ours`),
    ...[...functions].filter(([name, body]) => made.get(name) !== body).map(([name]) => `the function ${name} is not the one of the migrations`),
  ].sort()
}
