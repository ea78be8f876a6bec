/**
 * Events on their way: CloudEvents 1.0, binary mode of the Kafka binding. A message is a pure function of the stored event
 * and its topic: published again it is the same to the byte, and both adapters hand on the same. What has no attribute
 * here never travels: the actor's id, fingerprints, where the record came from, the source's own text of the time.
 */
import { eventRegistry, type BusEvent, type EnvelopeField, type RecordedEvent, type TimePrecision, type Topic } from '@chorus/contracts'
import { ledToNewest } from '@chorus/event-store'
import type { BusMessage } from './port'

/** A message that is none of ours: attributes are missing or no JSON stands in it. Says which, never what stands there. */
export class UnreadableMessage extends Error {
  constructor(message: string) { super(message); this.name = 'UnreadableMessage' }
}

/** Where the event of a message stands: known without a look at its data. */
export interface MessagePlace { readonly log: string; readonly stream: string; readonly revision: number; readonly ordinal: number; readonly id: string; readonly type: string }

/** Neither stream names nor tokens nor rule ids hold a space. */
const listed = (values: readonly string[], attribute: string, stream: string): string => {
  for (const value of values) if (/\s/.test(value)) throw new Error(`${stream}: a value of ${attribute} holds a space; lists of a message are parted by spaces`)
  return values.join(' ')
}

type Said = string | undefined

/** The attribute of each envelope field, and what stands in it; undefined: the event does not say. The allow-list of the topic decides which are on a message. */
const ATTRIBUTES: { readonly [F in EnvelopeField]: (event: RecordedEvent) => readonly [attribute: string, value: Said] } = {
  id: (event) => ['ce_id', event.id],
  type: (event) => ['ce_type', event.type],
  schemaVersion: (event) => ['ce_schemaversion', String(event.schemaVersion)],
  source: ({ source }) => ['ce_source', `/${encodeURIComponent(source.agency)}/${encodeURIComponent(source.system)}`],
  // CloudEvents knows instants alone: a time of less precision is an attribute of ours, cut as it is
  time: (event) => [event.timePrecision === 'instant' ? 'ce_time' : 'ce_localtime', event.time],
  timePrecision: (event) => ['ce_timeprecision', event.timePrecision],
  timeZone: (event) => ['ce_timezone', event.timeZone],
  receivedtime: (event) => ['ce_receivedtime', event.receivedtime],
  recordedtime: (event) => ['ce_recordedtime', event.recordedtime],
  log: (event) => ['ce_log', event.log],
  stream: (event) => ['ce_stream', event.stream],
  revision: (event) => ['ce_revision', String(event.revision)],
  ordinal: (event) => ['ce_ordinal', String(event.ordinal)],
  partitionkey: (event) => ['ce_partitionkey', event.partitionkey],
  commandId: (event) => ['ce_commandid', event.commandId],
  correlationId: (event) => ['ce_correlationid', event.correlationId],
  causationId: (event) => ['ce_causationid', event.causationId ?? undefined],
  classification: (event) => ['ce_classification', event.classification],
  'actor.role': (event) => ['ce_actorrole', event.actor.role],
  'actor.agency': (event) => ['ce_actoragency', event.actor.agency],
  subjects: (event) => ['ce_subjects', event.subjects.length === 0 ? undefined : listed(event.subjects, 'subjects', event.stream)],
  policyVersion: (event) => ['ce_policyversion', event.policyVersion],
  legalBasis: (event) => ['ce_legalbasis', event.legalBasis],
  basis: (event) => ['ce_basis', event.basis && listed(event.basis.map((seen) => `${seen.stream}@${seen.revision}`), 'basis', event.stream)],
  corrects: (event) => ['ce_corrects', event.corrects],
  breaches: (event) => ['ce_breaches', event.breaches && listed(event.breaches, 'breaches', event.stream)],
}

/**
 * The message of an event as it was stored (`asRecorded`; not led to a newer version: the reader does that).
 * Attributes are simple types: strings, whole numbers and timestamps as text, lists parted by spaces.
 * Whether the event may be on the topic at all is asked before (`refusalOnTopic` of the contracts).
 */
