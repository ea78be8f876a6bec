import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERVICES } from '@chorus/contracts'
import { SettingsRefused } from '@chorus/platform'
import { portOf, readServiceSettings, readSettingsWithBus } from './service-settings'

const DATABASE_URL = 'postgres://chorus_app:secret-word@127.0.0.1:5432/chorus'
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
  })
})
