import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync, readdirSync, realpathSync } from 'node:fs'

/** true while a process with this id runs, whoever owns it */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Something that tells this run of a process from a later one with the same id (after a power cut ids start again):
 * the machine's boot and the process's start; undefined where no such process runs.
 */
export const bornAt = (pid: number): string | undefined => {
  if (!isAlive(pid)) return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name in brackets may hold anything; the start time is the 20th field after it
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${start}`
  } catch {
    // no /proc
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/** Ids of the processes whose working folder is this one: PostgreSQL's are, its orphans too. [] where there is no /proc. */
export const processesIn = (folder: string): number[] => {
  let ids: string[]
  let real: string
  try {
    real = realpathSync(folder)
    ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
  return ids.filter((id) => {
    try {
      return readlinkSync(`/proc/${id}/cwd`) === real
    } catch {
      return false
    }
  }).map(Number)
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

/** Waits until the condition holds; false when it did not within `ms`. */
export const until = async (condition: () => boolean, ms: number): Promise<boolean> => {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited >= ms) return false
    await pause(20)
  }
  return true
}

/** Waits for the promise, at most `ms`. */
export const within = async (promise: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([promise, new Promise((resolve) => { timer = setTimeout(resolve, ms) })])
  clearTimeout(timer)
}
