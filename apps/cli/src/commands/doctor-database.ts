/** What doctor asks a database: does it answer, is its schema ours, and what guards it, does the services' role own too much, is its clock right. */
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { asRole, guardsBroken, MigrationRefused, pending, powersBeyondServices, readMigrations, rightsBeyond, rightsMissing } from '@chorus/platform/database'
import type { Clock } from '@chorus/platform/process'
import { EXIT } from '../exit'
import type { Finding } from './doctor'

export const lookAtDatabase = async (address: string, name: string, clock: Clock): Promise<Finding[]> => {
  const { hostname, port, pathname } = new URL(address)
  const sql = postgres(address, { max: 1, connect_timeout: 5, onnotice: () => undefined, connection: { application_name: 'chorus doctor' } })
  try {
    const [server] = await sql<{ version: string; role: string; now: Date }[]>`select current_setting('server_version') as version, current_user as role, clock_timestamp() as now`
    const ours = await schema(sql)
    const skew = Math.abs(server!.now.getTime() - Date.parse(clock.now())) / 1000
    return [
      { name: 'database', state: 'ok', text: `${name}: PostgreSQL ${server!.version} at ${hostname}:${port || '5432'}${pathname}, role ${server!.role}` },
      ours, await role(sql, server!.role).catch((error: unknown): Finding => ({ name: 'role', state: 'fail', text: `what the roles may do cannot be seen (${(error as { code?: string }).code ?? 'no answer'})`, todo: 'DATABASE_OWNER_URL=… npx chorus migrate' })),
      // on a schema that is yet to be migrated what guards it is rightly another
      ...ours.state === 'ok' ? [await guards(sql)] : [], ...await places(address, clock).catch((): Finding[] => []),
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

/** The database refuses changes by itself as long as nobody has switched that off. */
const guards = async (sql: Sql): Promise<Finding> => {
  const broken = await guardsBroken(sql)
  return broken.length === 0
    ? { name: 'guards', state: 'ok', text: 'triggers are on, and triggers, row security, policies, constraints and functions of the database are those of the migrations' }
    : { name: 'guards', state: 'fail', text: broken.join('; '), todo: 'The owner of the database has changed what refuses changes: npx chorus verify, then docs/runbooks/tampering.md.' }
}

/** Recorded times may run ahead of the clock so far, in seconds, before it is said. */
const AHEAD = 60

/**
 * What verify cannot find, since it is not in the chain: followers that stand behind the end of the log, so that they pass over
 * what comes, and recorded times that run ahead. Seen by the role of operations; [] for a login that may not take it on.
 */
const places = async (address: string, clock: Clock): Promise<Finding[]> => {
  const sql = postgres(asRole(address, 'operations'), { max: 1, connect_timeout: 5, onnotice: () => undefined, connection: { application_name: 'chorus doctor' } })
  try {
    const [head] = await sql<{ ordinal: number; latest: Date | null }[]>`
      select greatest(l.ordinal, i.ordinal)::int as ordinal, greatest(l.recordedtime, l.promised, i.recordedtime, i.promised) as latest from log.head l left join log_index.head i on true`
    const beyond = await sql<{ name: string; ordinal: string }[]>`select name, ordinal from read.checkpoints where ordinal > ${head!.ordinal} order by name`
    const ahead = head!.latest === null ? 0 : (head!.latest.getTime() - Date.parse(clock.now())) / 1000
    return [
      beyond.length === 0 ? { name: 'followers', state: 'ok', text: `none stands behind the end of the log, ordinal ${head!.ordinal}` }
        : { name: 'followers', state: 'fail', text: beyond.map(({ name, ordinal }) => `${name} stands at ${ordinal}, the log ends at ${head!.ordinal}`).join('; '), todo: 'It would pass over what comes: its row in read.checkpoints was altered, or an older backup of the log was restored without it. Take the row away and start: it is worked from the beginning, once.' },
      ahead < AHEAD ? { name: 'log times', state: 'ok', text: 'recorded times do not run ahead of the clock' }
        : { name: 'log times', state: 'fail', text: `the log's next event is recorded ${Math.round(ahead)} s from now: its head was altered, or a clock ran ahead`, todo: 'Recorded times never go back. Find out who moved log.head or the clock (docs/runbooks/tampering.md); until that time has come, "as recorded" answers wait.' },
    ]
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** The services must not be able to change what was recorded, nor to see and do more than is declared for each, nor less. */
const role = async (sql: Sql, name: string): Promise<Finding> => {
  const much = [...(await powersBeyondServices(sql)).map((power) => `${name} ${power}`), ...await rightsBeyond(sql)]
  const little = await rightsMissing(sql)
  if (much.length === 0 && little.length > 0) return { name: 'role', state: 'fail', text: little.join('; '), todo: 'DATABASE_OWNER_URL=… npx chorus migrate gives back what is declared; so does a start of a Chorus that brings its own database.' }
  return much.length === 0
    ? { name: 'role', state: 'ok', text: `${name} owns nothing and cannot change events; each service's role may do what is declared, no more and no less` }
    : { name: 'role', state: 'fail', text: [...much, ...little].join('; '), todo: 'npx chorus migrate brings it to the declaration; the owner belongs in DATABASE_OWNER_URL alone.' }
}
