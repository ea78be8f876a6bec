// A temporary folder of one run, and the end of everything that the run put there or left running: brokers, databases and services
// are started in process groups of their own, and go in their own time when whoever started them is stopped.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
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

/**
 * From here on the temporary folder of this process and of those that it starts.
 * @returns {{ folder: string, end(graceMs?: number): Promise<void> }} end: waits for whoever is still in it, kills whoever does not go, removes it
 */
export const ownTemp = () => {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-npm-test-'))
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
