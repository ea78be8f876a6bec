/** One writing process of the append bench. */
import { PostgresStore, type NewEvent } from '@chorus/event-store'
import { BaselineStore } from './append-baseline'
import { generator } from './envelopes'
import { peakRssMb } from './table'
import { serve } from './worker'

export interface AppendJob { readonly url: string; readonly kind: 'chorus' | 'baseline'; readonly writers: number; readonly batch: number; readonly warmUpMs: number; readonly forMs: number; readonly seed: number; readonly lingerMs: number }
export interface AppendDone { readonly events: number; readonly seconds: number; /** ms of each append, in no order */ readonly latencies: readonly number[]; readonly peakRssMb: number }

interface Target { append(stream: string, revision: number, events: readonly NewEvent[]): Promise<void>; close(): Promise<void> }

async function chorusTarget({ url, lingerMs }: AppendJob): Promise<Target> {
  const store = await PostgresStore.open({ url, lingerMs })
  return {
    append: async (stream, expected, events) => {
      const result = await store.append({ stream, expected, events })
      if (!result.ok) throw new Error(`${stream}: ${result.error.code}`)
    },
    close: () => store.close(),
  }
}

serve<AppendJob, AppendDone>(async (job) => {
  const target = job.kind === 'chorus' ? await chorusTarget(job) : new BaselineStore(job.url, Math.min(job.writers, 32))
  const make = generator(job.seed)
  const writers = Array.from({ length: job.writers }, () => { const id = make.uuid(); return { id, stream: `incident-${id}`, revision: -1 } })
  return async () => {
    const latencies: number[] = []
    const begin = performance.now() + job.warmUpMs
    const end = begin + job.forMs
    let events = 0
    await Promise.all(writers.map(async (writer) => {
      for (;;) {
        const body = Array.from({ length: job.batch }, () => make.body('envelope', writer.id))
        const started = performance.now()
        if (started > end) return
        await target.append(writer.stream, writer.revision, body)
        writer.revision += job.batch
        const now = performance.now()
        if (now < begin || now > end) continue
        latencies.push(now - started)
        events += job.batch
      }
    }))
    await target.close()
    return { events, seconds: job.forMs / 1000, latencies, peakRssMb: peakRssMb() }
  }
})
