/** Fills a log for the replay bench, or reads one from start to end and decodes it. */
import { postgres } from '@chorus/postgres'
import { PostgresStore } from '@chorus/event-store'
import type { RecordedEvent } from '@chorus/contracts'
import { generator, type BodyKind } from './envelopes'
import { peakRssMb } from './table'
import { serve } from './worker'

export type ReplayJob =
  | { readonly do: 'fill'; readonly url: string; readonly events: number; readonly bodies: BodyKind; readonly seed: number }
  | { readonly do: 'read' | 'baseline'; readonly url: string }
export interface ReplayDone { readonly events: number; readonly bytes: number; readonly seconds: number; /** ms for each 1,000 events in turn */ readonly paces: readonly number[]; readonly peakRssMb: number; /** resident memory half way and at the end, MiB */ readonly rssMb: readonly [number, number] }

const RUN = 20

async function fill(url: string, events: number, bodies: BodyKind, seed: number): Promise<number> {
  const store = await PostgresStore.open({ url })
  const make = generator(seed)
  for (let done = 0; done < events; done += 100 * RUN) {
    const appends = Array.from({ length: Math.min(100, Math.ceil((events - done) / RUN)) }, () => {
      const id = make.uuid()
      return { stream: `incident-${id}`, expected: 'none' as const, events: Array.from({ length: RUN }, () => make.body(bodies, id)) }
    })
    const results = await store.appendEach(appends)
    if (!results.every(({ ok }) => ok)) throw new Error('a fill must not conflict')
  }
  const { ordinal } = await store.head()
  await store.close()
  return ordinal
}

/** What every reader must do with an event: decode envelope and data, leave what is sealed sealed, and look at it. */
class Fold {
  events = 0
  bytes = 0
  readonly types = new Map<string, number>()
  readonly paces: number[] = []
  rssHalf = 0
  private last = performance.now()
  constructor(private readonly of: number) {}
  take(text: string, ordinal: number, recordedtime: string): void {
    const event = Object.assign(JSON.parse(text) as RecordedEvent, { ordinal, recordedtime })
    if (event.data === undefined || event.ordinal !== this.events + 1) throw new Error(`ordinal ${ordinal}: skipped or not decoded`)
    this.types.set(event.type, (this.types.get(event.type) ?? 0) + 1)
    this.events += 1
    this.bytes += text.length
    if (this.events % 1000 === 0) { const now = performance.now(); this.paces.push(now - this.last); this.last = now }
    if (this.events === this.of >> 1) this.rssHalf = process.memoryUsage.rss()
  }
}

const mb = (bytes: number): number => Math.round(bytes / 1024 / 1024)

serve<ReplayJob, ReplayDone>(async (job) => {
  if (job.do === 'fill') {
    return async () => ({ events: await fill(job.url, job.events, job.bodies, job.seed), bytes: 0, seconds: 0, paces: [], peakRssMb: peakRssMb(), rssMb: [0, 0] })
  }
  const store = await PostgresStore.open({ url: job.url })
  const { ordinal } = await store.head()
  return async () => {
    const fold = new Fold(ordinal)
    const started = performance.now()
    if (job.do === 'read') {
      for await (const event of store.readAll()) fold.take(event.text, event.ordinal, event.recordedtime)
    } else {
      const sql = postgres(job.url, { max: 1, fetch_types: false, types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } } })
      const rows = sql<{ ordinal: number; recordedtime: string; text: string }[]>`
        select ordinal, recordedtime::text as recordedtime, stream, revision, id, type, text, encode(link, 'hex') as link from log.events order by ordinal`
      for await (const page of rows.cursor(5000)) for (const row of page) fold.take(row.text, row.ordinal, row.recordedtime)
      await sql.end()
    }
    const seconds = (performance.now() - started) / 1000
    await store.close()
    if (fold.events !== ordinal) throw new Error(`read ${fold.events} of ${ordinal} events`)
    return { events: fold.events, bytes: fold.bytes, seconds, paces: fold.paces, peakRssMb: peakRssMb(), rssMb: [mb(fold.rssHalf), mb(process.memoryUsage.rss())] }
  }
})
