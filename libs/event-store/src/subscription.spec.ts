import { randomFrom } from '../../../test/bench/envelopes'
import type { StoredEvent } from './port'
import { startSubscription, type Wake } from './subscription'

const event = (ordinal: number, stream = 'thing-1') => ({ ordinal, stream, type: 'Happened' }) as StoredEvent

/** A log that counts how often it is asked how far it reaches. */
const log = () => {
  const store = { reaches: 0, asked: 0, head: async () => { store.asked++; return { ordinal: store.reaches, log: 'x', link: 'x', recordedtime: null } }, readAll: async function* ({ after = 0, through = 0 }) { for (let at = after + 1; at <= Math.min(through, store.reaches); at++) yield event(at) } }
  return store
}
const settled = async (): Promise<void> => { for (let i = 0; i < 20; i++) await new Promise((resolve) => { setImmediate(resolve) }) }

describe('a subscription that is woken', () => {
  const started = async (store: ReturnType<typeof log>, onBatch: (events: readonly StoredEvent[]) => Promise<void> = async () => undefined, pollMs = 3_600_000) => {
    const seen: number[] = []
    let wake: Wake = () => undefined
    const subscription = startSubscription(store as never, { after: 0, pollMs, onBatch: async (events) => { await onBatch(events); seen.push(...events.map(({ ordinal }) => ordinal)) } }, (given) => { wake = given; return () => undefined })
    await settled()
    return { seen, subscription, wake: (head?: number) => { wake(head); return settled() } }
  }

  it('with how far the log reaches does not ask the log, nor read what it has', async () => {
    const store = log()
    const { seen, wake, subscription } = await started(store)
    expect(store.asked).toBe(1)
    store.reaches = 3
    await wake(3)
    await wake(3)
    await wake(2)
    expect(seen).toEqual([1, 2, 3])
    expect(store.asked).toBe(1)
    await subscription.stop()
  })
  it('without, asks', async () => {
    const store = log()
    const { seen, wake, subscription } = await started(store)
    store.reaches = 2
    await wake()
    expect([seen, store.asked]).toEqual([[1, 2], 2])
    await subscription.stop()
  })
  it('tries a batch that failed again, and leaves nothing out', async () => {
    const store = log()
    let failures = 1
    const { seen, wake, subscription } = await started(store, async () => { if (failures-- > 0) throw new Error('once') }, 1)
    store.reaches = 2
    await wake(2)
    while (seen.length < 2) await settled()
    expect(seen).toEqual([1, 2])
    await subscription.stop()
  })

  /** A log of things and others, with a subscription to the things alone. */
  const things = async () => {
    const stored: StoredEvent[] = []
    const store = {
      reads: 0,
      head: async () => ({ ordinal: stored.length, log: 'x', link: 'x', recordedtime: null }),
      readAll: async function* ({ after = 0, through = 0 }) { store.reads++; for (const one of stored.slice(after, through)) if (one.stream.startsWith('thing-')) yield one },
    }
    const seen: number[] = []
    const looked: number[] = []
    let wake: Wake = () => undefined
    const subscription = startSubscription(store as never, { after: 0, pollMs: 3_600_000, filter: { categories: ['thing'] }, onBatch: async (events, through) => { seen.push(...events.map(({ ordinal }) => ordinal)); looked.push(through) } }, (given) => { wake = given; return () => undefined })
    await settled()
    const write = (...streams: string[]) => {
      const after = stored.length
      const events = streams.map((stream, i) => event(after + i + 1, stream))
      stored.push(...events)
      return { after, through: stored.length, events }
    }
    return { store, seen, looked, write, subscription, stored, told: (commit: ReturnType<typeof write>) => { wake(commit.through, commit) } }
  }
  it('is not read for by a commit in which nothing concerns it, and says how far it has looked', async () => {
    const { store, seen, looked, write, told, subscription } = await things()
    told(write('other-1', 'other-2'))
    await settled()
    expect([store.reads, seen, looked.at(-1)]).toEqual([0, [], 2])
    told(write('other-1', 'thing-1'))
    await settled()
    expect([store.reads, seen, looked.at(-1)]).toEqual([1, [4], 4])
    await subscription.stop()
  })
  it('reads what lies before a commit that it is told of, although nothing in that concerns it', async () => {
    const { seen, looked, write, told, subscription } = await things()
    write('thing-1')
    told(write('other-1'))
    await settled()
    expect([seen, looked.at(-1)]).toEqual([[1], 2])
    await subscription.stop()
  })
  it('whatever it is told of and whatever not, every event comes once and in order (200 seeds)', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomFrom(seed)
      const { seen, write, told, subscription, stored } = await things()
      for (let step = 0; step < 30; step++) {
        const commit = write(...Array.from({ length: 1 + (random() % 3) }, () => (random() % 10 < 3 ? 'thing-1' : 'other-1')))
        if (random() % 10 < 7) told(commit)
        if (random() % 2 === 0) await settled()
      }
      told(write('other-1'))
      await settled()
      expect({ seed, seen }).toEqual({ seed, seen: stored.filter(({ stream }) => stream === 'thing-1').map(({ ordinal }) => ordinal) })
      await subscription.stop()
    }
  })
})
