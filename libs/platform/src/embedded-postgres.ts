import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { guarded, postgres } from '@chorus/postgres'
import { freePort } from './free-port'
import { postgresBinaries, SetupRefused } from './postgres-binaries'
import { postgresUser, type PostgresUser } from './postgres-user'
import { complaint, damaged, DiskFull, endedOnFullDisk } from './postgres-words'
import { bornAt, isAlive, pause, processesIn, until, within } from './processes'

export interface EmbeddedPostgresOptions {
  /** data folder (absolute, existing); the database lies in its `postgres`, passwords in `postgres.json`, the log in `postgres.log` */
  readonly folder: string
  /** port of 127.0.0.1 to listen on; default any free one */
  readonly port?: number
  /** settings of postgresql.conf for this run */
  readonly settings?: Readonly<Record<string, string>>
  /** stops the start half-way; what was begun is taken away again */
  readonly signal?: AbortSignal
  /** told what takes time, one line each */
  readonly say?: (line: string) => void
}

export interface EmbeddedPostgres {
  readonly pid: number
  readonly port: number
  /** superuser; for tests and repair */
  readonly adminUrl: string
  /** owner of the tables: migrations alone */
  readonly ownerUrl: string
  /** the services' role: owns nothing */
  readonly appUrl: string
  /** resolves when the server and every process of it are gone: with undefined after stop(), else with why */
  readonly ended: Promise<Ended | undefined>
  stop(): Promise<void>
}

export interface Ended { /** a sentence */ readonly text: string; readonly diskFull: boolean }

interface Passwords { readonly admin: string; readonly owner: string; readonly app: string }

const MAJOR = '18'
const DATABASE = 'chorus'
/** the role of the services in the embedded database */
export const APP_ROLE = 'chorus_app'
const START_MS = 60_000
const STOP_MS = 20_000

/**
 * Runs a program in a process group of its own. A watcher beside it holds the other end of a pipe from us: should we
 * die in whatever way, it asks PostgreSQL to stop. So nothing of ours is ever left running.
 */
const GUARDED = '( (read -r _ <&3; kill -INT $$ 2>/dev/null) </dev/null >/dev/null 2>&1 & ); exec "$@" 3<&-'

const run = (user: PostgresUser, log: number, folder: string, command: readonly string[]): ChildProcess => spawn('sh', ['-c', GUARDED, 'sh', ...user.prefix, ...command], {
  cwd: folder,
  uid: user.uid,
  gid: user.gid,
  detached: true,
  stdio: ['ignore', log, log, 'pipe'],
  env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
})

const exitOf = (child: ChildProcess): Promise<number> => new Promise((resolve, reject) => {
  child.once('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)))
  child.once('error', reject)
})

const lifeline = (child: ChildProcess): Writable => child.stdio[3] as Writable

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // the group is gone already
  }
}

const readPasswords = (file: string, data: string): Passwords => {
  try {
    const passwords = JSON.parse(readFileSync(file, 'utf8')) as Partial<Passwords>
    if (passwords.admin && passwords.owner && passwords.app) return { admin: passwords.admin, owner: passwords.owner, app: passwords.app }
  } catch {
    // said below
  }
  throw damaged(data, `${file}, the database's passwords, is missing or cannot be read`)
}

/** @throws SetupRefused where the folder is another user's: root may have started Chorus on it */
const ours = <T>(data: string, read: () => T): T => {
  try { return read() } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    throw new SetupRefused(`${data} belongs to another user. Start Chorus as that user (or as root, where root started it last), or choose another folder with CHORUS_DATA.`)
  }
}
const namesIn = (data: string): string[] => ours(data, () => readdirSync(data))

const checkFolder = (data: string, user: PostgresUser): void => {
  let version: string
  try {
    version = ours(data, () => readFileSync(join(data, 'PG_VERSION'), 'utf8').trim())
  } catch (error) {
    throw error instanceof SetupRefused ? error : damaged(data, 'its file PG_VERSION is missing')
  }
  if (version !== MAJOR) throw new SetupRefused(`${data} was made by PostgreSQL ${version || '(unknown)'}, this Chorus brings ${MAJOR}. Start the Chorus that made it and copy its data, or choose another folder with CHORUS_DATA.`)
  // as root the server's user may have changed since (a system user came or went)
  const wanted = user.uid ?? process.getuid?.()
  if (process.getuid?.() === 0 && statSync(data).uid !== wanted) spawnSync('chown', ['-R', `${wanted}:${user.gid ?? 0}`, data], { stdio: 'ignore' })
}

