/** `npm run start:distributed` as an operator uses it: up, asked through the command line, one killed and started again, stopped. */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERVICES } from '@chorus/contracts'
import { readRun } from '@chorus/platform'
import { whoListens } from '../../libs/platform/src/ports'
import { settingsOfRun } from '../../libs/event-bus/src/kafka/testing/on-the-broker'
import { freshDatabase, type FreshDatabase } from '../support/database'

const root = join(__dirname, '../..')

interface Program { readonly child: ChildProcess; said(): string; readonly ended: Promise<number | null>; until(words: RegExp): Promise<void> }

describe('every service as a process of its own, on one machine', () => {
  let database: FreshDatabase
  let data: string
  const kafka = settingsOfRun()
  const all: Program[] = []

  const begin = (program: string, ...words: string[]): Program => {
    const { DATABASE_OWNER_URL: _, CHORUS_URL: __, ...env } = process.env
    const child = spawn(process.execPath, [join(root, program), ...words], {
      cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, CHORUS_DATA: data, CHORUS_PORT: '0', CHORUS_LOG_LEVEL: 'warn', DATABASE_URL: database.appUrl, KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX: kafka.prefix },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said += chunk.toString() })
    const ended = new Promise<number | null>((resolve) => { child.once('close', resolve) })
    let over = false
    void ended.then(() => { over = true })
    const started: Program = {
      child, ended, said: () => said,
      until: async (words) => {
        while (!words.test(said)) {
          if (over) throw new Error(`it ended without ${words}:\n${said}`)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      },
    }
    all.push(started)
    return started
  }
  const cli = async (...words: string[]): Promise<{ code: number | null; said: string }> => { const program = begin('bin/chorus.js', ...words); return { code: await program.ended, said: program.said() } }
  const healthy = async (): Promise<string> => {
    for (;;) {
      const { code, said } = await cli('health')
      if (code === 0) return said
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  beforeAll(async () => {
    database = await freshDatabase()
    data = mkdtempSync(join(tmpdir(), 'chorus-distributed-'))
    chmodSync(data, 0o711)
  })
  afterAll(async () => {
    for (const { child, ended } of all) { child.kill('SIGKILL'); await ended }
    await database.drop()
    rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  })

  it('comes up, is found service by service, loses every one, gets them back when told to, leads a case through all of them, and stops in order', async () => {
    const chorus = begin('infra/setup/start-distributed.mjs')
    await chorus.until(/Try next/)
    const run = readRun(data)
    expect(Object.keys(run?.services ?? {}).sort()).toEqual([...SERVICES].sort())
    expect(new Set(Object.values(run?.services ?? {})).size).toBe(SERVICES.length)
    for (const [service, address] of Object.entries(run?.services ?? {})) expect(chorus.said()).toContain(`${service.padEnd(11)} ${address}`)

    const health = await healthy()
    for (const service of SERVICES) expect(health).toMatch(new RegExp(`^${service} +http://127\\.0\\.0\\.1:\\d+  ready$`, 'm'))
    // one path of intake, one of evaluation, one of operations
    const imported = await cli('import', 'nibrs', 'samples/nibrs/2026-07.txt')
    expect(imported.said).toMatch(/accepted/)
    expect((await cli('replay')).code).toBe(0)
    expect((await cli('verify')).said).toMatch(/events verified/)

    for (const service of SERVICES) {
      process.kill(pidAt(run?.services?.[service] ?? ''), 'SIGKILL')
      await chorus.until(new RegExp(`${service} has died: killed by SIGKILL \\(exit code 137\\)\\. The others go on; start it again with: npm run start:distributed -- --again`))
    }
    const lost = await cli('health')
    expect(lost.code).toBe(7)
    for (const service of SERVICES) expect(lost.said).toMatch(new RegExp(`^${service} +http:\\S+ {2}does not answer$`, 'm'))
    expect(await begin('infra/setup/start-distributed.mjs', '--again').ended).toBe(0)
    for (const service of SERVICES) await chorus.until(new RegExp(`${service} is up again at http`))
    await healthy()

    // the walk that README names: request by request, whatever service it is for
    const walk = begin('samples/one-case.mjs')
    expect([await walk.ended, walk.said().split('\n').filter((line) => /^ {17}[45]\d\d/.test(line))]).toEqual([0, [expect.stringContaining('not_cleared (M1)')]])
    const caseId = /npx chorus history ([\da-f-]{36})/.exec(walk.said())?.[1] ?? ''
    const history = await cli('history', caseId, '--role', 'healthProgram')
    for (const entry of ['Case opened', 'Notification delivered', 'Services offered', 'Provider answered']) expect(history.said).toContain(entry)
    // finance runs beside the case, under its own name
    expect(history.said).toContain('Money stands on no case: npx chorus history ORDINANCE, or ACCOUNT.')
    const account = /npx chorus history (\S+) --role finance/.exec(walk.said())?.[1] ?? ''
    expect((await cli('history', account, '--role', 'finance')).said).toContain('Encumbrance recorded')
    expect((await cli('dead-letters', 'list')).said).toContain('nothing is parked')

    chorus.child.kill('SIGTERM')
    expect(await chorus.ended).toBe(0)
    const stops = [...chorus.said().matchAll(/^(\w+) +\| \1 stopped$/gm)].map(([, name]) => name)
    // operations last: it signs what the others, the relay among them, have recorded
    expect([stops[0], ...stops.slice(-2)]).toEqual(['intake', 'relay', 'operations'])
    expect([...stops].sort()).toEqual([...SERVICES].sort())
    expect(readRun(data)).toBeUndefined()
  }, 240_000)

  it('says that none runs where one is told to start again what has died', async () => {
    const again = begin('infra/setup/start-distributed.mjs', '--again')
    expect(await again.ended).toBe(1)
    expect(again.said()).toMatch(/No distributed Chorus runs on the data folder/)
  }, 60_000)
})

/** The process that listens there, as Linux tells it. */
const pidAt = (address: string): number => {
  const pid = Number(/process (\d+)/.exec(whoListens(Number(new URL(address).port)) ?? '')?.[1])
  if (!pid) throw new Error(`nobody is seen to listen at ${address}`)
  return pid
}
