import { KafkaSettingsRefused, readKafkaSettings } from './kafka-settings'

const PEM: Readonly<Record<string, string>> = {
  '/ca.pem': '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n',
  '/cert.pem': '-----BEGIN CERTIFICATE-----\ncert\n-----END CERTIFICATE-----\n',
  '/key.pem': '-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n',
}
const readPem = (path: string): string => {
  const text = PEM[path]
  if (text === undefined) throw new Error('ENOENT')
  return text
}
const read = (env: Record<string, string>) => readKafkaSettings(env, 'chorus-relay', readPem)
const problems = (env: Record<string, string>): readonly string[] => {
  try {
    read(env)
  } catch (error) {
    if (error instanceof KafkaSettingsRefused) return error.problems
    throw error
  }
  return []
}
const BROKERS = { KAFKA_BROKERS: 'kafka-1.example:9093' }

describe('what the environment says about Kafka', () => {
  it('is nothing where KAFKA_BROKERS is unset: the bus is the log', () => {
    expect(read({ KAFKA_PREFIX: ' ', CHORUS_MODE: 'production' })).toBeUndefined()
  })

  it.each(['CLIENT_ID', 'PREFIX', 'TLS_CA', 'TLS_CERT', 'TLS_KEY', 'SASL_MECHANISM', 'SASL_USERNAME', 'SASL_PASSWORD'])('is wrong where KAFKA_%s is set without KAFKA_BROKERS: whoever set it believes that Kafka is the bus', (name) => {
    expect(problems({ [`KAFKA_${name}`]: 'secret' })).toEqual([expect.stringMatching(new RegExp(`^KAFKA_${name}: is set without KAFKA_BROKERS.*; set .* or unset`))])
    expect(problems({ [`KAFKA_${name}`]: 'secret' }).join()).not.toContain('secret')
  })

  it('has defaults', () => {
    expect(read({ KAFKA_BROKERS: ' 127.0.0.1:9092, [::1]:9093 ' })).toEqual({ brokers: ['127.0.0.1:9092', '[::1]:9093'], clientId: 'chorus-relay', prefix: '' })
  })

  it('takes names, TLS and SASL', () => {
    expect(read({
      ...BROKERS, KAFKA_CLIENT_ID: 'chorus-intake', KAFKA_PREFIX: 'staging.', KAFKA_TLS_CA: '/ca.pem', KAFKA_TLS_CERT: '/cert.pem', KAFKA_TLS_KEY: '/key.pem',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'intake', KAFKA_SASL_PASSWORD: 'for-tests-only',
    })).toEqual({
      brokers: ['kafka-1.example:9093'], clientId: 'chorus-intake', prefix: 'staging.', tls: { ca: PEM['/ca.pem'], cert: PEM['/cert.pem'], key: PEM['/key.pem'] },
      sasl: { mechanism: 'scram-sha-512', username: 'intake', password: 'for-tests-only' },
    })
    expect(read({ ...BROKERS, KAFKA_TLS_CA: 'system' })?.tls).toEqual({})
  })

  it.each<[Record<string, string>, RegExp]>([
    [{ KAFKA_BROKERS: '' }, /^KAFKA_BROKERS: is empty; give host:port/],
    [{ KAFKA_BROKERS: 'kafka-1.example' }, /^KAFKA_BROKERS: holds something that is no host:port/],
    [{ KAFKA_BROKERS: 'kafka-1.example:0' }, /no host:port/],
    [{ KAFKA_BROKERS: 'kafka-1.example:70000' }, /no host:port/],
    [{ KAFKA_BROKERS: 'http://kafka-1.example:9092' }, /no host:port/],
    [{ ...BROKERS, KAFKA_CLIENT_ID: 'two words' }, /^KAFKA_CLIENT_ID: is no name/],
    [{ ...BROKERS, KAFKA_PREFIX: 'a/b' }, /^KAFKA_PREFIX: is no prefix/],
    [{ ...BROKERS, KAFKA_TLS_CA: '/nowhere.pem' }, /^KAFKA_TLS_CA: the file cannot be read/],
    [{ ...BROKERS, KAFKA_TLS_CA: '/key.pem' }, /^KAFKA_TLS_CA: the file holds no certificate/],
    [{ ...BROKERS, KAFKA_TLS_CERT: '/cert.pem' }, /^KAFKA_TLS_KEY: is missing beside KAFKA_TLS_CERT/],
    [{ ...BROKERS, KAFKA_TLS_KEY: '/key.pem' }, /^KAFKA_TLS_CERT: is missing beside KAFKA_TLS_KEY/],
    [{ ...BROKERS, KAFKA_TLS_CERT: '/cert.pem', KAFKA_TLS_KEY: '/ca.pem' }, /^KAFKA_TLS_KEY: the file holds no private key/],
    [{ ...BROKERS, KAFKA_SASL_USERNAME: 'intake' }, /^KAFKA_SASL_MECHANISM: is missing/],
    [{ ...BROKERS, KAFKA_SASL_MECHANISM: 'gssapi', KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD: 'b' }, /^KAFKA_SASL_MECHANISM: is none of/],
    [{ ...BROKERS, KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_PASSWORD: 'b' }, /^KAFKA_SASL_USERNAME: is missing/],
    [{ ...BROKERS, KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_USERNAME: 'a' }, /^KAFKA_SASL_PASSWORD: is missing/],
    [{ ...BROKERS, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD: 'b' }, /clear text and TLS is off/],
  ])('refuses %j with a sentence', (env, text) => {
    expect(problems(env)).toEqual([expect.stringMatching(text)])
  })

  it('says every wrong setting at once, and no value', () => {
    const env = { KAFKA_BROKERS: 'secret host', KAFKA_CLIENT_ID: 'secret id', KAFKA_SASL_MECHANISM: 'secret', KAFKA_SASL_PASSWORD: 'secret' }
    expect(problems(env)).toHaveLength(4)
    expect(() => read(env)).toThrow(/4 settings are wrong/)
    expect(problems(env).join()).not.toContain('secret')
  })

  it('lets a password over this machine\'s own loopback', () => {
    expect(problems({ KAFKA_BROKERS: '127.0.0.1:9092,localhost:9093', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD: 'b' })).toEqual([])
  })
})
