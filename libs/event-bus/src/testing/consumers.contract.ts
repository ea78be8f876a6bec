/** Contract: consumers begin with the log, go on after restarts, share the work, and give each event its effect once. */
import { CheckpointOfAnotherLog } from '@chorus/read-models'
import type { BusEvent } from '@chorus/contracts'
import { idOf } from '../../../event-store/src/testing/builders'
import { Consumer, type ConsumerOptions } from '../consumer'
import type { BusContractOptions, Given } from './event-bus.contract'
import { CASES, caseStream, changed, ofCase, pause, range, rounds, seeded, until } from './harness'

/** Events as a reaction met them. */
export class Reacted {
  readonly events: BusEvent[] = []
  readonly react = async (event: BusEvent): Promise<void> => { this.events.push(event) }
  get count(): number { return this.events.length }
  of(n: number): number[] { return this.events.filter((event) => event.stream === caseStream(n)).map((event) => event.revision) }
}

/** A consumer that is stopped after the test. */
export const consumerOf = (given: Given, options: Partial<ConsumerOptions> & Pick<ConsumerOptions, 'react'>, name = 'test.on-level-assigned'): Consumer => {
  const { store, database } = given.harness()
  const consumer = new Consumer({
    name: given.group(name), topics: [CASES], types: ['LevelAssigned'], bus: options.bus ?? given.bus(), store, database, clock: { now: () => '2026-07-02T20:10:00.000Z' }, pollMs: 100, heartbeatMs: 100,
    backOff: { deferred: { first: 10, longest: 50 }, retriable: { first: 10, longest: 50 } }, ...options,
  })
  given.atEnd(() => consumer.stop())
  return consumer
}
export const listening = (consumer: Consumer): Promise<void> => until(() => consumer.state().status === 'listening')

