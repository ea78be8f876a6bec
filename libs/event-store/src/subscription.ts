/** Catch-up to live over any store: read what is there, hand it on in batches, wait for a wake-up or the poll. */
import { matcherOf, type EventStore, type StoredEvent, type SubscribeOptions, type Subscription } from './port'

/** What a store of this process has committed: all events of (after, through]. */
export interface Commit { readonly after: number; readonly through: number; readonly events: readonly Pick<StoredEvent, 'stream' | 'type'>[] }
/** @param head the log reaches so far; absent: not known @param commit where what it grew by is known as well */
export type Wake = (head?: number, commit?: Commit) => void
/** Calls `wake` when the log may have grown; answers how to stop. A wake-up may be lost: the poll comes anyway. */
export type OnGrowth = (wake: Wake) => () => void

export const DEFAULT_POLL_MS = 1000
export const DEFAULT_BATCH = 500

/**
 * Starts a subscription. A batch that fails (the handler's promise rejects, or the read does) is reported to `onError`
 * and comes again after `pollMs`: nothing is passed over.
 */
export function startSubscription(store: Pick<EventStore, 'readAll' | 'head'>, options: SubscribeOptions, onGrowth: OnGrowth): Subscription {
  const { filter, onBatch, onError, pollMs = DEFAULT_POLL_MS, batchSize = DEFAULT_BATCH } = options
  const cancel = new AbortController()
  const concerns = matcherOf(filter)
  let after = options.after
  /** nothing between `after` and here passes the filter: there is nothing to read */
  let clear = after
  let grown = true
  // who wakes it often knows how far the log has come: only who does not know has it asked
  let known = 0
  let mustAsk = true
  let wakeUp: (() => void) | undefined
  const wake: Wake = (head, commit) => {
    if (head === undefined) mustAsk = true
    else known = Math.max(known, head)
    if (commit && commit.after <= clear && !commit.events.some(concerns)) clear = Math.max(clear, commit.through)
    grown = true
    wakeUp?.()
  }
  const off = onGrowth(wake)

  const deliver = async (events: StoredEvent[], through: number): Promise<void> => {
    await onBatch(events, through)
    after = through
    clear = Math.max(clear, after)
  }

  const catchUp = async (): Promise<void> => {
    const ask = mustAsk
    mustAsk = false
    const through = ask ? (await store.head()).ordinal : known
    if (through <= after || cancel.signal.aborted) return
    if (through <= clear) return deliver([], through)
    let batch: StoredEvent[] = []
    for await (const event of store.readAll({ after: clear, through, signal: cancel.signal, ...(filter && { filter }) })) {
      batch.push(event)
      if (batch.length < batchSize) continue
      const full = batch
      batch = []
      await deliver(full, event.ordinal)
      if (cancel.signal.aborted) return
    }
    if (after < through) await deliver(batch, through)
  }

  const pause = (): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(() => { mustAsk = true; done() }, pollMs)
    function done(): void { clearTimeout(timer); wakeUp = undefined; resolve() }
    wakeUp = done
    if (grown || cancel.signal.aborted) done()
  })

  const run = async (): Promise<void> => {
    while (!cancel.signal.aborted) {
      grown = false
      try {
        await catchUp()
      } catch (error) {
        if (cancel.signal.aborted) break
        onError?.(error)
        grown = false
        mustAsk = true
      }
      await pause()
    }
  }

  const running = run()
  return {
    get after() { return after },
    stop: async () => {
      off()
      cancel.abort()
      wakeUp?.()
      await running
    },
  }
}