export function toMessage(event: RecordedEvent, topic: Topic): BusMessage {
  const headers: Record<string, string> = { 'content-type': 'application/json', ce_specversion: '1.0' }
  for (const field of topic.envelope) {
    const [attribute, value] = ATTRIBUTES[field](event)
    if (value !== undefined) headers[attribute] = value
  }
  return { topic: topic.name, key: event.partitionkey, headers, value: event.data === undefined ? null : JSON.stringify(event.data) }
}

/** @throws UnreadableMessage */
export function placeOf(message: Pick<BusMessage, 'topic' | 'headers'>): MessagePlace {
  const text = (name: string): string => textOf(message, name)
  return { log: text('ce_log'), stream: text('ce_stream'), revision: countOf(message, 'ce_revision'), ordinal: countOf(message, 'ce_ordinal'), id: text('ce_id'), type: text('ce_type') }
}

/**
 * The event of a message, its data led to the newest version that this build knows.
 * @throws UnreadableMessage; UnknownEvent for a type or version that this build does not know
 */
export function fromMessage(message: BusMessage): BusEvent {
  const { headers } = message
  const { log, stream, revision, ordinal, id, type } = placeOf(message)
  const [, agency = '', system = ''] = textOf(message, 'ce_source').split('/')
  const event: { -readonly [K in keyof BusEvent]: BusEvent[K] } = {
    log, stream, revision, ordinal, id, type,
    schemaVersion: countOf(message, 'ce_schemaversion'),
    data: dataOf(message),
    time: headers.ce_time ?? textOf(message, 'ce_localtime'), timePrecision: textOf(message, 'ce_timeprecision') as TimePrecision, timeZone: textOf(message, 'ce_timezone'),
    source: { agency: decoded(message, agency), system: decoded(message, system) },
    receivedtime: textOf(message, 'ce_receivedtime'), recordedtime: textOf(message, 'ce_recordedtime'),
    partitionkey: textOf(message, 'ce_partitionkey'), commandId: textOf(message, 'ce_commandid'), correlationId: textOf(message, 'ce_correlationid'), causationId: headers.ce_causationid ?? null,
    actor: { role: textOf(message, 'ce_actorrole'), agency: textOf(message, 'ce_actoragency') },
    classification: textOf(message, 'ce_classification') as BusEvent['classification'],
    subjects: headers.ce_subjects === undefined ? [] : listOf(headers.ce_subjects),
  }
  if (headers.ce_policyversion !== undefined) event.policyVersion = headers.ce_policyversion
  if (headers.ce_legalbasis !== undefined) event.legalBasis = headers.ce_legalbasis
  if (headers.ce_corrects !== undefined) event.corrects = headers.ce_corrects
  if (headers.ce_breaches !== undefined) event.breaches = listOf(headers.ce_breaches)
  if (headers.ce_basis !== undefined) event.basis = listOf(headers.ce_basis).map((seen) => { const at = seen.lastIndexOf('@'); return { stream: seen.slice(0, at), revision: Number(seen.slice(at + 1)) } })
  eventRegistry.get(event.type, event.schemaVersion)
  return ledToNewest(event)
}

const listOf = (text: string): string[] => (text === '' ? [] : text.split(' '))

function textOf({ topic, headers }: Pick<BusMessage, 'topic' | 'headers'>, name: string): string {
  const value = headers[name]
  if (value === undefined) throw new UnreadableMessage(`a message on ${topic} has no ${name}: it was not published by this system's relay`)
  return value
}
function countOf(message: Pick<BusMessage, 'topic' | 'headers'>, name: string): number {
  const text = textOf(message, name)
  if (!/^\d{1,16}$/.test(text)) throw new UnreadableMessage(`a message on ${message.topic} has no whole number in ${name}: it was not published by this system's relay`)
  return Number(text)
}
function dataOf({ topic, value }: BusMessage): object {
  if (value === null) return {}
  try {
    const data = JSON.parse(value) as unknown
    if (typeof data === 'object' && data !== null) return data
  } catch {
    // said below, without what stands there
  }
  throw new UnreadableMessage(`a message on ${topic} holds no JSON object: it was not published by this system's relay`)
}
function decoded({ topic }: BusMessage, part: string): string {
  try { return decodeURIComponent(part) } catch { throw new UnreadableMessage(`a message on ${topic} has a ce_source that is no URI reference`) }
}
