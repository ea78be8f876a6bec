/** What a log says, ids and clocks aside: two forms of running must write the same. */
import type { RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore } from '@chorus/event-store'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const INSTANT = /\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})/g
const TOKEN = /\b(per|pair|inc|dek)_[A-Za-z0-9_-]{16,}/g
const KEYED = /\b[0-9a-f]{64}\b/g

const plain = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replace(UUID, '<id>').replace(INSTANT, '<instant>').replace(TOKEN, '<token>').replace(KEYED, '<keyed>')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if ('$sealed' in value) return '<sealed>'
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, plain(inner)]))
}
/** The stop of a hold is put there by the command or by the reaction to its reason, whichever is faster (decision 0026). */
const BY_EITHER = 'NotificationHeld'
const shapeOf = ({ type, schemaVersion, data, timePrecision, timeZone, source, actor, subjects, classification, breaches, policyVersion, basis, causationId, corrects }: RecordedEvent): object => ({
  type, schemaVersion, data: plain(data), timePrecision, timeZone, ...(type === BY_EITHER ? {} : { source, actor: plain(actor), caused: causationId !== null }), subjects: subjects.length, classification, breaches, policyVersion,
  basis: basis?.map(({ stream }) => plain(stream)), corrects: corrects !== undefined,
})

/** What a timer recorded is left out. Each stream as one text, in its order; the streams sorted, since their names and the order between them are chance. */
export async function shapeOfLog(store: Pick<EventStore, 'readAll'>): Promise<string[]> {
  const streams = new Map<string, string[]>()
  for await (const stored of store.readAll()) {
    const event = decode(stored)
    // what the clock alone brings comes in a slow run and not in a fast one
    if (event.actor.id === 'chorus:timers') continue
    const lines = streams.get(event.stream) ?? []
    streams.set(event.stream, lines)
    lines.push(JSON.stringify(shapeOf(event)))
  }
  return [...streams].map(([stream, lines]) => `${stream.slice(0, stream.indexOf('-'))}\n${lines.join('\n')}`).sort()
}
