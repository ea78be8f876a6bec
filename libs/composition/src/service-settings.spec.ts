import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERVICES } from '@chorus/contracts'
import { SettingsRefused } from '@chorus/platform'
import { portOf, readDistributedSettings, readServiceSettings, readSettingsWithBus } from './service-settings'

const DATABASE_URL = 'postgres://chorus_app:secret-word@127.0.0.1:5432/chorus'
const OWNER = 'postgres://chorus_owner:secret-word@127.0.0.1:5432/chorus'
const ofAll = (env: Record<string, string>): string[] => problemsOf(() => readSettingsWithBus(env, '/srv', 'chorus')).map((line) => line.split(':')[0]!)
const problemsOf = (read: () => unknown): readonly string[] => { try { read() } catch (error) { if (error instanceof SettingsRefused) return error.problems; throw error } return [] }

describe('the settings of a service', () => {
  it('are the database alone; the rest has a default, each service a port and a name at the broker of its own', () => {
    const all = SERVICES.map((service) => readServiceSettings(service, { DATABASE_URL, KAFKA_BROKERS: '127.0.0.1:9092' }, '/srv'))
    expect(new Set(all.map(({ port }) => port)).size).toBe(SERVICES.length)
    expect(new Set(all.map(({ kafka }) => kafka?.clientId)).size).toBe(SERVICES.length)
    expect(readServiceSettings('intake', { DATABASE_URL }, '/srv')).toMatchObject({ port: 8260, data: '/srv/.chorus', mode: 'demonstration', databaseUrl: DATABASE_URL })
    expect(readServiceSettings('finance', { DATABASE_URL, CHORUS_PORT: '9000', KAFKA_BROKERS: 'b:9092', KAFKA_CLIENT_ID: 'ledger' }, '/srv')).toMatchObject({ port: 9000, kafka: { clientId: 'ledger' } })
    expect(portOf('intake')).toBe(8260)
  })

  it('have no bus of their own without a broker: the log is the bus', () => {
    expect(readServiceSettings('deterrence', { DATABASE_URL }, '/srv').kafka).toBeUndefined()
    expect(readServiceSettings('deterrence', { DATABASE_URL, KAFKA_BROKERS: ' ' }, '/srv').kafka).toBeUndefined()
  })

  it('are refused with a line for each that is wrong, and without a value', () => {
    const problems = problemsOf(() => readServiceSettings('relay', { CHORUS_PORT: 'eighty', CHORUS_MODE: 'test', DATABASE_OWNER_URL: DATABASE_URL }, '/srv'))
    expect(problems.map((line) => line.split(':')[0]).sort()).toEqual(['CHORUS_MODE', 'CHORUS_PORT', 'DATABASE_OWNER_URL', 'DATABASE_URL', 'KAFKA_BROKERS'])
    expect(problems.join()).not.toContain('secret-word')
    expect(problemsOf(() => readServiceSettings('intake', { DATABASE_URL: 'mysql://secret-word', KAFKA_BROKERS: 'nowhere', KAFKA_SASL_USERNAME: 'secret-word' }, '/srv')).length).toBeGreaterThanOrEqual(3)
    expect(problemsOf(() => readServiceSettings('intake', { DATABASE_URL: 'mysql://secret-word', KAFKA_BROKERS: 'nowhere' }, '/srv')).join()).not.toContain('secret-word')
  })
})

describe('settings that mean something together alone', () => {
  it('are in the list with all others: the owner of a database that is not named, and what is Kafka\'s', () => {
    expect(ofAll({ DATABASE_OWNER_URL: OWNER, KAFKA_PREFIX: 'staging.', KAFKA_TLS_CA: 'system', CHORUS_PORT: 'eighty' }).sort()).toEqual(['CHORUS_PORT', 'DATABASE_URL', 'KAFKA_PREFIX', 'KAFKA_TLS_CA'])
    expect(ofAll({ DATABASE_OWNER_URL: OWNER, DATABASE_URL })).toEqual([])
  })

  it('for start:distributed: its own broker takes a prefix, and has no doors', () => {
    const names = (env: Record<string, string>): string[] => problemsOf(() => readDistributedSettings(env, '/srv')).map((line) => line.split(':')[0]!)
    expect(names({ KAFKA_PREFIX: 'staging.' })).toEqual([])
    expect(names({ KAFKA_PREFIX: 'a/b' })).toEqual(['KAFKA_PREFIX'])
    expect(names({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'secret-word' })).toEqual(['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_PASSWORD'])
    expect(names({ DATABASE_OWNER_URL: OWNER })).toEqual(['DATABASE_URL'])
  })
})

