import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processesIn } from '../../libs/platform/src/processes'
import { repositoryRoot } from '../../libs/platform/src/repository-root'
import { readyAt } from '../support/chorus'

const root = repositoryRoot()

interface Start { readonly child: ChildProcess; readonly said: () => string; until(pattern: RegExp): Promise<string>; readonly ended: Promise<number | null> }

/** `npm start` as npm runs it: `exec node infra/setup/start.mjs`, on a data folder and a port of its own. */
const start = (data: string, more: Record<string, string> = {}, user?: { uid: number; gid: number }): Start => {
  const { DATABASE_URL, DATABASE_OWNER_URL, ...env } = process.env
  const child = spawn(process.execPath, [join(root, 'infra/setup/start.mjs')], {
    cwd: root, env: { ...env, NODE_ENV: '', CHORUS_DATA: data, CHORUS_PORT: '0', CHORUS_SAMPLES: '0', ...more }, stdio: ['ignore', 'pipe', 'pipe'], ...user,
  })
  let text = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { text += chunk.toString(); for (const look of waiting) look() })
  const ended = new Promise<number | null>((resolve) => { child.once('close', (code) => { resolve(code); for (const look of waiting) look() }) })
  const until = (pattern: RegExp): Promise<string> => new Promise((resolve, reject) => {
    const look = (): void => {
      if (pattern.test(text)) resolve(text)
      else if (child.exitCode !== null) reject(new Error(`it ended without saying ${pattern}:\n${text}`))
      else return
      waiting.delete(look)
    }
    waiting.add(look)
    look()
  })
  return { child, said: () => text, until, ended }
}

const UP = /address +(http:\/\/127\.0\.0\.1:\d+)/
const addressIn = (text: string): string => UP.exec(text)?.[1] ?? 'none'
const postgresIn = (data: string): number[] => processesIn(join(data, 'postgres'))