/** initdb in a folder beside, moved into place when whole: a start that was cut short leaves nothing half-made. */
const makeCluster = async (options: EmbeddedPostgresOptions, user: PostgresUser, data: string, passwordFile: string, log: number): Promise<void> => {
  const { folder } = options
  const leftovers = readdirSync(folder).filter((name) => name.startsWith('postgres.new'))
  for (const name of leftovers) rmSync(join(folder, name), { recursive: true, force: true })
  const fresh = join(folder, `postgres.new-${process.pid}`)
  const secret = join(folder, `postgres.new-${process.pid}.secret`)
  const passwords: Passwords = { admin: randomBytes(24).toString('base64url'), owner: randomBytes(24).toString('base64url'), app: randomBytes(24).toString('base64url') }
  const logFrom = fstatSync(log).size
  try {
    mkdirSync(fresh, { mode: 0o700 })
    writeFileSync(secret, passwords.admin, { mode: 0o600 })
    if (user.uid !== undefined) for (const path of [fresh, secret]) chownSync(path, user.uid, user.gid ?? user.uid)
    const child = run(user, log, folder, [
      join(user.native, 'bin', 'initdb'), '-D', fresh, '--username=chorus_admin', `--pwfile=${secret}`, '--auth=scram-sha-256',
      '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions',
    ])
    const stop = (): void => killGroup(child)
    options.signal?.addEventListener('abort', stop)
    const code = await exitOf(child)
    options.signal?.removeEventListener('abort', stop)
    killGroup(child)
    // Killed is not gone: what still dies would write into what is removed below.
    if (options.signal?.aborted || code !== 0) await until(() => processesIn(folder).length === 0, 5_000)
    options.signal?.throwIfAborted()
    if (code !== 0) throw new SetupRefused(`PostgreSQL could not make its data folder in ${folder}: ${complaint(join(folder, 'postgres.log'), logFrom)}. Check that the disk has room and is writable (about 50 MB).`)
    writeFileSync(passwordFile, `${JSON.stringify(passwords)}\n`, { mode: 0o600 })
    renameSync(fresh, data)
  } finally {
    rmSync(secret, { force: true })
    rmSync(fresh, { recursive: true, force: true })
  }
}

/**
 * Waits for the processes that a dead server left, then ends them. Each is a process group of its own, and sees only
 * at its next wait that its server is gone; one that is stopped never does. A server started meanwhile is not meant.
 */
const endOrphans = async (data: string): Promise<void> => {
  const orphans = new Set(processesIn(data))
  const left = (): number[] => processesIn(data).filter((pid) => orphans.has(pid))
  if (await until(() => left().length === 0, 2_000)) return
  for (const pid of left()) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  await until(() => left().length === 0, 5_000)
}

/** Ends what a run before us left in this data folder, and a pid file that speaks of a process that is not PostgreSQL's. */
const clearLeftovers = async (data: string, say: (line: string) => void): Promise<void> => {
  const pidFile = join(data, 'postmaster.pid')
  if (existsSync(pidFile)) {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
    const ours = processesIn(data)
    if (isAlive(pid) && (ours.includes(pid) || ours.length > 0)) {
      // its watcher is stopping it already; a second request does no harm
      say(`a PostgreSQL of an earlier run (process ${pid}) still stands; stopping it`)
      if (ours.includes(pid)) process.kill(pid, 'SIGINT')
      if (!await until(() => !isAlive(pid), STOP_MS)) process.kill(pid, 'SIGKILL')
    } else if (bornAt(pid) !== undefined && existsSync('/proc')) {
      // after a power cut another program may have got the id, and PostgreSQL would take it for its own
      rmSync(pidFile, { force: true })
    }
  }
  await endOrphans(data)
}

