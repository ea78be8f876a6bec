/**
 * Which Chorus a command speaks to: the one at CHORUS_URL and CHORUS_URL_<SERVICE>; else the one that runs on this data
 * folder (run.json; in one process or in several), else one at the set host and port; else one of its own, started with the embedded database for the time of the command.
 * Another command's own Chorus is not spoken to: it ends with that command, in the middle of ours.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { extname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readRun, type RunFile, type Settings } from '@chorus/platform/settings'
import { CliError, EXIT } from './exit'
import { addressesIn, type Addresses } from './services'

export interface Connection { readonly addresses: Addresses; /** true: it ends with this command */ readonly own: boolean; close(): Promise<void> }

/** Whether a Chorus answers there, within `patience` ms; silent: somebody takes the connection, and says nothing. */
type Answer = 'chorus' | 'silent' | 'none'
const answerOf = (base: string, patience = 1500): Promise<Answer> => new Promise((resolve) => {
  const asked = request(new URL('/health/live', base), { agent: false, timeout: patience }, (response) => {
    let text = ''
    response.on('data', (chunk: Buffer) => { if (text.length < 1000) text += chunk.toString() })
    response.on('end', () => resolve(response.statusCode === 200 && text.includes('"live"') ? 'chorus' : 'none'))
    response.on('error', () => resolve('none'))
  })
  asked.on('timeout', () => { resolve('silent'); asked.destroy() })
  asked.on('error', () => resolve('none'))
  asked.end()
})

const fixed = (addresses: Addresses): Connection => ({ addresses, own: false, close: async () => undefined })

/** The addresses of a Chorus that runs already, or undefined. One that hangs is among them: whoever only looks is to see that it does. */
export const running = async (settings: Settings, env: NodeJS.ProcessEnv): Promise<Addresses | undefined> => (await found(settings, env))?.addresses

const found = async (settings: Settings, env: NodeJS.ProcessEnv): Promise<{ readonly addresses: Addresses; readonly hangs?: RunFile } | undefined> => {
  const named = addressesIn(env)
  if (named) return { addresses: named }
  const run = readRun(settings.data)
  // one of several may be down for the moment: that is theirs to say, and no reason to start another Chorus beside them
  if (run?.services) return { addresses: { ...(run.url ? { one: run.url } : {}), services: run.services } }
  if (run?.url && !run.forOneCommand) {
    const answer = await answerOf(run.url)
    if (answer !== 'none') return { addresses: { one: run.url, services: {} }, ...(answer === 'silent' ? { hangs: run } : {}) }
  }
  const here = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`
  return settings.port !== 0 && await answerOf(here) === 'chorus' ? { addresses: { one: here, services: {} } } : undefined
}

/** Waits while another command has a Chorus of its own on this data folder. */
const othersFinished = async (folder: string, say: (line: string) => void, signal: AbortSignal): Promise<void> => {
  for (let told = false, run = readRun(folder); run?.forOneCommand; told = true, run = readRun(folder)) {
    if (!told) say(`Another command has its own Chorus on this data folder (process ${run.pid}): waiting until it has finished.`)
    await delay(100, undefined, { signal })
  }
}

/** Connects; `say` is told when a Chorus of its own is started. */
export const connect = async (settings: Settings, env: NodeJS.ProcessEnv, say: (line: string) => void, signal: AbortSignal): Promise<Connection> => {
  const there = await found(settings, env)
  if (there?.hangs) throw new CliError(`The Chorus of the data folder ${settings.data} (process ${there.hangs.pid}, at ${there.addresses.one}) runs and does not answer: it may hang. npx chorus doctor looks.`, EXIT.unavailable)
  if (there) return fixed(there.addresses)
  for (let told = false; ; told = true) {
    await othersFinished(settings.data, say, signal)
    if (!told) say(`No Chorus is running: starting one for this command (${settings.databaseUrl ? 'database of DATABASE_URL' : 'embedded database'}, own port).`)
    try {
      // A process of its own, found beside us in the build (or, in development, in the source).
      return await startOwn(join(__dirname, `../../standalone/src/main${extname(__filename)}`), env)
    } catch (error) {
      // two that waited, and the other was faster
      if (!(error instanceof CliError && error.exit === EXIT.conflict && readRun(settings.data)?.forOneCommand)) throw error
    }
  }
}

/** Starts the standalone server as a child that ends with us: it listens for our end of the channel. */
const startOwn = (main: string, env: NodeJS.ProcessEnv): Promise<Connection> => {
  if (!existsSync(main)) throw new CliError('Chorus is not built. Run: npm run build', EXIT.unavailable)
  // Its logs would drown the command's own words: only warnings, and those to stderr. Ctrl-C is ours to answer, so it
  // sits in a group of its own.
  const child = fork(main, [], { env: { ...env, CHORUS_PORT: '0', CHORUS_LOG_LEVEL: env.CHORUS_LOG_LEVEL ?? 'warn' }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true })
  const tail: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => { tail.push(chunk.toString()); if (tail.length > 50) tail.shift() })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      const { address } = message as { address: string }
      resolve({ addresses: { one: address, services: {} }, own: true, close: () => stop(child) })
    })
    child.once('error', (error) => reject(new CliError(`Chorus could not be started: ${error.message}`, EXIT.unavailable)))
    child.once('exit', (code) => reject(new CliError('Chorus could not be started for this command.', code === EXIT.conflict ? EXIT.conflict : EXIT.unavailable, tail.join('').split('\n').filter((line) => line !== '' && !line.startsWith('{')).map((line) => `  ${line}`))))
  })
}

const stop = (child: ChildProcess): Promise<void> => new Promise((resolve) => {
  if (child.exitCode !== null || child.signalCode !== null) { resolve(); return }
  child.once('exit', () => resolve())
  if (child.connected) child.disconnect()
})
