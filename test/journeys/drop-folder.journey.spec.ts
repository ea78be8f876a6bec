/** One drop folder, watched by two intakes that are processes of their own: each file once, whichever of them dies. */
import { fork, type ChildProcess } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { demonstrationKey, repositoryRoot, serviceLogins } from '@chorus/platform'
import { freshDatabase, type FreshDatabase } from '../support/database'
import { manyIncidents } from '../support/many-incidents'

const root = repositoryRoot()
const sample = (...path: readonly string[]): Buffer => readFileSync(join(root, 'samples', ...path))
interface Intake { readonly child: ChildProcess; readonly address: string; readonly ended: Promise<void> }
interface Filed { readonly name: string; readonly outcome: 'done' | 'refused'; readonly feed?: string; readonly complete?: boolean; readonly refused?: string; readonly records?: { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number }; readonly statistics?: { readonly incidents: number } }

describe('two intakes that watch one folder', () => {
  let database: FreshDatabase
  let data: string
  let drop: string
  let env: Record<string, string>
  const running: Intake[] = []
  beforeAll(async () => {
    database = await freshDatabase()
    data = mkdtempSync(join(tmpdir(), 'chorus-drop-data-'))
    chmodSync(data, 0o711)
    await demonstrationKey(data)
    drop = mkdtempSync(join(tmpdir(), 'chorus-drop-'))
    for (const folder of ['nibrs', 'kcpd', 'reports', 'MOZZ99900', 'mozz99900']) mkdirSync(join(drop, folder))
    env = { CHORUS_DATA: data, DATABASE_URL: (await serviceLogins(database.ownerUrl)).intake, CHORUS_DROP: drop, CHORUS_DROP_INTERVAL: '1', CHORUS_PORT: '0', CHORUS_LOG_LEVEL: 'error', KAFKA_BROKERS: '' }
  })
  afterAll(async () => {
    for (const { child } of running) child.kill('SIGTERM')
    await Promise.all(running.map(({ ended }) => ended))
    await database.drop()
    for (const folder of [data, drop]) rmSync(folder, { recursive: true, force: true })
  })

  const start = async (): Promise<Intake> => {
    const child = fork(join(root, 'apps/intake/src/main.ts'), [], { env: { ...process.env, ...env }, execArgv: ['-r', join(root, 'test/support/register.js')], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const ended = new Promise<void>((resolve) => { child.once('exit', () => { resolve() }) })
    const address = await new Promise<string>((resolve, reject) => {
      child.on('message', (message: { address?: string }) => { if (message.address) resolve(message.address) })
      child.once('exit', (code) => { reject(new Error(`intake ended at its start (${String(code)})`)) })
    })
    const intake = { child, address, ended }
    running.push(intake)
    return intake
  }
  const kill = async (intake: Intake): Promise<void> => { running.splice(running.indexOf(intake), 1); intake.child.kill('SIGKILL'); await intake.ended }
  const saysOf = async ({ address }: Intake): Promise<string | undefined> => ((await (await fetch(`${address}/health/ready`)).json()) as { checks: { name: string; text: string }[] }).checks.find(({ name }) => name === 'drop folder')?.text
  const until = async <T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (let tries = 0; tries < 1200; tries++) { const found = await look(); if (found !== undefined) return found; await new Promise((resolve) => { setTimeout(resolve, 50) }) }
    throw new Error(`it did not come about: ${what}; ${(await Promise.all(running.map(saysOf))).join(' | ')}; ${readdirSync(drop).join(' ')}`)
  }
  const filed = (): Filed[] => (['done', 'refused'] as const).flatMap((outcome) => { try { return readdirSync(join(drop, outcome)).filter((name) => name.endsWith('.report.json')).map((name) => ({ ...JSON.parse(readFileSync(join(drop, outcome, name), 'utf8')) as Filed, name, outcome })) } catch { return [] } })
  /** A report is filed away before its file, and what lay beside it. */
  const atRest = (): boolean => readdirSync(join(drop, '.working')).length === 0
  const put = (at: string, bytes: Buffer | string): void => { writeFileSync(join(drop, `${at}.part`), bytes); renameSync(join(drop, `${at}.part`), join(drop, at)) }
  const recorded = async (...types: readonly string[]): Promise<number> => { const sql = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined }); try { return (await sql<{ n: number }[]>`select count(*)::int as n from log.events where type = any(${types as string[]})`)[0]!.n } finally { await sql.end() } }

  it('import each file once, and one of them stands by', async () => {
    const both = [await start(), await start()]
    put('reports/reports.map.yml', sample('extracts', 'kcpd-reports.map.yml'))
    put('reports/reports.csv', sample('extracts', 'kcpd-reports.csv'))
    put('nibrs/july.txt', sample('nibrs', '2026-07.txt'))
    put('nibrs/july.xml', sample('nibrs', '2026-07.xml'))
    put('kcpd/2024.csv', sample('kcpd', '2024.csv'))
    put('MOZZ99900/august.txt', sample('nibrs', '2026-08.txt'))
    put('mozz99900/august.txt', sample('nibrs', '2026-08.txt'))
    await until('six files', () => filed().length === 6 ? true : undefined)
    const found = filed()
    expect(found.map(({ outcome, feed }) => `${outcome} ${feed ?? ''}`).sort()).toEqual(['done extract/sample-rms', 'done kcpd-open-data', 'done nibrs-flat-file', 'done nibrs-flat-file', 'done nibrs-flat-file', 'refused '])
    for (const { records } of found) if (records) expect(records.read).toBe(records.accepted + records.duplicate + records.quarantined)
    expect((await Promise.all(both.map(saysOf))).sort()).toEqual(['standby: another process watches it', 'watched'])
    // What a sender does with its own folder takes nobody out of traffic.
    const odd = Buffer.concat([Buffer.from(`${drop}/`), Buffer.from([0xff, 0xfe])])
    mkdirSync(odd)
    await until('that it is told', async () => (await Promise.all(both.map(saysOf))).some((text) => text?.includes('UTF-8')) ? true : undefined)
    const health = await Promise.all(both.map(async ({ address }) => fetch(`${address}/health/ready`)))
    expect(health.map(({ status }) => status)).toEqual([200, 200])
    expect((await Promise.all(health.map(async (answer) => ((await answer.json()) as { checks: { name: string; warn?: true }[] }).checks.find(({ name }) => name === 'drop folder')?.warn))).filter((warn) => warn)).toEqual([true])
    rmSync(odd, { recursive: true })
  }, 90_000)

  it('wait for a file that is written slowly, and take it whole', async () => {
    const before = filed().length
    const file = Buffer.concat([...manyIncidents(300, 'S')])
    for (let at = 0; at < file.length; at += Math.ceil(file.length / 8)) {
      appendFileSync(join(drop, 'nibrs', 'slow.txt'), file.subarray(at, at + Math.ceil(file.length / 8)))
      await new Promise((resolve) => { setTimeout(resolve, 400) })
    }
    await until('the slow file', () => filed().length === before + 1 ? true : undefined)
    expect(filed().find(({ name }) => name.includes('slow'))).toMatchObject({ outcome: 'done', complete: true, records: { quarantined: 0, duplicate: 0 } })
  }, 60_000)

  it('finish what the other had begun when it was killed, and lose and double nothing', async () => {
    const before = filed().length
    const file = Buffer.concat([...manyIncidents(6_000, 'K')])
    const were = await recorded('IncidentReported', 'ArrestRecorded')
    put('nibrs/killed.txt', file)
    await until('a part of the file', async () => await recorded('IncidentReported', 'ArrestRecorded') > were + 50 ? true : undefined)
    const watching = await until('who watches', async () => { for (const intake of running) if (await saysOf(intake) === 'watched') return intake; return undefined })
    await kill(watching)
    await until('the killed one\'s file', () => filed().length === before + 1 && atRest() ? true : undefined)
    const report = filed().find(({ name }) => name.includes('killed'))!
    expect(report).toMatchObject({ outcome: 'done', complete: true, records: { quarantined: 0 } })
    const { read, accepted, duplicate } = report.records!
    expect(read).toBe(accepted + duplicate)
    expect(await recorded('IncidentReported', 'ArrestRecorded') - were).toBe(read)
    expect(readFileSync(join(drop, 'done', report.name.replace('.report.json', ''))).equals(file)).toBe(true)
    await start()
    put('nibrs/again.txt', file)
    await until('the same file again', () => filed().length === before + 2 && atRest() ? true : undefined)
    expect(filed().find(({ name }) => name.includes('again'))).toMatchObject({ records: { read, accepted: 0, duplicate: read, quarantined: 0 } })
  }, 120_000)
})
