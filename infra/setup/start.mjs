// `npm start`: from a bare checkout to a Chorus that runs, and stays up until Ctrl-C or SIGTERM. What needs no packages
// is here; the rest is the standalone application itself, in this same process.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { prepare } from './prepare.mjs'
import { root, stopSignal } from './steps.mjs'

const from = performance.now()
const signal = stopSignal()
const say = (line) => process.stdout.write(`[${((performance.now() - from) / 1000).toFixed(1).padStart(5)} s] ${line}\n`)

try {
  await prepare({ say, signal })
  signal.throwIfAborted()
  say('starting')
  createRequire(import.meta.url)(join(root, 'dist/apps/standalone/src/main.js')).run()
} catch (error) {
  process.stderr.write(`${error?.name === 'SetupStopped' ? error.message : error?.stack ?? error}\n`)
  process.exit(error?.exitCode ?? 1)
}
