/**
 * One writing process of the readers' fault suite: writers append under random delays, and in between open
 * transactions of their own on the log's tables that they roll back.
 */
import { postgres } from '@chorus/postgres'
import { PostgresStore } from '@chorus/event-store'
import { generator, randomFrom } from '../bench/envelopes'
import { serve } from '../bench/worker'

export interface WriterJob { readonly url: string; readonly writers: number; readonly events: number; readonly seed: number }
export interface WriterDone { /** id -> ordinal of every acknowledged event */ readonly acknowledged: readonly (readonly [string, number])[]; readonly conflicts: number; readonly rollbacks: number }

/** One in this many appends expects a revision that is wrong, comes twice, or has a transaction beside it that is rolled back. */
const CONFLICT_EVERY = 9
const TWICE_EVERY = 7
const ROLLBACK_EVERY = 25

serve<WriterJob, WriterDone>(async ({ url, writers, events, seed }) => {
  const store = await PostgresStore.open({ url })
  const stranger = postgres(url, { max: 2, onnotice: () => undefined })
  return async () => {
    const acknowledged: [string, number][] = []
    let conflicts = 0
    let rollbacks = 0
    let left = events

    /** An insert at the next ordinal under the counter's lock, rolled back after a while: a process that died half way. */
    const rollBack = async (holdMs: number): Promise<void> => {
      await stranger.begin(async (sql) => {
        await sql`select ordinal from log.head for update`
        await sql`insert into log.events (ordinal, stream, revision, id, type, content, recordedtime, text, link)
          select ordinal + 1, 'ghost-' || ordinal, 0, gen_random_uuid(), 'Ghost', 'c', clock_timestamp(), '{}', link from log.head`
        await sql`update log.head set ordinal = ordinal + 1`
        await new Promise((resolve) => { setTimeout(resolve, holdMs) })
        throw new Error('rolled back')
      }).catch((error: Error) => { if (error.message !== 'rolled back') throw error })
      rollbacks += 1
    }

    await Promise.all(Array.from({ length: writers }, async (_, index) => {
      const random = randomFrom(seed * 1000 + index + 1)
      const make = generator(seed * 1000 + 500 + index)
      const stream = `incident-${make.uuid()}`
      let revision = -1
      while (left > 0) {
        const count = Math.min(left, 1 + (random() % 5))
        left -= count
        const run = Array.from({ length: count }, () => make.body('bare', stream))
        if (random() % 3 === 0) await new Promise((resolve) => { setTimeout(resolve, random() % 8) })
        if (random() % ROLLBACK_EVERY === 0) await rollBack(random() % 10)
        if (random() % CONFLICT_EVERY === 0) {
          const refused = await store.append({ stream, expected: revision + 3, events: run })
          if (refused.ok) throw new Error(`${stream}: a wrong revision was accepted`)
          conflicts += 1
        }
        const results = await Promise.all(Array.from({ length: random() % TWICE_EVERY === 0 ? 2 : 1 }, () => store.append({ stream, expected: revision, events: run })))
        for (const result of results) if (!result.ok) throw new Error(`${stream}: ${result.error.code}`)
        const [first] = results
        if (first!.ok) for (const [i, { id }] of run.entries()) acknowledged.push([id, first!.first.ordinal + i])
        revision += count
      }
    }))
    await store.close()
    await stranger.end()
    return { acknowledged, conflicts, rollbacks }
  }
})
