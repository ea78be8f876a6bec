/** What the environment says about Kafka. Read once at start; handed on as a value. */
import { readFileSync } from 'node:fs'

export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512'

export interface KafkaSettings {
  /** host:port, at least one */
  readonly brokers: readonly string[]
  /** the service's own name at the broker: its logs, quotas and metrics show it */
  readonly clientId: string
  /** stands before the names of topics, groups and transactional ids: several installations on one cluster; mostly empty */
  readonly prefix: string
  /** PEM texts; absent = no TLS. An absent `ca` means the certificate authorities that node knows. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
}

/** The environment is wrong; `problems` holds one line for each setting, never a value. */
export class KafkaSettingsRefused extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`${problems.length === 1 ? 'One setting is' : `${problems.length} settings are`} wrong:\n${problems.map((line) => `  ${line}`).join('\n')}`)
    this.name = 'KafkaSettingsRefused'
  }
}

const MECHANISMS: readonly string[] = ['plain', 'scram-sha-256', 'scram-sha-512']
const BROKER = /^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/
const NAME = /^[A-Za-z0-9._-]{1,120}$/
const PREFIX = /^[A-Za-z0-9._-]{0,60}$/
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]):/

type Environment = Readonly<Record<string, string | undefined>>

const isBroker = (text: string): boolean => {
  const port = Number(BROKER.exec(text)?.[2])
  return port > 0 && port < 65_536
}

/** What means nothing without brokers; KAFKA_SASL_PASSWORD may come from a file. */
const OF_BROKERS = ['CLIENT_ID', 'PREFIX', 'TLS_CA', 'TLS_CERT', 'TLS_KEY', 'SASL_MECHANISM', 'SASL_USERNAME', 'SASL_PASSWORD'].map((name) => `KAFKA_${name}`)

/**
 * @param env KAFKA_BROKERS, KAFKA_CLIENT_ID, KAFKA_PREFIX, KAFKA_TLS_CA|CERT|KEY (paths of PEM files; CA may be `system`),
 *   KAFKA_SASL_MECHANISM|USERNAME|PASSWORD
 * @param service client id where KAFKA_CLIENT_ID is not set, e.g. `chorus-relay`
 * @returns undefined where KAFKA_BROKERS is unset: then the bus is the log itself
 * @throws KafkaSettingsRefused with every wrong setting at once; so is one that is for brokers where none are named: whoever
 *   set it believes that Kafka is the bus
 */
export function readKafkaSettings(env: Environment, service: string, readPem: (path: string) => string = (path) => readFileSync(path, 'utf8')): KafkaSettings | undefined {
  const problems: string[] = []
  const text = (name: string): string | undefined => (env[name] === undefined || env[name]?.trim() === '' ? undefined : env[name]?.trim())
  if (env.KAFKA_BROKERS === undefined) {
    const idle = OF_BROKERS.filter((name) => text(name) !== undefined)
    if (idle.length > 0) throw new KafkaSettingsRefused(idle.map((name) => `${name}: is set without KAFKA_BROKERS, and means nothing without them; set KAFKA_BROKERS to host:port, or unset ${name}`))
    return undefined
  }
  const brokers = (text('KAFKA_BROKERS') ?? '').split(',').map((broker) => broker.trim()).filter((broker) => broker !== '')
  if (brokers.length === 0) problems.push('KAFKA_BROKERS: is empty; give host:port, several parted by commas, or unset it for the embedded bus')
  else if (!brokers.every(isBroker)) problems.push('KAFKA_BROKERS: holds something that is no host:port; give for example 127.0.0.1:9092, several parted by commas')
  const clientId = text('KAFKA_CLIENT_ID') ?? service
  if (!NAME.test(clientId)) problems.push('KAFKA_CLIENT_ID: is no name; give letters, digits, dots, dashes or underscores, at most 120')
  const prefix = text('KAFKA_PREFIX') ?? ''
  if (!PREFIX.test(prefix)) problems.push('KAFKA_PREFIX: is no prefix of a topic name; give letters, digits, dots, dashes or underscores, at most 60, or unset it')
  const tls = readTls(text, readPem, problems)
  const sasl = readSasl(text, problems)
  // a password in plain text on the network is a password for everybody
  if (sasl?.mechanism === 'plain' && !tls && !brokers.every((broker) => LOOPBACK.test(broker))) {
    problems.push('KAFKA_SASL_MECHANISM: plain sends the password in clear text and TLS is off; set KAFKA_TLS_CA, or take scram-sha-512')
  }
  if (problems.length > 0) throw new KafkaSettingsRefused(problems)
  return { brokers, clientId, prefix, ...(tls && { tls }), ...(sasl && { sasl }) }
}

type Text = (name: string) => string | undefined

function readTls(text: Text, readPem: (path: string) => string, problems: string[]): KafkaSettings['tls'] {
  const pem = (name: string, label: RegExp, what: string): string | undefined => {
    const path = text(name)
    if (path === undefined) return undefined
    try {
      const content = readPem(path)
      if (label.test(content)) return content
      problems.push(`${name}: the file holds no ${what} in PEM form (-----BEGIN …); give the path of one that does`)
    } catch {
      problems.push(`${name}: the file cannot be read; give the path of a PEM file that this process may read`)
    }
    return undefined
  }
  const system = text('KAFKA_TLS_CA') === 'system'
  const ca = system ? undefined : pem('KAFKA_TLS_CA', /-----BEGIN CERTIFICATE-----/, 'certificate')
  const cert = pem('KAFKA_TLS_CERT', /-----BEGIN CERTIFICATE-----/, 'certificate')
  const key = pem('KAFKA_TLS_KEY', /-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'private key')
  const named = { CA: text('KAFKA_TLS_CA'), CERT: text('KAFKA_TLS_CERT'), KEY: text('KAFKA_TLS_KEY') }
  if ((named.CERT === undefined) !== (named.KEY === undefined)) {
    problems.push(named.CERT === undefined ? 'KAFKA_TLS_CERT: is missing beside KAFKA_TLS_KEY; give both, or neither' : 'KAFKA_TLS_KEY: is missing beside KAFKA_TLS_CERT; give both, or neither')
  }
  if (named.CA === undefined && named.CERT === undefined && named.KEY === undefined) return undefined
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

function readSasl(text: Text, problems: string[]): KafkaSettings['sasl'] {
  const mechanism = text('KAFKA_SASL_MECHANISM')?.toLowerCase()
  const username = text('KAFKA_SASL_USERNAME')
  const password = text('KAFKA_SASL_PASSWORD')
  if (mechanism === undefined) {
    if (username !== undefined || password !== undefined) problems.push('KAFKA_SASL_MECHANISM: is missing beside a user name or password; give plain, scram-sha-256 or scram-sha-512')
    return undefined
  }
  if (!MECHANISMS.includes(mechanism)) problems.push('KAFKA_SASL_MECHANISM: is none of plain, scram-sha-256, scram-sha-512; give one of them')
  if (username === undefined) problems.push('KAFKA_SASL_USERNAME: is missing; give the user name of this service at the broker')
  if (password === undefined) problems.push('KAFKA_SASL_PASSWORD: is missing; give the password of this service at the broker')
  return username !== undefined && password !== undefined ? { mechanism: mechanism as SaslMechanism, username, password } : undefined
}
