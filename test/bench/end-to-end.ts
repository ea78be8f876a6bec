/**
 * npm run bench -- end-to-end: cases led through the services one after the other, as people would, in both forms. How long
 * until a reply is seen in its read model, and until an event of one service has caused its event in another.
 */
import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { PURPOSES_OF, type RecordedEvent, type Role } from '@chorus/contracts'
import { decode, PostgresStore } from '@chorus/event-store'
import { issueToken, systemClock } from '@chorus/platform'
import { useBroker } from '../../infra/kafka/broker'
import { AGENCY_OF } from '../support/chorus'
import { importFile } from '../support/import-file'
import { manyIncidents } from '../support/many-incidents'
import { startSeparateProcesses } from '../support/separate-processes'
import { Thread, type Program, type Reply } from '../support/thread'
import type { Bench, BenchOptions } from './run'
import { percentile, rounded, type Row } from './table'

type Form = 'embedded' | 'kafka'
interface Running extends Program { readonly appUrl: string; peakRssMb(): Promise<number | null>; close(): Promise<void> }

/** Commands, and the query that shows what they did. */
const SHOWN: readonly { readonly what: string; readonly command: RegExp; readonly role: Role; readonly query: (found: RegExpExecArray, reply: Reply) => string }[] = [
  { what: 'relationship confirmed, in the list of incidents', command: /^incidents\/[^/]+\/relationship$/, role: 'intakeAnalyst', query: () => 'incidents?limit=1' },
  { what: 'notification scheduled, in its list', command: /^notifications\/([^/]+)\/schedule$/, role: 'detective', query: ([, id]) => `notifications/${id}?` },
  { what: 'notification delivered, in its list', command: /^notifications\/([^/]+)\/delivery$/, role: 'detective', query: ([, id]) => `notifications/${id}?` },
]
/** An event of one service, and what it causes in another. */
const CAUSED = [['LevelAssigned', 'NotificationPlanned'], ['NotificationDelivered', 'ServiceOffered']] as const
/** lines of the agency's file for each case: enough reports that call for one */
const LINES_PER_CASE = 60

interface Shown { /** reply to the answer of a query that waits for it */ readonly seen: number; /** the same query once more, with nothing to wait for */ readonly again: number }

/** Asks for the read model right after each reply, and keeps how long that took. */
class TimedThread extends Thread {
  readonly shown = new Map<string, Shown[]>()
  private readonly tokens = new Map<Role, string>()
  constructor(private readonly of: Program) { super(of) }

  override async post(...[role, path, ...more]: Parameters<Thread['post']>): Promise<Reply> {
    const reply = await super.post(role, path, ...more)
    const replied = performance.now()
    for (const { what, command, role: reader, query } of SHOWN) {
      const found = command.exec(path)
      if (!found || reply.status !== 200) continue
      const url = `${this.of.addressOf(what.startsWith('notification') ? 'deterrence' : 'intake')}/v1/${query(found, reply)}`
      const headers = { authorization: await this.token(reader), 'x-purpose': PURPOSES_OF[reader][0] }
      await asked(`${url}&after=${reply.body.ordinal}`, headers)
      const seen = performance.now() - replied
      const again = performance.now()
      await asked(url, headers)
      this.shown.set(what, [...this.shown.get(what) ?? [], { seen, again: performance.now() - again }])
    }
    return reply
  }

  private async token(role: Role): Promise<string> {
    const known = this.tokens.get(role) ?? await this.of.bearer(role)
    this.tokens.set(role, known)
    return known
  }
}
const asked = async (url: string, headers: Record<string, string>): Promise<void> => {
  const answer = await fetch(url, { headers })
  await answer.text()
  if (answer.status !== 200) throw new Error(`${url.slice(url.indexOf('/v1'))}: ${answer.status}`)
}

/** From a report to the offer of services. */
async function walk(thread: TimedThread): Promise<void> {
  const { caseId, notificationId, reviewId } = await thread.toPlan()
  await thread.clear(notificationId, reviewId)
  await thread.schedule(notificationId)
  await thread.authorize(notificationId)
  await thread.deliver(notificationId)
  await thread.until<{ offers: object[] }>('the offer of services', 'healthProgram', `service-offers?caseId=${caseId}`, ({ offers }) => offers.length > 0)
}

