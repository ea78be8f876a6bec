/** Contract: what cannot be worked waits by reference, its stream behind it, others go on; retries, resolutions, holes. */
import { StoreUnavailable } from '@chorus/event-store'
import { Defer, Permanent, Retriable } from '../failures'
import { parkedList, requestRetry } from '../parked'
import { Reacted, consumerOf, listening } from './consumers.contract'
import type { Given } from './event-bus.contract'
import { CASES, caseStream, changed, ofCase, range, resolved, rounds, until } from './harness'

export function failuresAreParked(given: Given): void {
  const send = (appends: Parameters<ReturnType<Given['harness']>['send']>[0]) => given.harness().send(appends)
  const database = () => given.harness().database
  const name = () => given.group('test.on-level-assigned')
  /** A consumer whose reaction fails for one event as long as `broken` says so. */
  const failing = (error: () => Error | undefined, at = { n: 1, revision: 1 }) => {
    const reacted = new Reacted()
    const consumer = consumerOf(given, { react: async (event) => {
      const thrown = event.stream === caseStream(at.n) && event.revision === at.revision ? error() : undefined
      if (thrown) throw thrown
      await reacted.react(event)
    } })
    return { reacted, consumer }
  }

  describe('what cannot be worked', () => {
    it('waits by reference, its stream behind it in order, and others go on', async () => {
      let broken = true
      const { reacted, consumer } = failing(() => (broken ? new Permanent('broken', 'This one is broken.') : undefined))
      await consumer.start()
      await listening(consumer)
      await send(rounds(4, 0, 3))
      await until(() => [0, 2, 3].every((n) => reacted.of(n).length === 4))
      await until(async () => (await parkedList(database()))[0]?.waiting === 2)
      expect(reacted.of(1)).toEqual([0])
      const [work] = await parkedList(database(), { consumer: name() })
      expect(work).toMatchObject({ topic: CASES, stream: caseStream(1), revision: 1, type: 'LevelAssigned', kind: 'permanent', cause: 'broken', detail: 'This one is broken.', attempts: 1, nextTry: null, eventId: ofCase(1, 1).events[0]!.id })
      expect(consumer.state().parked).toEqual({ deferred: 0, retriable: 0, permanent: 1, hole: 0 })
      expect(consumer.health()).toMatchObject({ ok: true, text: expect.stringContaining('1 stream waits (1 permanent): chorus dead-letters list') })
      // retried while it is still broken: it waits on, and says so
      expect(await requestRetry(database(), { id: work!.id })).toBe(1)
      await until(async () => (await parkedList(database()))[0]?.attempts === 2)
      broken = false
      expect(await requestRetry(database(), { cause: 'broken', consumer: name() })).toBe(1)
      await until(async () => (await parkedList(database())).length === 0)
      await send(rounds(4, 4, 4))
      await until(() => reacted.of(1).length === 5)
      expect(reacted.of(1)).toEqual(range(0, 4))
    })

    it('is asked for by what is known of it', async () => {
      const { consumer } = failing(() => new Permanent('broken', 'This one is broken.'))
      await consumer.start()
      await send(rounds(2, 0, 1))
      await until(async () => (await parkedList(database())).length === 1)
      const [work] = await parkedList(database())
      for (const filter of [{ consumer: name() }, { cause: 'broken' }, { kind: 'permanent' as const }, { id: work!.id }, { stream: caseStream(1) }]) expect(await parkedList(database(), filter)).toHaveLength(1)
      for (const filter of [{ consumer: 'other' }, { cause: 'other' }, { kind: 'hole' as const }, { id: 'no id' }, { stream: caseStream(0) }]) expect(await parkedList(database(), filter)).toEqual([])
      expect(await requestRetry(database(), { cause: 'other' })).toBe(0)
    })

    it('once resolved is passed over, here and by every rebuild', async () => {
      const { store } = given.harness()
      const { reacted, consumer } = failing(() => new Permanent('broken', 'This one is broken.'))
      await consumer.start()
      await send(rounds(2, 0, 3))
      await until(async () => (await parkedList(database())).length === 1)
      await store.appendEach([resolved(name(), caseStream(1), 1), resolved('another consumer', caseStream(0), 1)])
      await requestRetry(database(), { consumer: name() })
      await until(() => reacted.of(1).length === 3)
      expect(reacted.of(1)).toEqual([0, 2, 3])
      await consumer.stop()
      await database()`delete from bus.consumers where name = ${name()}`
      const again = failing(() => new Permanent('broken', 'This one is broken.'))
      await again.consumer.start()
      expect(await again.consumer.reached(8, 30_000)).toBe(true)
      expect(again.reacted.of(1)).toEqual([0, 2, 3])
      expect(again.reacted.of(0)).toEqual(range(0, 3))
      expect(await parkedList(database())).toEqual([])
    })

    it('comes back by itself where that may help, later each time', async () => {
      let failures = 3
      const { reacted, consumer } = failing(() => (failures-- > 0 ? new Retriable('busy', 'Others were faster.') : undefined))
      await consumer.start()
      await send(rounds(3, 0, 3))
      await until(() => reacted.count === 12)
      expect(reacted.of(1)).toEqual(range(0, 3))
      await until(async () => (await parkedList(database())).length === 0)
    })

    it('defers until what it needs from another stream is there', async () => {
      const { bus } = { bus: given.bus() }
      const reacted = new Reacted()
      const consumer = consumerOf(given, { bus, react: async (event) => {
        if (event.stream === caseStream(1) && !reacted.of(2).includes(1)) throw new Defer('case-not-there', 'The second event of the other case is not there yet.')
        await reacted.react(event)
      } })
      await consumer.start()
      await listening(consumer)
      await send([ofCase(1, 0), ofCase(1, 1), ofCase(2, 0), ofCase(3, 0)])
      await until(async () => reacted.of(3).length === 1 && (await parkedList(database()))[0]?.kind === 'deferred')
      await send([ofCase(2, 1)])
      await until(() => reacted.count === 5)
      expect(reacted.of(1)).toEqual([0, 1])
    })

    it('and that nobody foresaw is tried a few times, then waits for a person; its text is kept nowhere', async () => {
      const { reacted, consumer } = failing(() => new RangeError('the name of a person'))
      await consumer.start()
      await send(rounds(2, 0, 1))
      await until(async () => (await parkedList(database()))[0]?.kind === 'permanent')
      const [work] = await parkedList(database())
      expect(work).toMatchObject({ cause: 'RangeError', attempts: 5, nextTry: null })
      expect(JSON.stringify(work)).not.toContain('the name of a person')
      expect(reacted.of(0)).toEqual([0, 1])
    })

    it('because the log is away is not parked: it comes again', async () => {
      let away = 3
      const reacted = new Reacted()
      const consumer = consumerOf(given, { react: async (event) => {
        if (away > 0) { away--; throw new StoreUnavailable('the log is away') }
        await reacted.react(event)
      } })
      await consumer.start()
      await listening(consumer)
      await send(rounds(3, 0, 2))
      await until(() => reacted.count === 9)
      for (const n of range(0, 2)) expect(reacted.of(n)).toEqual(range(0, 2))
      expect(await parkedList(database())).toEqual([])
    })
  })

  describe('a hole', () => {
    const isLost = (n: number, revision: number) => (message: { headers: Readonly<Record<string, string>> }) => message.headers.ce_stream === caseStream(n) && message.headers.ce_revision === String(revision)

    it('stops its stream and says so, others go on; a retry reads the stream from the log', async () => {
      const reacted = new Reacted()
      const lost = isLost(1, 1)
      const consumer = consumerOf(given, { react: reacted.react, bus: changed(given.bus(), (messages) => messages.filter((message) => !lost(message))) })
      await consumer.start()
      await listening(consumer)
      await send(rounds(3, 0, 3))
      await until(() => reacted.of(0).length === 4 && reacted.of(2).length === 4)
      await until(async () => (await parkedList(database(), { kind: 'hole' }))[0]?.waiting === 2)
      expect(reacted.of(1)).toEqual([0])
      expect((await parkedList(database()))[0]).toMatchObject({ revision: 1, eventId: null, type: null, kind: 'hole', cause: 'hole', nextTry: null })
      await until(() => consumer.state().parked.hole === 1)
      expect(consumer.health()).toMatchObject({ ok: true, text: expect.stringContaining('1 hole') })
      await requestRetry(database(), { consumer: name() })
      await until(() => reacted.of(1).length === 4)
      expect(reacted.of(1)).toEqual(range(0, 3))
      await until(async () => (await parkedList(database())).length === 0)
    })

    it('is filled by what was only late', async () => {
      const reacted = new Reacted()
      const late = isLost(1, 1)
      let held: Parameters<Parameters<typeof changed>[1]>[0] = []
      const consumer = consumerOf(given, { react: reacted.react, bus: changed(given.bus(), (messages) => {
        const kept = messages.filter((message) => !late(message))
        const out = kept.some(isLost(2, 5)) ? [...kept, ...held] : kept
        held = [...held, ...messages.filter(late)]
        return out
      }) })
      await consumer.start()
      await listening(consumer)
      await send(rounds(3, 0, 3))
      await until(async () => (await parkedList(database(), { kind: 'hole' })).length === 1)
      await send([ofCase(2, 4), ofCase(2, 5)])
      await until(() => reacted.of(1).length === 4)
      expect(reacted.of(1)).toEqual(range(0, 3))
    })

    it('where an event may not be on its topic can be resolved, and the stream goes on without it', async () => {
      const { store } = given.harness()
      const reacted = new Reacted()
      const consumer = consumerOf(given, { react: reacted.react })
      await consumer.start()
      await listening(consumer)
      await send([ofCase(1, 0), ofCase(1, 1, { data: { caseId: 'x', partner: 'nobody' } }), ofCase(1, 2)])
      await until(async () => (await parkedList(database(), { kind: 'hole' })).length === 1)
      await requestRetry(database(), {})
      await until(async () => (await parkedList(database()))[0]?.attempts === 2)
      expect((await parkedList(database()))[0]!.detail).toMatch(/may not be on program.cases.v1/)
      await store.appendEach([resolved(name(), caseStream(1), 1)])
      await requestRetry(database(), {})
      await until(() => reacted.of(1).length === 2)
      expect(reacted.of(1)).toEqual([0, 2])
    })
  })
}
