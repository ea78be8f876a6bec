import { randomUUID } from 'node:crypto'
import { topicNamed } from '@chorus/contracts'
import { idOf } from '../../../event-store/src/testing/builders'
import type { BusMessage, BusSubscription } from '../port'
import { BrokerCheck } from './broker-check'
import { KafkaBus } from './kafka-bus'
import { kafkaClient } from './kafka-client'
import { KafkaPublisher } from './kafka-publisher'
import type { KafkaSettings } from './kafka-settings'
import { TopicsOfAnotherLog, claimTopics, markOf } from './mark'
import { letter, readUntil, settingsOfRun, withTopics as withThese } from './testing/on-the-broker'

const CASES = topicNamed('program.cases.v1')
const withTopics = (): Promise<KafkaSettings> => withThese([CASES])
const [ONE, OTHER] = [idOf('one log'), idOf('another log')]
const NEW = { topics: [CASES.name], hasPublished: async () => false }
const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await new Promise((resolve) => { setTimeout(resolve, 10) }) }
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })

const topicsOf = async <T>(settings: KafkaSettings, ask: (admin: ReturnType<ReturnType<typeof kafkaClient>['admin']>) => Promise<T>): Promise<T> => {
  const admin = kafkaClient(settings).admin()
  await admin.connect()
  try { return await ask(admin) } finally { await admin.disconnect() }
}
const publisherOf = async (settings: KafkaSettings): Promise<KafkaPublisher> => {
  const publisher = await KafkaPublisher.open({ settings, transactionalId: 'relay', topics: [CASES] })
  ends.push(() => publisher.close())
  return publisher
}
const of = (log: string, key: string, value = ''): BusMessage => ({ ...letter(key, value), topic: CASES.name, headers: { ce_log: log } })
const listen = async (settings: KafkaSettings, log: string): Promise<{ readonly subscription: BusSubscription; readonly seen: string[] }> => {
  const bus = new KafkaBus({ settings, log, sessionTimeoutMs: 1000, firstBackoffMs: 10 })
  ends.push(() => bus.close())
  const seen: string[] = []
  const subscription = await bus.subscribe({ group: 'readers', topics: [CASES.name], onMessages: async ({ messages }) => { seen.push(...messages.map(({ key, value }) => `${key} ${value}`)) } })
  return { subscription, seen }
}
const KEYS = Array.from({ length: 12 }, (_, i) => `key-${i}`)
const PLAIN = new RegExp(`Another Chorus, with log ${ONE}, publishes on topics of the same names at this broker\\..*KAFKA_PREFIX`)

