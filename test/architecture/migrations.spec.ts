/** Expand before contract: a migration takes nothing away that the version before still uses, unless it says that it is a contract step, and why it may. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tree'

const folder = join(root, 'infra/postgres/migrations')
const files = readdirSync(folder).sort().map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))

/** What the version before may miss, or stumble over, while it still runs. */
const CONTRACTS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['drops something', /\bDROP\s+(TABLE|COLUMN|SCHEMA|VIEW|FUNCTION|TRIGGER|TYPE|SEQUENCE|POLICY|ROLE)\b/i],
  ['renames something', /\bRENAME\s+(TO|COLUMN|CONSTRAINT)\b/i],
  ['moves something', /\bSET\s+SCHEMA\b/i],
  ['changes the type of a column', /\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b/i],
  ['demands a value that was not demanded', /\bALTER\s+(COLUMN\s+)?\w+\s+SET\s+NOT\s+NULL\b|\bADD\s+COLUMN\b(?=[^;,]*\bNOT\s+NULL\b)(?![^;,]*\bDEFAULT\b)/i],
  ['takes a right away', /\bREVOKE\b(?![^;]*\bFROM\s+PUBLIC\b)/i],
]
const contracts = (sql: string): string[] => {
  const said = sql.replace(/--[^\n]*/g, '')
  return CONTRACTS.filter(([, pattern]) => pattern.test(said)).map(([what]) => what)
}
const marked = (sql: string): boolean => /^-- contract: \S.{20,}/.test(sql)

it.each(files.map(({ name, sql }) => [name, sql] as const))('%s takes nothing away, or is marked as a contract step with its reason', (_, sql) => {
  expect([contracts(sql), marked(sql)]).toEqual([contracts(sql), contracts(sql).length > 0])
})

it.each([
  'DROP TABLE read.models', 'alter table bus.parked drop column kind', 'alter table bus.parked rename column kind to cause', 'ALTER TABLE log.events ALTER COLUMN id TYPE text',
  'alter table a alter b set not null', 'ALTER TABLE a ADD COLUMN b text NOT NULL', 'revoke select on a from {{app}}', 'ALTER TABLE a RENAME TO b', 'alter table a set schema b',
])('knows that "%s" is one', (sql) => { expect(contracts(sql)).toHaveLength(1) })

it.each([
  'CREATE TABLE a (b text NOT NULL)', 'ALTER TABLE a ADD COLUMN b text', 'ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT \'\'', 'ALTER TABLE vault.links ALTER COLUMN token DROP NOT NULL', 'REVOKE ALL ON SCHEMA a FROM PUBLIC', '-- DROP TABLE a',
])('knows that "%s" is none', (sql) => { expect(contracts(sql)).toEqual([]) })
