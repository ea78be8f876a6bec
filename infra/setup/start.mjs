// `npm start`: from a bare checkout to a Chorus that runs, and stays up until Ctrl-C or SIGTERM.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { prepare } from './prepare.mjs'
import { root, seconds, stopSignal } from './steps.mjs'

const from = performance.now()
const signal = stopSignal()
const say = (line) => process.stdout.write(`[${((performance.now() - from) / 1000).toFixed(1).padStart(5)} s] ${line}\n`)
const require = createRequire(import.meta.url)
const aborted = new Promise((resolve) => { signal.addEventListener('abort', () => resolve(signal.reason.message)) })

let running
try {
  await prepare({ say, signal })
  require('reflect-metadata')
  const platform = (name) => require(join(root, 'dist/libs/platform/src', name))
  const { boot } = require(join(root, 'dist/apps/standalone/src/main.js'))
  const settings = platform('settings.js').readSettings(process.env, root)
  process.env.CHORUS_SAMPLES ??= '1'
  say(`starting on the data folder ${settings.data}`)
  running = await platform('running.js').runChorus({ settings, clock: platform('clock.js').systemClock, boot, signal, say })
  say(`Chorus is up at ${running.address} after ${seconds(from)}; Ctrl-C stops it`)
  const died = running.died.then((why) => { process.exitCode = 1; return why })
  say(`stopping: ${await Promise.race([aborted, died])}`)
  await running.stop()
  say('stopped')
} catch (error) {
  await running?.stop().catch(() => undefined)
  const known = ['SetupStopped', 'SetupRefused', 'SettingsRefused', 'MigrationRefused'].includes(error?.name)
  process.stderr.write(known ? `${error.message}\n` : `Chorus could not start: ${error?.stack ?? error}\n`)
  process.exitCode = error?.exitCode ?? 1
}
// whatever still holds the event loop (a connection's timer) must not keep a stopped Chorus alive
process.exit()
