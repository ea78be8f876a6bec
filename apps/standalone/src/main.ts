/**
 * The process: brings Chorus up, says where it is and what to try, stays up until it is told to stop. `npm start`
 * calls `run` in its own process. Started by the command line for one command it tells its address to the parent and ends with it.
 */
import 'reflect-metadata'
import { endWith, readSettingsWithBus, type ReadySettings } from '@chorus/composition'
import { Readiness, repositoryRoot, runChorus, systemClock } from '@chorus/platform'
import { boot, type Chorus } from './boot'
import { loadFirstSamples } from './first-samples'
import { welcome } from './welcome'

const READY_WITHIN_MS = 15_000

const say = (line: string): void => { process.stdout.write(`${line}\n`) }

/** Starts the services, loads the samples on the first run, and greets: address, number of events, what to try. */
const bootAndGreet = async (settings: ReadySettings, signal: AbortSignal): Promise<Chorus> => {
  const chorus = await boot(settings)
  try {
    await loadFirstSamples(chorus, settings, say, signal)
    // Whoever reads the address uses it.
    const missing = signal.aborted ? [] : await chorus.app.get(Readiness).until(READY_WITHIN_MS, signal)
    if (!signal.aborted) await welcome(chorus, say)
    if (missing.length > 0) say(`Not ready yet, and /health/ready says when it is: ${missing.map(({ name, text }) => `${name} (${text})`).join(', ')}`)
    return chorus
  } catch (error) {
    await chorus.close()
    throw error
  }
}

const main = async (): Promise<number> => {
  const stop = new AbortController()
  // One Ctrl-C reaches us twice (from the terminal and from npm): asking again changes nothing, stopping is under way.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  const child = process.send !== undefined
  // The parent is gone, in whatever way.
  if (child) process.on('disconnect', () => stop.abort())
  const settings = readSettingsWithBus(process.env, repositoryRoot(), 'chorus')
  const running = await runChorus({ settings, clock: systemClock, boot: (ready) => child ? boot(ready) : bootAndGreet(ready, stop.signal), signal: stop.signal, forOneCommand: child, say })
  process.send?.({ address: running.address })
  const stopped = new Promise<undefined>((resolve) => { if (stop.signal.aborted) resolve(undefined); else stop.signal.addEventListener('abort', () => resolve(undefined)) })
  const died = await Promise.race([running.died, stopped])
  if (died !== undefined) process.stderr.write(`${died}\n`)
  await running.stop()
  if (!child && died === undefined) say('stopped')
  return died === undefined ? 0 : 1
}

/** Runs to the end of the process, with an exit code. `npm start` calls it in its own process once all is installed and built. */
export const run = (): void => {
  main().then((code) => process.exit(code), endWith)
}

if (require.main === module) run()
