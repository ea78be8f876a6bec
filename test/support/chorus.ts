/** A whole Chorus in this process, on a database and a data folder of its own: what journeys walk through. */
import { setTimeout as sleep } from 'node:timers/promises'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { Module, type INestApplication } from '@nestjs/common'
import { postgres } from '@chorus/postgres'
import supertest from 'supertest'
import type { Claims, Role } from '@chorus/contracts'
import { issueToken, readSettings, systemClock, type Clock } from '@chorus/platform'
import { boot } from '../../apps/standalone/src/boot'
import { freshDatabase, type FreshDatabase } from './database'
import { allDescribed, describedAnswers, type Described } from './described'

export interface TestChorus {
  readonly app: INestApplication
  readonly address: string
  /** data folder: keys lie in its `keys` */
  readonly data: string
  readonly ownerUrl: string
  readonly appUrl: string
  /** superuser on the same database: may read every table, whoever owns it */
  readonly adminUrl: string
  readonly logs: CapturedLogs
  /** supertest on the listening server; add `.set('Authorization', await chorus.bearer('detective'))` */
  readonly agent: ReturnType<typeof supertest>
  tokenFor(role: Role, agency?: string): Promise<string>
  /** value of an Authorization header */
  bearer(role: Role, agency?: string, claims?: Claims): Promise<string>
  /** stops and starts again on the same database and data folder */
  again(): Promise<TestChorus>
  /** the answer of /health/ready once it says so; as it is after half a minute */
  ready(): Promise<{ readonly status: number; readonly body: { readonly status: string; readonly checks: readonly object[] } }>
  /** @throws where an answer was not as /docs describes it */
  close(): Promise<void>
}

export interface CapturedLogs { readonly stream: Writable; text(): string; lines(): Record<string, unknown>[]; clear(): void }

/** A destination of log lines that keeps them. */
export const captureLogs = (): CapturedLogs => {
  let chunks: string[] = []
  const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => { chunks.push(chunk.toString()); done() } })
  const text = (): string => chunks.join('')
  return { stream, text, lines: () => text().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>), clear: () => { chunks = [] } }
}

/** The agency that a demonstration role works for. */
export const AGENCY_OF: Readonly<Record<Role, string>> = {
  intakeAnalyst: 'KCPD', detective: 'KCPD', agencyFeed: 'KCPD', prosecutor: 'JCPO', panelMember: 'JCPO', systemAdvocate: 'JCPO',
  healthProgram: 'HEALTH', pchProvider: 'HEALTH', finance: 'FINANCE', evaluator: 'EVALUATOR', operator: 'CITY', privacyOfficer: 'CITY',
}

export interface ChorusOptions { readonly clock?: Clock; /** further settings, as environment variables */ readonly env?: Readonly<Record<string, string>>; /** runs in production: given the data folder, gives the path of the JWKS */ readonly production?: (data: string) => Promise<string>; /** on what is there already; close() leaves it */ readonly on?: { readonly database: FreshDatabase; readonly data: string } }

/** A module of no service: `app.get` of a port gives the unbounded one that comes with it. */
@Module({})
export class Everything {}

/** Boots one; close() takes everything away again. */
export const startChorus = async (options: ChorusOptions = {}): Promise<TestChorus> => {
  const database = options.on?.database ?? await freshDatabase()
  const data = options.on?.data ?? mkdtempSync(join(tmpdir(), 'chorus-journey-'))
  chmodSync(data, 0o711)
  const clear = async (): Promise<void> => { if (options.on) return; await database.drop(); rmSync(data, { recursive: true, force: true }) }
  const described: Described[] = []
  const start = async (): Promise<TestChorus> => {
    const production = options.production ? { CHORUS_MODE: 'production', CHORUS_JWKS: await options.production(data) } : {}
    const settings = Object.assign(readSettings({ CHORUS_DATA: data, CHORUS_PORT: '0', DATABASE_URL: database.appUrl, ...production, ...options.env }, data), { databaseUrl: database.appUrl })
    const clock = options.clock ?? systemClock
    const logs = captureLogs()
    const chorus = await boot(settings, { clock, logTo: logs.stream, modules: [Everything] })
    described.push(describedAnswers(chorus.app))
    const tokenFor = (role: Role, agency: string = AGENCY_OF[role], claims: Claims = {}): Promise<string> => issueToken(data, clock, { role, agency, claims })
    return {
      app: chorus.app, address: chorus.address, data, ownerUrl: database.ownerUrl, appUrl: database.appUrl, adminUrl: inDatabaseOf(database.appUrl), logs, agent: supertest(chorus.address), tokenFor,
      bearer: async (role, agency, claims) => `Bearer ${await tokenFor(role, agency, claims)}`,
      again: async () => { await chorus.close(); return start() },
      ready: () => readyAt(chorus.address),
      close: async () => { await chorus.close(); await clear(); described.forEach(allDescribed) },
    }
  }
  return start().catch(async (error: unknown) => { await clear(); throw error })
}

/** A consumer that has read the log joins the bus, and is not ready for that moment: one look after the start says little. */
export const readyAt: (address: string) => ReturnType<TestChorus['ready']> = async (address) => {
  for (const end = performance.now() + 30_000; ;) {
    const answer = await fetch(`${address}/health/ready`)
    if (answer.status === 200 || performance.now() > end) return { status: answer.status, body: await answer.json() as never }
    await sleep(50)
  }
}

const inDatabaseOf = (appUrl: string): string => { const admin = new URL(process.env.CHORUS_TEST_POSTGRES ?? ''); admin.pathname = new URL(appUrl).pathname; return admin.toString() }

const SYSTEM = ['pg_catalog', 'information_schema', 'pg_toast']

/**
 * Everything that a database holds, as text: each row of each table of each schema, bytea with its printable bytes as
 * they are.
 * @param databaseUrl of a role that may read all (adminUrl)
 */
export async function* everyTextIn(databaseUrl: string): AsyncGenerator<{ readonly table: string; readonly text: string }> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  try {
    const columns = await sql<{ schema: string; name: string; column: string; type: string }[]>`
      select n.nspname as schema, c.relname as name, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where c.relkind in ('r', 'p', 'm') and a.attnum > 0 and not a.attisdropped and n.nspname <> all(${SYSTEM}) and n.nspname not like 'pg_temp%'
      order by 1, 2, a.attnum`
    const tables = new Map<string, { column: string; type: string }[]>()
    for (const { schema, name, column, type } of columns) {
      const table = `${quoted(schema)}.${quoted(name)}`
      tables.set(table, [...tables.get(table) ?? [], { column, type }])
    }
    for (const [table, of] of tables) {
      const parts = of.map(({ column, type }) => type === 'bytea' ? `coalesce(encode(${quoted(column)}, 'escape'), '')` : `coalesce(${quoted(column)}::text, '')`)
      const cursor = sql.unsafe<{ text: string }[]>(`select concat_ws(' ', ${parts.join(', ')}) as text from ${table}`).cursor(1000)
      for await (const rows of cursor) for (const { text } of rows) yield { table, text }
    }
  } finally {
    await sql.end({ timeout: 1 })
  }
}
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
