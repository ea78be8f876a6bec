/**
 * `npm start`, once everything is installed and built: brings Chorus up, says where it is and what to try, stays up.
 * Started by the command line for one command (CHORUS_EPHEMERAL) it tells its address to the parent and ends with it.
 */
import 'reflect-metadata'
import { MigrationRefused, readSettings, repositoryRoot, runChorus, SettingsRefused, SetupRefused, systemClock } from '@chorus/platform'
import { boot } from './boot'
import { welcome } from './welcome'

const main = async (): Promise<number> => {
  const stop = new AbortController()
  // One Ctrl-C reaches us twice (from the terminal and from npm): asking again changes nothing, stopping is under way.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  // The parent is gone, in whatever way.
  if (process.send) process.on('disconnect', () => stop.abort())
  const say = (line: string): void => { process.stdout.write(`${line}\n`) }
  const settings = readSettings(process.env, repositoryRoot())
  const chorus = await runChorus({ settings, clock: systemClock, boot: (ready) => boot(ready), signal: stop.signal, say })
  if (process.send) process.send({ address: chorus.address })
  else await welcome(chorus.app.app, chorus.address, say)
  const stopped = new Promise<undefined>((resolve) => { if (stop.signal.aborted) resolve(undefined); else stop.signal.addEventListener('abort', () => resolve(undefined)) })
  const died = await Promise.race([chorus.died, stopped])
  if (died !== undefined) process.stderr.write(`${died}\n`)
  else say('stopping')
  await chorus.stop()
  return died === undefined ? 0 : 1
}

main().then((code) => process.exit(code), (error: unknown) => {
  if (error instanceof Error && error.name === 'AbortError') process.exit(0)
  const known = error instanceof SettingsRefused || error instanceof SetupRefused || error instanceof MigrationRefused
  process.stderr.write(`${error instanceof Error ? (known ? error.message : error.stack ?? error.message) : String(error)}\n`)
  process.exit(error instanceof SettingsRefused ? 2 : error instanceof SetupRefused && /already uses|in use/.test(error.message) ? 6 : 1)
})