describe('CHORUS_JWKS', () => {
  let folder: string
  let file: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'chorus-jwks-')); file = join(folder, 'jwks.json') })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'one' }

  it.each<[string, string, RegExp]>([
    ['no JSON', 'secret-word', /is not JSON; give/], ['JSON of another kind', '"secret-word"', /is not a JWKS; give/], ['nothing', 'null', /is not a JWKS; give/], ['a list', '[]', /is not a JWKS; give/],
    ['no key', '{"keys":[]}', /holds no key/], ['what are no keys', '{"keys":[null,1,"secret-word"]}', /holds no key/], ['a key of another curve', JSON.stringify({ keys: [{ ...key, crv: 'P-384' }] }), /P-256/],
  ])('whose file holds %s is one of the wrong settings', (_, text, words) => {
    writeFileSync(file, text)
    const problems = problemsOf(() => readSettingsWithBus({ CHORUS_JWKS: file, CHORUS_MODE: 'production', CHORUS_PORT: 'eighty' }, '/srv', 'chorus'))
    expect(problems).toEqual([expect.stringMatching(/^CHORUS_PORT/), expect.stringMatching(words)])
    expect(problems.join()).not.toContain('secret-word')
  })

  it.each([['/nowhere/jwks.json', /cannot be read \(ENOENT\); give/], ['ftp://keys.example.org/jwks', /cannot be read/], ['http://keys.example.org/jwks', /https only; give/], ['https://', /is not an address; give/], [tmpdir(), /cannot be read \(EISDIR\)/]])('%s is refused in the list', (jwks, words) => {
    expect(problemsOf(() => readServiceSettings('intake', { DATABASE_URL, CHORUS_JWKS: jwks }, '/srv'))).toEqual([expect.stringMatching(words)])
  })

  it('is taken: a file with a key of ours, an https address, whatever answers there', () => {
    writeFileSync(file, JSON.stringify({ keys: [{ kty: 'RSA', n: 'n', e: 'AQAB' }, key] }))
    for (const jwks of [file, 'https://keys.example.org/jwks', 'http://127.0.0.1:9/jwks']) expect(ofAll({ CHORUS_JWKS: jwks, CHORUS_MODE: 'production' })).toEqual([])
  })
})

describe('secrets in files', () => {
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'chorus-secrets-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('are read in place of the variable, without the line end', () => {
    const file = join(folder, 'url')
    writeFileSync(file, `${DATABASE_URL}\n`)
    expect(readServiceSettings('intake', { DATABASE_URL_FILE: file }, '/srv').databaseUrl).toBe(DATABASE_URL)
    expect(readSettingsWithBus({ DATABASE_URL_FILE: file }, '/srv', 'chorus').databaseUrl).toBe(DATABASE_URL)
  })

  it('are refused where the file cannot be read, or the secret is given twice', () => {
    expect(problemsOf(() => readServiceSettings('intake', { DATABASE_URL_FILE: join(folder, 'nothing') }, '/srv')).join()).toMatch(/DATABASE_URL_FILE: the file cannot be read \(ENOENT\)/)
    writeFileSync(join(folder, 'url'), DATABASE_URL)
    expect(problemsOf(() => readServiceSettings('intake', { DATABASE_URL, DATABASE_URL_FILE: join(folder, 'url') }, '/srv')).join()).toMatch(/given twice/)
    writeFileSync(join(folder, 'url'), ' \n')
    expect(problemsOf(() => readServiceSettings('intake', { DATABASE_URL_FILE: join(folder, 'url') }, '/srv'))).toEqual([expect.stringMatching(/^DATABASE_URL_FILE: the file is empty; give/)])
  })

  it('that are wrong stand in the list with all others, and once', () => {
    expect(ofAll({ DATABASE_URL_FILE: join(folder, 'nothing'), DATABASE_OWNER_URL: OWNER, CHORUS_PORT: 'eighty', KAFKA_BROKERS: 'b:9092', KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD_FILE: join(folder, 'nothing') }))
      .toEqual(['DATABASE_URL_FILE', 'KAFKA_SASL_PASSWORD_FILE', 'CHORUS_PORT'])
  })
})
