import type { Command } from 'commander'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { chorusVersion } from '@chorus/platform/process'
import { readRun, withSecretFiles, type Settings } from '@chorus/platform/settings'
import { KafkaSettingsRefused, readKafkaSettings } from '@chorus/event-bus'
import { Pkcs11Service, sealsIn, ServiceSeal } from '@chorus/privacy'
import { Client, NotInTime } from '../client'
import { running } from '../connection'
import type { Context, World } from '../context'
import { EXIT, type ExitCode } from '../exit'

/** One thing looked at. `warn` does not fail the command. */
export interface Finding { readonly name: string; readonly state: 'ok' | 'warn' | 'fail'; readonly text: string; readonly todo?: string; readonly exit?: ExitCode }

/** Clocks may differ by so many seconds before times in the log mislead. */
const CLOCK_SKEW = 5

/** chorus doctor: looks at everything that a Chorus stands on, changes nothing, starts nothing. */
export const register = (program: Command, context: Context): void => {
  context.command(program, {
    name: 'doctor',
    summary: 'look at settings, folders, keys, database, clocks and the running server',
    examples: ['npx chorus doctor', 'npx chorus doctor --json', 'DATABASE_URL=… npx chorus doctor'],
    run: async ({ settings, world, out, signal }) => {
      const addresses = await running(settings, world.env)
      const servers = Object.entries(addresses?.services ?? {})
      const several = Promise.all(servers.map(([service, url]) => server(url, world, signal, service)))
      const findings: Finding[] = [
        node(), busSettings(world.env) ?? { name: 'settings', state: 'ok', text: `${settings.mode}, data folder ${settings.data}` },
        ...folders(settings), ...keys(settings), ...await keyStore(settings), ...servers.length > 0 ? (await several).flat() : await server(addresses?.one, world, signal),
        ...await database(settings, world),
      ]
      const bad = findings.filter(({ state }) => state === 'fail')
      out.data('doctor/1', { healthy: bad.length === 0, findings: findings.map(({ exit: _, ...shown }) => shown) },
        findings.flatMap(({ name, state, text, todo }) => [`${{ ok: 'ok  ', warn: 'warn', fail: 'FAIL' }[state]}  ${name.padEnd(10)} ${text}`, ...(todo && state !== 'ok' ? [`                 -> ${todo}`] : [])]))
      if (bad.length === 0) { out.next(addresses ? 'npx chorus health' : 'npm start'); return EXIT.ok }
      out.error(`${bad.length} of ${findings.length} checks failed: ${bad.map(({ name }) => name).join(', ')}`)
      return bad.find(({ exit }) => exit)?.exit ?? EXIT.failure
    },
  })
}

const node = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const enough = major > 20 || (major === 20 && minor >= 19)
  return { name: 'node', state: enough ? 'ok' : 'fail', text: `${process.version}, chorus ${chorusVersion()}`, todo: 'Install node 20.19 or newer.' }
}

/** What is wrong with the bus's settings, which no other command reads. */
const busSettings = (env: World['env']): Finding | undefined => {
  const given = Object.fromEntries(Object.entries(withSecretFiles(env)).filter(([name, value]) => name.startsWith('KAFKA_') && value?.trim()))
  try { readKafkaSettings(given, 'chorus-doctor'); return undefined } catch (error) {
    if (!(error instanceof KafkaSettingsRefused)) throw error
    const text = error.problems.join('; ')
    return given.KAFKA_BROKERS === undefined
      ? { name: 'settings', state: 'warn', text, todo: 'npm run start:distributed takes a prefix and a client id for a broker of its own; nothing else starts so.' }
      : { name: 'settings', state: 'fail', text, todo: 'README lists the settings of the bus; no service starts with these.', exit: EXIT.usage }
  }
}

const folders = (settings: Settings): Finding[] => {
  if (!existsSync(settings.data)) return [{ name: 'data', state: 'warn', text: `${settings.data} is not there yet`, todo: 'npm start makes it.' }]
  const { mode } = statSync(settings.data)
  return [(mode & 0o022) === 0
    ? { name: 'data', state: 'ok', text: `${settings.data} is there, only its owner writes` }
    : { name: 'data', state: 'fail', text: `others may write into ${settings.data} (${rights(mode)})`, todo: `chmod 711 ${settings.data}` }]
}

