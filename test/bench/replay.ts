/** npm run bench -- replay: events read and decoded a second, from the first to the last of a log of 1,000,000. */
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase } from '../support/database'
import type { BodyKind } from './envelopes'
import type { ReplayDone, ReplayJob } from './replay-worker'
import type { Bench, BenchOptions } from './run'
import { percentile, rounded, type Row } from './table'
import { startWorker } from './worker'

const WORKER = join(__dirname, 'replay-worker.ts')

async function work(job: ReplayJob): Promise<ReplayDone> {
  const worker = startWorker<ReplayJob, ReplayDone>(WORKER, job)
  await worker.ready
  worker.go()
  return worker.result
}

/** Reads the log behind the URL by both ways, `rounds` times in turn, each in a process of its own; the best of each counts. */
async function readBoth(bodies: string, url: string, options: BenchOptions): Promise<Row> {
  const ours: ReplayDone[] = []
  const baseline: ReplayDone[] = []
  for (let round = 0; round < (options.quick ? 1 : 2); round++) {
    options.progress(`replay: reading ${bodies}, round ${round + 1}`)
    baseline.push(await work({ do: 'baseline', url }))
    ours.push(await work({ do: 'read', url }))
  }
  const best = (runs: ReplayDone[]): ReplayDone => runs.reduce((a, b) => (b.seconds < a.seconds ? b : a))
  const [our, base] = [best(ours), best(baseline)]
  const paces = [...our.paces].sort((a, b) => a - b)
  const perSecond = our.events / our.seconds
  const baselinePerSecond = base.events / base.seconds
  return {
    bodies, writers: 0, batch: 1, processes: 1, events: our.events, bytesPerEvent: Math.round(our.bytes / our.events), perSecond: Math.round(perSecond), baselinePerSecond: Math.round(baselinePerSecond), ratio: rounded(perSecond / baselinePerSecond),
    p50ms: rounded(percentile(paces, 0.5)), p99ms: rounded(percentile(paces, 0.99)), peakRssMb: our.peakRssMb, rssHalfWayMb: our.rssMb[0], rssAtEndMb: our.rssMb[1], baselinePeakRssMb: base.peakRssMb,
  }
}

async function filled(bodies: BodyKind, options: BenchOptions): Promise<Row> {
  const database = await freshDatabase()
  try {
    const events = options.events ?? (options.quick ? 50_000 : 1_000_000)
    options.progress(`replay: filling a log with ${events.toLocaleString('en-US')} events (${bodies})`)
    await work({ do: 'fill', url: database.appUrl, events, bodies, seed: options.seed })
    const sql = postgres(database.ownerUrl, { max: 1 })
    // freshly written rows cost their first reader extra: let vacuum pay that, as it does in daily use
    await sql`vacuum analyze log.events`
    await sql.end()
    return await readBoth(bodies, database.appUrl, options)
  } finally {
    await database.drop()
  }
}

export const replay: Bench = {
  summary: '1,000,000 events with the real envelope, and bare bodies of 400 bytes; decoded, sealed fields left sealed, chain not checked',
  async run(options) {
    const rows = options.on ? [await readBoth('as found', options.on, options)] : [await filled('envelope', options), await filled('bare', options)]
    return { rows, notes: [
      'perSecond: readAll of the store, each event decoded into envelope and data. baseline: a cursor of 5,000 rows over the same table, decoded likewise. Best of two rounds.',
      'p50ms, p99ms: for each 1,000 events in turn. Memory is flat where half way and end agree.',
    ] }
  },
}
