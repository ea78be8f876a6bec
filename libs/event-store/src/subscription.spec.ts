import type { StoredEvent } from './port'
import { startSubscription } from './subscription'

const event = (ordinal: number) => ({ ordinal }) as StoredEvent

/** A log that counts how often it is asked how far it reaches. */
const log = () => {
  const store = { reaches: 0, asked: 0, head: async () => { store.asked++; return { ordinal: store.reaches, log: 'x', link: 'x', recordedtime: null } }, readAll: async function* ({ after = 0, through = 0 }) { for (let at = after + 1; at <= Math.min(through, store.reaches); at++) yield event(at) } }
  return store
}
const settled = async (): Promise<void> => { for (let i = 0; i < 20; i++) await new Promise((resolve) => { setImmediate(resolve) }) }

describe('a subscription that is woken', () => {
  const started = async (store: ReturnType<typeof log>, onBatch: (events: readonly StoredEvent[]) => Promise<void> = async () => undefined, pollMs = 3_600_000) => {
    const seen: number[] = []
    let wake: (head?: number) => void = () => undefined
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
})