describe('npm start', () => {
  let folder: string
  let data: string
  const started: Start[] = []
  const begin = (...args: Parameters<typeof start>): Start => {
    const one = start(...args)
    started.push(one)
    return one
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chorus-start-'))
    chmodSync(folder, 0o755)
    data = join(folder, 'data')
  })
  afterAll(async () => {
    for (const { child, ended } of started) {
      child.kill('SIGKILL')
      await ended
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })

  it('brings Chorus up, refuses a second beside it by name, and stops all of it on SIGTERM', async () => {
    const first = begin(data)
    const address = addressIn(await first.until(UP))
    expect((await readyAt(address)).status).toBe(200)
    expect(first.said()).toContain('npx chorus')

    const second = begin(data)
    expect(await second.ended).toBe(6)
    expect(second.said()).toContain(`process ${first.child.pid}, at ${address}`)

    const busy = begin(join(folder, 'other'), { CHORUS_PORT: new URL(address).port })
    expect(await busy.ended).toBe(6)
    expect(busy.said()).toMatch(/Port \d+ on 127\.0\.0\.1 is in use by .*CHORUS_PORT=/)

    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(postgresIn(data)).toEqual([])
    expect(existsSync(join(data, 'run.json'))).toBe(false)
  }, 120_000)

  it('stops once for a Ctrl-C that arrives twice', async () => {
    const again = begin(data)
    await again.until(UP)
    expect(again.said()).not.toContain('making the database')
    again.child.kill('SIGINT')
    again.child.kill('SIGINT')
    expect(await again.ended).toBe(0)
    expect(again.said().match(/stopping …|stopped/g)).toEqual(['stopping …', 'stopped'])
    expect(postgresIn(data)).toEqual([])
  }, 120_000)

  it('leaves nothing running when it is killed, and starts again as if nothing had been', async () => {
    const killed = begin(data)
    await killed.until(UP)
    killed.child.kill('SIGKILL')
    await killed.ended
    const again = begin(data)
    await again.until(UP)
    again.child.kill('SIGTERM')
    expect(await again.ended).toBe(0)
    expect(postgresIn(data)).toEqual([])
  }, 120_000)

  it.each(['starting', 'making the database', 'database ready'])('stopped while it says "%s", leaves no process', async (moment) => {
    const fresh = mkdtempSync(join(folder, 'half-'))
    chmodSync(fresh, 0o755)
    const half = begin(fresh)
    await half.until(new RegExp(moment))
    half.child.kill('SIGTERM')
    await half.ended
    expect(postgresIn(fresh)).toEqual([])
    expect(processesIn(fresh)).toEqual([])
    expect(existsSync(join(fresh, 'run.json'))).toBe(false)
  }, 120_000)

  it('stopped while it loads the samples, goes on with what is missing at the next start, and then no more', async () => {
    const fresh = mkdtempSync(join(folder, 'samples-'))
    chmodSync(fresh, 0o755)
    const stopped = begin(fresh, { CHORUS_SAMPLES: '1' })
    await stopped.until(/sample +2026-06-zero\.txt/)
    stopped.child.kill('SIGTERM')
    expect(await stopped.ended).toBe(0)
    const texts = [stopped.said()]
    for (let i = 0; i < 2; i++) {
      const again = begin(fresh, { CHORUS_SAMPLES: '1' })
      texts.push(await again.until(UP))
      again.child.kill('SIGTERM')
      expect(await again.ended).toBe(0)
    }
    const samples = (text: string): string[] => [...text.matchAll(/sample +(\S+): (\d+) lines/g)].map(([, name, lines]) => `${name} ${lines}`)
    expect(samples(texts.slice(0, 2).join(''))).toEqual(['2026-06-zero.txt 1', '2026-07.txt 331', '2026-08.txt 25'])
    expect(samples(texts[1]!)).not.toEqual([])
    expect(samples(texts[2]!)).toEqual([])
  }, 120_000)

  it('names every wrong setting, and starts nothing', async () => {
    const wrong = begin(join(folder, 'wrong'), { CHORUS_PORT: 'x', CHORUS_MODE: 'y', CHORUS_SAMPLES: 'few' })
    expect(await wrong.ended).toBe(2)
    expect(wrong.said()).toMatch(/CHORUS_PORT: .*\n.*CHORUS_MODE: .*\n.*CHORUS_SAMPLES: /)
    expect(existsSync(join(folder, 'wrong'))).toBe(false)
  }, 60_000)

  it('says that a database does not answer, with the exit code of that', async () => {
    const alone = begin(join(folder, 'alone'), { DATABASE_URL: 'postgres://chorus@127.0.0.1:9/chorus' })
    expect(await alone.ended).toBe(7)
    expect(alone.said()).toMatch(/DATABASE_URL: PostgreSQL at 127\.0\.0\.1:9.* cannot be used: /)
  }, 60_000)

  it('runs as an ordinary user', async () => {
    const own = mkdtempSync(join(folder, 'user-'))
    // as root: as nobody, where nobody can read this checkout; else as who we are, which is an ordinary user already
    const nobody = { uid: 65534, gid: 65534 }
    const isRoot = process.getuid?.() === 0
    const readable = isRoot && spawnSync(process.execPath, ['-e', `require(${JSON.stringify(join(root, 'package.json'))})`], { ...nobody, cwd: '/' }).status === 0
    if (readable) chownSync(own, nobody.uid, nobody.gid)
    const user = begin(own, {}, readable ? nobody : undefined)
    const address = addressIn(await user.until(UP))
    expect((await fetch(`${address}/health/live`)).status).toBe(200)
    user.child.kill('SIGTERM')
    expect(await user.ended).toBe(0)
    expect(postgresIn(own)).toEqual([])
  }, 120_000)
})

