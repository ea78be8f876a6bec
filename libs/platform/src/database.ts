import { postgres } from '@chorus/postgres'
import { APP_ROLE } from './embedded-postgres'
import { keepPostgresUp } from './kept-up'
import { migrate, MigrationRefused, pending, readMigrations } from './migrate'
import { SetupRefused } from './postgres-binaries'
import { actsAs, powersBeyondServices } from './role-powers'
import { asRole, installRights, rightsBeyond, rightsMissing, serviceLogins } from './role-rights'
import type { Service } from '@chorus/contracts'
import type { Settings } from './settings'

/** A migrated database, ready for the services. */
export interface Database {
  /** address for the services' role */
  readonly appUrl: string
  /** addresses by which each service logs in as its own role, with passwords of this start; of the embedded PostgreSQL alone */
  serviceLogins?(): Promise<Readonly<Record<Service, string>>>
  /** the embedded PostgreSQL's port; absent where DATABASE_URL names another */
  readonly postgresPort?: number
  /** resolves with a sentence when the embedded server is gone for good: it is started again some times; never otherwise */
  readonly died: Promise<string>
  /** stops the embedded server; does nothing to a server that is not ours */
  stop(): Promise<void>
}

export interface OpenOptions { readonly signal?: AbortSignal; readonly say?: (line: string) => void }

const OLDEST = 15

const reasonOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string }
  const known: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'the host is not known', ETIMEDOUT: 'no answer', CONNECT_TIMEOUT: 'no answer in 10 seconds', EHOSTUNREACH: 'the host cannot be reached',
    CONNECTION_CLOSED: 'who listens there ended the connection before it was ready, as a tunnel or a proxy does whose database is down', ECONNRESET: 'who listens there broke off the connection, as a tunnel or a proxy does whose database is down',
    '28P01': 'the password is wrong', '28000': 'the role may not log in', '3D000': 'there is no such database',
    // what asRole asks for
    '22023': 'it lacks the role of this service: run npx chorus migrate with DATABASE_OWNER_URL', '42501': 'who logs in may not act as the role of this service; log in as that role, or run npx chorus migrate with this DATABASE_URL where one process runs all services',
  }
  return known[code ?? ''] ?? code ?? message ?? 'no answer'
}

/** Asks the server for its version; a refusal names the setting and the place, never the password. `otherwise`: what else may be done. */
const checkServer = async (name: string, address: string, otherwise = ''): Promise<void> => {
  const { hostname, port, pathname, username } = new URL(address)
  const sql = postgres(address, { max: 1, connect_timeout: 10, onnotice: () => undefined, connection: { application_name: 'chorus start' } })
  let version: number
  try {
    const rows = await sql<{ version: string }[]>`select current_setting('server_version_num') as version`
    version = Math.floor(Number(rows[0]?.version) / 10_000)
  } catch (error) {
    throw new SetupRefused(`${name}: PostgreSQL at ${hostname}:${port || '5432'}, database ${pathname.slice(1)}, role ${username || '(none)'} cannot be used: ${reasonOf(error)}. Start it, or correct ${name}${otherwise}.`, { cause: error })
  } finally {
    await sql.end({ timeout: 1 })
  }
  if (version < OLDEST) throw new SetupRefused(`${name}: the server is PostgreSQL ${version}; Chorus needs ${OLDEST} or newer.`)
}

/** Names of the migrations that the database lacks, as its application role sees it. */
const missingMigrations = async (appUrl: string): Promise<string[]> => {
  const sql = postgres(appUrl, { max: 1, onnotice: () => undefined })
  let applied: { name: string; hash: string }[] = []
  try {
    applied = await sql<{ name: string; hash: string }[]>`select name, hash from public.chorus_migrations`
  } catch (error) {
    // 42P01: the table is not there; 42501: the role may not look where it will be. So nothing was run yet
    if (!['42P01', '42501'].includes((error as { code?: string }).code ?? '')) throw error
  } finally {
    await sql.end({ timeout: 1 })
  }
  return pending(await readMigrations(), new Map(applied.map((row) => [row.name, row.hash]))).map(({ name }) => name)
}

/**
 * What the roles lack of the rights that this build declares: those of an earlier build may stand there with every migration run,
 * and row security does not refuse what it hides, a wall among it.
 * @param service whose role it is about; left out: all
 */
const missingRights = async (appUrl: string, service?: Service): Promise<string[]> => {
  const sql = postgres(appUrl, { max: 1, onnotice: () => undefined })
  try { return await rightsMissing(sql, service) } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error
    return ['the role may not see which rights it has']
  } finally { await sql.end({ timeout: 1 }) }
}
const RIGHTS_OF = 'The database of DATABASE_URL does not have the rights of this build'

