/**
 * What a role sees of a history. Nothing rests on names: who sees a stream is declared with its category, whom a field
 * speaks of and whose id it carries with the field (libs/contracts: categories.ts, fields.ts). Default deny: what is not
 * declared is not there. Rights apply as of now, whatever moment is looked at.
 */
import { categoryOf } from '@chorus/event-store'
import { isLevelClosed, NOTHING_CLOSED, type Closed } from '@chorus/record-access'
import { CATEGORIES, OPENS, RULES_ONLY_FOR, categoryNamed, eventRegistry, fieldAt, fieldsOf, type ContractClass, type FieldSpec, type RecordedEvent, type Role, type Sight } from '@chorus/contracts'

/** Roles that may ask for a history at all. */
export const HISTORY_READERS = [...new Set(CATEGORIES.flatMap(({ sight }) => Object.keys(sight)))] as Role[]

const sightOf = (role: string, category: string): Sight | undefined => categoryNamed(category)?.sight[role as Role]

export const seesCategory = (role: string, category: string): boolean => sightOf(role, category) !== undefined

/** Whether the role sees this event: its category, and where fewer see events of its type, or of the rule that it names, those. */
export const seesEvent = (role: string, event: Pick<RecordedEvent, 'stream' | 'type' | 'data'>): boolean => {
  const { rule } = event.data as { readonly rule?: unknown }
  return seesCategory(role, categoryOf(event.stream)) && seesType(role, event.type) && seesRule(role, rule)
}
const seesType = (role: string, type: string): boolean => {
  const only = eventRegistry.knows(type) ? eventRegistry.latest(type).onlyFor : undefined
  return only === undefined || only.includes(role as Role)
}
/** Whether the role is told that this rule was broken. */
export const seesRule = (role: string, rule: unknown): boolean => RULES_ONLY_FOR[String(rule)]?.includes(role as Role) ?? true

/** Whether the role sees this sealed field. `pointer` is the field's JSON pointer in an event of this type, led to its newest version. */
export const seesField = (role: string, category: string, { type, pointer }: { readonly type: string; readonly pointer: string }): boolean => {
  // The envelope's own sealed values, source record and time text, are the agency's record.
  if (!pointer.startsWith('/data/')) return opens(role, category, 'record')
  const spec = eventRegistry.knows(type) ? fieldAt(eventRegistry.latest(type).cls, pointer) : undefined
  return spec?.about !== undefined && opens(role, category, spec.about)
}
const opens = (role: string, category: string, about: NonNullable<FieldSpec['about']>): boolean => {
  const sight = sightOf(role, category)
  return sight !== undefined && OPENS[sight].includes(about)
}

/**
 * The event's data without what the role may not see in clear text: what is shown with names alone, and the ids and names
 * of streams and events that are not there for the role. An event of a type or version that this build does not know says nothing.
 * `seen`: ids of all events that are there for the role. `closed`: records that are closed to the reader as of now, by their streams.
 */
export const seenData = (role: string, event: RecordedEvent, seen: ReadonlySet<string>, closed: Closed = NOTHING_CLOSED): object => {
  const category = categoryOf(event.stream)
  if (!eventRegistry.knows(event.type) || eventRegistry.latest(event.type).version !== event.schemaVersion) return {}
  // A case is there while its tasks are: what is closed of it is its level.
  const isClosedRecord = (stream: string): boolean => closed.has(stream) && (categoryOf(stream) !== 'pchCase' || closed.isGone(stream))
  const isThere = (spec: FieldSpec, value: unknown): boolean => {
    if (spec.kind === 'stream') return seesCategory(role, categoryOf(String(value))) && !isClosedRecord(String(value))
    if (spec.of === 'event') return seen.has(String(value))
    return spec.of === 'none' || (spec.of === undefined ? spec.kind !== 'uuid' : seesCategory(role, spec.of) && !isClosedRecord(`${spec.of}-${String(value)}`))
  }
  const levelClosed = isLevelClosed(event, closed)
  const shown = (cls: ContractClass, data: Readonly<Record<string, unknown>>): object => {
    const copy: Record<string, unknown> = { ...data }
    for (const spec of fieldsOf(cls)) {
      const value = data[spec.name]
      if (value === undefined) continue
      if (spec.tells === 'level' && levelClosed) delete copy[spec.name]
      else if (spec.shown === 'withNames' && !(spec.about && opens(role, category, spec.about))) delete copy[spec.name]
      else if (spec.nested) {
        const inner = spec.nested()
        copy[spec.name] = Array.isArray(value) ? value.map(item => shown(inner, item as Record<string, unknown>)) : shown(inner, value as Record<string, unknown>)
      } else if (Array.isArray(value)) copy[spec.name] = value.filter(item => isThere(spec, item))
      else if (!isThere(spec, value)) delete copy[spec.name]
    }
    return copy
  }
  return shown(eventRegistry.latest(event.type).cls, event.data as Readonly<Record<string, unknown>>)
}
