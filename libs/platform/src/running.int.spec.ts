import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase } from '../../../test/support/database'
import { readRun } from './data-folder'
import { openDatabase } from './database'
import { MOST_RESTARTS } from './kept-up'
import { pause, processesIn, until } from './processes'
import { asRole } from './role-rights'
import { runChorus, type Booted } from './running'
import { readSettings, type Settings } from './settings'

const clock = { now: () => '2026-01-05T10:00:00.000Z' }
const listen = (): Promise<Server> => new Promise((resolve) => { const server = createServer().listen(0, '127.0.0.1', () => resolve(server)) })
const portOf = (server: Server): number => (server.address() as AddressInfo).port

describe('one Chorus on a data folder', () => {
  let folder: string
  let said: string[]
  const settings = (more: Record<string, string> = {}): Settings => readSettings({ CHORUS_DATA: join(folder, 'data'), CHORUS_PORT: '0', ...more }, folder)
  const booted = (close: () => void = () => undefined): Booted => ({ address: 'http://127.0.0.1:1', close: () => { close(); return Promise.resolve() } })
  const run = (more: Record<string, string> = {}, boot: () => Promise<Booted> = () => Promise.resolve(booted())): ReturnType<typeof runChorus> =>
    runChorus({ settings: settings(more), clock, boot, say: (line) => said.push(line) })

  beforeEach(() => {
    said = []
    folder = mkdtempSync(join(tmpdir(), 'chorus-running-'))
    chmodSync(folder, 0o755)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('says who it is in run.json while it runs, and leaves nothing when it is stopped', async () => {
    const order: string[] = []
    const running = await run({}, () => Promise.resolve(booted(() => order.push(`closed with ${processesIn(join(folder, 'data', 'postgres')).length > 0 ? 'the database up' : 'no database'}`))))
    expect(readRun(join(folder, 'data'))).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:1', mode: 'demonstration', startedtime: clock.now() })
    expect(said.join('\n')).toMatch(/making the database[\s\S]*database ready in [\d.]+ s/)
    await Promise.all([running.stop(), running.stop()])
    expect(order).toEqual(['closed with the database up'])
    expect(processesIn(join(folder, 'data', 'postgres'))).toEqual([])
    expect(existsSync(join(folder, 'data', 'run.json'))).toBe(false)
  }, 60_000)

  it('refuses a second beside the first, by its process and address', async () => {
    const running = await run()
    await expect(run()).rejects.toThrow(new RegExp(`already uses the data folder .*process ${process.pid}, at http://127\\.0\\.0\\.1:1\\. Use that one, stop it \\(kill ${process.pid}\\)`))
    expect(readRun(join(folder, 'data'))).toBeDefined()
    await running.stop()
  }, 60_000)

  it('says in run.json that it ends with one command, and refuses a second until then', async () => {
    const running = await runChorus({ settings: settings(), clock, boot: () => Promise.resolve(booted()), forOneCommand: true })
    expect(readRun(join(folder, 'data'))).toMatchObject({ pid: process.pid, forOneCommand: true, url: 'http://127.0.0.1:1' })
    await expect(run()).rejects.toThrow(new RegExp(`already uses the data folder .*process ${process.pid}, for the time of one command\\. Wait until that has finished`))
    await running.stop()
    const next = await run()
    expect(readRun(join(folder, 'data'))?.forOneCommand).toBeUndefined()
    await next.stop()
  }, 60_000)

  it('is alone also when two start at the same moment, one of them over what a power cut left', async () => {
    await (await run()).stop()
    writeFileSync(join(folder, 'data', 'run.json'), '{')
    const [one, other] = await Promise.allSettled([run(), run()])
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected'])
    await (one.status === 'fulfilled' ? one.value : other.status === 'fulfilled' ? other.value : undefined)?.stop()
    expect(existsSync(join(folder, 'data', 'run.json'))).toBe(false)
  }, 60_000)

  it('takes over from a run that a power cut ended', async () => {
    await (await run()).stop()
    writeFileSync(join(folder, 'data', 'run.json'), JSON.stringify({ pid: process.pid, born: 'another boot', url: 'http://127.0.0.1:9' }))
    const running = await run()
    expect(readRun(join(folder, 'data'))?.url).toBe('http://127.0.0.1:1')
    await running.stop()
  }, 60_000)

  it('gives everything back when the application does not come up', async () => {
    await expect(run({}, () => Promise.reject(new Error('no'))) ).rejects.toThrow('no')
    expect(processesIn(join(folder, 'data', 'postgres'))).toEqual([])
    expect(existsSync(join(folder, 'data', 'run.json'))).toBe(false)
  }, 60_000)

  it('starts the database again when it dies, keeps what it holds and its address, and ends when it dies again and again', async () => {
    let url = ''
    const running = await runChorus({ settings: settings(), clock, say: (line) => said.push(line), boot: (ready) => { url = asRole(ready.databaseUrl, 'intake'); return Promise.resolve(booted()) } })
    const sql = postgres(url, { max: 1, onnotice: () => undefined, connect_timeout: 2 })
    const head = async (): Promise<unknown> => { for (;;) try { return (await sql`select log from log.head`)[0] } catch { await pause(50) } }
    try {
      const before = await head()
      for (let time = 1; time <= MOST_RESTARTS; time++) {
        // those behind the first may have gone with it
        for (const pid of processesIn(join(folder, 'data', 'postgres'))) try { process.kill(pid, 'SIGKILL') } catch { /* it is gone already */ }
        expect(await until(() => said.filter((line) => line.startsWith('PostgreSQL is back')).length === time, 30_000)).toBe(true)
        expect(await head()).toEqual(before)
      }
      expect(said.filter((line) => line.includes('ended by itself'))).toHaveLength(MOST_RESTARTS)
      for (const pid of processesIn(join(folder, 'data', 'postgres'))) try { process.kill(pid, 'SIGKILL') } catch { /* it is gone already */ }
      await expect(running.died).resolves.toMatch(/PostgreSQL ended by itself; its log: .*postgres\.log\. It was started again 3 times already within 10 minutes: look into its log/)
    } finally {
      await sql.end({ timeout: 1 })
      await running.stop()
    }
    expect(processesIn(join(folder, 'data', 'postgres'))).toEqual([])
  }, 120_000)

  it('says why the database does not come back', async () => {
    const running = await run()
    rmSync(join(folder, 'data', 'postgres', 'PG_VERSION'))
    for (const pid of processesIn(join(folder, 'data', 'postgres'))) process.kill(pid, 'SIGKILL')
    await expect(running.died).resolves.toMatch(/ended by itself.*and does not start again: .*damaged: its file PG_VERSION is missing/)
    await running.stop()
  }, 60_000)

  it('refuses a busy port before it starts anything, and names who has it', async () => {
    const other = await listen()
    await expect(run({ CHORUS_PORT: String(portOf(other)) })).rejects.toThrow(new RegExp(`Port ${portOf(other)} on 127\\.0\\.0\\.1 is in use by .*CHORUS_PORT=${portOf(other) + 1}`))
    expect(existsSync(join(folder, 'data', 'postgres'))).toBe(false)
    other.close()
  })

  it.each(['8260', '0'])('refuses an address that is not this machine\'s before it starts anything, port %s', async (port) => {
    await expect(run({ CHORUS_PORT: port, CHORUS_HOST: '192.0.2.1' })).rejects.toThrow(/192\.0\.2\.1 is no address of this machine\. Correct CHORUS_HOST/)
    expect(existsSync(join(folder, 'data', 'postgres'))).toBe(false)
  })

  it('refuses a data folder that is a file', async () => {
    writeFileSync(join(folder, 'data'), '')
    await expect(run()).rejects.toThrow(/data folder .* cannot be used: .*Make it writable for this user, or choose another with CHORUS_DATA/)
  })

  it('refuses a data folder that cannot be made, in whatever depth', async () => {
    await expect(run({ CHORUS_DATA: '/proc/none/data' })).rejects.toThrow(/data folder \/proc\/none\/data cannot be used: .*choose another with CHORUS_DATA/)
    const running = await run({ CHORUS_DATA: join(folder, 'a', 'b', 'data') })
    expect(existsSync(join(folder, 'a', 'b', 'data', 'run.json'))).toBe(true)
    await running.stop()
  }, 60_000)
})

describe('a database of one\'s own', () => {
  const settings = (databaseUrl: string, databaseOwnerUrl?: string): Settings => ({ ...readSettings({}, '/'), databaseUrl, databaseOwnerUrl })

  it('is migrated with the owner\'s address, and refused without while migrations are missing', async () => {
    const database = await freshDatabase({ migrated: false })
    await expect(openDatabase(settings(database.appUrl))).rejects.toThrow(/lacks \d+ migrations \(first: .*\)\. Set DATABASE_OWNER_URL/)
    await openDatabase(settings(database.appUrl, database.ownerUrl))
    expect((await openDatabase(settings(database.appUrl))).appUrl).toBe(database.appUrl)
    await database.drop()
  })

  it('is not opened where the owner alone is named: nobody would know which database is meant', async () => {
    const { databaseUrl: _, ...without } = settings('', 'postgres://o:p@h/d')
    await expect(openDatabase(without as Settings)).rejects.toThrow(/^DATABASE_OWNER_URL: .*set both/)
  })

  it('is not used with a role that owns the tables: a warning, in production a refusal', async () => {
    const database = await freshDatabase({ bounded: true })
    const said: string[] = []
    const say = (line: string): void => { said.push(line) }
    try {
      await openDatabase(settings(database.appUrl), { say })
      expect(said).toEqual([])
      await openDatabase(settings(database.ownerUrl), { say })
      expect(said).toEqual([expect.stringMatching(/^WARNING: The role of DATABASE_URL, .*_owner, may make roles; owns log\.events.*may change or remove events.*the owner in DATABASE_OWNER_URL alone/)])
      await expect(openDatabase({ ...settings(database.ownerUrl), mode: 'production' })).rejects.toThrow(/owns .*Production does not start so/)
    } finally { await database.drop() }
  })

  it('is named when nothing answers there, without its password', async () => {
    const gone = await listen()
    const port = portOf(gone)
    await new Promise((resolve) => { gone.close(resolve) })
    const failure = await openDatabase(settings(`postgres://chorus:hunter2@127.0.0.1:${port}/city`)).catch((error: unknown) => String(error))
    expect(failure).toMatch(new RegExp(`DATABASE_URL: PostgreSQL at 127\\.0\\.0\\.1:${port}, database city, role chorus cannot be used: nothing listens there\\. Start it, or correct DATABASE_URL; without DATABASE_URL Chorus brings a database of its own\\.`))
    expect(failure).not.toContain('hunter2')
  })

  it.each([['password', 'the password is wrong'], ['database', 'there is no such database']])('says when the %s is wrong', async (part, message) => {
    const database = await freshDatabase({ migrated: false })
    const url = new URL(database.appUrl)
    if (part === 'password') url.password = 'guess'
    else url.pathname = '/nowhere'
    const failure = await openDatabase(settings(url.toString())).then(() => 'opened', (error: unknown) => String(error))
    await database.drop()
    expect(failure).toContain(message)
  })
})

it('run.json that cannot be read counts for nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-running-'))
  writeFileSync(join(folder, 'run.json'), '{')
  expect(readRun(folder)).toBeUndefined()
  expect(readFileSync(join(folder, 'run.json'), 'utf8')).toBe('{')
  rmSync(folder, { recursive: true, force: true })
})