/** ms between cause and effect by their recorded times, in log order of the causes. */
async function causedTimes(url: string): Promise<Map<string, number[]>> {
  const store = await PostgresStore.open({ url })
  const causes = new Map<string, RecordedEvent>()
  const times = new Map<string, number[]>()
  for await (const stored of store.readAll({ filter: { types: [...new Set(CAUSED.flat())] } })) {
    const event = decode(stored)
    causes.set(event.id, event)
    const cause = event.causationId === null ? undefined : causes.get(event.causationId)
    if (!cause || !CAUSED.some(([from, to]) => from === cause.type && to === event.type)) continue
    const what = `${cause.type} → ${event.type}`
    times.set(what, [...times.get(what) ?? [], msOf(event.recordedtime) - msOf(cause.recordedtime)])
  }
  await store.close()
  return times
}
/** The store's times have microseconds. */
const msOf = (time: string): number => Date.parse(`${time.slice(0, 19)}Z`) + Number(time.slice(20, 26)) / 1000

async function embedded(): Promise<Running> {
  const server = fork(join(__dirname, 'embedded-server.ts'), { execArgv: ['-r', join(__dirname, '../support/register.js')], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ask = <T>(what: string): Promise<T> => new Promise((resolve, reject) => {
    server.once('message', (message) => resolve(message as T))
    server.once('exit', (code) => reject(new Error(`the server of the bench ended (${String(code)})`)))
    server.send(what)
  })
  const { address, data, appUrl } = await ask<{ address: string; data: string; appUrl: string }>('ready')
  return {
    appUrl, addressOf: () => address, bearer: async (role, agency = AGENCY_OF[role], claims = {}) => `Bearer ${await issueToken(data, systemClock, { role, agency, claims })}`,
    peakRssMb: async () => (await ask<{ peakRssMb: number }>('memory')).peakRssMb,
    close: async () => { server.send('stop'); await new Promise((resolve) => { server.once('exit', resolve) }) },
  }
}
const overKafka = async (brokers: string): Promise<Running> => ({ ...await startSeparateProcesses(brokers), peakRssMb: () => Promise.resolve(null) })

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

/** The first `warmUp` cases are led, and left out. */
async function measure(form: Form, running: Running, cases: number, warmUp: number, progress: (text: string) => void): Promise<Row[]> {
  const intake = { address: running.addressOf('intake'), bearer: (role: Role) => running.bearer(role) }
  await importFile(intake, Readable.from(manyIncidents((cases + warmUp) * LINES_PER_CASE)))
  const thread = new TimedThread(running)
  for (let led = 0; led < cases + warmUp; led++) {
    if (led % 50 === 0) progress(`end-to-end: ${form}, case ${led} of ${cases + warmUp}`)
    await walk(thread)
  }
  const rows: Row[] = []
  for (const [what, all] of thread.shown) {
    const [seen, again] = [sorted(all.slice(warmUp).map((one) => one.seen)), sorted(all.slice(warmUp).map((one) => one.again))]
    rows.push({ form, from: what, samples: seen.length, p50ms: rounded(percentile(seen, 0.5)), p99ms: rounded(percentile(seen, 0.99)), baselineP50ms: rounded(percentile(again, 0.5)), baselineP99ms: rounded(percentile(again, 0.99)) })
  }
  for (const [what, all] of await causedTimes(running.appUrl)) {
    const times = sorted(all.slice(warmUp))
    rows.push({ form, from: what, samples: times.length, p50ms: rounded(percentile(times, 0.5)), p99ms: rounded(percentile(times, 0.99)) })
  }
  const peakRssMb = await running.peakRssMb()
  return rows.map((row) => ({ ...row, peakRssMb }))
}

export const endToEnd: Bench = {
  summary: 'reply to read model, and event to its reaction\'s event in another service: both forms, p50 and p99 of 300 cases',
  async run(options: BenchOptions) {
    const cases = options.events ?? (options.quick ? 30 : 300)
    const warmUp = Math.ceil(cases / 10)
    const rows: Row[] = []
    for (const form of options.forms ?? (['embedded', 'kafka'] as const)) {
      const folder = await mkdtemp(join(tmpdir(), 'chorus-bench-kafka-'))
      const broker = form === 'kafka' ? await useBroker({ folder, say: options.progress }) : undefined
      try {
        const running = broker ? await overKafka(broker.brokers) : await embedded()
        try { rows.push(...await measure(form, running, cases, warmUp, options.progress)) } finally { await running.close() }
      } finally {
        await broker?.stop()
        await rm(folder, { recursive: true, force: true })
      }
    }
    return { rows, notes: [
      'A reply to its read model: from the answer of the command to the answer of a query with after=; baseline: the same query again, with nothing to wait for.',
      'An event to its effect (→): from recorded time to recorded time. embedded: one process. kafka: every service and the relay a process of its own, over a real broker, all on this machine. peakRssMb: of the one process.',
    ] }
  },
}