const keys = (settings: Settings): Finding[] => {
  const folder = join(settings.data, 'keys')
  if (!existsSync(folder)) return existsSync(settings.data) ? [{ name: 'keys', state: 'warn', text: 'no keys yet', todo: 'npm start makes them.' }] : []
  const { mode } = statSync(folder)
  const open = (mode & 0o077) !== 0
  const found: Finding[] = [open
    ? { name: 'keys', state: 'fail', text: `${folder} is open to others (${rights(mode)})`, todo: `chmod 700 ${folder}, and ask who has read it since: the log's secrets lie in it.` }
    : { name: 'keys', state: 'ok', text: `${folder} is its owner's alone` }]
  const issuer = join(folder, 'issuer.json')
  if (settings.mode === 'production' && existsSync(issuer)) found.push({ name: 'issuer', state: 'warn', text: 'a demonstration issuer lies in this production data folder', todo: `Production refuses its key and its tokens; remove ${issuer}.` })
  return found
}
/** By what the key folder is sealed, and whether the service that does it answers. */
const keyStore = async (settings: Settings): Promise<Finding[]> => {
  const files = sealsIn(join(settings.data, 'keys'))
  if (settings.keyService === undefined) return files.some(({ wrappingKey }) => wrappingKey !== undefined)
    ? [{ name: 'key store', state: 'fail', text: 'the key folder is sealed by a key service, and none is configured', todo: 'Set CHORUS_KEY_SERVICE and CHORUS_KEY_SERVICE_PIN.' }] : []
  const seal = new ServiceSeal(new Pkcs11Service(settings.keyService))
  const { ok, text } = await seal.look(5000)
  if (!ok) return [{ name: 'key store', state: 'fail', text, todo: 'docs/runbooks/keys.md: the key service.', exit: EXIT.unavailable }]
  const newest = await seal.newest()
  const others = files.filter(({ wrappingKey }) => wrappingKey !== newest)
  return [others.length === 0 ? { name: 'key store', state: 'ok', text }
    : { name: 'key store', state: 'warn', text: `${others.length} files are plain, or sealed with an older wrapping key (${others.map(({ name }) => name).join(', ')})`, todo: 'npx chorus key store move --to service' }]
}
const rights = (mode: number): string => (mode & 0o777).toString(8)

/** `name`: of the service, where each is a process of its own; its version and clock are then said only where they differ. */
const server = async (url: string | undefined, world: World, signal: AbortSignal, name?: string): Promise<Finding[]> => {
  if (!url) return [{ name: 'server', state: 'warn', text: 'no Chorus is running', todo: 'npm start' }]
  const client = new Client(url, () => Promise.resolve(''))
  try {
    const asked = Date.parse(world.clock.now())
    const { status, body, date } = await client.look('/health/ready', { signal, token: false })
    const checks = (body as { checks?: readonly { name: string; ok: boolean; warn?: true; text: string }[] }).checks ?? []
    const failing = checks.filter(({ ok }) => !ok).map(({ name, text }) => `${name}: ${text}`)
    const warning = checks.filter(({ ok, warn }) => ok && warn).map(({ name, text }) => `${name}: ${text}`)
    const { body: document } = await client.look('/docs/openapi.json', { signal, token: false })
    const theirs = (document as { info?: { version?: string } }).info?.version ?? 'unknown'
    // The Date header is cut to whole seconds.
    const skew = date ? Math.abs(Date.parse(date) + 500 - asked) / 1000 : 0
    const findings: Finding[] = [
      { name: name ?? 'server', state: status !== 200 ? 'fail' : warning.length > 0 ? 'warn' : 'ok', text: `${url} is ${status !== 200 ? `not ready (${failing.join('; ')})` : warning.length > 0 ? `ready, but (${warning.join('; ')})` : 'ready'}`, todo: 'Mend what it names; it recovers by itself.', exit: EXIT.unavailable },
      { name: 'version', state: theirs === chorusVersion() ? 'ok' : 'warn', text: `server ${theirs}, this command ${chorusVersion()}`, todo: 'Restart the server with this build, or use the command of its build.' },
      { name: 'clock', state: skew < CLOCK_SKEW ? 'ok' : 'warn', text: `this machine and the server differ by ${skew < 1 ? 'less than a second' : `${Math.round(skew)} s`}`, todo: 'Set both clocks by NTP.' },
    ]
    const signed = checks.find((check) => check.name === 'checkpoints')
    if (signed) findings.splice(1, 0, { name: 'signed', state: signed.ok ? 'ok' : 'fail', text: signed.text, todo: 'docs/runbooks/tampering.md says what to do.' })
    return name === undefined ? findings : findings.filter(({ name: of, state }, at) => at === 0 || of === 'signed' || state !== 'ok')
  } catch (error) {
    return [{ name: name ?? 'server', state: 'fail', text: error instanceof Error ? error.message : 'no answer', todo: error instanceof NotInTime ? 'Look whether its process is stopped or has no CPU; end it and start it again where it does not come back: nothing that was recorded is lost.' : 'Start it, or correct CHORUS_URL.', exit: EXIT.unavailable }]
  }
}

const database = async (settings: Settings, world: World): Promise<Finding[]> => {
  const address = settings.databaseUrl ?? embedded(settings)
  if (!address) return [existsSync(join(settings.data, 'postgres'))
    ? { name: 'database', state: 'warn', text: 'the embedded database is there and not running', todo: 'npm start' }
    : { name: 'database', state: 'warn', text: 'no database yet: neither DATABASE_URL nor an embedded one', todo: 'npm start makes the embedded one.' }]
  const { lookAtDatabase } = await import('./doctor-database')
  return lookAtDatabase(address, settings.databaseUrl ? 'DATABASE_URL' : 'embedded', world.clock)
}

/** Address of the running embedded database for the services' role, from the data folder's own files. */
const embedded = (settings: Settings): string | undefined => {
  const port = readRun(settings.data)?.postgresPort
  if (port === undefined) return undefined
  try {
    const { app } = JSON.parse(readFileSync(join(settings.data, 'postgres.json'), 'utf8')) as { app: string }
    return `postgres://chorus_app:${app}@127.0.0.1:${port}/chorus`
  } catch { return undefined }
}
