// `npm run start:distributed`: every service its own process, the log in PostgreSQL, the bus on Kafka; what they stand on
// is brought up here as well, unless DATABASE_URL and KAFKA_BROKERS name it. Stays up until Ctrl-C or SIGTERM.
// `-- --again` tells the one that runs to start again what has died.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { join } from 'node:path'
import { prepare } from './prepare.mjs'
import { Services } from './services.mjs'
import { root, SetupStopped, stopSignal } from './steps.mjs'

const from = performance.now()
const signal = stopSignal()
const require = createRequire(import.meta.url)
const print = (line) => process.stdout.write(`${line}\n`)
const say = (line) => print(`[${((performance.now() - from) / 1000).toFixed(1).padStart(5)} s] ${line}`)
const built = (path) => require(join(root, 'dist', path))
const mainOf = (service) => join(root, 'dist', 'apps', service, 'src', 'main.js')
/** Whoever brings events in stops first, the relay after all who record, so that what they recorded is still published. */
const STOP_ORDER = ['intake', 'deterrence', 'services', 'finance', 'evaluation', 'relay', 'operations']

const again = ({ readRun, readSettings }) => {
  const settings = readSettings(process.env, root)
  const run = readRun(settings.data)
  if (!run?.services) throw new SetupStopped(`No distributed Chorus runs on the data folder ${settings.data}. Start one: npm run start:distributed`)
  process.kill(run.pid, 'SIGUSR2')
  say(`told process ${run.pid} to start again what has died; its output says more`)
}

/** What a service is given: the addresses of what it stands on, its own port, and nothing that it must not have. */
const environmentOf = (service, { settings, port, appUrl, brokers }) => {
  const { DATABASE_OWNER_URL: _, DATABASE_OWNER_URL_FILE: __, DATABASE_URL_FILE: ___, KAFKA_CLIENT_ID: ____, ...env } = process.env
  return { ...env, CHORUS_DATA: settings.data, CHORUS_HOST: settings.host, CHORUS_PORT: String(port), DATABASE_URL: appUrl, KAFKA_BROKERS: brokers }
}

const greet = (addresses) => {
  const { intake } = addresses
  for (const line of [
    '',
    ...Object.entries(addresses).map(([service, address]) => `  ${service.padEnd(11)} ${address}   (interface: ${address}/docs)`),
    '',
    '  Try next, in another terminal:',
    '    npx chorus health',
    '    npx chorus import nibrs samples/nibrs/2026-07.txt',
    '    node samples/one-case.mjs',
    '    npx chorus replay',
    ...(intake ? [] : ['  intake is not up: look above for why']),
    '',
  ]) print(line)
}

const main = async () => {
  await prepare({ say, signal })
  signal.throwIfAborted()
  const platform = built('libs/platform/src/index.js')
  if (process.argv.includes('--again')) return again(platform)
  const { SERVICES } = built('libs/contracts/src/index.js')
  const { useBroker } = require(join(root, 'infra', 'kafka', 'broker.js'))
  const { readDistributedSettings } = built('libs/composition/src/index.js')
  const settings = readDistributedSettings(process.env, root)
  const names = STOP_ORDER.filter((service) => existsSync(mainOf(service)))
  const portOf = (service) => settings.port === 0 ? 0 : settings.port + SERVICES.indexOf(service)

  const undo = []
  try {
    const hold = platform.holdDataFolder(settings.data, { startedtime: platform.systemClock.now(), mode: settings.mode, version: platform.chorusVersion() })
    undo.push(() => hold.release())
    if (settings.port !== 0) for (const service of names) await platform.checkPort(settings.host, portOf(service))
    const database = await platform.openDatabase(settings, { signal, say })
    undo.push(() => database.stop())
    say(`database ready (${database.postgresPort === undefined ? 'DATABASE_URL' : `embedded, in ${settings.data}`})`)
    const logins = await database.serviceLogins?.()
    const broker = await useBroker({ folder: join(settings.data, 'kafka'), say, signal })
    undo.push(() => broker.stop())
    const { ensureTopics, readKafkaSettings } = built('libs/event-bus/src/index.js')
    const { created, differing } = await ensureTopics(readKafkaSettings({ ...platform.withSecretFiles(process.env), KAFKA_BROKERS: broker.brokers }, 'chorus-setup'))
    say(`topics ready${created.length > 0 ? `, made now: ${created.join(', ')}` : ''}`)
    for (const line of differing) say(line)
    signal.throwIfAborted()

    const addresses = Object.fromEntries(SERVICES.filter((service) => names.includes(service)).map((service) => [service, '']))
    let greeted = false
    const note = () => hold.note({ url: addresses.intake || undefined, postgresPort: database.postgresPort, services: Object.fromEntries(Object.entries(addresses).filter(([, address]) => address !== '')) })
    const services = new Services({
      services: names.map((name) => ({ name, main: mainOf(name), env: environmentOf(name, { settings, port: portOf(name), appUrl: logins?.[name] ?? database.appUrl, brokers: broker.brokers }) })),
      print, numbers: constants.signals,
      onAddress: (name, address) => {
        addresses[name] = address
        note()
        if (greeted) say(`${name} is up again at ${address}`)
      },
      onDeath: (name, how) => process.stderr.write(`${name} has died: ${how}. The others go on; start it again with: npm run start:distributed -- --again\n`),
    })
    undo.push(() => services.stop())
    say(`starting ${names.length} services`)
    const stopped = new Promise((resolve) => { if (signal.aborted) resolve(); else signal.addEventListener('abort', () => resolve()) })
    const starting = services.startDead().then(() => { if (!signal.aborted) greet(Object.fromEntries(Object.entries(addresses).filter(([, address]) => address !== ''))); greeted = true })
    await Promise.race([starting, stopped])
    let brokerIsDead = false
    const watchBroker = () => void broker.ended?.then(() => {
      if (signal.aborted) return
      brokerIsDead = true
      process.stderr.write('Kafka has died. The services go on and record; what waits is published when it is back: npm run start:distributed -- --again\n')
    })
    watchBroker()
    const startAgain = async () => {
      if (!brokerIsDead && services.dead.length === 0) return say('everything runs')
      if (brokerIsDead) {
        say('starting again: Kafka')
        await broker.start()
        brokerIsDead = false
        say(`Kafka is up again at ${broker.brokers}`)
        watchBroker()
      }
      if (services.dead.length > 0) say(`starting again: ${services.dead.join(', ')}`)
      await services.startDead()
    }
    // where database and broker are others' nothing else keeps this process once every service has died
    const alive = setInterval(() => undefined, 3_600_000)
    undo.push(() => clearInterval(alive))
    process.on('SIGUSR2', () => void startAgain().catch((error) => process.stderr.write(`${error.message}\n`)))
    const broken = await Promise.race([stopped, database.died])
    if (broken !== undefined) process.stderr.write(`${broken}\n`)
    if (broken !== undefined || brokerIsDead || services.dead.length > 0) process.exitCode = 1
  } finally {
    for (let step = undo.pop(); step; step = undo.pop()) await step()
  }
  say('stopped')
}

main().then(() => process.exit(), (error) => {
  if (signal.aborted) process.exit(process.exitCode ?? 0)
  const known = ['SetupStopped', 'SetupRefused', 'SettingsRefused', 'KafkaSettingsRefused', 'MigrationRefused', 'TopicRefused'].includes(error?.name)
  process.stderr.write(`${known ? error.message : error?.stack ?? error}\n`)
  process.exit(error?.exitCode ?? (/SettingsRefused$/.test(error?.name ?? '') ? 2 : 1))
})