describe('topics belong to one log', () => {
  it('which marks them, again and again; another one is refused by name, marks nothing, and has its own under another prefix', async () => {
    const settings = await withTopics()
    await claimTopics(settings, ONE, NEW)
    await claimTopics(settings, ONE, NEW)
    const refused = claimTopics(settings, OTHER, NEW)
    await expect(refused).rejects.toThrow(TopicsOfAnotherLog)
    await expect(refused).rejects.toThrow(PLAIN)
    await expect(refused).rejects.toThrow(markOf(settings, ONE))
    expect((await topicsOf(settings, (admin) => admin.listTopics())).filter((name) => name.startsWith(settings.prefix)).sort()).toEqual([markOf(settings, ONE), settings.prefix + CASES.name].sort())
    await claimTopics({ ...settingsOfRun(), prefix: `more.${settings.prefix}` }, OTHER, { ...NEW, topics: [] })
  })

  it('of two that begin at once at most one goes on', async () => {
    const settings = await withTopics()
    const ended = await Promise.allSettled([ONE, OTHER].map((log) => claimTopics(settings, log, NEW)))
    expect(ended.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(2)
  })

  it('that hold messages and no mark are not those of one who has never published; of who has, they are', async () => {
    const settings = await withTopics()
    await (await publisherOf(settings)).publish([of(ONE, 'a')])
    await readUntil(settings, CASES.name, ({ length }) => length === 1)
    await expect(claimTopics(settings, OTHER, NEW)).rejects.toThrow(/program\.cases\.v1 holds messages, and this Chorus has published none.*KAFKA_PREFIX/)
    await claimTopics(settings, ONE, { ...NEW, hasPublished: async () => true })
    await claimTopics(settings, ONE, NEW)
  })

  it('of topics that were deleted meanwhile says so soon: whoever claims makes them first', async () => {
    const settings = settingsOfRun()
    const began = performance.now()
    await expect(claimTopics(settings, ONE, NEW)).rejects.toThrow(/does not host this topic/)
    expect(performance.now() - began).toBeLessThan(8_000)
  })

  it('nothing is marked once it is to stop', async () => {
    const settings = await withTopics()
    await expect(claimTopics(settings, ONE, { ...NEW, signal: AbortSignal.abort() })).rejects.toThrow(/abort/)
    expect(await topicsOf(settings, (admin) => admin.listTopics())).not.toContain(markOf(settings, ONE))
  })

  it('says what to stop before they are deleted', async () => {
    const settings = await withTopics()
    await claimTopics(settings, ONE, NEW)
    await expect(claimTopics(settings, OTHER, NEW)).rejects.toThrow(/stop all services of both, delete topic .*, and the topics that hold its messages, and start again/)
  })

  it('a consumer of another log does not join their group, says why, and joins once the mark is gone', async () => {
    const settings = await withTopics()
    await claimTopics(settings, ONE, NEW)
    const { subscription } = await listen(settings, OTHER)
    await until(() => PLAIN.test(subscription.health().text))
    expect(subscription.health()).toMatchObject({ ok: false, text: expect.stringContaining('readers is not in its group: ') as string })
    expect((await topicsOf(settings, (admin) => admin.describeGroups([`${settings.prefix}readers`]))).groups[0]!.members).toEqual([])
    await topicsOf(settings, (admin) => admin.deleteTopics({ topics: [markOf(settings, ONE)] }))
    await until(() => subscription.health().ok)
  })

  it('several consumers of another log in one process say the whole sentence once, to their log and for readiness', async () => {
    const settings = await withTopics()
    await claimTopics(settings, ONE, NEW)
    const bus = new KafkaBus({ settings, log: OTHER, sessionTimeoutMs: 1000, firstBackoffMs: 10 })
    ends.push(() => bus.close())
    const errors: unknown[] = []
    const groups = ['first', 'second', 'third']
    const all = await Promise.all(groups.map((group) => bus.subscribe({ group, topics: [CASES.name], onMessages: async () => undefined, onError: (error) => errors.push(error) })))
    const texts = (): string[] => all.map((each) => each.health().text)
    await until(() => texts().every((text) => text.includes('another') || PLAIN.test(text)))
    expect(texts()).toEqual([expect.stringMatching(PLAIN), 'second is not in its group: the topics are another Chorus\'s, as first says', 'third is not in its group: the topics are another Chorus\'s, as first says'])
    // each looks some times more
    await new Promise((resolve) => { setTimeout(resolve, 1_500) })
    expect(errors.map((error) => (error as Error).message)).toEqual([expect.stringMatching(PLAIN)])
    await all[0]!.stop()
    expect(texts()[1]).toMatch(PLAIN)
  })

  it('a consumer of another log that was there before they were marked leaves when it meets their messages: none is taken from those whose they are', async () => {
    const settings = await withTopics()
    const [other, one] = [await listen(settings, OTHER), await listen(settings, ONE)]
    const holds = ({ subscription }: typeof one): string[] => KEYS.filter((key) => subscription.holds!(CASES.name, key))
    await until(() => holds(other).length > 0 && holds(one).length > 0 && holds(other).length + holds(one).length === KEYS.length)
    await claimTopics(settings, ONE, NEW)
    const publisher = await publisherOf(settings)
    const sent: string[] = []
    // the group may shift its partitions meanwhile: until one of them comes to the wrong member
    for (let round = 0; other.subscription.health().ok; round++) {
      await publisher.publish(KEYS.map((key) => of(ONE, key, String(round))))
      sent.push(...KEYS.map((key) => `${key} ${round}`))
      await until(() => !other.subscription.health().ok || sent.every((each) => one.seen.includes(each)))
    }
    await until(() => PLAIN.test(other.subscription.health().text))
    await until(() => sent.every((each) => one.seen.includes(each)))
    expect(other.seen).toEqual([])
  })

  it('readiness of a process without messages says it too', async () => {
    const settings = await withTopics()
    const [mine, theirs] = [new BrokerCheck(settings, ONE), new BrokerCheck(settings, OTHER)]
    ends.push(() => mine.close(), () => theirs.close())
    expect(await theirs.look()).toMatchObject({ ok: true })
    await claimTopics(settings, ONE, NEW)
    expect(await theirs.look()).toMatchObject({ ok: false, text: expect.stringMatching(PLAIN) as string })
    expect(await mine.look()).toMatchObject({ ok: true })
  })

  it('are nobody\'s where nobody marked them', async () => {
    const settings = { ...settingsOfRun(), prefix: `${randomUUID()}.` }
    await claimTopics(settings, ONE, { topics: [], hasPublished: async () => false })
  })
})
