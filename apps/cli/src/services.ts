/** Which service answers a path, where they are processes of their own. A test holds this table against every controller. */
import { SERVICES, type Service } from '@chorus/contracts'
import { CliError, EXIT } from './exit'

/** Beginnings of paths; `*` stands for one part; the longest that fits decides. */
const OWNED: Readonly<Partial<Record<Service, readonly string[]>>> = {
  intake: ['/v1/imports', '/v1/quarantine', '/v1/incidents', '/v1/referrals', '/v1/pairs', '/v1/persons', '/v1/cases', '/v1/history-reviews', '/v1/lethality-screens', '/v1/timers/intake', '/v1/charges', '/v1/arrests', '/v1/open-reports', '/v1/feeds', '/v1/policies'],
  deterrence: ['/v1/notifications', '/v1/safety-reviews', '/v1/safety-warnings', '/v1/stops', '/v1/timers/deterrence'],
  services: ['/v1/service-offers', '/v1/service-referrals'],
  finance: ['/v1/accounts', '/v1/authorizations'],
  evaluation: ['/v1/history', '/v1/replay', '/v1/metrics'],
  operations: ['/v1/log', '/v1/audit', '/v1/dead-letters', '/v1/consumers', '/v1/keys', '/v1/context-keys', '/v1/conflicts-of-interest'],
}
const TABLE = Object.entries(OWNED).flatMap(([service, prefixes]) => prefixes.map((prefix) => ({ service: service as Service, parts: prefix.split('/').slice(1) })))
  .sort((a, b) => b.parts.length - a.parts.length)

/** The service that answers a path; undefined for those that every process answers (health, /v1/me, /docs, /problems). */
export const serviceOf = (path: string): Service | undefined => {
  const given = (path.split('?')[0] ?? '').split('/').slice(1)
  return TABLE.find(({ parts }) => parts.every((part, at) => part === given[at] || (part === '*' && given[at] !== undefined)))?.service
}

/** Where Chorus answers: one process, or one for each service. */
export interface Addresses {
  /** for every path that has no service of its own below; absent where only some services are known */
  readonly one?: string
  readonly services: Readonly<Partial<Record<Service, string>>>
}

/** CHORUS_URL_<SERVICE>, in capitals */
export const variableOf = (service: Service): string => `CHORUS_URL_${service.toUpperCase()}`

/** The address for a path. @throws CliError that names the variable to set */
export const addressFor = ({ one, services }: Addresses, path: string): string => {
  const service = serviceOf(path)
  const address = (service && services[service]) ?? one ?? (service ? undefined : Object.values(services)[0])
  if (address === undefined) throw new CliError(`The address of ${service ?? 'Chorus'} is not known. Set ${service ? `${variableOf(service)}, or ` : ''}CHORUS_URL.`, EXIT.usage)
  return address
}

/** The addresses that the environment names, without a slash at the end; undefined where it names none. @throws CliError */
export const addressesIn = (env: Readonly<Record<string, string | undefined>>): Addresses | undefined => {
  const read = (name: string): string | undefined => {
    const url = env[name]?.trim()
    if (!url) return undefined
    if (!/^https?:\/\/[^/\s]+/.test(url)) throw new CliError(`${name}: is not an http or https address; give for example http://127.0.0.1:8260`, EXIT.usage)
    return url.replace(/\/+$/, '')
  }
  const services = Object.fromEntries(SERVICES.flatMap((service) => { const url = read(variableOf(service)); return url ? [[service, url]] : [] })) as Addresses['services']
  const one = read('CHORUS_URL')
  return one === undefined && Object.keys(services).length === 0 ? undefined : { ...(one === undefined ? {} : { one }), services }
}
