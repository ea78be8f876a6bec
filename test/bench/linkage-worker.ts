/** The embedded form over which `npm run bench -- linkage` lets the matcher run, in a process of its own: its memory, and how long it answers nobody, are its own. */
import { randomBytes } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { RecordedEvent } from '@chorus/contracts'
import { decode, PostgresStore } from '@chorus/event-store'
import { startChorus } from '../support/chorus'
import { forgetPeak, peakRssMb, rounded } from './table'
import { serve } from './worker'

/** `runs`: scopes, one run after the other. */
export interface LinkageJob { readonly ownerUrl: string; readonly appUrl: string; readonly data: string; readonly runs: readonly ('ALL' | 'NEW')[] }
export interface LinkageRun { readonly seconds: number; /** of the whole process */ readonly cpuSeconds: number; readonly startRssMb: number; readonly peakRssMb: number; readonly longestPauseMs: number; readonly referralMs: number; readonly linked: number; readonly asked: number; readonly compared: number }

/** Referrals sent after each run, one after the other. */
const REFERRALS = 5

serve<LinkageJob, { readonly runs: readonly LinkageRun[] }>(async ({ ownerUrl, appUrl, data, runs }) => {
  const nothing = (): Promise<void> => Promise.resolve()
  const chorus = await startChorus({ env: { CHORUS_LOG_LEVEL: 'error', KAFKA_BROKERS: '' }, on: { database: { ownerUrl, appUrl, allowAll: nothing, drop: nothing }, data } })
  const store = await PostgresStore.open({ url: appUrl })
  const authorization = await chorus.bearer('intakeAnalyst')
  const post = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${chorus.address}/v1/${path}`, { method: 'POST', headers: { authorization, 'content-type': 'application/json', 'x-purpose': 'caseWork' }, body: JSON.stringify(body) })
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
  }
  // A name of its own each time: they are nobody's question.
  const nobody = (): object => ({ name: `Fictional ${randomBytes(8).toString('hex').replace(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))}` })
  /** ms of the one in the middle */
  const referralMs = async (): Promise<number> => {
    const took: number[] = []
    for (let n = 0; n < REFERRALS; n++) {
      const before = performance.now()
      await post('referrals', { source: 'SELF', incidentIds: [], subject: nobody(), victim: nobody() })
      took.push(performance.now() - before)
    }
    return rounded(took.sort((a, b) => a - b)[REFERRALS >> 1]!, 1)
  }
  return async () => {
    await referralMs()
    const done: LinkageRun[] = []
    for (const scope of runs) {
      const { ordinal } = await store.head()
      const startRssMb = forgetPeak()
      const pauses = monitorEventLoopDelay({ resolution: 10 })
      pauses.enable()
      const [before, cpu] = [performance.now(), process.cpuUsage()]
      await post('persons/matching-runs', { purpose: 'dataQuality', scope })
      const seconds = rounded((performance.now() - before) / 1000)
      const { user, system } = process.cpuUsage(cpu)
      pauses.disable()
      const found: RecordedEvent[] = []
      for await (const stored of store.readAll({ after: ordinal, filter: { categories: ['personIdentity'] } })) found.push(decode(stored))
      const count = (type: string): number => found.filter((event) => event.type === type).length
      done.push({
        seconds, cpuSeconds: rounded((user + system) / 1e6), startRssMb, peakRssMb: peakRssMb(), longestPauseMs: Math.round(pauses.max / 1e6), referralMs: await referralMs(),
        linked: count('PersonIdentitiesLinked'), asked: count('PersonMatchProposed'), compared: (found.find(({ type }) => type === 'PersonsMatched')!.data as { compared: number }).compared,
      })
    }
    await store.close()
    await chorus.close()
    return { runs: done }
  }
})
