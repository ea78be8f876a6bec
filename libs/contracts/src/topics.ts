/**
 * The topics: which stream categories travel on which, who reads them, and what may never be on them.
 * A topic carries whole categories, so a reader sees every revision of its streams and a hole means loss. Source: domain reference §3.10.
 */
import type { Classification, PrivacyClass } from './privacy'

export const SERVICES = ['intake', 'relay', 'deterrence', 'services', 'finance', 'evaluation', 'operations'] as const
export type Service = (typeof SERVICES)[number]

export interface Topic {
  readonly name: string
  readonly categories: readonly string[]
  /** all events of a topic's categories share one */
  readonly classification: Classification
  readonly readers: readonly Service[]
  /** privacy classes that a field of its events may have; any other is refused by the relay. Sealed fields need their class here too. */
  readonly mayCarry: readonly PrivacyClass[]
  readonly partitions: number
  readonly retentionHours: number
}

export const TOPICS: readonly Topic[] = [
  { name: 'justice.incidents.v1', categories: ['incident', 'arrest'], classification: 'CJI', readers: ['intake', 'deterrence'], mayCarry: ['open', 'code', 'token', 'matchable', 'identifying', 'narrative'], partitions: 6, retentionHours: 72 },
  { name: 'program.cases.v1', categories: ['pchCase'], classification: 'CJI', readers: ['deterrence', 'services', 'operations'], mayCarry: ['open', 'code', 'token'], partitions: 6, retentionHours: 168 },
  { name: 'program.notifications.v1', categories: ['notification'], classification: 'CJI', readers: ['deterrence', 'services', 'operations'], mayCarry: ['open', 'code', 'token'], partitions: 6, retentionHours: 168 },
  { name: 'safety.reviews.v1', categories: ['safetyReview'], classification: 'CJI', readers: ['deterrence'], mayCarry: ['open', 'code', 'token'], partitions: 6, retentionHours: 72 },
  { name: 'pch.services.v1', categories: ['pchService'], classification: 'PCH_SERVICE', readers: ['services', 'operations'], mayCarry: ['open', 'code', 'token'], partitions: 6, retentionHours: 168 },
  { name: 'finance.ledger.v1', categories: ['authorization', 'account'], classification: 'FIN_OPEN', readers: ['finance', 'operations'], mayCarry: ['open', 'code'], partitions: 3, retentionHours: 720 },
]

const byCategory = new Map(TOPICS.flatMap((topic) => topic.categories.map((category) => [category, topic] as const)))
const byName = new Map(TOPICS.map((topic) => [topic.name, topic]))

/** The topic that carries a stream category, or undefined: such a category never leaves the log. */
export const topicOf = (category: string): Topic | undefined => byCategory.get(category)
/** @throws where no topic has this name */
export const topicNamed = (name: string): Topic => {
  const topic = byName.get(name)
  if (!topic) throw new Error(`there is no topic ${name}; topics: ${[...byName.keys()].join(', ')}`)
  return topic
}
