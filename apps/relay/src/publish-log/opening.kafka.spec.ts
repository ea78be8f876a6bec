/** What the relay does before it opens its publisher, on a real broker. */
import { randomUUID } from 'node:crypto'
import { Logger } from '@nestjs/common'
import { TOPICS } from '@chorus/contracts'
import { KafkaPublisher, LeaseLost, TopicsOfAnotherLog, claimTopics, ensureTopics, readKafkaSettings, type BusPublisher, type KafkaSettings } from '@chorus/event-bus'
import { kafkaClient } from '../../../../libs/event-bus/src/kafka/kafka-client'
import { kafkaPublishers } from '../relay.module'
import type { Turn } from './opening'

const settingsOfRun = (): KafkaSettings => readKafkaSettings({ KAFKA_BROKERS: process.env.KAFKA_BROKERS, KAFKA_PREFIX: `t-${randomUUID().slice(0, 8)}.` }, 'relay-test')!
const turn = (over: Partial<Turn> = {}): Turn => ({ signal: new AbortController().signal, stillOwner: async () => undefined, ...over })
const [ONE, OTHER] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']
const publishersOf = (settings: KafkaSettings, log: string) => kafkaPublishers(settings, { log, hasPublished: async () => false })
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })
const kept = async (opened: Promise<BusPublisher>): Promise<BusPublisher> => {
  const publisher = await opened
  ends.push(() => publisher.close())
  return publisher
}
const topicsOf = async <T>(settings: KafkaSettings, ask: (admin: ReturnType<ReturnType<typeof kafkaClient>['admin']>) => Promise<T>): Promise<T> => {
  const admin = kafkaClient(settings).admin()
  await admin.connect()
  try { return await ask(admin) } finally { await admin.disconnect() }
}
const ofPrefix = (settings: KafkaSettings): Promise<string[]> => topicsOf(settings, async (admin) => (await admin.listTopics()).filter((name) => name.startsWith(settings.prefix)).sort())

describe('publishers on Kafka', () => {
  it('of a relay that was refused and runs on: once the mark and the topics are deleted it makes its own, and goes on', async () => {
    const settings = settingsOfRun()
    await (await publishersOf(settings, ONE)(turn())).close()
    const open = publishersOf(settings, OTHER)
    await expect(open(turn())).rejects.toThrow(TopicsOfAnotherLog)
    await topicsOf(settings, async (admin) => admin.deleteTopics({ topics: await ofPrefix(settings) }))
    await kept(open(turn()))
    expect(await ofPrefix(settings)).toEqual([...TOPICS.map(({ name }) => settings.prefix + name), `${settings.prefix}chorus.log.${OTHER}`].sort())
    // while it runs, too
    await topicsOf(settings, async (admin) => admin.deleteTopics({ topics: [settings.prefix + TOPICS[0]!.name] }))
    await kept(open(turn()))
    expect(await ofPrefix(settings)).toContain(settings.prefix + TOPICS[0]!.name)
  })

  it('say in the log of the relay which topics they made', async () => {
    const settings = settingsOfRun()
    const said = jest.spyOn(Logger.prototype, 'log').mockImplementation()
    ends.push(async () => said.mockRestore())
    await (await publishersOf(settings, ONE)(turn())).close()
    await topicsOf(settings, async (admin) => admin.deleteTopics({ topics: [settings.prefix + TOPICS[0]!.name] }))
    for (const _ of [1, 2]) await (await publishersOf(settings, ONE)(turn())).close()
    const made = said.mock.calls.map(([details]) => (details as { made?: unknown }).made).filter((each) => each !== undefined)
    expect(made).toEqual([TOPICS.map(({ name }) => settings.prefix + name), [settings.prefix + TOPICS[0]!.name]])
  })

  it('shut out nobody where the lease is another\'s by then, or where it is to stop', async () => {
    const settings = settingsOfRun()
    const open = publishersOf(settings, ONE)
    const publisher = await kept(open(turn()))
    await expect(open(turn({ stillOwner: async () => { throw new LeaseLost('another process has taken over') } }))).rejects.toThrow(LeaseLost)
    await expect(open(turn({ signal: AbortSignal.abort() }))).rejects.toThrow(/abort/)
    // asked for the lease, it was told to stop; or by the time the broker had answered, it had lost it
    const stop = new AbortController()
    await expect(open(turn({ signal: stop.signal, stillOwner: async () => stop.abort() }))).rejects.toThrow(/abort/)
    let asked = 0
    await expect(open(turn({ stillOwner: async () => { if (++asked > 1) throw new LeaseLost('another process has taken over') } }))).rejects.toThrow(LeaseLost)
    await publisher.publish([{ topic: TOPICS[0]!.name, key: 'a', headers: {}, value: 'still the owner' }])
    expect(publisher).toBeInstanceOf(KafkaPublisher)
  })

  it('make no topic, and say nothing of those that are there, before it is known whose they are', async () => {
    const settings = settingsOfRun()
    const [differs] = TOPICS
    await ensureTopics(settings, { topics: [{ ...differs!, partitions: differs!.partitions + 1 }] })
    await claimTopics(settings, ONE, { topics: [], hasPublished: async () => true })
    const before = await ofPrefix(settings)
    await expect(publishersOf(settings, OTHER)(turn())).rejects.toThrow(TopicsOfAnotherLog)
    expect(await ofPrefix(settings)).toEqual(before)
  })
})
