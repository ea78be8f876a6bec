import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SetupRefused } from './postgres-binaries'

/** As whom PostgreSQL runs: it refuses root. */
export interface PostgresUser {
  /** set where we are root and start it as somebody else */
  readonly uid?: number
  readonly gid?: number
  /** command that goes before the program: a user namespace in which root is nobody special */
  readonly prefix: readonly string[]
  /** folder with bin, lib and share that this user can reach */
  readonly native: string
}

const USERS = ['postgres', 'nobody']
const NAMESPACE = ['unshare', '--user', '--map-user=65534', '--map-group=65534']

const idOf = (user: string): { uid: number; gid: number } | undefined => {
  try {
    const number = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: number('-u'), gid: number('-g') }
  } catch {
    return undefined
  }
}

const runs = (user: Partial<PostgresUser>, command: readonly string[]): boolean => {
  const [program = '', ...rest] = [...(user.prefix ?? []), ...command]
  return spawnSync(program, rest, { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'ignore' }).status === 0
}

/** A copy of the programs beside the data, for a checkout that PostgreSQL's user cannot enter. */
const copyBinaries = (native: string, folder: string): string => {
  const version = statSync(join(native, 'bin', 'postgres')).mtimeMs.toString(36).replace('.', '')
  const copy = join(folder, `postgres-programs-${version}`)
  if (existsSync(copy)) return copy
  const half = `${copy}.${process.pid}`
  mkdirSync(half, { recursive: true })
  cpSync(native, half, { recursive: true, verbatimSymlinks: true })
  spawnSync('chmod', ['-R', 'go+rX', half], { stdio: 'ignore' })
  try {
    renameSync(half, copy)
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

/**
 * Finds a user that PostgreSQL accepts and that reaches both its programs and the data folder. An ordinary user is
 * taken as it is. For root: `postgres` or `nobody`; where a closed folder stands above the programs, a copy of them
 * beside the data; where one stands above the data, a user namespace. Users are never created.
 * @param native folder of the installed programs
 * @param folder the data folder (absolute, existing)
 */
export const postgresUser = (native: string, folder: string): PostgresUser => {
  if (process.getuid?.() !== 0) return { prefix: [], native }
  const reaches = (user: Partial<PostgresUser>): boolean => runs(user, ['sh', '-c', 'cd "$1"', 'sh', folder])
  const starts = (user: Partial<PostgresUser>, programs: string): boolean => runs(user, [join(programs, 'bin', 'postgres'), '--version'])
  for (const name of USERS) {
    const ids = idOf(name)
    if (!ids || !reaches(ids)) continue
    if (starts(ids, native)) return { ...ids, prefix: [], native }
    const copy = copyBinaries(native, folder)
    if (starts(ids, copy)) return { ...ids, prefix: [], native: copy }
  }
  const namespace = { prefix: NAMESPACE }
  if (reaches(namespace) && starts(namespace, native)) return { ...namespace, native }
  throw new SetupRefused(
    `PostgreSQL refuses to run as root, and the user "postgres" or "nobody" cannot enter ${folder} (a folder above it is closed to others). ` +
      'Do one of these: start Chorus as an ordinary user; move the checkout, or point CHORUS_DATA, to a folder that others may enter, for example /srv/chorus; or set DATABASE_URL.',
  )
}