export function consumersRestartAndShare(given: Given, { backlog = 100_000 }: BusContractOptions): void {
  const send = (appends: Parameters<ReturnType<Given['harness']>['send']>[0]) => given.harness().send(appends)
  const head = async () => (await given.harness().store.head()).ordinal

  describe('consumers', () => {
    it('begin with the log, then listen', async () => {
      const { store } = given.harness()
      await store.appendEach(rounds(10, 0, 1))
      const reacted = new Reacted()
      const consumer = consumerOf(given, { react: reacted.react })
      await consumer.start()
      await listening(consumer)
      expect(consumer.state().caughtUp).toBe(20)
      expect(reacted.count).toBe(20)
      await send(rounds(10, 2, 3))
      await until(() => reacted.count === 40)
      expect(await consumer.reached(await head(), 10_000)).toBe(true)
      for (const n of range(0, 9)) expect(reacted.of(n)).toEqual(range(0, 3))
      expect((await consumer.look()).text).toMatch(/; followed through 40$/)
    })

    it('say how far they have come while an event is in hand', async () => {
      let free: () => void = () => undefined
      const held = new Promise<void>((resolve) => { free = resolve })
      const consumer = consumerOf(given, { react: (event) => (event.revision === 2 ? held : Promise.resolve()) })
      await consumer.start()
      await listening(consumer)
      await send(rounds(1, 0, 1))
      expect(await consumer.reached(2, 30_000)).toBe(true)
      await send(rounds(1, 2, 4))
      await until(async () => /; followed through 2 of 5$/.test((await consumer.look()).text))
      free()
      await until(async () => /; followed through 5$/.test((await consumer.look()).text))
    })

    it('react to the types that they name; others only move the position', async () => {
      const reacted = new Reacted()
      const consumer = consumerOf(given, { react: reacted.react })
      await consumer.start()
      await send([ofCase(1, 0, { type: 'CaseOpened', data: {} }), ofCase(1, 1), ofCase(1, 2, { type: 'CaseClosed', data: {} }), ofCase(1, 3)])
      expect(await consumer.reached(4, 30_000)).toBe(true)
      expect(reacted.of(1)).toEqual([1, 3])
    })

    it('go on where they stopped, and are given nothing twice', async () => {
      const reacted = new Reacted()
      const first = consumerOf(given, { react: reacted.react })
      await first.start()
      await send(rounds(8, 0, 1))
      await until(() => reacted.count === 16)
      await first.stop()
      await send(rounds(8, 2, 2))
      const second = consumerOf(given, { react: reacted.react })
      await second.start()
      await until(() => reacted.count === 24)
      await send(rounds(8, 3, 3))
      expect(await second.reached(32, 30_000)).toBe(true)
      for (const n of range(0, 7)) expect(reacted.of(n)).toEqual(range(0, 3))
    })

    it('that end in the middle of a batch finish the event in hand and give back the rest', async () => {
      const { store } = given.harness()
      await store.appendEach(rounds(1, 0, 9))
      const reacted = new Reacted()
      const first = consumerOf(given, { lanes: 1, react: async (event) => { await reacted.react(event); if (event.revision === 3) void first.stop() } })
      await first.start()
      await until(() => first.state().status === 'stopped')
      const worked = reacted.count
      expect(worked).toBeLessThan(10)
      const second = consumerOf(given, { react: reacted.react })
      await second.start()
      await until(() => reacted.count === 10)
      expect(reacted.of(0)).toEqual(range(0, 9))
    })

    it('that lost their positions after an effect react again; derived ids leave one effect', async () => {
      const { store, database } = given.harness()
      let reactions = 0
      const react = async (event: BusEvent): Promise<void> => {
        reactions++
        const id = idOf(`effect of ${event.id}`)
        const done = await store.append({ stream: 'effect-1', expected: 'any', events: [{ id, type: 'EffectHad', content: 'x', body: { id, type: 'EffectHad' } }] })
        if (!done.ok) throw new Error('the effect conflicts')
      }
      const first = consumerOf(given, { react })
      await first.start()
      await send(rounds(5, 0, 1))
      await until(() => reactions === 10)
      await first.stop()
      await database`delete from bus.consumers where name = ${given.group('test.on-level-assigned')}`
      const second = consumerOf(given, { react })
      await second.start()
      await until(() => reactions === 20)
      let effects = 0
      for await (const _ of store.readStream('effect-1')) effects++
      expect(effects).toBe(10)
    })

    it('take what comes twice and in disorder for what it is', async () => {
      const random = seeded(260299)
      const reacted = new Reacted()
      const mixed = changed(given.bus(), (messages) => [...messages, ...messages].map((message) => ({ message, at: random() })).sort((a, b) => a.at - b.at).map(({ message }) => message))
      const consumer = consumerOf(given, { react: reacted.react, bus: mixed })
      await consumer.start()
      await listening(consumer)
      await send(rounds(10, 0, 9))
      expect(await consumer.reached(100, 30_000)).toBe(true)
      for (const n of range(0, 9)) expect(reacted.of(n)).toEqual(range(0, 9))
      expect(consumer.state()).toMatchObject({ parked: { hole: 0, permanent: 0 } })
    })

    it('of one group share the work while one joins and one leaves: each event once, each stream in order', async () => {
      const effects = new Map<string, number[]>()
      const react = async ({ stream, revision }: BusEvent): Promise<void> => {
        await pause(1)
        const revisions = effects.get(stream) ?? []
        // what two of them do at the same moment is one effect: the command id is the same
        if (!revisions.includes(revision)) revisions.push(revision)
        effects.set(stream, revisions)
      }
      const [first, second, third] = [consumerOf(given, { react }), consumerOf(given, { react }), consumerOf(given, { react })]
      await Promise.all([first.start(), second.start()])
      for (let round = 0; round < 30; round++) {
        await send(rounds(10, round, round))
        if (round === 10) await third.start()
        if (round === 20) await first.stop()
      }
      expect(await third.reached(300, 60_000)).toBe(true)
      expect(effects).toEqual(new Map(range(0, 9).map((n) => [caseStream(n), range(0, 29)])))
      await until(() => second.state().parked.hole + third.state().parked.hole === 0)
    })

    it(`work off a backlog of ${backlog}`, async () => {
      let reactions = 0
      const consumer = consumerOf(given, { react: async () => { reactions++ } })
      await consumer.start()
      await listening(consumer)
      await consumer.stop()
      const streams = Math.max(1, Math.floor(backlog / 20))
      for (let done = 0; done < 20; done++) await send(rounds(streams, done, done))
      await consumer.start()
      expect(await consumer.reached(streams * 20, 540_000)).toBe(true)
      expect(reactions).toBe(streams * 20)
      expect(consumer.state().parked).toEqual({ deferred: 0, retriable: 0, permanent: 0, hole: 0 })
    }, 600_000)

    it('whose rows belong to another log refuse to start, and say what to do', async () => {
      const { database } = given.harness()
      const name = given.group('test.on-level-assigned')
      await database`insert into bus.consumers (name, log) values (${name}, ${idOf('another log')})`
      const consumer = consumerOf(given, { react: async () => undefined })
      await expect(consumer.start()).rejects.toThrow(CheckpointOfAnotherLog)
      await expect(consumer.start()).rejects.toThrow(/delete its row in bus.consumers/)
      await database`update bus.consumers set log = ${given.harness().store.log}, caught_up = 5 where name = ${name}`
      await expect(consumer.start()).rejects.toThrow(/restored from an older copy/)
      expect(consumer.health()).toEqual({ ok: false, text: 'stopped' })
    })

    it('pass over messages of another log, and say so', async () => {
      const foreign = changed(given.bus(), (messages) => messages.flatMap((message) => [message, { ...message, headers: { ...message.headers, ce_log: idOf('another log') } }, { ...message, headers: {} }]))
      const reacted = new Reacted()
      const consumer = consumerOf(given, { react: reacted.react, bus: foreign })
      await consumer.start()
      await listening(consumer)
      await send(rounds(2, 0, 0))
      await until(() => reacted.count === 2)
      await until(() => consumer.state().foreign === 4)
      expect(consumer.health()).toEqual({ ok: false, text: expect.stringMatching(new RegExp(`; 2 messages of another Chorus \\(log ${idOf('another log')}\\) came and were passed over: .*KAFKA_PREFIX.*; 2 messages that no Chorus has sent came`)) as string })
    })
  })
}
