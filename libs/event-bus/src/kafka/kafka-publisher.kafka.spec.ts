import { PublisherFenced } from '../port'
import { kafkaClient } from './kafka-client'
import type { KafkaSettings } from './kafka-settings'
import { KafkaPublisher, type KafkaPublisherOptions } from './kafka-publisher'
import { partitionOf } from './partition'
import { LETTERS, letter, readUntil, withTopics } from './testing/on-the-broker'

const Broker = require('kafkajs/src/broker') as { prototype: { produce(request: unknown): Promise<unknown>; endTxn(request: unknown): Promise<unknown> } }
const open: KafkaPublisher[] = []
const publisherOf = async (settings: KafkaSettings, more: Partial<KafkaPublisherOptions> = {}): Promise<KafkaPublisher> => {
  const publisher = await KafkaPublisher.open({ settings, transactionalId: 'relay', topics: [LETTERS], ...more })
  open.push(publisher)
  return publisher
}
afterEach(async () => {
  jest.restoreAllMocks()
  await Promise.all(open.splice(0).map((publisher) => publisher.close()))
})
const has = (value: string) => (seen: readonly { value: string | null }[]): boolean => seen.some((record) => record.value === value)

describe('the publisher', () => {
  it('keeps the order of each key, on the partition of the key, with values that are there or not', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)
    for (let round = 0; round < 5; round += 1) await publisher.publish(keys.map((key) => letter(key, round === 3 ? null : String(round))))
    const seen = await readUntil(settings, LETTERS.name, ({ length }) => length === 100)
    for (const key of keys) {
      const own = seen.filter((record) => record.key === key)
      expect(own.map((record) => record.value)).toEqual(['0', '1', '2', null, '4'])
      expect(new Set(own.map((record) => record.partition))).toEqual(new Set([partitionOf(key, LETTERS.partitions)]))
    }
  })

  it('sends many messages in several requests of one transaction, in order', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    const [produce, endTxn] = [jest.spyOn(Broker.prototype, 'produce'), jest.spyOn(Broker.prototype, 'endTxn')]
    const values = Array.from({ length: 1100 }, (_, i) => String(i))
    await publisher.publish(values.map((value) => letter('a', value)))
    expect([produce.mock.calls.length, endTxn.mock.calls.length]).toEqual([3, 1])
    expect((await readUntil(settings, LETTERS.name, ({ length }) => length === 1100)).map((record) => record.value)).toEqual(values)
  })

  it('refuses a topic that nobody named, and goes on', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    await expect(publisher.publish([{ ...letter('a', 'lost'), topic: 'other' }])).rejects.toThrow('there is no topic other; topics: letters.v1')
    await publisher.publish([letter('a', 'kept')])
    expect(await readUntil(settings, LETTERS.name, has('kept'))).toHaveLength(1)
  })

  it('is shut out by a later one under the same name, writes nothing more, and stays shut out', async () => {
    const settings = await withTopics()
    const first = await publisherOf(settings)
    await first.publish([letter('a', 'first')])
    const second = await publisherOf(settings)
    await expect(first.publish([letter('a', 'from the returning one')])).rejects.toThrow(PublisherFenced)
    await second.publish([letter('a', 'second')])
    await expect(first.publish([letter('a', 'again')])).rejects.toThrow(PublisherFenced)
    await second.publish([letter('a', 'last')])
    expect((await readUntil(settings, LETTERS.name, has('last'))).map((record) => record.value)).toEqual(['first', 'second', 'last'])
  })

  it('that was shut out between its messages and the commit leaves nothing to be seen', async () => {
    const settings = await withTopics()
    const first = await publisherOf(settings)
    const endTxn = Broker.prototype.endTxn
    jest.spyOn(Broker.prototype, 'endTxn').mockImplementationOnce(async function (this: unknown, request) {
      await publisherOf(settings)
      return endTxn.call(this as never, request)
    })
    await expect(first.publish([letter('a', 'never seen'), letter('b', 'never seen')])).rejects.toThrow(PublisherFenced)
    await open[1]!.publish([letter('a', 'after')])
    expect((await readUntil(settings, LETTERS.name, has('after'))).map((record) => record.value)).toEqual(['after'])
  })

  it('finds back after OUT_OF_ORDER: the same messages once more, with a new producer', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    await publisher.publish([letter('a', '1')])
    const produce = Broker.prototype.produce
    jest.spyOn(Broker.prototype, 'produce').mockImplementationOnce(function (this: unknown, request) {
      for (const topic of (request as { topicData: { partitions: { firstSequence: number }[] }[] }).topicData) for (const entry of topic.partitions) entry.firstSequence += 7
      return produce.call(this as never, request)
    })
    await expect(publisher.publish([letter('a', '2')])).rejects.toThrow(/sequence/i)
    await publisher.publish([letter('a', '2')])
    await publisher.publish([letter('a', '3')])
    expect((await readUntil(settings, LETTERS.name, has('3'))).map((record) => record.value)).toEqual(['1', '2', '3'])
  })

  it('after a commit that nobody answered publishes again: at least once, in order', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    const endTxn = Broker.prototype.endTxn
    jest.spyOn(Broker.prototype, 'endTxn').mockImplementationOnce(async function (this: unknown, request) {
      await endTxn.call(this as never, request)
      throw Object.assign(new Error('the answer is lost'), { name: 'KafkaJSConnectionClosedError', retriable: true })
    })
    await expect(publisher.publish([letter('a', '1')])).rejects.toThrow('the answer is lost')
    await publisher.publish([letter('a', '1')])
    await publisher.publish([letter('a', '2')])
    expect((await readUntil(settings, LETTERS.name, has('2'))).map((record) => record.value)).toEqual(['1', '1', '2'])
  })

  it('a message too large is refused and hides none of the next', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    await expect(publisher.publish([letter('a', 'beside'), letter('a', 'x'.repeat(2_000_000))])).rejects.toThrow(/larger|too large/i)
    await publisher.publish([letter('a', 'next')])
    expect((await readUntil(settings, LETTERS.name, has('next'))).map((record) => record.value)).toEqual(['next'])
  })

  it('a transaction may be larger than what the broker takes in one batch: all of it is there, in order', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    const large = (n: number) => `${n} ${'x'.repeat(250_000)}`
    await publisher.publish(Array.from({ length: 9 }, (_, n) => letter('a', large(n))))
    expect((await readUntil(settings, LETTERS.name, ({ length }) => length === 9)).map((record) => record.value)).toEqual(Array.from({ length: 9 }, (_, n) => large(n)))
  })

  it('makes no new producer once it is no longer the owner: the other one is not disturbed', async () => {
    const settings = await withTopics()
    let owner = true
    const first = await publisherOf(settings, { stillOwner: async () => { if (!owner) throw new PublisherFenced('the lease is another\'s') } })
    jest.spyOn(Broker.prototype, 'produce').mockRejectedValueOnce(Object.assign(new Error('the connection is lost'), { retriable: false }))
    await expect(first.publish([letter('a', 'lost')])).rejects.toThrow('the connection is lost')
    owner = false
    const second = await publisherOf(settings)
    await expect(first.publish([letter('a', 'lost')])).rejects.toThrow('the lease is another\'s')
    await second.publish([letter('a', 'kept')])
    expect((await readUntil(settings, LETTERS.name, has('kept'))).map((record) => record.value)).toEqual(['kept'])
  })

  it('shuts out nobody once it is to stop, or is no longer the owner, though it was when it began to connect', async () => {
    const settings = await withTopics()
    const first = await publisherOf(settings)
    const stop = new AbortController()
    await expect(publisherOf(settings, { signal: stop.signal, stillOwner: async () => stop.abort() })).rejects.toThrow(/abort/)
    let asked = 0
    await expect(publisherOf(settings, { stillOwner: async () => { if (++asked > 1) throw new PublisherFenced('the lease is another\'s') } })).rejects.toThrow('the lease is another\'s')
    await first.publish([letter('a', 'kept')])
    expect((await readUntil(settings, LETTERS.name, has('kept'))).map((record) => record.value)).toEqual(['kept'])
  })

  it('takes calls one after another, and none after close', async () => {
    const settings = await withTopics()
    const publisher = await publisherOf(settings)
    await Promise.all(Array.from({ length: 10 }, (_, i) => publisher.publish([letter('a', String(i))])))
    await publisher.publish([])
    await publisher.close()
    await expect(publisher.publish([letter('a', 'late')])).rejects.toThrow('this publisher is closed')
    expect((await readUntil(settings, LETTERS.name, has('9'))).map((record) => record.value)).toEqual(Array.from({ length: 10 }, (_, i) => String(i)))
  })

  it('fails where no broker answers', async () => {
    const { brokers: _, ...settings } = await withTopics()
    await expect(publisherOf({ ...settings, brokers: ['127.0.0.1:9'] })).rejects.toThrow(/ECONNREFUSED|connect/i)
    expect(kafkaClient({ ...settings, brokers: ['127.0.0.1:9'] })).toBeDefined()
  })
})
