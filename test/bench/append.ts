/** npm run bench -- append: events appended a second, with the chain, beside one transaction for each append without it. */
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { freshDatabase } from '../support/database'
import type { AppendDone, AppendJob } from './append-worker'
import { BASELINE_SCHEMA } from './append-baseline'
import type { Bench, BenchOptions } from './run'
import { fdatasyncRate } from './server'
import { percentile, rounded, type Row } from './table'
import { startWorker } from './worker'

const WORKER = join(__dirname, 'append-worker.ts')

interface Measured { readonly perSecond: number; readonly p50ms: number; readonly p99ms: number; readonly peakRssMb: number }

/** A database of its own for each measurement: the same fill for both, and none pays for the other's vacuum. */
async function measure(kind: AppendJob['kind'], writers: number, batch: number, processes: number, options: BenchOptions): Promise<Measured> {
  const database = await freshDatabase()
  try {
    if (kind === 'baseline') {
      const sql = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
      await sql.unsafe(BASELINE_SCHEMA.replaceAll('{{app}}', () => `"${new URL(database.appUrl).username}"`)).simple()
      await sql.end()
    }
    const workers = Array.from({ length: processes }, (_, i) => startWorker<AppendJob, AppendDone>(WORKER, {
      url: database.appUrl, kind, writers: writers / processes, batch, lingerMs: options.lingerMs,
      warmUpMs: options.quick ? 300 : 1000, forMs: options.quick ? 700 : 3000, seed: options.seed + i * 1000,
    }))
    await Promise.all(workers.map(({ ready }) => ready))
    for (const worker of workers) worker.go()
    const done = await Promise.all(workers.map(({ result }) => result))
    const latencies = done.flatMap((each) => each.latencies).sort((a, b) => a - b)
    return {
      perSecond: done.reduce((sum, { events, seconds }) => sum + events / seconds, 0),
      p50ms: percentile(latencies, 0.5), p99ms: percentile(latencies, 0.99), peakRssMb: Math.max(...done.map((each) => each.peakRssMb)),
    }
  } finally {
    await database.drop()
  }
}

export const append: Bench = {
  summary: '1, 32 and 128 writers, batches of 1, 10 and 100, one and two processes; every event with the real envelope (1,250 bytes)',
  async run(options) {
    const rows: Row[] = []
    for (const processes of [1, 2]) {
      for (const writers of options.writers ?? [1, 32, 128]) {
        if (writers < processes) continue
        for (const batch of options.batches ?? [1, 10, 100]) {
          options.progress(`append: ${writers} writers, batches of ${batch}, ${processes} process${processes > 1 ? 'es' : ''}`)
          const baseline = await measure('baseline', writers, batch, processes, options)
          const ours = await measure('chorus', writers, batch, processes, options)
          rows.push({
            writers, batch, processes, perSecond: Math.round(ours.perSecond), baselinePerSecond: Math.round(baseline.perSecond), ratio: rounded(ours.perSecond / baseline.perSecond),
            p50ms: rounded(ours.p50ms), p99ms: rounded(ours.p99ms), baselineP50ms: rounded(baseline.p50ms), baselineP99ms: rounded(baseline.p99ms), peakRssMb: ours.peakRssMb,
            fdatasyncPerSecond: Math.round(fdatasyncRate(options.quick ? 200 : 500)),
          })
        }
      }
    }
    return { rows, notes: [
      'perSecond: events a second, durable, gapless, chained. baseline: one transaction (one statement) for each append, counter row, same indexes, durable, no chain.',
      'fdatasyncPerSecond: what this disk gives one process; two processes need two writers at least, so 1 writer is measured with one process only.',
    ] }
  },
}
