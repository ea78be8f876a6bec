/** Contract: subscriptions catch up, go live, batch, filter, fail and stop. */
import { event, ordinals, until } from './builders'
import type { EventStore, SubscribeOptions } from '../port'

export function readersFollow(of: () => EventStore): void {
  const append = (from: number, through: number, stream = 'a-1') =>
    of().appendEach(Array.from({ length: through - from + 1 }, (_, i) => ({ stream, expected: 'any' as const, events: [event(`${stream}/${from + i}`, { type: (from + i) % 2 === 0 ? 'LampLit' : 'BellRung' })] })))
  const range = (from: number, through: number) => Array.from({ length: through - from + 1 }, (_, i) => from + i)
  const follow = (options: Partial<SubscribeOptions> = {}) => {
    const seen: number[] = []
    const batches: number[] = []
    const throughs: number[] = []
    const subscription = of().subscribe({
      after: 0, pollMs: 50, ...options,
      onBatch: async (events, through) => { seen.push(...ordinals(events)); batches.push(events.length); throughs.push(through); await options.onBatch?.(events, through) },
    })
    return { seen, batches, throughs, subscription }
  }

  describe('subscriptions', () => {
    it('catch up and then follow, each event once and in order', async () => {
      await append(1, 30)
      const { seen, subscription } = follow()
      await until(() => seen.length >= 30)
      for (let i = 31; i <= 40; i++) await append(i, i)
      await until(() => seen.length >= 40)
      await subscription.stop()
      expect(seen).toEqual(range(1, 40))
      expect(subscription.after).toBe(40)
    })
    it('start after an ordinal, also one that is not there yet', async () => {
      await append(1, 10)
      const late = follow({ after: 7 })
      const ahead = follow({ after: 12 })
      await until(() => late.seen.length >= 3)
      await append(11, 14)
      await until(() => ahead.seen.length >= 2 && late.seen.length >= 7)
      await Promise.all([late.subscription.stop(), ahead.subscription.stop()])
      expect(late.seen).toEqual(range(8, 14))
      expect(ahead.seen).toEqual([13, 14])
    })
    it('give batches of at most the size asked, one at a time', async () => {
      await append(1, 25)
      let running = 0
      let most = 0
      const { seen, batches, subscription } = follow({ batchSize: 10, onBatch: async () => { most = Math.max(most, ++running); await new Promise((resolve) => { setTimeout(resolve, 2) }); running -= 1 } })
      await until(() => seen.length >= 25)
      await subscription.stop()
      expect(Math.max(...batches)).toBe(10)
      expect(most).toBe(1)
      expect(seen).toEqual(range(1, 25))
    })
    it('filter, and say how far they looked where nothing matched', async () => {
      await append(1, 6)
      await append(1, 5, 'b-1')
      const { seen, throughs, subscription } = follow({ filter: { types: ['LampLit'], categories: ['a'] } })
      await until(() => throughs.at(-1) === 11)
      await append(7, 7)
      await until(() => throughs.at(-1) === 12)
      await subscription.stop()
      expect(seen).toEqual([2, 4, 6])
      expect(subscription.after).toBe(12)
      expect(throughs).toEqual([...throughs].sort((a, b) => a - b))
    })
    it('bring a batch again whose handler failed, after telling', async () => {
      await append(1, 3)
      const errors: unknown[] = []
      let failures = 2
      const { seen, subscription } = follow({ pollMs: 5, onError: (error) => errors.push(error), onBatch: async () => { if (failures-- > 0) throw new Error('not yet') } })
      await until(() => seen.length >= 9)
      await subscription.stop()
      expect(seen).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3])
      expect(errors.map(String)).toEqual(['Error: not yet', 'Error: not yet'])
    })
    it('stop after the batch in hand and say nothing more', async () => {
      await append(1, 20)
      let release: () => void = () => undefined
      const held = new Promise<void>((resolve) => { release = resolve })
      const { seen, subscription } = follow({ batchSize: 5, onBatch: () => held })
      await until(() => seen.length === 5)
      const stopped = subscription.stop()
      release()
      await stopped
      await append(21, 22)
      expect(seen).toEqual(range(1, 5))
      expect(subscription.after).toBe(5)
    })
    it('several follow one log, each for itself', async () => {
      const one = follow()
      const two = follow({ after: 2 })
      await append(1, 8)
      await until(() => one.seen.length >= 8 && two.seen.length >= 6)
      await one.subscription.stop()
      await append(9, 9)
      await until(() => two.seen.length >= 7)
      await two.subscription.stop()
      expect(one.seen).toEqual(range(1, 8))
      expect(two.seen).toEqual(range(3, 9))
    })
  })
}
