/**
 * Which streams belong to the history of a case or an incident: as the categories declare it (libs/contracts: categories.ts),
 * found from the log alone, never from a read model, so that nothing has to be rebuilt first and "as it was known" holds.
 * What the subject's own events name, and what has its id, is read by the streams' names. All else, the streams of other
 * services among them, is one pass over the categories that may name the subject: a category is looked through only where
 * its declaration says so, an event is taken apart only where its text has the id at all, and it counts only where a
 * field declared to carry such an id carries it. Nothing is kept of what does not belong.
 */
import { CATEGORIES, eventRegistry, fieldsOf, type ContractClass, type HistorySubject } from '@chorus/contracts'
import { categoryOf, type EventStore } from '@chorus/event-store'

interface Read { readonly type: string; readonly schemaVersion: number; readonly data: object }

/** The names of all streams of the history, the subject's first. `own`: the subject's events. `through`: last ordinal that counts. */
export const streamsOf = async (store: Pick<EventStore, 'readAll'>, subject: string, own: readonly Read[], through: number): Promise<Set<string>> => {
  const kind = categoryOf(subject) as HistorySubject
  const found = CATEGORIES.flatMap(({ name, partOf }) => partOf[kind] ? [{ name, how: partOf[kind] }] : [])
  // The subject and what it names, by category: a case stands on its referral and its index incident.
  const anchors = new Map<string, Set<string>>([[kind, new Set([idOf(subject)])]])
  for (const { name, how } of found) if (how === 'named') anchors.set(name, new Set(own.flatMap(event => idsOf(event, name))))

  const streams = new Set([subject])
  for (const { name, how } of found) {
    if (how === 'named') for (const id of anchors.get(name)!) streams.add(`${name}-${id}`)
    else if ('idOf' in how) for (const id of anchors.get(how.idOf) ?? []) streams.add(`${name}-${id}`)
  }
  const naming = new Map(found.flatMap(({ name, how }) => typeof how === 'object' && 'names' in how ? [[name, how.names] as const] : []))
  if (naming.size === 0) return streams
  for await (const { stream, text } of store.readAll({ through, filter: { categories: [...naming.keys()] } })) {
    const of = naming.get(categoryOf(stream))!
    const ids = anchors.get(of)
    if (!ids || streams.has(stream) || ![...ids].some(id => text.includes(id))) continue
    if (idsOf(JSON.parse(text) as Read, of).some(id => ids.has(id))) streams.add(stream)
  }
  return streams
}

/** The ids that the event's fields carry of this category's streams; [] for a type or version that this build does not know. */
const idsOf = ({ type, schemaVersion, data }: Read, category: string): string[] => {
  const walk = (cls: ContractClass, at: Readonly<Record<string, unknown>>): string[] => fieldsOf(cls).flatMap((spec) => {
    const values = [at[spec.name]].flat().filter(value => value !== undefined)
    if (spec.nested) return values.flatMap(value => walk(spec.nested!(), value as Record<string, unknown>))
    return spec.of === category ? values as string[] : []
  })
  if (!eventRegistry.knows(type) || schemaVersion > eventRegistry.latest(type).version) return []
  return walk(eventRegistry.get(type, schemaVersion).cls, data as Record<string, unknown>)
}

const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1)
