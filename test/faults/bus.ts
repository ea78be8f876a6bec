/**
 * The bus under faults, over a real broker and a real PostgreSQL, each process of its own: relay, consumers, broker and
 * store die, pause, join and leave while events are recorded. Afterwards every event has had its effect exactly once, in
 * the order of its stream, and nothing is parked.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { guarded, postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { topicNamed } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { ensureTopics, type KafkaSettings } from '@chorus/event-bus'
import { PostgresStore, verifyChain, type NewEvent } from '@chorus/event-store'
import { randomFrom } from '../bench/envelopes'
import { freshDatabase } from '../support/database'
import { TOPIC, effectId, effectsOf, inWords, planOf, type BusProcessJob, type Fault } from './bus-plan'

/** A broker that may be killed (infra/kafka). */
export interface MortalBroker { readonly brokers: string; start(): Promise<void>; kill(): Promise<void>; stop(): Promise<void> }
/** Settings of a broker for this suite: members that died are given up soon. */
export const BROKER_SETTINGS = { 'group.min.session.timeout.ms': '1000' }
export interface BusRun {
  readonly seed: number
  /** recorded while the faults come; default 400 */
  readonly events?: number
  readonly broker: MortalBroker
  /** may the PostgreSQL of CHORUS_TEST_POSTGRES be crashed? Only where nobody else uses it. */
  readonly mayCrashStore: boolean
  /** nothing more is expected where nothing has changed for so long, ms; default 120,000 */
  readonly patienceMs?: number
  /** for the suite's own test: the relay loses one message */
  readonly loses?: boolean
}
export interface BusReport {
  readonly seed: number
  readonly events: number
  readonly befell: string
  readonly processes: number
  /** the points at which processes died by their own hand */
  readonly died: readonly string[]
  readonly secondsToSettle: number
  readonly faults: readonly string[]
}

const PROCESS = join(__dirname, 'bus-process.ts')
const REGISTER = join(__dirname, '../support/register.js')
/** a process that was told to stop has this long, while the broker may be away */
const STOP_MS = 30_000
const GROUP = 'faults.on-level-assigned'
/** Other runs may be killing the servers: what only sets up or looks is tried again. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries >= 60) throw error
      await pause(500)
    }
  }
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

interface Running { readonly child: ChildProcess; readonly job: BusProcessJob; readonly ended: Promise<void>; leaving: boolean }

/** Keeps the processes of a run: one that died comes back, without its fault. */
class Processes {
  readonly running = new Set<Running>()
  started = 0
  readonly died: string[] = []
  readonly trouble: string[] = []
  private over = false

  start(job: BusProcessJob): Running {
    const child = fork(PROCESS, [], { execArgv: ['-r', REGISTER], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.started += 1
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        this.running.delete(process_)
        resolve()
        if (this.over || process_.leaving) return
        if (signal === 'SIGKILL') this.died.push(job.dies?.point ?? 'killed')
        else if (this.trouble.length < 10) this.trouble.push(`${job.name} ended by itself with code ${String(code)}`)
        const { dies: _, ...again } = job
        this.start(again)
      })
      // killed while it is told something, its end is seen by `exit`; one that could not be made has none
      child.on('error', (error) => { if (child.pid !== undefined) return; this.running.delete(process_); this.trouble.push(`${job.name} could not be made: ${error.message}`); resolve() })
    })
    const process_: Running = { child, job, ended, leaving: false }
    this.running.add(process_)
    child.send(job)
    return process_
  }
  of(role: BusProcessJob['role']): Running[] { return [...this.running].filter(({ job, leaving }) => job.role === role && !leaving) }
  async leave(one: Running): Promise<void> {
    one.leaving = true
    if (one.child.connected) one.child.send({ stop: true })
    const timer = setTimeout(() => { this.trouble.push(`${one.job.name} did not stop when it was told to`); one.child.kill('SIGKILL') }, STOP_MS)
    await one.ended
    clearTimeout(timer)
  }
  async end(): Promise<void> {
    this.over = true
    for (const { child } of this.running) child.kill('SIGCONT')
    await Promise.all([...this.running].map((one) => this.leave(one)))
  }
}

/** The event of one case, as it is recorded. */
export const levelAssigned = (id: string, caseId: string): NewEvent => {
  const stream = `pchCase-${caseId}`
  const content = id
  return {
    id, type: 'LevelAssigned', content,
    body: {
      id, type: 'LevelAssigned', content, schemaVersion: 1, time: '2026-07-02T20:10:00.000Z', timePrecision: 'instant', timeZone: 'UTC', source: { agency: 'KCPD', system: 'faults' }, receivedtime: '2026-07-02T20:10:00.000Z',
      data: { caseId, level: 'C', rank: 2, proposedLevel: 'C', matchedCriteria: [], evidenceRefs: [], decidedBy: 'human', policyHash: 'a'.repeat(64) },
      partitionkey: stream, commandId: id, correlationId: id, causationId: null, actor: { id: 'nobody', role: 'detective', agency: 'KCPD' }, subjects: [], classification: 'CJI',
    },
  }
}

