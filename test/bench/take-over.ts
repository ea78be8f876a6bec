/**
 * npm run bench -- take-over: two relays, then two members of one consumer group. One is killed, told to stop, or paused; how
 * long until the other has done what was recorded after that moment. Beside it the same way while nothing is wrong.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { derivedId } from '@chorus/decider'
import { ensureTopics, KafkaBus, type KafkaSettings } from '@chorus/event-bus'
import { PostgresStore, type StoredEvent } from '@chorus/event-store'
import { topicNamed } from '@chorus/contracts'
import { useBroker } from '../../infra/kafka/broker'
import { kafkaClient } from '../../libs/event-bus/src/kafka/kafka-client'
import { levelAssigned } from '../faults/bus'
import { effectId, TOPIC } from '../faults/bus-plan'
import { freshDatabase } from '../support/database'
import type { Bench, BenchOptions } from './run'
import { percentile, rounded, type Row } from './table'
import type { TakeOverJob } from './take-over-worker'

const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const
type Role = TakeOverJob['role']
/** so many events are recorded after the signal, ms between them, over all partitions: what is behind the last of them is counted */
const AFTER = 12
const EVERY_MS = 25
const GROUP = 'bench.on-level-assigned'
const WORKER = join(__dirname, 'take-over-worker.ts')

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => { while (!await holds()) await pause(10) }

class Member {
  state = 'starting'
  readonly ended: Promise<void>
  readonly child: ChildProcess
  constructor(job: TakeOverJob) {
    this.child = fork(WORKER, [], { execArgv: ['-r', join(__dirname, '../support/register.js')], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.child.on('message', ({ state }: { state: string }) => { this.state = state })
    this.ended = new Promise((resolve) => { this.child.once('exit', () => resolve()) })
    this.child.send(job)
  }
  async end(): Promise<void> { this.child.kill('SIGCONT'); this.child.kill('SIGKILL'); await this.ended }
}

/** Two members, of which one may be struck; what arrives is noted with its time. */
class Pair {
  private members: Member[] = []
  private readonly arrived = new Map<string, number>()
  private twice = 0
  private sent = 0
  private readonly admin
  constructor(private readonly role: Role, private readonly job: TakeOverJob, private readonly store: PostgresStore) { this.admin = kafkaClient(job.kafka).admin() }

  private readonly note = (id: string): void => { if (this.arrived.has(id)) this.twice++; else this.arrived.set(id, performance.now()) }

  async start(): Promise<() => Promise<void>> {
    await this.admin.connect()
    const bus = new KafkaBus({ settings: this.job.kafka })
    // the relay's work is seen at the broker, a consumer's in the log
    const seen = this.role === 'relay'
      ? await bus.subscribe({ group: 'bench.reader', topics: [TOPIC], onMessages: ({ messages }) => { for (const { headers } of messages) this.note(headers.ce_id!); return Promise.resolve() } })
      : this.store.subscribe({ after: 0, filter: { types: ['EffectSeen'] }, onBatch: (events: readonly StoredEvent[]) => { for (const { id } of events) this.note(id); return Promise.resolve() } })
    await this.full()
    return async () => { await Promise.all(this.members.map((one) => one.end())); await seen.stop(); await bus.close(); await this.admin.disconnect() }
  }

  /** Two of them, at work. */
  private async full(): Promise<void> {
    while (this.members.length < 2) this.members.push(new Member(this.job))
    if (this.role === 'relay') return until(() => this.members.map(({ state }) => state).sort().join() === 'owner,standby')
    const groupId = this.job.kafka.prefix + this.job.group
    await until(async () => { const { groups: [group] } = await this.admin.describeGroups([groupId]); return group!.state === 'Stable' && group!.members.length === 2 && this.members.every(({ state }) => state === 'listening') })
  }

  /** Records events over all partitions; answers how long after now all of them were worked, ms. */
  private async led(): Promise<number> {
    const from = performance.now()
    const ids: string[] = []
    for (let n = 0; n < AFTER; n++) {
      const id = derivedId('take-over', this.job.kafka.prefix, this.role, String(this.sent++))
      const caseId = derivedId('case', String(n))
      await this.store.append({ stream: `pchCase-${caseId}`, expected: 'any', events: [levelAssigned(id, caseId)] })
      ids.push(this.role === 'relay' ? id : effectId(id))
      await pause(EVERY_MS)
    }
    await until(() => ids.every((id) => this.arrived.has(id)))
    return Math.max(...ids.map((id) => this.arrived.get(id)!)) - from
  }

  /** @returns ms without a fault, ms with it, and what came a second time after the struck one was back */
  async round(signal: (typeof SIGNALS)[number]): Promise<{ usual: number; struck: number; twice: number }> {
    await this.full()
    const usual = await this.led()
    const one = this.role === 'relay' ? this.members.find(({ state }) => state === 'owner')! : this.members[0]!
    one.child.kill(signal)
    const struck = await this.led()
    this.twice = 0
    if (signal === 'SIGSTOP') {
      one.state = 'paused'
      one.child.kill('SIGCONT')
      await this.full()
      await this.led()
      return { usual, struck, twice: this.twice }
    }
    await one.ended
    this.members = this.members.filter((other) => other !== one)
    return { usual, struck, twice: 0 }
  }
}

const column = (name: string, values: readonly number[]): Row => {
  const sorted = [...values].sort((a, b) => a - b)
  return { [`${name}P50ms`]: rounded(percentile(sorted, 0.5), 0), [`${name}MaxMs`]: rounded(sorted.at(-1)!, 0) }
}

export const takeOver: Bench = {
  summary: 'one of two relays, one of two consumers of a group is killed, stopped or paused: until the other has done its work',
  async run({ quick, events, progress }: BenchOptions) {
    const rounds = events ?? (quick ? 1 : 10)
    const folder = await mkdtemp(join(tmpdir(), 'chorus-bench-kafka-'))
    const broker = await useBroker({ folder, say: progress })
    const rows: Row[] = []
    try {
      for (const role of ['relay', 'consumer'] as const) {
        const database = await freshDatabase()
        const store = await PostgresStore.open({ url: database.appUrl })
        const kafka: KafkaSettings = { brokers: broker.brokers.split(','), clientId: 'chorus-bench', prefix: `b-${randomUUID().slice(0, 8)}.` }
        await ensureTopics(kafka, { topics: [topicNamed(TOPIC)] })
        const relay = role === 'consumer' ? new Member({ role: 'relay', group: '', url: database.appUrl, kafka }) : undefined
        const pair = new Pair(role, { role, group: GROUP, url: database.appUrl, kafka }, store)
        const stop = await pair.start()
        try {
          for (const signal of SIGNALS) {
            const all: Awaited<ReturnType<Pair['round']>>[] = []
            for (let n = 0; n < rounds; n++) { progress(`take-over: ${role}, ${signal}, ${n + 1} of ${rounds}`); all.push(await pair.round(signal)) }
            rows.push({ of: role, signal, samples: rounds, ...column('usual', all.map(({ usual }) => usual)), ...column('struck', all.map(({ struck }) => struck)), twiceAfterReturn: signal === 'SIGSTOP' ? all.reduce((sum, { twice }) => sum + twice, 0) : null })
          }
        } finally { await stop(); await relay?.end(); await store.close(); await database.drop() }
      }
    } finally { await broker.stop(); await rm(folder, { recursive: true, force: true }) }
    return { rows, notes: [`From the signal until all of ${AFTER} events, recorded one each ${EVERY_MS} ms from that moment on, were at the broker (relay) or had their effect (consumer); usual: the same, nobody struck.`] }
  },
}
