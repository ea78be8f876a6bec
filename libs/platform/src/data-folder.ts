import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupRefused } from './postgres-binaries'
import { bornAt } from './processes'

/** `run.json` in the data folder: who holds it, and where it answers. */
export interface RunFile {
  readonly pid: number
  /** tells this run from a later process with the same id */
  readonly born: string
  readonly startedtime: string
  readonly mode: string
  /** of package.json */
  readonly version: string
  /** it ends with the command that started it: nobody else may rely on it */
  readonly forOneCommand?: boolean
  /** http://host:port without a slash at the end; absent while it starts */
  readonly url?: string
  /** port of the embedded PostgreSQL on 127.0.0.1, where there is one */
  readonly postgresPort?: number
  /** address of each service that is a process of its own; absent where all are one process */
  readonly services?: Readonly<Record<string, string>>
}

export interface Hold {
  /** adds to run.json */
  note(more: Pick<RunFile, 'url' | 'postgresPort' | 'services'>): void
  release(): void
}

const runFile = (folder: string): string => join(folder, 'run.json')

/** The run that holds this data folder now; undefined where none does (a file that a power cut left does not count). */
export const readRun = (folder: string): RunFile | undefined => {
  try {
    const run = JSON.parse(readFileSync(runFile(folder), 'utf8')) as RunFile
    return bornAt(run.pid) === run.born ? run : undefined
  } catch {
    return undefined
  }
}

/** As mkdir -p, but it ends: node's own goes round for ever where a folder is there and none can be made in it (/proc). */
const makePath = (folder: string): void => {
  if (existsSync(folder)) return
  makePath(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // another start was as quick
    if (!existsSync(folder)) throw error
  }
}

/** Makes the data folder (absolute) where it is missing; others may pass through it, since PostgreSQL may run as another user. */
const makeFolder = (folder: string): void => {
  try {
    if (!existsSync(folder)) {
      makePath(folder)
      chmodSync(folder, 0o711)
    }
    const probe = join(folder, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    const why = { EACCES: 'this user may not write there', EPERM: 'this user may not write there', EROFS: 'the disk is read-only', ENOSPC: 'the disk is full', ENOTDIR: 'a part of the path is a file', EEXIST: 'it is a file', ENOENT: 'no folder can be made there' }[code] ?? code
    throw new SetupRefused(`The data folder ${folder} cannot be used: ${why}. Make it writable for this user, or choose another with CHORUS_DATA.`, { cause: error })
  }
}

/**
 * Takes the data folder for this process until release().
 * @throws SetupRefused that names the process and the address of whoever has it
 */
export const holdDataFolder = (folder: string, run: Pick<RunFile, 'startedtime' | 'mode' | 'version' | 'forOneCommand'>): Hold => {
  makeFolder(folder)
  const file = runFile(folder)
  let content: RunFile = { pid: process.pid, born: bornAt(process.pid) ?? '', ...run }
  const write = (path: string): void => writeFileSync(path, `${JSON.stringify(content)}\n`, { mode: 0o644 })
  const other = readRun(folder)
  if (other) {
    if (other.forOneCommand) throw new SetupRefused(`Chorus already uses the data folder ${folder}: process ${other.pid}, for the time of one command. Wait until that has finished, then try again.`)
    throw new SetupRefused(
      `Chorus already uses the data folder ${folder}: process ${other.pid}, ${other.url ? `at ${other.url}` : 'which is still starting'}. ` +
        `Use that one, stop it (kill ${other.pid}), or start a second with a CHORUS_DATA and a CHORUS_PORT of its own.`,
    )
  }
  rmSync(file, { force: true })
  // linked, so that it is there whole or not at all: of two that start at once one finds the other's
  const mine = `${file}.${process.pid}`
  try {
    write(mine)
    linkSync(mine, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new SetupRefused(`Another Chorus takes the data folder ${folder} at this very moment. Wait until it is up and use it.`, { cause: error })
  } finally {
    rmSync(mine, { force: true })
  }
  return {
    note: (more) => { content = { ...content, ...more }; write(file) },
    release: () => rmSync(file, { force: true }),
  }
}
