import { TOPICS } from '@chorus/contracts'
import { kafkaClient } from './kafka-client'
import { LETTERS, settingsOfRun } from './testing/on-the-broker'
import { TopicRefused, ensureTopics } from './topics-admin'

describe('topics', () => {
  it('are made with their partitions and retention, and found again', async () => {
    const settings = settingsOfRun()
    expect((await ensureTopics(settings)).created).toEqual(TOPICS.map((topic) => topic.name))
    expect(await ensureTopics(settings)).toEqual({ created: [], differing: [] })
    const admin = kafkaClient(settings).admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: TOPICS.map((topic) => settings.prefix + topic.name) })
    expect(new Map(topics.map((topic) => [topic.name, topic.partitions.length]))).toEqual(new Map(TOPICS.map((topic) => [settings.prefix + topic.name, topic.partitions])))
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: settings.prefix + 'finance.ledger.v1' }] })
    const config = new Map(resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]))
    expect([config.get('retention.ms'), config.get('cleanup.policy'), config.get('min.insync.replicas')]).toEqual([String(720 * 3_600_000), 'delete', '1'])
    await admin.disconnect()
  })

  it('of another number of partitions are refused, and left as they are', async () => {
    const settings = settingsOfRun()
    await ensureTopics(settings, { topics: [{ ...LETTERS, partitions: 2 }] })
    const refused = ensureTopics(settings, { topics: [LETTERS] })
    await expect(refused).rejects.toThrow(TopicRefused)
    await expect(refused).rejects.toThrow(/letters.v1 has 2 partitions, this Chorus needs 3.*KAFKA_PREFIX/)
    expect(await ensureTopics(settings, { topics: [{ ...LETTERS, partitions: 2 }] })).toEqual({ created: [], differing: [] })
  })

  it('of another retention are an operator\'s choice, and said', async () => {
    const settings = settingsOfRun()
    await ensureTopics(settings, { topics: [LETTERS] })
    expect((await ensureTopics(settings, { topics: [{ ...LETTERS, retentionHours: 5 }] })).differing).toEqual([expect.stringMatching(/letters.v1 keeps its messages for 1 hours, the contracts say 5/)])
  })

  it('may be made by two at once', async () => {
    const settings = settingsOfRun()
    const reports = await Promise.all([ensureTopics(settings), ensureTopics(settings)])
    expect(reports.flatMap((report) => report.differing)).toEqual([])
  })
})
