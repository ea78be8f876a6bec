/**
 * The topics: which stream categories travel on which, who reads them, and what may never be on them.
 * A topic carries whole categories, so a reader sees every revision of its streams and a hole means loss. Source: domain reference §3.10.
 * Whether one event may be on its topic is decided in `on-topic.ts`.
 */
import type { Classification, PrivacyClass } from './privacy'

export const SERVICES = ['intake', 'relay', 'deterrence', 'services', 'finance', 'evaluation', 'operations'] as const
export type Service = (typeof SERVICES)[number]

/** What every topic's messages say of their event: its identity, its place, its times, what it came of. */
const PLACE = ['id', 'type', 'schemaVersion', 'source', 'time', 'timePrecision', 'timeZone', 'receivedtime', 'recordedtime', 'log', 'stream', 'revision', 'ordinal', 'partitionkey', 'commandId', 'correlationId', 'causationId', 'classification'] as const
/** Role and agency of who did it: never which account. */
const ACTOR = ['actor.role', 'actor.agency'] as const
/** Fields of the envelope that a topic may carry. Not among them, on no topic: `actor.id`, `content`, `command`, `sourceRecord`, `timeText`. */
export const ENVELOPE_FIELDS = [...PLACE, ...ACTOR, 'subjects', 'policyVersion', 'legalBasis', 'basis', 'corrects', 'breaches'] as const
export type EnvelopeField = (typeof ENVELOPE_FIELDS)[number]

/** Where decisions looked into the safety context: how far that had come tells that something happened there. */
const WITHOUT_BASIS: readonly EnvelopeField[] = ENVELOPE_FIELDS.filter((field) => field !== 'basis')
/** Where a topic is an open record, nothing of the envelope may lead to a person: no tokens, no streams that a decision looked at. */
const OPEN_RECORD: readonly EnvelopeField[] = [...PLACE, ...ACTOR, 'policyVersion', 'legalBasis', 'corrects', 'breaches']

export interface Topic {
  readonly name: string
  readonly categories: readonly string[]
  /** all events of a topic's categories share one */
  readonly classification: Classification
  readonly readers: readonly Service[]
  /** privacy classes that a field of its events may have; any other is refused by the relay. Sealed fields need their class here too. */
  readonly mayCarry: readonly PrivacyClass[]
  /** names of the token fields that may be on it, where not every token may: who is not the topic's subject (a partner) is not on it */
  readonly tokens?: readonly string[]
  /** allow-list of envelope fields: what is not on it does not leave the log */
  readonly envelope: readonly EnvelopeField[]
  readonly partitions: number
  readonly retentionHours: number
}

const CODES = ['open', 'code'] as const
/** The person who causes harm, in whatever context: the only one whom a topic beyond justice and safety may name, by a token. */
const SUBJECT = ['subjectRef'] as const

export const TOPICS: readonly Topic[] = [
  { name: 'justice.incidents.v1', categories: ['incident', 'arrest'], classification: 'CJI', readers: ['intake', 'deterrence'], mayCarry: [...CODES, 'token', 'matchable', 'identifying', 'narrative'], envelope: ENVELOPE_FIELDS, partitions: 6, retentionHours: 72 },
  { name: 'justice.circumstances.v1', categories: ['circumstance'], classification: 'CJI', readers: ['deterrence'], mayCarry: [...CODES, 'token'], tokens: SUBJECT, envelope: ENVELOPE_FIELDS, partitions: 6, retentionHours: 72 },
  { name: 'program.cases.v1', categories: ['pchCase'], classification: 'CJI', readers: ['deterrence', 'services', 'operations'], mayCarry: [...CODES, 'token'], tokens: SUBJECT, envelope: ENVELOPE_FIELDS, partitions: 6, retentionHours: 168 },
  { name: 'program.notifications.v1', categories: ['notification'], classification: 'CJI', readers: ['deterrence', 'services', 'operations'], mayCarry: [...CODES, 'token'], tokens: SUBJECT, envelope: WITHOUT_BASIS, partitions: 6, retentionHours: 168 },
  { name: 'safety.reviews.v1', categories: ['safetyReview', 'safetyWarning'], classification: 'CJI', readers: ['deterrence'], mayCarry: [...CODES, 'token'], envelope: ENVELOPE_FIELDS, partitions: 6, retentionHours: 72 },
  { name: 'pch.services.v1', categories: ['pchService'], classification: 'PCH_SERVICE', readers: ['services', 'operations'], mayCarry: [...CODES, 'token'], tokens: SUBJECT, envelope: ENVELOPE_FIELDS, partitions: 6, retentionHours: 168 },
  { name: 'governance.records.v1', categories: ['recordAccess'], classification: 'OPS', readers: ['intake', 'deterrence', 'services', 'evaluation', 'operations'], mayCarry: CODES, envelope: OPEN_RECORD, partitions: 3, retentionHours: 168 },
  { name: 'finance.ledger.v1', categories: ['authorization', 'account'], classification: 'FIN_OPEN', readers: ['finance', 'operations'], mayCarry: CODES, envelope: OPEN_RECORD, partitions: 3, retentionHours: 720 },
]

/** Categories that no topic carries: they never leave the log, and why. A category is here or on exactly one topic (test/architecture/topics.spec.ts). */
export const STAYS_IN_THE_LOG: Readonly<Record<string, string>> = {
  referral: 'names and addresses of referred persons and of their partners; only intake works with it',
  deferral: 'why a referral or a case was put off: it could tell him that she spoke',
  pair: 'who was victim of whom; only intake decides by it',
  personIdentity: 'which tokens are one person, victims among them; who works with a case asks intake',
  eligibility: 'what intake assessed of an incident, before any case exists; the case says what came of it',
  lethalityScreen: 'what a victim answered; nobody who tells or helps the person who causes harm may read it, and no score sets a level',
  historyReview: 'criminal history (CHRI) may not be passed on',
  charging: 'what a prosecutor decided, and how a court did: justice\'s, until the promises are built that rest on it',
  supervision: 'whether the person of a case keeps to what a court set: justice\'s, until the promises are built that rest on it',
  importrun: 'how a file was read: for whoever sent it and for operators, who read the log',
  quarantine: 'what could not be accepted: operators work it where it lies',
  subjectKey: 'what was ordered about the keys of a person or record: for the privacy officer; an erased value says by itself that it is erased',
  publishedMetric: 'figures as they were published: for whoever asks evaluation for them',
  contextKey: 'when what wraps the keys of a context was replaced: nobody works with it',
  conflictOfInterest: 'who who works here is related to whom: a service asks the log itself, at its head',
  walledCases: 'which cases stand behind the walls of whom: a service asks the log itself, at its head',
  deadLetter: 'how parked work was settled: every consumer reads it from the log when it starts',
  policy: 'bytes of policy files: every service reads the one in force from the log',
  windowReport: 'clearances of incidents that lie outside the reporting window; no reaction follows',
  feedCoverage: 'what a source covers: evaluation reads it from the log, and no reaction follows',
  openReport: 'a report of open data: it feeds counts, and no reaction may follow',
  zeroReport: 'that an agency had nothing to report in a month; no reaction follows',
}

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
