/** A server that is killed in the middle of an import, without a word: started again, the same file completes what it began. */
import { fork, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { postgres } from '@chorus/postgres'
import supertest from 'supertest'
import { issueToken, systemClock } from '@chorus/platform'
import type { ImportReport } from '../../apps/intake/src/import-run/import-nibrs'
import type { TestChorus } from '../support/chorus'
import { freshDatabase } from '../support/database'
import { importFile } from '../support/import-file'
import { replayed, verdict } from '../support/long-answers'
import { manyIncidents } from '../support/many-incidents'

const root = join(__dirname, '../..')
const FILE = Buffer.concat([...manyIncidents(6_000)])
const SHA256 = createHash('sha256').update(FILE).digest('hex')

interface Server { readonly process: ChildProcess; readonly address: string }
const start = (env: Record<string, string>): Promise<Server> => new Promise((resolve, reject) => {
  const child = fork(join(root, 'apps/standalone/src/main.ts'), { execArgv: ['-r', join(root, 'test/support/register.js')], env: { ...process.env, ...env, CHORUS_PORT: '0', CHORUS_LOG_LEVEL: 'error' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  child.once('message', message => resolve({ process: child, address: (message as { address: string }).address }))
  child.once('exit', code => reject(new Error(`the server ended at its start (${code})`)))
})
const ended = (child: ChildProcess): Promise<void> => new Promise(resolve => child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve()))

/** Nobody sends it again: what lies in the folder is finished by whoever watches it next. */
const reportIn = async (folder: string): Promise<ImportReport> => {
  for (;;) {
    const name = readdirSync(folder).find((file) => file.endsWith('.report.json'))
    if (name) return JSON.parse(readFileSync(join(folder, name), 'utf8')) as ImportReport
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

it.each([[3, 'sent'], [11, 'dropped'], [19, 'sent']] as const)('killed once %d hundred records of a file are in that was %s: nothing lost, nothing doubled', async (hundreds, how) => {
  const database = await freshDatabase()
  const data = mkdtempSync(join(tmpdir(), 'chorus-killed-'))
  chmodSync(data, 0o711)
  const drop = mkdtempSync(join(tmpdir(), 'chorus-drop-'))
  const env = { CHORUS_DATA: data, DATABASE_URL: database.appUrl, ...(how === 'dropped' && { CHORUS_DROP: drop, CHORUS_DROP_INTERVAL: '1' }) }
  const sql = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
  const recorded = async (): Promise<number> => (await sql<{ n: number }[]>`select count(*)::int as n from log.events where type in ('IncidentReported', 'ArrestRecorded')`)[0]!.n
  let server: Server | undefined
  try {
    server = await start(env)
    if (how === 'dropped') { mkdirSync(join(drop, 'nibrs')); writeFileSync(join(drop, 'nibrs', 'month.txt'), FILE) } else {
      const upload = request(`${server.address}/v1/imports/nibrs`, { method: 'POST', headers: { authorization: `Bearer ${await issueToken(data, systemClock, { role: 'intakeAnalyst', agency: 'KCPD' })}`, 'content-type': 'application/octet-stream', 'content-length': FILE.length, 'content-digest': `sha-256=:${Buffer.from(SHA256, 'hex').toString('base64')}:` } })
      upload.on('error', () => undefined)
      upload.end(FILE)
    }
    for (let tries = 0; await recorded() < hundreds * 10 && tries < 2000; tries++) await new Promise(resolve => setTimeout(resolve, 5))
    server.process.kill('SIGKILL')
    await ended(server.process)
    const before = await recorded()
    expect(before).toBeGreaterThan(0)

    server = await start(env)
    const chorus = { address: server.address, agent: supertest(server.address), bearer: async role => `Bearer ${await issueToken(data, systemClock, { role, agency: role === 'operator' ? 'CITY' : 'KCPD' })}` } as Pick<TestChorus, 'address' | 'agent' | 'bearer'> as TestChorus
    const report = how === 'dropped' ? await reportIn(join(drop, 'done')) : await importFile(chorus, Readable.from([FILE]), { sha256: SHA256 })
    expect(report.complete).toBe(true)
    expect(report.earlierRuns).toEqual([expect.objectContaining({ complete: false })])
    expect(report.records.read).toBe(report.records.accepted + report.records.duplicate)
    // What the killed run had recorded comes again as duplicates, all of it and nothing else.
    expect(report.records.quarantined).toBe(0)
    expect(report.records.duplicate).toBeGreaterThanOrEqual(Math.min(before, report.records.read) - report.records.read)
    const { byType, byCategory } = await replayed(chorus)
    expect(byCategory.incident).toBe(report.statistics.incidents)
    expect(byType['IncidentReported@1']).toBe(report.statistics.incidents)
    expect(byType['ArrestRecorded@2']).toBe(report.statistics.groupBArrests)
    expect(report.records.accepted + report.records.duplicate).toBe(report.statistics.incidents + byCategory.arrest!)
    expect(await verdict(chorus)).toMatchObject({ ok: true })
  } finally {
    if (server) { server.process.kill('SIGTERM'); await ended(server.process) }
    await sql.end()
    await database.drop()
    for (const folder of [data, drop]) rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)
