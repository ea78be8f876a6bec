import { SERVICES, type Service } from '@chorus/contracts'
import { readSettings, SettingsRefused, withSecretFiles, type Settings } from '@chorus/platform'

/** Where each service listens unless CHORUS_PORT says otherwise: one after the other, intake where a standalone would. */
export const FIRST_PORT = 8260
export const portOf = (service: Service, first: number = FIRST_PORT): number => first + SERVICES.indexOf(service)

/**
 * The settings of a service that is a process of its own: as of a standalone, but its database is always named, and it
 * never has the right to migrate it.
 * @param env the environment's variables; secrets may come as NAME_FILE
 * @param folder what relative paths are relative to, absolute
 * @throws SettingsRefused with every wrong setting at once
 */
export const readServiceSettings = (service: Service, env: Readonly<Record<string, string | undefined>>, folder: string): Settings & { readonly databaseUrl: string } => {
  const given = withSecretFiles(env)
  const problems: string[] = []
  if (!given.DATABASE_URL) problems.push('DATABASE_URL: is missing; a service of its own needs the PostgreSQL that all of them share, for example postgres://user:password@127.0.0.1:5432/chorus')
  if (given.DATABASE_OWNER_URL) problems.push('DATABASE_OWNER_URL: is set for a service; only npx chorus migrate may own the tables. Unset it here')
  if (service === 'relay' && !given.KAFKA_BROKERS) problems.push('KAFKA_BROKERS: is missing; the relay publishes to Kafka and has nothing to do without it')
  const { DATABASE_OWNER_URL: _, ...own } = given
  const named = { CHORUS_PORT: String(portOf(service)), KAFKA_CLIENT_ID: `chorus-${service}`, ...withoutEmpty(own) }
  let settings: Settings | undefined
  try { settings = readSettings(named, folder) } catch (error) {
    if (!(error instanceof SettingsRefused)) throw error
    problems.push(...error.problems)
  }
  if (settings === undefined || problems.length > 0) throw new SettingsRefused(problems)
  return Object.assign(settings, { databaseUrl: settings.databaseUrl ?? '' })
}

/** A compose file sets a variable that nobody gave to nothing: that is not set. */
const withoutEmpty = (env: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => value === undefined || value.trim() === '' ? [] : [[name, value]]))
