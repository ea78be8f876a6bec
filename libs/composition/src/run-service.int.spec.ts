/** A service as its own process: it waits for what it stands on in clear words, says so in its health, and stops as asked. */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { installRights, migrate } from '@chorus/platform'
import { freshDatabase, type FreshDatabase } from '../../../test/support/database'

const root = join(__dirname, '../../..')
const freePort = (): Promise<number> => new Promise((resolve) => { const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address() as AddressInfo; server.close(() => resolve(port)) }) })

interface Service { readonly child: ChildProcess; readonly port: number; words(): string; readonly exit: Promise<number | null> }

describe('a service of its own', () => {
  let data: string
  let database: FreshDatabase
  let services: Service[] = []

  const start = async (service: string, env: Record<string, string>): Promise<Service> => {
    const port = await freePort()
    const child = fork(join(root, 'apps', service, 'src/main.ts'), [], {
      execArgv: ['-r', join(root, 'test/support/register.js')], stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, CHORUS_DATA: data, CHORUS_PORT: String(port), CHORUS_LOG_LEVEL: 'error', ...env },
    })
    let words = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { words += chunk.toString() })
    const started = { child, port, words: () => words, exit: new Promise<number | null>((resolve) => { child.on('exit', (code) => resolve(code)) }) }
    services.push(started)
    return started
  }
  const ask = async ({ port }: Service, path: string, init?: RequestInit): Promise<{ status: number; body: { status: unknown; type?: string; retryable?: boolean; checks?: { name: string; ok: boolean; text: string }[] } } | undefined> => {
    try { const response = await fetch(`http://127.0.0.1:${port}${path}`, init); return { status: response.status, body: await response.json() as never } } catch { return undefined }
  }
  /** Asks again and again until it holds; the test's own limit ends it. */
  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (;;) { const seen = await look(); if (seen !== undefined) return seen; await new Promise((resolve) => setTimeout(resolve, 50)) }
  }
  const ready = (service: Service): Promise<true> => until(async () => (await ask(service, '/health/ready'))?.status === 200 ? true : undefined)

  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'chorus-service-'))
    database = await freshDatabase()
    services = []
  })
  afterEach(async () => {
    for (const { child, exit } of services) { child.kill('SIGKILL'); await exit }
    await database.drop()
    rmSync(data, { recursive: true, force: true })
  })

  it('waits for its schema: alive, not ready and why, everything else told to come again; then it starts by itself, and stops when told', async () => {
    const owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
    await owner`drop schema bus cascade`
    await owner`delete from public.chorus_migrations where name like '0040%' or name like '0080%'`
    await owner.end()
    const service = await start('operations', { DATABASE_URL: database.appUrl })
    const { body } = await until(async () => { const seen = await ask(service, '/health/ready'); return seen?.body.checks?.[0]?.text.includes('lacks') ? seen : undefined })
    expect(body).toMatchObject({ status: 'not-ready', checks: [{ name: 'start', ok: false, text: expect.stringMatching(/lacks 2 migrations \(first: 0040-.*npx chorus migrate/) as string }] })
    expect(await ask(service, '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } })
    expect(await ask(service, '/v1/log/head', { method: 'POST', body: '{}' })).toMatchObject({ status: 503, body: { type: '/problems/retry-later', retryable: true } })
    const login = decodeURIComponent(new URL(database.appUrl).username)
    await migrate(database.ownerUrl, login)
    await installRights(database.ownerUrl, login)
    await ready(service)
    expect(service.words().match(/waiting: /g)).toHaveLength(1)
    service.child.kill('SIGTERM')
    expect(await service.exit).toBe(0)
    expect(service.words()).toMatch(/operations at http:\/\/127\.0\.0\.1:\d+[\s\S]*operations stopped/)
  })

  it('waits for a database that is not there, and never says its password', async () => {
    const service = await start('operations', { DATABASE_URL: `postgres://chorus_app:secret-word@127.0.0.1:${await freePort()}/chorus` })
    const seen = await until(async () => { const answer = await ask(service, '/health/ready'); return answer?.body.checks?.[0]?.text.includes('cannot be used') ? answer : undefined })
    expect(JSON.stringify(seen)).toMatch(/nothing listens there\. Start it, or correct DATABASE_URL\./)
    // that is the way of one process for all alone
    expect(JSON.stringify(seen) + service.words()).not.toMatch(/a database of its own/)
    expect(JSON.stringify(seen) + service.words()).not.toContain('secret-word')
    service.child.kill('SIGTERM')
    expect(await service.exit).toBe(0)
  })

  it('serves while no broker answers, says so, and takes what is asked of it', async () => {
    const service = await start('services', { DATABASE_URL: database.appUrl, KAFKA_BROKERS: `127.0.0.1:${await freePort()}` })
    const { body } = await until(async () => { const seen = await ask(service, '/health/ready'); return seen?.body.checks?.some(({ name, ok }) => name === 'log' && ok) && seen.status === 503 ? seen : undefined })
    expect(body.checks).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'database', ok: true }), expect.objectContaining({ ok: false })]))
    expect((await ask(service, '/v1/me'))?.status).toBe(401)
    service.child.kill('SIGTERM')
    expect(await service.exit).toBe(0)
  })

  it('refuses to start on the positions of another log', async () => {
    const first = await start('services', { DATABASE_URL: database.appUrl })
    await ready(first)
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    const app = postgres(database.appUrl, { max: 1, onnotice: () => undefined })
    const moved = await app`update bus.consumers set log = gen_random_uuid()`
    await app.end()
    expect(moved.count).toBeGreaterThan(0)
    const second = await start('services', { DATABASE_URL: database.appUrl })
    expect(await second.exit).toBe(1)
    expect(second.words()).toMatch(/has worked log .* but this is log .*\. Point it to its own log/)
    expect(second.words()).not.toMatch(/\n\s+at /)
  })

  it('ends with 2 and every wrong setting; with 6 where its port is taken', async () => {
    const wrong = await start('finance', { CHORUS_MODE: 'test' })
    expect(await wrong.exit).toBe(2)
    expect(wrong.words()).toMatch(/2 settings are wrong:[\s\S]*DATABASE_URL[\s\S]*CHORUS_MODE/)
    const first = await start('operations', { DATABASE_URL: database.appUrl })
    await ready(first)
    const second = await start('operations', { DATABASE_URL: database.appUrl, CHORUS_PORT: String(first.port) })
    expect(await second.exit).toBe(6)
    expect(second.words()).toContain(`Port ${first.port} on 127.0.0.1 is in use`)
  })

  it('ends when whoever started it is gone', async () => {
    const service = await start('operations', { DATABASE_URL: database.appUrl })
    await ready(service)
    service.child.disconnect()
    expect(await service.exit).toBe(0)
  })
})
