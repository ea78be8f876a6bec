// A temporary folder of one run, and the end of everything that the run put there or left running: brokers, databases and services
// are started in process groups of their own, and go in their own time when whoever started them is stopped.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** what was stopped has this long, ms, to end in its own way */
const GRACE_MS = 6000
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms) })

/** Numbers of the processes that stand in the folder, or were started with its name; none elsewhere than on Linux. */
const processesOf = (folder) => {
  const told = (read) => { try { return read() } catch { return '' } }
  let numbers = []
  try { numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid) } catch { /* elsewhere */ }
  return numbers.filter((pid) => told(() => readlinkSync(`/proc/${pid}/cwd`)).startsWith(folder)
    || told(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).includes(folder)
    || told(() => readFileSync(`/proc/${pid}/environ`, 'utf8')).includes(folder)).map(Number)
}

const NAME = 'chorus-npm-test-'
/** Bytes: three times what two suites had in it at a time, the most of each. */
const ROOM = 2 * 1024 ** 3

/**
 * Memory, where there is plenty of it: databases and brokers come and go by the dozen, and making, syncing and removing their
 * files on a disk is a third of what they cost the processor. Nobody here turns the power off: who dies is a process.
 * A temporary folder that somebody chose is kept to.
 */
export const placeOf = ({ env = process.env, memory = '/dev/shm', available = process.availableMemory(), mounts = '/proc/mounts' } = {}) => {
  if (env.TMPDIR) return tmpdir()
  try {
    const { bavail, bsize } = statfsSync(memory)
    const [, , kind, options = ''] = readFileSync(mounts, 'utf8').split('\n').map((line) => line.split(' ')).find(([, at]) => at === memory) ?? []
    if (kind === 'tmpfs' && !options.split(',').includes('noexec') && bavail * bsize >= ROOM && available >= 2 * ROOM) return memory
  } catch { /* there is none */ }
  return tmpdir()
}

/** no run takes so long, ms */
const LEFT_MS = 3 * 3_600_000
/** Folders of runs that were killed: in memory they would be there until the machine is turned off. */
const sweep = (place) => {
  for (const name of readdirSync(place).filter((one) => one.startsWith(NAME))) {
    const folder = join(place, name)
    // another may sweep too
    try { if (Date.now() - statSync(folder).mtimeMs > LEFT_MS && processesOf(folder).length === 0) rmSync(folder, { recursive: true, force: true }) } catch { /* gone */ }
  }
}

/**
 * From here on the temporary folder of this process and of those that it starts.
 * @returns {{ folder: string, end(graceMs?: number): Promise<void> }} end: waits for whoever is still in it, kills whoever does not go, removes it
 */
export const ownTemp = () => {
  const place = placeOf()
  sweep(place)
  const folder = mkdtempSync(join(place, NAME))
  // a PostgreSQL that is started by root works as another user
  chmodSync(folder, 0o755)
  process.env.TMPDIR = folder
  const gone = async (ms) => {
    for (const until = performance.now() + ms; processesOf(folder).length > 0; await pause(100)) if (performance.now() > until) return false
    return true
  }
  const end = async (graceMs = GRACE_MS) => {
    if (!await gone(graceMs)) for (const pid of processesOf(folder)) try { process.kill(pid, 'SIGKILL') } catch { /* it is gone */ }
    await gone(graceMs)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
  return { folder, end }
}
