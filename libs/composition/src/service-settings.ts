import { KafkaSettingsRefused, readKafkaSettings } from '@chorus/event-bus'
import { SERVICES, type Service } from '@chorus/contracts'
import { jwksOf, readSettings, SettingsRefused, withSecretFiles, wrongJwks, type Settings } from '@chorus/platform'
import type { ReadySettings } from './ports.module'

/** Where each service listens unless CHORUS_PORT says otherwise: one after the other, intake where a standalone would. */
export const FIRST_PORT = 8260
export const portOf = (service: Service, first: number = FIRST_PORT): number => first + SERVICES.indexOf(service)

type Environment = Readonly<Record<string, string | undefined>>
type WithBus = Settings & Pick<ReadySettings, 'kafka'>

/**
 * The settings that an environment means, the bus among them: Kafka where KAFKA_BROKERS is set, else the log itself.
 * @param env the environment's variables; secrets may come as NAME_FILE
 * @param folder what relative paths are relative to, absolute
 * @param client the name by which the broker knows this process, unless KAFKA_CLIENT_ID says another
 * @throws SettingsRefused with every wrong setting at once
 */
export const readSettingsWithBus = (env: Environment, folder: string, client: string): WithBus => {
  const problems: string[] = []
  const tried = <T>(read: () => T): T | undefined => {
    try { return read() } catch (error) {
      if (!(error instanceof SettingsRefused || error instanceof KafkaSettingsRefused)) throw error
      problems.push(...error.problems)
      return undefined
    }
  }
  const secrets = tried(() => withSecretFiles(env))
  // of a secret whose file is wrong nothing more is said: that it is missing is no news
  const told = problems.map(nameIn)
  const given = withoutEmpty(secrets ?? env)
  const kafka = tried(() => readKafkaSettings(given, client))
  const settings = tried(() => readSettings(given, folder))
  if (given.DATABASE_URL === undefined && given.DATABASE_OWNER_URL !== undefined) problems.push('DATABASE_URL: is missing, but there is an owner for it; set both, or unset DATABASE_OWNER_URL for the embedded database')
  const jwks = env.CHORUS_JWKS?.trim() ? wrongJwks(jwksOf(env.CHORUS_JWKS, folder)) : undefined
  if (jwks !== undefined) problems.push(jwks)
  const distinct = problems.filter((line) => !told.includes(`${nameIn(line)}_FILE`))
  if (settings === undefined || distinct.length > 0) throw new SettingsRefused(distinct)
  return kafka ? Object.assign(settings, { kafka }) : settings
}
const nameIn = (line: string): string => line.slice(0, line.indexOf(':'))

/**
 * The settings of `start:distributed`, which brings up what DATABASE_URL and KAFKA_BROKERS do not name, and hands the rest on.
 * @throws SettingsRefused with every wrong setting at once, so that none is found only once every service has died of it
 */
export const readDistributedSettings = (env: Environment, folder: string): Settings => {
  // our own broker takes a prefix, and nothing else: it has no doors
  const ours: Environment = withoutEmpty(env).KAFKA_BROKERS === undefined && !Object.entries(env).some(([name, value]) => /^KAFKA_(TLS|SASL)_/.test(name) && value?.trim()) ? { ...env, KAFKA_BROKERS: '127.0.0.1:9092' } : env
  return readSettingsWithBus(ours, folder, 'chorus-setup')
}

/**
 * The settings of a service that is a process of its own: as of a standalone, but its database is always named, and it
 * never has the right to migrate it.
 * @throws SettingsRefused with every wrong setting at once
 */
export const readServiceSettings = (service: Service, env: Environment, folder: string): ReadySettings => {
  const problems: string[] = []
  const { DATABASE_OWNER_URL: owner, DATABASE_OWNER_URL_FILE: ownerFile, ...own } = withoutEmpty(env)
  const has = (name: string): boolean => own[name] !== undefined || own[`${name}_FILE`] !== undefined
  if (!has('DATABASE_URL')) problems.push('DATABASE_URL: is missing; a service of its own needs the PostgreSQL that all of them share, for example postgres://user:password@127.0.0.1:5432/chorus')
  if (owner ?? ownerFile) problems.push('DATABASE_OWNER_URL: is set for a service; only npx chorus migrate may own the tables. Unset it here')
  if (service === 'relay' && !has('KAFKA_BROKERS')) problems.push('KAFKA_BROKERS: is missing; the relay publishes to Kafka and has nothing to do without it')
  let settings: WithBus | undefined
  try { settings = readSettingsWithBus({ CHORUS_PORT: String(portOf(service)), ...own }, folder, `chorus-${service}`) } catch (error) {
    if (!(error instanceof SettingsRefused)) throw error
    problems.push(...error.problems)
  }
  if (settings?.databaseUrl === undefined || problems.length > 0) throw new SettingsRefused(problems)
  return Object.assign(settings, { databaseUrl: settings.databaseUrl })
}

/** A compose file sets a variable that nobody gave to nothing: that is not set. */
const withoutEmpty = (env: Environment): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => value === undefined || value.trim() === '' ? [] : [[name, value]]))
