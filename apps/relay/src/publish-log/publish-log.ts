/**
 * What goes from the log to the bus, and in which portions: each event on the topic of its category, in log order, and
 * none that may never be on a shared topic. What is refused is left out; what comes after it in its stream goes on (decision 0015).
 */
import { TOPICS, refusalOnTopic, topicOf, type RecordedEvent, type Topic, type TopicRefusal } from '@chorus/contracts'

/** The categories that some topic carries: the relay reads no other. */
export const PUBLISHED_CATEGORIES: readonly string[] = TOPICS.flatMap((topic) => topic.categories)

/** An event that was not published, for the alarm: where it stands and why, no value of it. */
export interface Refused { readonly ordinal: number; readonly type: string; readonly topic: string; readonly reason: TopicRefusal['reason']; /** JSON pointer */ readonly field?: string; readonly text: string }

export interface Sorted { readonly publish: readonly { readonly event: RecordedEvent; readonly topic: Topic }[]; readonly refused: readonly Refused[] }

/** Events in log order, told apart: to be published, and refused. An event whose category no topic carries is neither. */
export const sortOut = (events: readonly RecordedEvent[]): Sorted => {
  const publish: { event: RecordedEvent; topic: Topic }[] = []
  const refused: Refused[] = []
  for (const event of events) {
    const topic = topicOf(categoryOf(event.stream))
    if (!topic) continue
    const refusal = refusalOnTopic(topic, event)
    if (refusal) refused.push({ ordinal: event.ordinal, type: event.type, topic: topic.name, ...refusal })
    else publish.push({ event, topic })
  }
  return { publish, refused }
}
const categoryOf = (stream: string): string => stream.slice(0, Math.max(0, stream.indexOf('-')))

/** What was read of the log in one go and waits to be published. */
export interface Portion<Message> {
  readonly messages: readonly Message[]
  readonly refused: readonly Refused[]
  /** the log was looked at through this ordinal */
  readonly through: number
  /** of the stored texts: what it weighs, about */
  readonly bytes: number
  /** there was more to read when this was read */
  readonly more: boolean
}

export interface Limits {
  /** messages in one transaction */
  readonly messages: number
  /** bytes in one transaction; one portion alone may be above */
  readonly bytes: number
  /** how long, in ms, a transaction waits for company that is on its way */
  readonly lingerMs: number
}
export const LIMITS: Limits = { messages: 2000, bytes: 8 * 1024 * 1024, lingerMs: 10 }

/** How many of the waiting portions make the next transaction; 0: none yet, wait for another one, at most `waitMs`. */
export interface NextTransaction { readonly take: number; readonly waitMs: number }

/**
 * Portions go together until one more would break a limit. Nothing waits for company once the end of the log was reached:
 * what is recorded meanwhile is company enough for the next one.
 * @param waitedMs how long the first of them has waited
 */
export const nextTransaction = (waiting: readonly Portion<unknown>[], waitedMs: number, limits: Limits = LIMITS): NextTransaction => {
  let messages = 0
  let bytes = 0
  let take = 0
  for (const portion of waiting) {
    messages += portion.messages.length
    bytes += portion.bytes
    if (take > 0 && (messages > limits.messages || bytes > limits.bytes)) return { take, waitMs: 0 }
    take++
  }
  if (take === 0) return { take: 0, waitMs: Infinity }
  const full = messages >= limits.messages || bytes >= limits.bytes
  if (full || !waiting.at(-1)!.more || waitedMs >= limits.lingerMs) return { take, waitMs: 0 }
  return { take: 0, waitMs: limits.lingerMs - waitedMs }
}