/** Starts the server and waits until it answers; a pid file of a server that is still going away is waited for. */
const startServer = async (options: EmbeddedPostgresOptions, user: PostgresUser, data: string, log: number): Promise<{ child: ChildProcess; port: number; logFrom: number }> => {
  const logFile = join(options.folder, 'postgres.log')
  const settings = {
    // one process may hold the pools of all services
    max_connections: '200', listen_addresses: '127.0.0.1', unix_socket_directories: '', timezone: 'UTC', log_timezone: 'UTC', jit: 'off',
    // what a statement carried must not reach the log
    log_error_verbosity: 'terse', log_min_error_statement: 'panic', ...options.settings,
  }
  for (let attempt = 1; ; attempt++) {
    const from = fstatSync(log).size
    const port = options.port ?? await freePort()
    const child = run(user, log, data, [join(user.native, 'bin', 'postgres'), '-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])])
    let gone = false
    const exit = exitOf(child).then(() => { gone = true }, () => { gone = true })
    const ready = (): boolean => {
      try {
        const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
        return Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready'
      } catch {
        return false
      }
    }
    const up = await until(() => gone || ready() || options.signal?.aborted === true, START_MS)
    if (up && !gone && options.signal?.aborted !== true) return { child, port, logFrom: from }
    lifeline(child).destroy()
    await within(exit, STOP_MS)
    killGroup(child)
    // killed is not gone, and its other processes go in their own time
    await endOrphans(data)
    options.signal?.throwIfAborted()
    const words = complaint(logFile, from)
    if (endedOnFullDisk(logFile, from)) throw new DiskFull(data)
    const passing = /postmaster\.pid|pre-existing shared memory|could not bind/.test(words)
    if (!passing || attempt === 10) throw damaged(data, `PostgreSQL does not start on it. It says: ${words || 'nothing'} (log: ${logFile})`)
    await clearLeftovers(data, options.say ?? (() => undefined))
    await pause(500)
  }
}

const prepareRoles = async (adminUrl: string, passwords: Passwords): Promise<void> => {
  // one that stands still must not be waited for without end: whoever keeps it up starts it again
  const sql = postgres(adminUrl, { ...guarded(adminUrl, START_MS), max: 1, onnotice: () => undefined })
  try {
    const roles = await sql<{ rolname: string }[]>`select rolname from pg_roles`
    for (const [role, password] of [['chorus_owner', passwords.owner], [APP_ROLE, passwords.app]] as const) {
      if (!roles.some((row) => row.rolname === role)) await sql.unsafe(`create role ${role} login password '${password}'`)
    }
    // makes the services' roles when it migrates
    await sql.unsafe('alter role chorus_owner createrole')
    const databases = await sql`select 1 from pg_database where datname = ${DATABASE}`
    if (databases.length === 0) await sql.unsafe(`create database ${DATABASE} owner chorus_owner`)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/**
 * Starts the PostgreSQL that npm installed, on a free port of 127.0.0.1, in `folder`/postgres; makes the database, an
 * owner and an application role on the first start. Needs no rights on the machine and leaves no process behind, also
 * when this process is killed.
 * @throws SetupRefused with what is wrong and what to do; the signal's reason when it was stopped
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const { folder, say = () => undefined } = options
  const data = join(folder, 'postgres')
  const passwordFile = join(folder, 'postgres.json')
  const user = postgresUser(postgresBinaries(), folder)
  const logFile = join(folder, 'postgres.log')
  const log = openSync(logFile, existsSync(logFile) && statSync(logFile).size > 1024 * 1024 ? 'w' : 'a', 0o600)
  try {
    if (!existsSync(data) || (namesIn(data).length === 0 && !existsSync(passwordFile))) {
      say('making the database')
      rmSync(data, { recursive: true, force: true })
      await makeCluster(options, user, data, passwordFile, log)
    }
    checkFolder(data, user)
    const passwords = readPasswords(passwordFile, data)
    await clearLeftovers(data, say)
    options.signal?.throwIfAborted()
    const { child, port, logFrom } = await startServer(options, user, data, log)
    let stopping = false
    const exit = new Promise<void>((resolve) => { if (child.exitCode !== null || child.signalCode !== null) resolve(); else child.once('exit', () => resolve()) })
    const ended = exit.then(async () => {
      killGroup(child)
      await endOrphans(data)
      if (stopping) return undefined
      const diskFull = endedOnFullDisk(logFile, logFrom)
      return { diskFull, text: `PostgreSQL ended ${diskFull ? 'because its disk is full' : 'by itself'}; its log: ${logFile}` }
    })
    const stop = async (): Promise<void> => {
      stopping = true
      lifeline(child).destroy()
      await within(exit, STOP_MS)
      killGroup(child)
      await within(ended, STOP_MS)
    }
    const url = (role: string, password: string, database: string): string => `postgres://${role}:${password}@127.0.0.1:${port}/${database}`
    const adminUrl = url('chorus_admin', passwords.admin, 'postgres')
    try {
      await prepareRoles(adminUrl, passwords)
      options.signal?.throwIfAborted()
    } catch (error) {
      await stop()
      throw error
    }
    return { pid: child.pid ?? 0, port, adminUrl, ownerUrl: url('chorus_owner', passwords.owner, DATABASE), appUrl: url(APP_ROLE, passwords.app, DATABASE), ended, stop }
  } finally {
    closeSync(log)
  }
}
