import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdtempSync, chmodSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres'
import { isAlive, processesIn, until } from './processes'
import { repositoryRoot } from './repository-root'

/** One connection, one question. */
const ask = async (url: string, query: string): Promise<unknown[]> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await sql.unsafe(query)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

describe('the embedded PostgreSQL', () => {
  let folder: string
  let server: EmbeddedPostgres | undefined
  const start = async (): Promise<EmbeddedPostgres> => (server = await startEmbeddedPostgres({ folder }))
  const kill = async (pid: number): Promise<void> => {
    process.kill(-pid, 'SIGKILL')
    await until(() => processesIn(join(folder, 'postgres')).length === 0, 10_000)
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chorus-embedded-'))
    chmodSync(folder, 0o755)
    await start()
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('listens on this machine alone and keeps its passwords to itself', async () => {
    expect(await ask(server!.adminUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
    expect(statSync(join(folder, 'postgres.json')).mode & 0o077).toBe(0)
    expect(statSync(join(folder, 'postgres')).mode & 0o077).toBe(0)
    const wrong = new URL(server!.appUrl)
    wrong.password = 'guess'
    await expect(ask(wrong.toString(), 'select 1')).rejects.toThrow(/password authentication failed/)
  })

  it('is entered by hand as the runbook says', async () => {
    const place = mkdtempSync(join(tmpdir(), 'chorus-by-hand-'))
    // in place of psql, which not every machine has: says what it was given
    writeFileSync(join(place, 'psql'), '#!/bin/sh\nprintf "%s\\n" "$PGPASSWORD" "$@"\n', { mode: 0o755 })
    symlinkSync(folder, join(place, '.chorus'))
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ pid: process.pid, postgresPort: server!.port }))
    const runbook = readFileSync(join(repositoryRoot(), 'docs/runbooks/a-service-is-down.md'), 'utf8')
    const block = /## SQL by hand[\s\S]*?```\n([\s\S]*?)```/.exec(runbook)?.[1] ?? ''
    const [password, ...words] = execFileSync('sh', ['-c', block], { cwd: place, env: { ...process.env, PATH: `${place}:${process.env.PATH}` }, encoding: 'utf8' }).trim().split('\n')
    const after = (flag: string): string => words[words.indexOf(flag) + 1] ?? ''
    expect(await ask(`postgres://${after('-U')}:${password}@${after('-h')}:${after('-p')}/${words.at(-1)}`, 'select current_user::text as who')).toEqual([{ who: 'chorus_owner' }])
    rmSync(place, { recursive: true })
    rmSync(join(folder, 'run.json'))
  })

  it('gives the services a role that owns nothing and may make nothing', async () => {
    await ask(server!.ownerUrl, 'create table kept (id int); insert into kept values (7)')
    await expect(ask(server!.appUrl, 'create table mine (id int)')).rejects.toThrow(/permission denied/)
    await expect(ask(server!.appUrl, 'select * from kept')).rejects.toThrow(/permission denied/)
    expect(await ask(server!.appUrl, 'select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user')).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false }])
  })

  it('keeps what it holds from one start to the next', async () => {
    await server!.stop()
    expect(processesIn(join(folder, 'postgres'))).toEqual([])
    await start()
    expect(await ask(server!.ownerUrl, 'select id from kept')).toEqual([{ id: 7 }])
  })

  it('starts again after a power cut, also where another program has got the old process id', async () => {
    await kill(server!.pid)
    await expect(server!.ended).resolves.toEqual({ diskFull: false, text: expect.stringMatching(/ended by itself/) })
    const pidFile = join(folder, 'postgres', 'postmaster.pid')
    const lines = readFileSync(pidFile, 'utf8').split('\n')
    writeFileSync(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'))
    await start()
    expect(await ask(server!.ownerUrl, 'select id from kept')).toEqual([{ id: 7 }])
  }, 30_000)

  it('is gone only when its last process is, also one that does not notice that its server died', async () => {
    const sql = postgres(server!.adminUrl, { max: 1, onnotice: () => undefined })
    const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
    process.kill(backend!.pid, 'SIGSTOP')
    process.kill(server!.pid, 'SIGKILL')
    await expect(server!.ended).resolves.toEqual({ diskFull: false, text: expect.stringMatching(/ended by itself/) })
    expect(processesIn(join(folder, 'postgres'))).toEqual([])
    await sql.end({ timeout: 1 })
    await start()
    expect(await ask(server!.ownerUrl, 'select id from kept')).toEqual([{ id: 7 }])
  }, 30_000)

  it('ends a server that an earlier run left in its folder', async () => {
    const earlier = server!.pid
    await start()
    expect(isAlive(earlier)).toBe(false)
    expect(await ask(server!.ownerUrl, 'select id from kept')).toEqual([{ id: 7 }])
  }, 30_000)

  it('stops when whoever started it is killed', async () => {
    await server!.stop()
    const program = `require(${JSON.stringify(join(__dirname, '../../../test/support/register.js'))})
      require(${JSON.stringify(join(__dirname, 'embedded-postgres.ts'))}).startEmbeddedPostgres({ folder: ${JSON.stringify(folder)} }).then((s) => console.log(s.pid))
      setInterval(() => undefined, 1000)`
    const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = await new Promise<number>((resolve) => { parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk))) })
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    expect(await until(() => !isAlive(pid) && processesIn(join(folder, 'postgres')).length === 0, 20_000)).toBe(true)
  }, 60_000)

  describe('on a damaged folder says what is wrong and what to do', () => {
    const data = (): string => join(folder, 'postgres')
    const damage = async (file: string, content: string | undefined, message: RegExp): Promise<void> => {
      const before = readFileSync(file)
      if (content === undefined) rmSync(file)
      else writeFileSync(file, content)
      await expect(startEmbeddedPostgres({ folder })).rejects.toThrow(message)
      writeFileSync(file, before)
      expect(processesIn(data())).toEqual([])
    }

    it('when its version is missing', () => damage(join(data(), 'PG_VERSION'), undefined, /damaged: its file PG_VERSION is missing\. Restore .* from a backup.*move that folder away/))
    it('when another PostgreSQL made it', () => damage(join(data(), 'PG_VERSION'), '16\n', /made by PostgreSQL 16, this Chorus brings 18/))
    it('when the passwords are missing', () => damage(join(folder, 'postgres.json'), undefined, /postgres\.json, the database's passwords, is missing/))
    it('when a file of the server is cut short', () => damage(join(data(), 'global', 'pg_control'), 'x', /PostgreSQL does not start on it\. It says: .*pg_control/), 30_000)
  })
})

describe('a start that is stopped half-way', () => {
  it.each([0, 150, 500])('after %i ms leaves neither process nor half a database', async (delay) => {
    const folder = mkdtempSync(join(tmpdir(), 'chorus-embedded-'))
    chmodSync(folder, 0o755)
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), delay)
    await expect(startEmbeddedPostgres({ folder, signal: stop.signal })).rejects.toThrow('enough')
    expect(readdirSync(folder).filter((name) => name.startsWith('postgres.new'))).toEqual([])
    expect(processesIn(folder)).toEqual([])
    expect(processesIn(join(folder, 'postgres'))).toEqual([])
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)
})

it('starts below a folder that is closed to everybody else', async () => {
  const closed = mkdtempSync(join(tmpdir(), 'chorus-closed-'))
  const folder = join(closed, 'data')
  mkdirSync(folder)
  try {
    const server = await startEmbeddedPostgres({ folder })
    expect(await ask(server.appUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await server.stop()
    expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(false)
  } finally {
    rmSync(closed, { recursive: true, force: true })
  }
}, 60_000)
