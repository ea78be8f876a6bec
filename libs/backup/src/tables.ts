/** The tables that a backup holds: all that the owner of the schema owns. Read models are the application's, and are made again from the log. */
import type { Sql, TransactionSql } from 'postgres'

export interface Table {
  /** quoted schema.table */
  readonly name: string
  /** schema.table */
  readonly plain: string
  /** quoted; without those that PostgreSQL computes */
  readonly columns: readonly string[]
  /** plain names of the tables whose rows must be there first */
  readonly parents: readonly string[]
}

/**
 * The record of migrations, what each role may do, and how far was signed: the snapshot may say more of that than the checkpoints
 * that are copied with it, and a restored log's second place may be another. The signer goes on from, and notes, what it finds there.
 */
const LEFT_OUT = ['public.chorus_migrations', 'public.chorus_rights', 'public.chorus_contexts', 'bus.signed_through']

/** All tables of the owner, by name. */
export const tablesOf = async (sql: Sql | TransactionSql): Promise<Table[]> =>
  [...await sql<Table[]>`
    select format('%I.%I', n.nspname, c.relname) as name, n.nspname || '.' || c.relname as plain,
      (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      (select coalesce(array_agg(distinct pn.nspname || '.' || p.relname), '{}') from pg_constraint f join pg_class p on p.oid = f.confrelid join pg_namespace pn on pn.oid = p.relnamespace where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as parents
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relowner = current_user::regrole and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and n.nspname || '.' || c.relname <> all(${LEFT_OUT})
    order by 2`]

/** In an order in which rows may be written: parents first, where they are among these. */
export const inOrder = (tables: readonly Table[]): Table[] => {
  const there = new Set(tables.map(({ plain }) => plain))
  const placed = new Set<string>()
  const ordered: Table[] = []
  for (let left = [...tables]; left.length > 0;) {
    const next = left.filter(({ parents }) => parents.every((parent) => placed.has(parent) || !there.has(parent)))
    if (next.length === 0) throw new Error(`the tables ${left.map(({ plain }) => plain).join(', ')} refer to each other in a circle`)
    for (const table of next) placed.add(table.plain)
    ordered.push(...next)
    left = left.filter((table) => !placed.has(table.plain))
  }
  return ordered
}

/** Triggers that refuse changes stand in the way of whoever fills a table: off, and then each as it was. Only the owner may, and inside its transaction nobody sees it. */
export const withoutTriggers = async (tx: TransactionSql, table: Table, work: () => Promise<void>): Promise<void> => {
  const triggers = await tx<{ name: string; enabled: 'O' | 'A' | 'R' | 'D' }[]>`
    select quote_ident(tgname) as name, tgenabled::text as enabled from pg_trigger where tgrelid = ${table.name}::regclass and not tgisinternal`
  for (const { name } of triggers) await tx.unsafe(`alter table ${table.name} disable trigger ${name}`)
  await work()
  for (const { name, enabled } of triggers) {
    if (enabled !== 'D') await tx.unsafe(`alter table ${table.name} enable ${{ O: '', A: 'always ', R: 'replica ' }[enabled]}trigger ${name}`)
  }
}

/** Numbers that PostgreSQL gives out go on after the highest that is there. */
export const moveSequences = async (tx: TransactionSql, table: Table): Promise<void> => {
  const owned = await tx<{ column: string; sequence: string }[]>`
    select quote_ident(a.attname) as column, pg_get_serial_sequence(${table.name}, a.attname) as sequence
    from pg_attribute a where a.attrelid = ${table.name}::regclass and a.attnum > 0 and not a.attisdropped and pg_get_serial_sequence(${table.name}, a.attname) is not null`
  for (const { column, sequence } of owned) await tx.unsafe(`select setval('${sequence}', coalesce((select max(${column}) from ${table.name}), 0) + 1, false)`)
}
