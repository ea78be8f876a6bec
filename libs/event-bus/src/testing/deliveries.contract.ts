/** Contract: messages come in order per key, at least once, to one subscription of a group; restarts, rebalances, sizes, slow handlers. */
import type { BusSubscription, Delivery, EventBus } from '../port'
import { fromMessage } from '../message'
import type { Given } from './event-bus.contract'
import { CASES, INCIDENTS, Seen, caseStream, ofCase, pause, range, rounds, until } from './harness'

export function deliveriesAreInOrder(given: Given): void {
  const store = () => given.harness().store
  const send = (appends: Parameters<ReturnType<Given['harness']>['send']>[0]) => given.harness().send(appends)
  const listen = async (seen: Seen, options: { group?: string; bus?: EventBus; topics?: string[]; on?: (delivery: Delivery) => Promise<void> } = {}): Promise<BusSubscription> => {
    const { group = 'all', bus = given.bus(), topics = [CASES], on } = options
    return bus.subscribe({ group: given.group(group), topics, onMessages: async (delivery) => { await on?.(delivery); seen.take(delivery.messages) } })
  }
  const seen = () => new Seen(store().log)

  describe('deliveries', () => {
    it('bring every message, in order per key', async () => {
      await send(rounds(30, 0, 3))
      const all = seen()
      await listen(all)
      await send(rounds(30, 4, 6))
      await until(() => all.count === 30 * 7)
      expect(all.firstSeen).toEqual(new Map(range(0, 29).map((n) => [caseStream(n), range(0, 6)])))
    })

    it('keep the order of a key that several streams share', async () => {
      const all = seen()
      await listen(all)
      const key = caseStream(1)
      await send(range(0, 19).map((i) => ofCase(i % 4, Math.floor(i / 4), { key })))
      await until(() => all.count === 20)
      const first = [...new Set(all.ordinals)]
      expect(first).toEqual([...first].sort((a, b) => a - b))
    })

    it('bring the topics that were asked for, and the message as it was made', async () => {
      const all = seen()
      await listen(all, { topics: [INCIDENTS] })
      await send([ofCase(1, 0), { stream: 'incident-1', expected: 'any', events: ofCase(2, 0, { type: 'EventRetracted', key: 'incident-1', data: { retracts: caseStream(2).slice(8), reasonCode: 'SOURCE_DELETED' } }).events }])
      await until(() => all.count === 1)
      await pause(50)
      expect(all.messages).toHaveLength(1)
      expect(all.messages[0]).toMatchObject({ topic: INCIDENTS, key: 'incident-1', headers: { ce_stream: 'incident-1', ce_revision: '0', ce_ordinal: '2', ce_actorrole: 'detective' }, value: JSON.stringify({ reasonCode: 'SOURCE_DELETED', retracts: caseStream(2).slice(8) }) })
    })

    it('bring again what was not taken', async () => {
      await send(rounds(3, 0, 1))
      let failures = 2
      const all = seen()
      const tried = seen()
      await listen(all, { on: (delivery) => { tried.take(delivery.messages); return failures-- > 0 ? Promise.reject(new Error('not yet')) : Promise.resolve() } })
      await until(() => all.count === 6)
      expect(tried.messages.length).toBeGreaterThan(6)
      expect([...all.firstSeen.values()]).toEqual([[0, 1], [0, 1], [0, 1]])
    })

    it('go to every group, whatever another one does', async () => {
      const one = seen()
      const two = seen()
      await listen(one, { group: 'one' })
      await listen(two, { group: 'two', on: () => Promise.reject(new Error('never')) })
      await send(rounds(5, 0, 2))
      await until(() => one.count === 15)
      expect(two.count).toBe(0)
    })

    it('go to one of the subscriptions of a group; together they get all, each key in order', async () => {
      const all = seen()
      await listen(all, { group: 'shared' })
      await listen(all, { group: 'shared' })
      for (let round = 0; round < 8; round++) await send(rounds(20, round, round))
      await until(() => all.count === 160)
      expect(all.firstSeen).toEqual(new Map(range(0, 19).map((n) => [caseStream(n), range(0, 7)])))
    })

    it('of a key go to the one subscription of a group that holds it', async () => {
      const parts = [seen(), seen()]
      const subscriptions = [await listen(parts[0]!), await listen(parts[1]!)]
      const streams = range(0, 29).map(caseStream)
      const held = (one: BusSubscription): string[] => streams.filter((key) => one.holds!(CASES, key))
      await until(() => subscriptions.flatMap(held).sort().join() === [...streams].sort().join())
      await send(rounds(30, 0, 0))
      await until(() => parts[0]!.count + parts[1]!.count === 30)
      expect(parts.map((part) => [...part.firstSeen.keys()].sort())).toEqual(subscriptions.map((one) => held(one).sort()))
      for (const one of subscriptions) await one.stop()
      expect(subscriptions.flatMap(held)).toEqual([])
    })

    it('go on in order while a subscription joins and another leaves', async () => {
      const all = seen()
      const first = await listen(all, { group: 'moving' })
      let round = 0
      const rounds20 = async (through: number): Promise<void> => { for (; round < through; round++) { await send(rounds(20, round, round)); await pause(5) } }
      const load = rounds20(10).then(async () => {
        const joining = listen(all, { group: 'moving' })
        await rounds20(20)
        await joining
        const leaving = first.stop()
        await rounds20(30)
        await leaving
      })
      await load
      await until(() => all.count === 600)
      expect(all.firstSeen).toEqual(new Map(range(0, 19).map((n) => [caseStream(n), range(0, 29)])))
    })

    it('go on after a restart where they stopped', async () => {
      const before = seen()
      const bus = given.bus()
      const subscription = await listen(before, { group: 'restarted', bus })
      await send(rounds(10, 0, 1))
      await until(() => before.count === 20)
      await subscription.stop()
      await bus.close()
      await send(rounds(10, 2, 2))
      const after = seen()
      await listen(after, { group: 'restarted' })
      await until(() => after.count === 10)
      await pause(50)
      expect([...after.firstSeen.values()]).toEqual(range(1, 10).map(() => [2]))
    })

    it('bring again, after a restart, what was in hand and not taken', async () => {
      const before = seen()
      const bus = given.bus()
      const subscription = await listen(before, { group: 'dropped', bus, on: ({ signal }) => new Promise((_, reject) => {
        if (signal.aborted) reject(new Error('given back'))
        signal.addEventListener('abort', () => reject(new Error('given back')))
      }) })
      await send(rounds(4, 0, 0))
      await pause(50)
      await subscription.stop()
      await bus.close()
      const after = seen()
      await listen(after, { group: 'dropped' })
      await until(() => after.count === 4)
      expect(before.count).toBe(0)
    })

    it('bring nothing after stop, which waits for what is in hand', async () => {
      const all = seen()
      let entered = false
      let left = false
      const subscription = await listen(all, { on: async () => { entered = true; await pause(100); left = true } })
      await send(rounds(2, 0, 0))
      await until(() => entered)
      await subscription.stop()
      expect(left).toBe(true)
      const { count } = all
      await send(rounds(2, 1, 1))
      await pause(100)
      expect(all.count).toBe(count)
      expect(subscription.health().ok).toBe(false)
    })

    it('carry events of 256 KiB and events without a field', async () => {
      const big = { ...(ofCase(1, 0).events[0]!.body.data as object), evidenceRefs: [] as string[] }
      while (JSON.stringify(big).length < 255 * 1024) big.evidenceRefs.push(`incident-${'é'.repeat(200)}-${big.evidenceRefs.length}`)
      const bytes = () => Buffer.byteLength(JSON.stringify(big)) + 1200
      while (bytes() > 256 * 1024) big.evidenceRefs.pop()
      const all = seen()
      await listen(all)
      await send([ofCase(1, 0, { data: big }), ofCase(1, 1, { data: {} }), ofCase(2, 0, { data: big }), ofCase(2, 1)])
      await until(() => all.count === 4)
      const data = (n: number, revision: number) => fromMessage(all.messages.find((message) => message.headers.ce_stream === caseStream(n) && message.headers.ce_revision === String(revision))!).data
      expect(data(1, 0)).toEqual(big)
      expect(data(1, 1)).toEqual({})
      expect(data(2, 0)).toEqual(big)
    })

    it('leave a handler its time, which is slower than the session and gives signs of life', async () => {
      const { sessionMs } = given.harness()
      const all = seen()
      const started = seen()
      let slow = true
      await listen(all, { group: 'slow', on: async (delivery) => {
        started.take(delivery.messages)
        if (!slow) return
        slow = false
        for (let waited = 0; waited < sessionMs * 1.5; waited += sessionMs / 10) { await pause(sessionMs / 10); await delivery.heartbeat() }
      } })
      await send(rounds(6, 0, 0))
      await until(() => started.count > 0)
      await send(rounds(6, 1, 1))
      await until(() => all.count === 12)
      expect(started.messages).toHaveLength(12)
      expect(all.firstSeen).toEqual(new Map(range(0, 5).map((n) => [caseStream(n), [0, 1]])))
    })

    it('say in their health that they can be had', async () => {
      const subscription = await listen(seen())
      await until(() => subscription.health().ok)
      await subscription.stop()
      expect(subscription.health()).toMatchObject({ ok: false })
    })
  })
}
