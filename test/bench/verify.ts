/** npm run bench -- verify: events verified a second against their chain and checkpoints, from the first to the last of a log of 1,000,000. */
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase } from '../support/database'
import type { ReplayDone, ReplayJob } from './replay-worker'
import type { Bench } from './run'
import { rounded } from './table'
import type { VerifyDone, VerifyJob } from './verify-worker'
import { startWorker } from './worker'

const work = async (job: VerifyJob): Promise<VerifyDone> => {
  const worker = startWorker<VerifyJob, VerifyDone>(join(__dirname, 'verify-worker.ts'), job)
  await worker.ready
  worker.go()
  return worker.result
}

export const verify: Bench = {
  summary: '1,000,000 events with the real envelope: chain, columns and checkpoints; then again with nothing new',
  async run(options) {
    const database = await freshDatabase()
    try {
      const events = options.events ?? (options.quick ? 50_000 : 1_000_000)
      options.progress(`verify: filling a log with ${events.toLocaleString('en-US')} events`)
      const fill = startWorker<ReplayJob, ReplayDone>(join(__dirname, 'replay-worker.ts'), { do: 'fill', url: database.appUrl, events, bodies: 'envelope', seed: options.seed })
      await fill.ready
      fill.go()
      await fill.result
      const sql = postgres(database.ownerUrl, { max: 1 })
      await sql`vacuum analyze log.events`
      await sql.end()
      const ours: VerifyDone[] = []
      const base: VerifyDone[] = []
      for (let round = 0; round < (options.quick ? 1 : 2); round++) {
        options.progress(`verify: round ${round + 1}`)
        base.push(await work({ do: 'baseline', url: database.appUrl }))
        ours.push(await work({ do: 'verify', url: database.appUrl }))
      }
      const best = (runs: readonly VerifyDone[]): VerifyDone => runs.reduce((a, b) => b.seconds < a.seconds ? b : a)
      const [our, other] = [best(ours), best(base)]
      const rate = ({ events: n, seconds }: VerifyDone): number => Math.round(n / seconds)
      return {
        rows: [{
          events: our.events, seconds: rounded(our.seconds), perSecond: rate(our), baselinePerSecond: rate(other), ratio: rounded(rate(our) / rate(other)), checkpoints: our.checkpoints, signedPerSecond: Math.round(our.events / our.signSeconds),
          againMs: Math.round(our.againSeconds * 1000), peakRssMb: our.peakRssMb, rssHalfWayMb: our.rssMb[0], rssAtEndMb: our.rssMb[1], baselinePeakRssMb: other.peakRssMb,
        }],
        notes: [
          'perSecond: every leaf, link, recorded time and column, and every checkpoint; sealing keys are not tried. baseline: a cursor of 5,000 rows, leaf and link alone. Best of two rounds.',
          'signedPerSecond: walked and signed for the first time, a checkpoint for each 10,000. againMs: verified again when nothing is new. Memory is flat where half way and end agree.',
        ],
      }
    } finally {
      await database.drop()
    }
  },
}