describe('commands where no Chorus runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-alone-'))
  chmodSync(folder, 0o755)
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  const { DATABASE_URL, DATABASE_OWNER_URL, CHORUS_URL, ...env } = process.env
  const command = (...words: string[]): ChildProcess => spawn(process.execPath, [join(root, 'bin/chorus.js'), ...words], { cwd: root, env: { ...env, CHORUS_DATA: folder, CHORUS_PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const result = async (child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> => {
    const texts = { out: '', err: '' }
    child.stdout?.on('data', (chunk: Buffer) => { texts.out += chunk.toString() })
    child.stderr?.on('data', (chunk: Buffer) => { texts.err += chunk.toString() })
    const code = await new Promise<number | null>((resolve) => { child.once('close', resolve) })
    return { code, ...texts }
  }

  it('two at once each have their own, one after the other: none joins the other\'s, which ends before it', async () => {
    const results = await Promise.all([result(command('log', 'head', '--json')), result(command('log', 'head', '--json'))])
    expect(results.map(({ code }) => code)).toEqual([0, 0])
    expect(new Set(results.map(({ out }) => (JSON.parse(out) as { log: string }).log)).size).toBe(1)
    expect(results.map(({ err }) => err).join('')).toMatch(/Another command has its own Chorus on this data folder \(process \d+\): waiting until it has finished\./)
  }, 120_000)

  it('killed in the middle, one leaves neither its Chorus nor a database behind', async () => {
    const killed = command('log', 'head')
    while (postgresIn(folder).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    killed.kill('SIGKILL')
    for (let tries = 0; tries < 500 && (existsSync(join(folder, 'run.json')) || postgresIn(folder).length > 0); tries++) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(postgresIn(folder)).toEqual([])
    expect(existsSync(join(folder, 'run.json'))).toBe(false)
  }, 120_000)
})

it('npm start and npm test replace the shell, so that a signal to npm reaches them', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  expect([scripts.start, scripts.test]).toEqual(['exec node infra/setup/start.mjs', 'exec node infra/setup/test.mjs'])
})

describe('set-up', () => {
  const prepare = (call: string): string => spawnSync(process.execPath, ['--input-type=module', '-e', `import * as p from ${JSON.stringify(join(root, 'infra/setup/prepare.mjs'))}; ${call}`], { encoding: 'utf8' }).stdout.trim()

  it('names the node it needs', () => {
    expect(prepare("try { p.checkNode('18.20.0', '>=20.19') } catch (e) { console.log(e.message) }")).toMatch(/needs node >=20\.19, this is node 18\.20\.0\. Install a newer one/)
    expect(prepare("console.log(p.checkNode('20.19.0', '>=20.19'), p.checkNode('24.1.0', '>=20.19'))")).toBe('undefined undefined')
  })

  it('keeps the way to the registry from an outer npm, and nothing that changes what is installed', () => {
    const env = { npm_config_registry: 'r', npm_config_cache: 'c', npm_config_cafile: 'a', npm_config_omit: 'dev', npm_config_production: 'true', npm_config_dry_run: 'true', npm_config_package_lock_only: 'true', npm_config_global: 'true', NODE_ENV: 'production', PATH: 'p' }
    expect(JSON.parse(prepare(`console.log(JSON.stringify(p.npmEnvironment(${JSON.stringify(env)})))`))).toEqual({ npm_config_registry: 'r', npm_config_cache: 'c', npm_config_cafile: 'a', PATH: 'p' })
  })

  it('sees a package that is missing or of another version, and not one of another platform', () => {
    const checkout = mkdtempSync(join(tmpdir(), 'chorus-packages-'))
    const list = (...versions: [string, object][]): string => JSON.stringify({ packages: { '': {}, ...Object.fromEntries(versions.map(([name, entry]) => [`node_modules/${name}`, entry])) } })
    writeFileSync(join(checkout, 'package-lock.json'), list(['a', { version: '1.0.0' }], ['b', { version: '2.0.0' }], ['other-platform', { version: '1.0.0', optional: true }]))
    const missing = (): unknown => JSON.parse(prepare(`console.log(JSON.stringify(p.missingPackages(${JSON.stringify(checkout)})))`))
    expect(missing()).toEqual(['all of them'])
    for (const name of ['a', 'b']) {
      mkdirSync(join(checkout, 'node_modules', name), { recursive: true })
      writeFileSync(join(checkout, 'node_modules', name, 'package.json'), '{}')
    }
    writeFileSync(join(checkout, 'node_modules', '.package-lock.json'), list(['a', { version: '1.0.0' }], ['b', { version: '1.9.0' }]))
    expect(missing()).toEqual(['b'])
    // npm's list says that it is there, and nothing is
    rmSync(join(checkout, 'node_modules', 'a'), { recursive: true })
    expect(missing()).toEqual(['a', 'b'])
    rmSync(checkout, { recursive: true, force: true })
  })
})
