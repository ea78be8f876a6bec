// What set-up's programs share: lines of progress, stopping on a signal, children that never outlive us.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Set-up cannot go on; the message says what is wrong and what to do. */
export class SetupStopped extends Error {
  name = 'SetupStopped'
}

export const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`

/**
 * The signal that Ctrl-C and SIGTERM raise. npm passes Ctrl-C on, so one arrives twice: a second within two seconds
 * is the first again; a later one means "now".
 */
export const stopSignal = () => {
  const controller = new AbortController()
  let first
  const on = (name, number) => process.on(name, () => {
    if (first === undefined) {
      first = performance.now()
      process.stderr.write('stopping …\n')
      controller.abort(Object.assign(new SetupStopped(`stopped by ${name}`), { exitCode: 128 + number }))
    } else if (performance.now() - first > 2000) {
      process.exit(128 + number)
    }
  })
  on('SIGINT', 2)
  on('SIGTERM', 15)
  on('SIGHUP', 1)
  // `npm start | head` must end, not fail
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  return controller.signal
}

const killGroup = (child, signal) => {
  try {
    process.kill(-child.pid, signal)
  } catch {
    // it is gone
  }
}

/** Seconds of CPU of all children that have ended, and of theirs that they waited for; undefined elsewhere than on Linux. A tick is 10 ms. */
export const cpuOfEnded = () => {
  try {
    const [user, system] = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ').slice(13, 15).map(Number)
    return (user + system) / 100
  } catch {
    return undefined
  }
}
let counted = 0

/**
 * A watcher beside the program holds the other end of a pipe from us: should we be killed, it ends the group. An npm that
 * went on would work in node_modules together with the next start's. While it is there the group's number is nobody else's.
 */
const GUARDED = '( (trap "" TERM; read -r _ <&3; kill -KILL -$$ 2>/dev/null) </dev/null >/dev/null 2>&1 & ); exec "$@" 3<&-'

/**
 * Runs a program to its end, in a process group of its own that is ended whole when the signal is raised, or when the
 * time is up. Its output is kept, and also passed on where `to` names a stream. Code 127: there is no such program.
 * @returns {Promise<{ code: number, output: string, timedOut: boolean, cpu?: number }>} cpu: seconds, with its children's
 */
export const runStep = (command, args, { signal, env = process.env, cwd = root, to, timeoutMs } = {}) => new Promise((resolve, reject) => {
  if (signal?.aborted) return reject(signal.reason)
  const child = spawn('sh', ['-c', GUARDED, 'sh', command, ...args], { cwd, env: { ...env, NO_COLOR: '1', FORCE_COLOR: '0' }, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const chunks = []
  let timedOut = false
  let kill
  const end = () => {
    killGroup(child, 'SIGTERM')
    kill = setTimeout(() => killGroup(child, 'SIGKILL'), 5000)
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => { timedOut = true; end() }, timeoutMs)
  signal?.addEventListener('abort', end)
  const dead = () => killGroup(child, 'SIGKILL')
  process.on('exit', dead)
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      chunks.push(chunk)
      to?.write(chunk)
    })
  }
  const done = () => {
    clearTimeout(timer)
    clearTimeout(kill)
    signal?.removeEventListener('abort', end)
    process.removeListener('exit', dead)
    killGroup(child, 'SIGKILL')
  }
  // What the program started may outlive it, ending in its own time after a TERM: the group goes when nobody writes to us any more.
  const [, out, err, guard] = child.stdio
  guard.on('error', () => undefined)
  let open = 3
  const ended = () => {
    open -= 1
    if (open === 0) guard.destroy()
  }
  child.on('exit', ended)
  out.on('close', ended)
  err.on('close', ended)
  child.on('error', (error) => {
    done()
    reject(error)
  })
  let cpu
  child.on('exit', () => {
    const all = cpuOfEnded()
    if (all === undefined) return
    // what was added since the child before ended
    cpu = all - counted
    counted = all
  })
  child.on('close', (code) => {
    done()
    if (signal?.aborted) reject(signal.reason)
    else resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8'), timedOut, cpu })
  })
})
