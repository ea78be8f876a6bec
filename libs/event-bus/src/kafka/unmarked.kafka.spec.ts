/** Messages of a Chorus that marks nothing (an earlier build), among ours. */
import { topicNamed } from '@chorus/contracts'
import { idOf } from '../../../event-store/src/testing/builders'
import { KafkaBus } from './kafka-bus'
import { KafkaPublisher } from './kafka-publisher'
import { lookWhose } from './mark'
import { letter, withTopics } from './testing/on-the-broker'

jest.mock('./mark', () => ({ ...jest.requireActual<object>('./mark'), lookWhose: jest.fn() }))
const Broker = require('kafkajs/src/broker') as { prototype: { heartbeat(this: unknown, request: unknown): Promise<unknown> } }
const CASES = topicNamed('program.cases.v1')
const [ONE, OTHER] = [idOf('one log'), idOf('another log')]
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const MESSAGES = 1_400

it('whose topics it is, is asked once for each answer of the broker that has some, with signs of life meanwhile', async () => {
  const settings = await withTopics([CASES])
  const publisher = await KafkaPublisher.open({ settings, transactionalId: 'relay', topics: [CASES] })
  const values = Array.from({ length: MESSAGES }, (_, i) => String(i))
  // of one key: all in one partition
  await publisher.publish(values.map((value) => ({ ...letter('a', value), topic: CASES.name, headers: { ce_log: OTHER } })))
  await publisher.close()
  let [looking, alive] = [false, 0]
  const { heartbeat } = Broker.prototype
  const beat = jest.spyOn(Broker.prototype, 'heartbeat').mockImplementation(function (this: unknown, request: unknown) { if (looking) alive++; return heartbeat.call(this, request) })
  const look = jest.mocked(lookWhose).mockResolvedValueOnce(false).mockImplementation(async () => { looking = true; await pause(1_500); looking = false; return false })
  const bus = new KafkaBus({ settings, log: ONE, sessionTimeoutMs: 1000, firstBackoffMs: 10 })
  const seen: string[] = []
  await bus.subscribe({ group: 'readers', topics: [CASES.name], onMessages: async ({ messages }) => { seen.push(...messages.map(({ value }) => value!)) } })
  while (seen.length < MESSAGES) await pause(20)
  await bus.close()
  beat.mockRestore()
  expect(seen).toEqual(values)
  // before it joined its group, and for the one answer
  expect(look).toHaveBeenCalledTimes(2)
  expect(alive).toBeGreaterThan(1)
})