/** One run on a database and topics of its own. Answers what it found; throws only where it could not be run. */
export async function busUnderFaults({ seed, events = 400, broker, mayCrashStore, patienceMs = 120_000, loses = false }: BusRun): Promise<BusReport> {
  const plan = planOf(seed, events)
  const share = Math.floor(events / (plan.faults.length + 2))
  const random = randomFrom(seed * 31 + 5)
  const database = await patiently(() => freshDatabase())
  const sql = postgres(database.appUrl, { ...guarded(database.appUrl, 60_000), max: 2, onnotice: () => undefined })
  const store = await patiently(() => PostgresStore.open({ url: database.appUrl }))
  const kafka: KafkaSettings = { brokers: [broker.brokers], clientId: 'chorus-faults', prefix: `f${seed}-${store.log.slice(0, 8)}.` }
  const processes = new Processes()
  const job = (role: BusProcessJob['role'], name: string, dies?: BusProcessJob['dies']): BusProcessJob => ({
    role, name, url: database.appUrl, kafka, group: GROUP, seed, ...(dies && { dies }), ...(loses && { losesAfter: share }),
    doubles: plan.always.some(({ kind }) => kind === 'transactions-doubled'), early: plan.always.some(({ kind }) => kind === 'messages-early'),
  })
  const befell: Record<Fault['kind'], (fault: Fault) => Promise<void>> = {
    'relay-dies': async (fault) => { if (fault.kind !== 'relay-dies') return; for (const one of processes.of('relay')) await processes.leave(one); processes.start(job('relay', 'relay-mortal', fault)) },
    'consumer-dies': async (fault) => { if (fault.kind === 'consumer-dies') processes.start(job('consumer', 'consumer-mortal', fault)) },
    'relay-paused': async () => { const [one] = processes.of('relay'); one?.child.kill('SIGSTOP'); processes.start(job('relay', 'relay-standby')); await pause(2500); one?.child.kill('SIGCONT') },
    'second-relay': async () => { processes.start(job('relay', 'relay-2')) },
    'consumer-joins': async () => { processes.start(job('consumer', 'consumer-2')) },
    'consumer-leaves': async () => { processes.start(job('consumer', 'consumer-3')); await pause(700); const [one] = processes.of('consumer'); if (one) await processes.leave(one) },
    'broker-killed': () => killBroker(broker),
    'store-crashed': async () => { if (mayCrashStore) await crashStore(sql) },
    'transactions-doubled': async () => undefined,
    'messages-early': async () => undefined,
  }
  try {
    // the one that is used: a broker that was killed looks through every partition that it ever had
    await patiently(() => ensureTopics(kafka, { topics: [topicNamed(TOPIC)] }))
    const cases = Array.from({ length: plan.cases }, (_, n) => derivedId('case', String(seed), String(n)))
    let sent = 0
    const write = async (upTo: number): Promise<void> => {
      while (sent < upTo) {
        const burst = Array.from({ length: Math.min(upTo - sent, 1 + (random() % 8)) }, () => { sent += 1; return sent })
        const appends = burst.map((n) => { const caseId = cases[random() % cases.length]!; return { stream: `pchCase-${caseId}`, expected: 'any' as const, events: [levelAssigned(derivedId('event', String(seed), String(n)), caseId)] } })
        for (const result of await patiently(() => store.appendEach(appends))) if (!result.ok) throw new Error(`an event could not be recorded: ${result.error.code}`)
        if (random() % 3 === 0) await pause(random() % 20)
      }
    }
    await write(share)
    processes.start(job('relay', 'relay-1'))
    processes.start(job('consumer', 'consumer-1'))
    // what is lost must come by the bus: the first share is read from the log
    if (loses) await patiently(async () => { if ((await sql`select from bus.consumers where name = ${GROUP} and caught_up is not null`).count === 0) throw new Error('no consumer listens yet') })
    for (const [i, fault] of plan.faults.entries()) {
      const writing = write(share * (i + 2))
      // it may be refused while the fault is under way: told below, where it is waited for
      writing.catch(() => undefined)
      await befell[fault.kind](fault)
      await writing
    }
    await write(events)
    const started = performance.now()
    const faults = await settled(sql, events, patienceMs, loses)
    const secondsToSettle = Number(((performance.now() - started) / 1000).toFixed(1))
    await processes.end()
    return { seed, events, befell: [...plan.always, ...plan.faults].map(inWords).join(', '), processes: processes.started, died: processes.died, secondsToSettle, faults: [...faults, ...await patiently(() => effectsHeld(store)), ...processes.trouble] }
  } finally {
    await processes.end()
    await store.close()
    await sql.end({ timeout: 2 })
    await patiently(() => database.drop())
  }
}

