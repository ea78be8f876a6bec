import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** How to reach the Kafka brokers, and as whom. */
export interface KafkaSettings {
  /** host:port of one or more brokers; the others are learned from them */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** contents of PEM files; present = TLS */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string }
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
const OTHERS = ['KAFKA_TLS_CA', 'KAFKA_TLS_CERT', 'KAFKA_TLS_KEY', 'KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const

/**
 * The bus that an environment means; undefined where KAFKA_BROKERS is not set: the log itself is the bus.
 * @param env the environment's variables
 * @param folder what a relative path of a PEM file is relative to, absolute
 * @param problems gets one line for each wrong setting, never a value
 */
export const readKafkaSettings = (env: Readonly<Record<string, string | undefined>>, folder: string, problems: string[]): KafkaSettings | undefined => {
  const text = (name: string): string | undefined => env[name]?.trim() || undefined
  const named = env.KAFKA_BROKERS?.trim()
  if (named === undefined || named === '') {
    const lost = OTHERS.find((name) => text(name) !== undefined)
    if (lost) problems.push(`${lost}: is set without KAFKA_BROKERS; name the brokers, or unset it: without brokers the log itself is the bus`)
    return undefined
  }
  const brokers = named.split(',').map((broker) => broker.trim())
  if (!brokers.every((broker) => /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/.test(broker))) problems.push('KAFKA_BROKERS: is not a list of host:port; give for example 127.0.0.1:9092, or several with commas between')
  const clientId = text('KAFKA_CLIENT_ID') ?? 'chorus'
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(clientId)) problems.push('KAFKA_CLIENT_ID: has characters that Kafka does not take; give letters, digits, dot, dash and underscore')

  const pem = (name: string): string | undefined => {
    const path = text(name)
    if (path === undefined) return undefined
    try { return readFileSync(resolve(folder, path), 'utf8') } catch (error) {
      problems.push(`${name}: its file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}); give the path of a PEM file that this user may read`)
      return ''
    }
  }
  const [ca, cert, key] = [pem('KAFKA_TLS_CA'), pem('KAFKA_TLS_CERT'), pem('KAFKA_TLS_KEY')]
  if ((cert === undefined) !== (key === undefined)) problems.push('KAFKA_TLS_CERT, KAFKA_TLS_KEY: one is set without the other; a client certificate needs both')

  const mechanism = text('KAFKA_SASL_MECHANISM')?.toLowerCase()
  const [username, password] = [text('KAFKA_SASL_USERNAME'), env.KAFKA_SASL_PASSWORD || undefined]
  const known = MECHANISMS.find((one) => one === mechanism)
  if (mechanism !== undefined && known === undefined) problems.push(`KAFKA_SASL_MECHANISM: is none of ${MECHANISMS.join(', ')}; give one of them`)
  if (mechanism === undefined && (username !== undefined || password !== undefined)) problems.push(`KAFKA_SASL_MECHANISM: is missing beside a user name or password; give one of ${MECHANISMS.join(', ')}`)
  if (mechanism !== undefined && (username === undefined || password === undefined)) problems.push('KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: are not both set; the mechanism needs both')
  return {
    brokers, clientId,
    ...(ca !== undefined || cert !== undefined || key !== undefined ? { tls: { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) } } : {}),
    ...(known && username && password ? { sasl: { mechanism: known, username, password } } : {}),
  }
}
