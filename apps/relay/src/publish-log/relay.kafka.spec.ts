/** The relay as real processes, on a real broker: killed, paused and stopped. */
import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { KafkaBus, readKafkaSettings, type KafkaSettings } from '@chorus/event-bus'
import { PostgresStore } from '@chorus/event-store'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { append, draft } from '../testing/log'

const root = join(__dirname, '../../../..')
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => { while (!await holds()) await new Promise((resolve) => { setTimeout(resolve, 20) }) }

interface Process { readonly child: ChildProcess; readonly ended: Promise<number | null>; readonly said: () => string; readonly address: () => string | undefined; ready(check?: string): Promise<{ ok: boolean; text: string }> }

describe('relays as processes', () => {
  let db: FreshDatabase
  let sql: Sql
  let store: PostgresStore
  let data: string
  let kafka: KafkaSettings
  let bus: KafkaBus
  let n: number
  let seen: { stream: string; ordinal: number }[]
  /** all that came, as text */
  let brought: string
  let started: Process[]

  const start = (): Process => {
    const env = { ...process.env, CHORUS_DATA: data, CHORUS_HOST: '127.0.0.1', CHORUS_PORT: '0', CHORUS_LOG_LEVEL: 'warn', DATABASE_URL: db.appUrl, KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX: kafka.prefix }
    const child = fork(join(root, 'apps/relay/src/main.ts'), [], { execArgv: ['-r', join(root, 'test/support/register.js')], stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env })
    let said = ''
    let address: string | undefined
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => { said += chunk.toString() })
    child.on('message', (message: { address?: string }) => { address = message.address ?? address })
    const ended = new Promise<number | null>((resolve) => { child.once('exit', resolve) })
    const ready = async (check = 'relay'): Promise<{ ok: boolean; text: string }> => {
      const answer = await fetch(`${address}/health/ready`).then((response) => response.json() as Promise<{ checks: { name: string; ok: boolean; text: string }[] }>)
      return answer.checks.find(({ name }) => name === check) ?? { ok: false, text: JSON.stringify(answer) }
    }
    const made = { child, ended, said: () => said, address: () => address, ready }
    started.push(made)
    return made
  }
  const says = (one: Process, what: RegExp) => until(async () => one.address() !== undefined && what.test((await one.ready()).text))
  const owner = (one: Process) => says(one, /^owner/)
  const standby = (one: Process) => says(one, /^standby/)
  const record = async (count: number): Promise<void> => { for (let i = 0; i < count; i++) { n++; const stream = `pchCase-${n % 7}`; await append(store, stream, draft(n, stream)) } }
  const published = async (): Promise<{ ordinal: number; epoch: number }> => {
    const [row] = await sql<{ ordinal: string; epoch: string }[]>`select ordinal, epoch from bus.published`
    return { ordinal: Number(row?.ordinal ?? -1), epoch: Number(row?.epoch ?? 0) }
  }
  const arrived = (ordinal: number) => until(() => new Set(seen.map((one) => one.ordinal)).size >= ordinal)
  /** each stream's ordinals, repeated ones left out, are in order: what comes again comes from an earlier point in the same order */
  const inOrder = (): boolean => [...new Set(seen.map(({ stream }) => stream))].every((stream) => {
    const first = [...new Set(seen.filter((one) => one.stream === stream).map(({ ordinal }) => ordinal))]
    return first.every((ordinal, i) => i === 0 || ordinal > first[i - 1]!)
  })

  beforeEach(async () => {
    db = await freshDatabase()
    sql = postgres(db.appUrl, { max: 2, onnotice: () => undefined })
    store = await PostgresStore.open({ url: db.appUrl })
    data = mkdtempSync(join(tmpdir(), 'chorus-relay-'))
    kafka = readKafkaSettings({ KAFKA_BROKERS: process.env.KAFKA_BROKERS, KAFKA_PREFIX: `r-${randomUUID().slice(0, 8)}.` }, 'relay-test')!
    n = 0
    seen = []
    brought = ''
    started = []
    bus = new KafkaBus({ settings: kafka })
  })
  const listen = () => bus.subscribe({ group: 'reader', topics: ['program.cases.v1'], onMessages: async ({ messages }) => { brought += JSON.stringify(messages); for (const { headers } of messages) seen.push({ stream: headers.ce_stream!, ordinal: Number(headers.ce_ordinal) }) } })
  afterEach(async () => {
    for (const { child } of started) { child.kill('SIGCONT'); child.kill('SIGKILL') }
    await Promise.all(started.map(({ ended }) => ended))
    await bus.close()
    await store.close()
    await sql.end()
    await db.drop()
    rmSync(data, { recursive: true, force: true })
  })

  it('one works; when it is killed under load the other takes over, and everything arrives, in order', async () => {
    await record(30)
    const one = start()
    await owner(one)
    await listen()
    const two = start()
    await standby(two)
    const writing = record(300)
    await until(async () => (await published()).ordinal > 60)
    one.child.kill('SIGKILL')
    await one.ended
    await writing
    await owner(two)
    await arrived(330)
    expect(inOrder()).toBe(true)
    await until(async () => (await two.ready()).text === 'owner of epoch 2; published through 330, nothing waits')
    expect((await published()).epoch).toBe(2)
  })

  it('one that is paused is replaced; when it comes back it writes nothing, and stands by', async () => {
    const one = start()
    await owner(one)
    await listen()
    const two = start()
    await standby(two)
    const writing = record(200)
    await until(async () => (await published()).ordinal > 20)
    one.child.kill('SIGSTOP')
    await owner(two)
    await writing
    await arrived(200)
    await until(async () => (await published()).ordinal === 200)
    const before = seen.length
    one.child.kill('SIGCONT')
    await standby(one)
    expect((await one.ready()).text).toBe('standby, the owner is of epoch 2; published through 200, nothing waits')
    await record(50)
    await arrived(250)
    // all that came after the return is new, each once, and came from the other
    expect(seen.slice(before).map(({ ordinal }) => ordinal).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 201 + i))
    expect(inOrder()).toBe(true)
    expect((await published()).epoch).toBe(2)
    expect((await two.ready()).ok).toBe(true)
    expect(one.said()).toContain('another relay has taken over: nothing more is written here')
  })

  it('of another Chorus with the same prefix is not ready, by the name of the log whose topics they are; the first is not disturbed', async () => {
    const one = start()
    await owner(one)
    await listen()
    await record(20)
    await arrived(20)
    // no try was in vain: what is new is told from what is another's
    const { epoch } = await published()
    expect(epoch).toBe(1)
    const [first, saidBefore] = [db, one.said()]
    const second = await freshDatabase()
    db = second
    const other = start()
    db = first
    try {
      await says(other, /^does not publish: Another Chorus, with log/)
      expect((await other.ready()).ok).toBe(false)
      expect((await other.ready()).text).toContain(`with log ${store.log}`)
      expect(await other.ready('broker')).toMatchObject({ ok: false, text: 'the topics are another Chorus\'s, as relay says' })
      await record(20)
      await arrived(40)
      expect((await published()).epoch).toBe(epoch)
      expect((await one.ready()).ok).toBe(true)
      expect(one.said()).toBe(saidBefore)
      expect(other.said().match(/nothing is published: the topics are another log's/g)).toHaveLength(1)
    } finally {
      other.child.kill('SIGKILL')
      await other.ended
      await second.drop()
    }
  })

  it('one that is asked to stop finishes, gives the lease back and ends; what is recorded while none runs is published by the next', async () => {
    const one = start()
    await owner(one)
    await listen()
    await record(20)
    await arrived(20)
    one.child.kill('SIGTERM')
    expect(await one.ended).toBe(0)
    const [lease] = await sql<{ free: boolean }[]>`select expires <= clock_timestamp() as free from bus.leases where name = 'relay'`
    expect(lease!.free).toBe(true)
    await record(20)
    const two = start()
    await owner(two)
    await arrived(40)
    expect(seen.map(({ ordinal }) => ordinal).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  })

  it('that is asked to stop while its broker takes connections and says nothing, ends within seconds', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => { sockets.push(socket); socket.on('error', () => undefined) })
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve) })
    try {
      kafka = { ...kafka, brokers: [`127.0.0.1:${(silent.address() as AddressInfo).port}`] }
      const one = start()
      await until(() => one.address() !== undefined && sockets.length > 0)
      const asked = performance.now()
      one.child.kill('SIGTERM')
      expect(await one.ended).toBe(0)
      expect(performance.now() - asked).toBeLessThan(5_000)
    } finally {
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
  })

  it('refuses, while it runs, what may never be on a shared topic, by type and by field: left out, counted once, alarmed in its log and in its readiness, a restart included (scenario 13)', async () => {
    const one = start()
    await owner(one)
    await listen()
    await record(1)
    const said = 'Jane Roe of 12 Example Street'
    const wrong = (type: string, over: object, like = type) => append(store, 'pchCase-1', { ...draft(++n, 'pchCase-1', like, { type, ...over }), type })
    await wrong('CaseClosed', { data: { caseId: '018f2a60-0000-8000-8000-000000000002', code: 'EXIT_24M', victimToken: said } })
    await wrong('CriminalHistoryReviewed', { classification: 'CHRI' })
    await wrong('NeverHeardOf', { data: { victimToken: said } }, 'CaseClosed')
    await record(1)
    await until(() => seen.some(({ ordinal }) => ordinal === 5))
    expect(seen.map(({ ordinal }) => ordinal)).toEqual([1, 5])
    const alarm = 'ALARM: 3 events were refused, never to be on a shared topic'
    await says(one, new RegExp(`; ${alarm}, the last NeverHeardOf at 4`))
    const lines = (): { ordinal: number; type: string; reason: string; field?: string }[] => one.said().split('\n').filter((line) => line.includes('"alarm":"refused-event"')).map((line) => JSON.parse(line) as { ordinal: number; type: string; reason: string })
    await until(() => lines().length === 3)
    expect(lines().map(({ ordinal, type, reason, field }) => [ordinal, type, reason, field])).toEqual([[2, 'CaseClosed', 'not-in-contract', '/data'], [3, 'CriminalHistoryReviewed', 'wrong-category', undefined], [4, 'NeverHeardOf', 'unknown-type', undefined]])
    one.child.kill('SIGKILL')
    await one.ended
    const two = start()
    await owner(two)
    await says(two, new RegExp(`${alarm}$`))
    const [row] = await sql<{ refused: string }[]>`select refused from bus.published`
    expect(row!.refused).toBe('3')
    expect(brought + one.said() + two.said() + (await two.ready()).text).not.toMatch(/Jane|victimToken/)
  })

  it('refuses to start where the checkpoint is of another log, and says what to do', async () => {
    await sql`insert into bus.published (name, log, ordinal, epoch) values ('relay', ${randomUUID()}, 0, 1)`
    const one = start()
    expect(await one.ended).toBe(1)
    expect(one.said()).toContain('Point it to its own log; or, where the log was replaced on purpose, delete its row from bus.published')
  })
})
