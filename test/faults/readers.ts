/**
 * Readers that tail while 16 writers in two operating-system processes append with random delays, conflicts, repeats
 * and rolled-back transactions: nothing may be skipped, doubled or reordered.
 */
import { join } from 'node:path'
import { PostgresStore, verifyChain, type StoredEvent, type Subscription } from '@chorus/event-store'
import { startWorker } from '../bench/worker'
import { freshDatabase } from '../support/database'
import type { WriterDone, WriterJob } from './readers-writer'

export interface ReadersReport {
  readonly seed: number
  readonly events: number
  readonly acknowledged: number
  readonly conflicts: number
  readonly rollbacks: number
  readonly readers: number
  readonly secondsToWrite: number
  /** what was wrong, in words; empty when all is well */
  readonly faults: readonly string[]
}

const WRITER = join(__dirname, 'readers-writer.ts')
const PROCESSES = 2
const WRITERS = 16

/** What one reader saw of the log. */
class Seen {
  readonly ids: string[] = []
  readonly faults: string[] = []
  private readonly revisions = new Map<string, number>()
  private recordedtime = ''
  constructor(readonly name: string) {}
  take({ ordinal, stream, revision, id, recordedtime }: StoredEvent): void {
    const fault = (text: string): void => { if (this.faults.length < 10) this.faults.push(`${this.name}: ${text}`) }
    if (ordinal !== this.ids.length + 1) fault(`after ordinal ${this.ids.length} came ${ordinal}`)
    if (revision !== (this.revisions.get(stream) ?? -1) + 1) fault(`ordinal ${ordinal}: revision ${revision} after ${this.revisions.get(stream) ?? 'none'} of its stream`)
    if (recordedtime < this.recordedtime) fault(`ordinal ${ordinal}: recorded before its predecessor`)
    this.revisions.set(stream, revision)
    this.recordedtime = recordedtime
    this.ids.push(id)
  }
}

/** Subscribers woken by NOTIFY, by polling alone, in small batches; and one that reads from its last ordinal over and over. */
function startReaders(store: PostgresStore): { seen: Seen[]; caughtUp(through: number): Promise<void>; stop(): Promise<void> } {
  const seen: Seen[] = []
  const subscriptions: Subscription[] = [{ batchSize: 500 }, { batchSize: 7 }, { batchSize: 50, pollMs: 20 }].map((options, i) => {
    const mine = new Seen(`subscriber ${i + 1}`)
    seen.push(mine)
    return store.subscribe({ after: 0, ...options, onBatch: async (events) => { for (const event of events) mine.take(event) }, onError: (error) => mine.faults.push(`${mine.name}: ${String(error)}`) })
  })
  const reader = new Seen('reader in a loop')
  seen.push(reader)
  let stopped = false
  const loop = (async () => {
    while (!stopped) {
      for await (const event of store.readAll({ after: reader.ids.length })) reader.take(event)
      await new Promise((resolve) => { setTimeout(resolve, 1) })
    }
  })()
  return {
    seen,
    caughtUp: async (through) => {
      const deadline = performance.now() + 60_000
      while (seen.some(({ ids }) => ids.length < through) && performance.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, 20) })
    },
    stop: async () => {
      stopped = true
      await Promise.all([loop, ...subscriptions.map((subscription) => subscription.stop())])
    },
  }
}

/** One run on a database of its own. Answers what it found; throws only where it could not be run. */
export async function tailWhileWriting(options: { readonly events: number; readonly seed: number }): Promise<ReadersReport> {
  const { events, seed } = options
  const database = await freshDatabase()
  const store = await PostgresStore.open({ url: database.appUrl })
  try {
    const workers = Array.from({ length: PROCESSES }, (_, i) => startWorker<WriterJob, WriterDone>(WRITER, {
      url: database.appUrl, writers: WRITERS / PROCESSES, events: Math.floor(events / PROCESSES) + (i < events % PROCESSES ? 1 : 0), seed: seed * 10 + i,
    }))
    await Promise.all(workers.map(({ ready }) => ready))
    const readers = startReaders(store)
    const started = performance.now()
    for (const worker of workers) worker.go()
    const done = await Promise.all(workers.map(({ result }) => result)).catch(async (error: unknown) => { await readers.stop(); throw error })
    const secondsToWrite = (performance.now() - started) / 1000
    await readers.caughtUp(events)
    await readers.stop()

    const faults = readers.seen.flatMap((each) => each.faults)
    const { ordinal } = await store.head()
    if (ordinal !== events) faults.push(`the log's head is ${ordinal}, ${events} events were asked for`)
    const acknowledged = done.flatMap((each) => each.acknowledged)
    for (const { name, ids } of readers.seen) {
      if (ids.length !== events) faults.push(`${name}: saw ${ids.length} of ${events} events`)
      const wrong = acknowledged.find(([id, at]) => ids[at - 1] !== id)
      if (wrong) faults.push(`${name}: ordinal ${wrong[1]} is not the event that was acknowledged there`)
    }
    const chain = await verifyChain(store)
    if (!chain.ok) faults.push(chain.text)
    const sum = (of: (each: WriterDone) => number): number => done.reduce((total, each) => total + of(each), 0)
    return { seed, events, acknowledged: acknowledged.length, conflicts: sum((each) => each.conflicts), rollbacks: sum((each) => each.rollbacks), readers: readers.seen.length, secondsToWrite: Number(secondsToWrite.toFixed(1)), faults }
  } finally {
    await store.close()
    await database.drop()
  }
}