/** Without an owner's address this process may not migrate; it only looks whether somebody has. */
const checkMigrated = async (appUrl: string): Promise<void> => {
  const missing = await missingMigrations(appUrl)
  if (missing.length > 0) throw new SetupRefused(`The database of DATABASE_URL lacks ${missing.length} migrations (first: ${missing[0]}). Set DATABASE_OWNER_URL to the role that owns it, for this start, and Chorus runs them.`)
  const rights = await missingRights(appUrl)
  if (rights.length > 0) throw new SetupRefused(`${RIGHTS_OF} (${inShort(rights)}). Run npx chorus migrate with DATABASE_OWNER_URL, or set it for this start.`)
}
const inShort = (texts: readonly string[]): string => `${texts.slice(0, 3).join('; ')}${texts.length > 3 ? ` and ${texts.length - 3} more` : ''}`

/**
 * The services' role must not be able to change what was recorded. Who only tries Chorus is told so; production does not start.
 * @param service absent: one process for all, whose login may act as each
 * @throws SetupRefused in production
 */
export const checkRole = async (appUrl: string, mode: Settings['mode'], say: (line: string) => void, service?: Service): Promise<void> => {
  const sql = postgres(service === undefined ? appUrl : asRole(appUrl, service), { max: 1, onnotice: () => undefined })
  let powers: string[]
  try { powers = [...await powersBeyondServices(sql), ...await rightsBeyond(sql), ...service === undefined ? [] : await actsAs(sql, service)] } finally { await sql.end({ timeout: 1 }) }
  if (powers.length === 0) return
  const text = `The role of DATABASE_URL, ${decodeURIComponent(new URL(appUrl).username)}, ${powers.slice(0, 5).join('; ')}${powers.length > 5 ? ` and ${powers.length - 5} more (npx chorus doctor)` : ''}: whoever reaches this process could change what was recorded. Give each service the role of its own in DATABASE_URL, a plain one where one process runs all, the owner in DATABASE_OWNER_URL alone; npx chorus migrate takes away what was granted beyond.`
  if (mode === 'production') throw new SetupRefused(`${text} Production does not start so.`)
  say(`WARNING: ${text}`)
}

/**
 * What a service waits for before it can work with its database, in words; undefined when it can.
 * @param loginUrl DATABASE_URL; the service's role is taken on
 * @throws MigrationRefused where waiting does not help: the database belongs to another build
 */
export const databaseLacks = async (loginUrl: string, service?: Service): Promise<string | undefined> => {
  const appUrl = service === undefined ? loginUrl : asRole(loginUrl, service)
  try {
    await checkServer('DATABASE_URL', appUrl)
    const missing = await missingMigrations(appUrl)
    if (missing.length > 0) return `The database of DATABASE_URL lacks ${missing.length} migrations (first: ${missing[0]}). Run them with its owner's address in DATABASE_OWNER_URL: npx chorus migrate`
    const rights = await missingRights(appUrl, service)
    return rights.length === 0 ? undefined : `${RIGHTS_OF} (${inShort(rights)}). Give them with its owner's address in DATABASE_OWNER_URL: npx chorus migrate`
  } catch (error) {
    if (error instanceof MigrationRefused) throw error
    return error instanceof SetupRefused ? error.message : `The database of DATABASE_URL cannot be used: ${reasonOf(error)}.`
  }
}

/**
 * The database that the settings name, or the embedded one; migrated.
 * @throws SetupRefused or MigrationRefused, saying what is wrong and what to do
 */
export const openDatabase = async (settings: Settings, { signal, say = () => undefined }: OpenOptions = {}): Promise<Database> => {
  if (settings.databaseUrl === undefined && settings.databaseOwnerUrl !== undefined) throw new SetupRefused('DATABASE_OWNER_URL: is set without DATABASE_URL; set both, or neither for the embedded database.')
  if (settings.databaseUrl !== undefined) {
    await checkServer('DATABASE_URL', settings.databaseUrl, '; without DATABASE_URL Chorus brings a database of its own')
    if (settings.databaseOwnerUrl === undefined) {
      await checkMigrated(settings.databaseUrl)
    } else {
      await checkServer('DATABASE_OWNER_URL', settings.databaseOwnerUrl)
      const login = decodeURIComponent(new URL(settings.databaseUrl).username)
      const ran = await migrate(settings.databaseOwnerUrl, login)
      await installRights(settings.databaseOwnerUrl, login)
      if (ran.length > 0) say(`migrated: ${ran.join(', ')}`)
    }
    await checkRole(settings.databaseUrl, settings.mode, say)
    return { appUrl: settings.databaseUrl, died: new Promise(() => undefined), stop: () => Promise.resolve() }
  }
  const kept = await keepPostgresUp({ folder: settings.data, signal, say })
  try {
    const ran = await migrate(kept.server.ownerUrl, APP_ROLE)
    await installRights(kept.server.ownerUrl, APP_ROLE)
    if (ran.length > 0) say(`migrated: ${ran.join(', ')}`)
    signal?.throwIfAborted()
  } catch (error) {
    await kept.stop()
    if (error instanceof MigrationRefused) throw new MigrationRefused(`${error.message} (database in ${settings.data})`)
    throw error
  }
  return { appUrl: kept.server.appUrl, serviceLogins: () => serviceLogins(kept.server.ownerUrl), postgresPort: kept.server.port, died: kept.died, stop: () => kept.stop() }
}
