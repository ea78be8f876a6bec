/** The command `chorus`. */
import 'reflect-metadata'
import { systemClock } from '@chorus/platform/process'
import type { World } from './context'
import { runCommandLine } from './program'

const stop = new AbortController()
let interruptedAt = -Infinity
// The first Ctrl-C stops at a safe point. It may reach us twice at once (terminal and npm): only a later one is impatience.
process.on('SIGINT', () => {
  const now = performance.now()
  if (stop.signal.aborted && now - interruptedAt > 2000) process.exit(130)
  if (stop.signal.aborted) return
  interruptedAt = now
  process.stderr.write('\nstopping at a safe point (again to stop at once)\n')
  stop.abort()
})
process.on('SIGTERM', () => stop.abort())
// Whoever reads our output has had enough (| head): that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0); throw error })

const world: World = { stdout: process.stdout, stderr: process.stderr, env: process.env, clock: systemClock, watch: () => performance.now(), signal: stop.signal, argv: process.argv.slice(2) }
runCommandLine(world).then((code) => { process.exitCode = code; process.stdout.write('', () => process.exit(code)) }, (error: unknown) => {
  process.stderr.write(`chorus failed: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`)
  process.exit(1)
})