let killing: Promise<void> = Promise.resolve()
/** One run at a time kills the broker that others share. */
const killBroker = (broker: MortalBroker): Promise<void> => {
  killing = killing.catch(() => undefined).then(async () => { await broker.kill(); await pause(300); await broker.start() })
  return killing
}

/** As after a crash of the server: it ends every connection, and comes back through its write-ahead log. */
async function crashStore(sql: Sql): Promise<void> {
  const [backend] = await patiently(() => sql<{ pid: number }[]>`select pg_backend_pid() as pid`)
  try {
    process.kill(backend!.pid, 'SIGKILL')
  } catch (error) {
    // another run's crash took it along
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  await pause(200)
}

/** Waits until as many effects as events are recorded and nothing waits; says what did not come when nothing changes any more. With `loses`, until a hole waits. */
async function settled(sql: Sql, events: number, patienceMs: number, loses: boolean): Promise<string[]> {
  let last = ''
  let changed = performance.now()
  for (;;) {
    let effects = 0
    let parked: { stream: string; kind: string; cause: string; again: boolean }[] = []
    try {
      // counted, not read: four runs at a time ask ten times a second
      effects = (await sql<{ effects: number }[]>`select count(*)::int as effects from log.events where category = 'effect'`)[0]!.effects
      parked = await sql<typeof parked>`select stream, kind, cause, next_try is not null as again from bus.parked where consumer = ${GROUP} order by stream`
      if (effects >= events && parked.length === 0) return []
      const now = JSON.stringify([effects, parked])
      if (now !== last) { last = now; changed = performance.now() }
    } catch (error) {
      if (performance.now() > changed + patienceMs) throw error
    }
    // what was lost stays away: nobody need wait for it
    const lost = loses && parked.some(({ kind, again }) => kind === 'hole' && !again)
    if (lost || performance.now() > changed + patienceMs) return [`${effects} of ${events} effects; ${await patiently(() => howFar(sql))}`, ...parked.slice(0, 5).map(({ stream, kind, cause }) => `${stream} waits: ${kind}, ${cause}`)]
    await pause(100)
  }
}

/** Through where the relay has published, and who holds which lease: whether it is the relay or the consumers that stand still. */
async function howFar(sql: Sql): Promise<string> {
  const [place] = await sql<{ ordinal: string; epoch: string; head: string }[]>`select p.ordinal, p.epoch, h.ordinal as head from bus.published p, log.head h`
  const leases = await sql<{ name: string; owner: string; left: number }[]>`select name, owner, round(extract(epoch from expires - clock_timestamp())::numeric, 1)::float as left from bus.leases`
  return `published ${place ? `through ${place.ordinal} of ${place.head} by epoch ${place.epoch}` : 'nothing'}; ${leases.map(({ name, owner, left }) => `${name} is ${owner}'s for ${left} s`).join(', ')}`
}

/** Each event's effect once, in the order of its stream; and the chain of the log whole. */
async function effectsHeld(store: PostgresStore): Promise<string[]> {
  const faults: string[] = []
  const fault = (text: string): void => { if (faults.length < 20) faults.push(text) }
  const wanted = new Map<string, string[]>()
  for await (const { stream, id } of store.readAll({ filter: { categories: ['pchCase'] } })) wanted.set(effectsOf(stream), [...wanted.get(effectsOf(stream)) ?? [], effectId(id)])
  const found = new Map<string, string[]>()
  for await (const { stream, id } of store.readAll({ filter: { categories: ['effect'] } })) found.set(stream, [...found.get(stream) ?? [], id])
  for (const [stream, ids] of wanted) {
    const seen = found.get(stream) ?? []
    if (new Set(seen).size !== seen.length) fault(`${stream}: an effect stands there twice`)
    if (seen.length !== ids.length) fault(`${stream}: ${seen.length} effects of ${ids.length} events`)
    const at = ids.findIndex((id, n) => seen[n] !== id)
    if (at >= 0) fault(`${stream}: effect ${at} is not the effect of revision ${at}`)
  }
  for (const stream of found.keys()) if (!wanted.has(stream)) fault(`${stream}: effects of no event`)
  const chain = await verifyChain(store)
  if (!chain.ok) fault(chain.text)
  return faults
}
