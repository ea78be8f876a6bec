/** One stream category, one topic, one audience: and nothing on a topic that its readers may not see, by contract already. */
import { ENVELOPE_FIELDS, PRIVACY_CLASSES, SERVICES, STAYS_IN_THE_LOG, TOPICS, eventRegistry, refusalOfContract, topicOf } from '@chorus/contracts'

const events = eventRegistry.all()
const categories = [...new Set(events.flatMap((version) => version.categories))]
const onATopic = events.flatMap((version) => version.categories.flatMap((category) => {
  const topic = topicOf(category)
  return topic ? [[`${version.type} v${version.version} in ${category}`, topic, version, category] as const] : []
}))

it.each(onATopic)('%s may be on its topic', (_, topic, version, category) => {
  expect(refusalOfContract(topic, version, category)?.text).toBeUndefined()
})

describe('a stream category', () => {
  it.each(categories)('%s is on exactly one topic, or stays in the log and says why', (category) => {
    const topics = TOPICS.filter((topic) => topic.categories.includes(category)).map(({ name }) => name)
    const places = [...topics, ...(Object.hasOwn(STAYS_IN_THE_LOG, category) ? ['the log alone'] : [])]
    expect({ category, places }).toEqual({ category, places: [expect.any(String)] })
  })
  it('that stays in the log says so in words, and is one that there is', () => {
    for (const [category, reason] of Object.entries(STAYS_IN_THE_LOG)) {
      expect(reason.length).toBeGreaterThan(20)
      expect(categories).toContain(category)
    }
  })
})

describe('the topics', () => {
  it('have names of their own, and nobody reads the survivors\' tenant from them', () => {
    const names = TOPICS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, classification } of TOPICS) {
      expect(name).toMatch(/^[a-z]+\.[a-z]+\.v\d+$/)
      expect(['VSP_CONF', 'CHRI', 'PART2', 'PHI']).not.toContain(classification)
    }
  })
  it('say who reads them, and how much and how long they hold', () => {
    for (const topic of TOPICS) {
      expect(topic.readers.length).toBeGreaterThan(0)
      expect(SERVICES).toEqual(expect.arrayContaining([...topic.readers]))
      expect(PRIVACY_CLASSES).toEqual(expect.arrayContaining([...topic.mayCarry]))
      expect(topic.partitions).toBeGreaterThan(0)
      expect(topic.retentionHours).toBeGreaterThan(0)
    }
  })
  it('beyond justice carry nothing that identifies, sealed or not, and no partner\'s token', () => {
    for (const { name, mayCarry, tokens } of TOPICS.filter(({ name }) => name !== 'justice.incidents.v1')) {
      expect(mayCarry.filter((privacy) => ['matchable', 'identifying', 'narrative'].includes(privacy))).toEqual([])
      if (mayCarry.includes('token') && name !== 'safety.reviews.v1') expect(tokens).toEqual(['subjectRef'])
    }
  })
  it('never tell which account acted, where the record came from, or a fingerprint', () => {
    for (const { envelope } of TOPICS) {
      expect(ENVELOPE_FIELDS).toEqual(expect.arrayContaining([...envelope]))
      for (const never of ['actor', 'actor.id', 'content', 'command', 'sourceRecord', 'timeText']) expect(envelope).not.toContain(never)
    }
  })
  it('of an open record let nothing of the envelope lead to a person', () => {
    for (const { envelope } of TOPICS.filter(({ classification }) => classification === 'FIN_OPEN')) for (const never of ['subjects', 'basis']) expect(envelope).not.toContain(never)
  })
})
