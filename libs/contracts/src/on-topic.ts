/**
 * What may never be on a shared topic, asked of a contract (before anything is recorded: the architecture test) and of
 * one recorded event (the relay). The second asks more: what an event says need not be what its contract says.
 */
import type { RecordedEvent } from './envelope'
import { UnknownEvent, eventRegistry, type EventVersion } from './event'
import { fieldsOf, type ContractClass, type FieldSpec } from './fields'
import type { Topic } from './topics'

/** Why an event may not be on its topic. No value of the event, in none of its members. */
export interface TopicRefusal {
  readonly reason: 'unknown-type' | 'unknown-version' | 'wrong-category' | 'wrong-classification' | 'privacy-class' | 'foreign-token' | 'not-sealed' | 'not-in-contract'
  /** JSON pointer of the field, where it is one */
  readonly field?: string
  /** one sentence for an operator */
  readonly text: string
}

type Plain = Readonly<Record<string, unknown>>

/**
 * Whether events of this version may be on the topic at all, by its contract alone.
 * @param category of the stream in which they stand
 */
export const refusalOfContract = (topic: Topic, version: EventVersion, category: string): TopicRefusal | undefined => {
  if (!version.categories.includes(category)) return { reason: 'wrong-category', text: `${version.type} may not stand in streams of ${category}` }
  if (version.classification !== topic.classification) return { reason: 'wrong-classification', text: `${version.type} is classified ${version.classification}, ${topic.name} carries ${topic.classification}` }
  return refusalOfFields(topic, version.cls, version.type, '/data')
}

const refusalOfFields = (topic: Topic, cls: ContractClass, type: string, at: string): TopicRefusal | undefined => {
  for (const spec of fieldsOf(cls)) {
    const field = `${at}/${spec.name}`
    const refusal = spec.nested ? refusalOfFields(topic, spec.nested(), type, field) : refusalOfField(topic, spec, type, field)
    if (refusal) return refusal
  }
  return undefined
}
const refusalOfField = (topic: Topic, { name, privacy }: FieldSpec, type: string, field: string): TopicRefusal | undefined => {
  if (!topic.mayCarry.includes(privacy)) return { reason: 'privacy-class', field, text: `${field} of ${type} is of class ${privacy}; ${topic.name} carries ${topic.mayCarry.join(', ')}` }
  if (privacy === 'token' && topic.tokens && !topic.tokens.includes(name)) return { reason: 'foreign-token', field, text: `${field} of ${type} is a token; of these ${topic.name} carries ${topic.tokens.join(', ')} alone` }
  return undefined
}

/** Contracts do not change while a process runs: each is looked through once for each topic and category. */
const looked = new WeakMap<Topic, Map<string, TopicRefusal | undefined>>()
const remembered = (topic: Topic, version: EventVersion, category: string): TopicRefusal | undefined => {
  const known = looked.get(topic) ?? new Map<string, TopicRefusal | undefined>()
  looked.set(topic, known)
  const key = `${version.type}|${version.version}|${category}`
  if (!known.has(key)) known.set(key, refusalOfContract(topic, version, category))
  return known.get(key)
}

/**
 * Whether this event may be on the topic: by its contract, and by what it says.
 * @param event as recorded or led to its newest version, sealed fields still sealed
 */
export const refusalOnTopic = (topic: Topic, event: RecordedEvent): TopicRefusal | undefined => {
  let version: EventVersion
  try { version = eventRegistry.get(event.type, event.schemaVersion) } catch (error) {
    if (!(error instanceof UnknownEvent)) throw error
    return { reason: error.version === null ? 'unknown-type' : 'unknown-version', text: error.version === null ? 'this build knows no event of this type, so nobody can say what it carries' : `this build does not know version ${event.schemaVersion} of ${event.type}, so nobody can say what it carries` }
  }
  const refusal = remembered(topic, version, categoryOf(event.stream))
  if (refusal) return refusal
  if (event.classification !== topic.classification) return { reason: 'wrong-classification', field: '/classification', text: `this ${event.type} is classified ${event.classification}, ${topic.name} carries ${topic.classification}` }
  const tokens = new Set<unknown>()
  const wrong = refusalOfValues(version.cls, event.data as Plain, event.type, '/data', tokens)
  if (wrong) return wrong
  // the contract's own tokens were found to be allowed; a subject beside them could be anybody
  if (event.subjects.some((subject) => !tokens.has(subject)) && (topic.tokens || !topic.mayCarry.includes('token'))) return { reason: 'foreign-token', field: '/subjects', text: `this ${event.type} has a subject that is in none of its fields; ${topic.name} carries ${topic.tokens?.join(', ') ?? 'no tokens'} alone` }
  // an open record must not be led to a person by its key either
  if (!topic.mayCarry.includes('token') && !topic.categories.includes(categoryOf(event.partitionkey))) return { reason: 'foreign-token', field: '/partitionkey', text: `this ${event.type} has a partition key that is no stream of ${topic.name}` }
  return undefined
}

const refusalOfValues = (cls: ContractClass, data: Plain, type: string, at: string, tokens: Set<unknown>): TopicRefusal | undefined => {
  const specs = specsOf(cls)
  for (const name of Object.keys(data)) {
    const value = data[name]
    const spec = specs.get(name)
    // its name is not ours either: only the place is told
    if (!spec) return { reason: 'not-in-contract', field: at, text: `${at} of this ${type} has a field that its contract does not have` }
    if (spec.privacy === 'token') for (const token of spec.many ? value as unknown[] : [value]) tokens.add(token)
    if (spec.sealed && value !== undefined && !isSealed(value)) return { reason: 'not-sealed', field: `${at}/${name}`, text: `${at}/${name} of this ${type} is not sealed` }
    if (!spec.nested || value === undefined) continue
    const inner = spec.nested()
    const items = spec.many ? value as Plain[] : [value as Plain]
    for (let i = 0; i < items.length; i++) {
      const refusal = refusalOfValues(inner, items[i]!, type, spec.many ? `${at}/${name}/${i}` : `${at}/${name}`, tokens)
      if (refusal) return refusal
    }
  }
  return undefined
}

const byName = new Map<ContractClass, ReadonlyMap<string, FieldSpec>>()
const specsOf = (cls: ContractClass): ReadonlyMap<string, FieldSpec> => {
  let specs = byName.get(cls)
  if (!specs) byName.set(cls, specs = new Map(fieldsOf(cls).map((spec) => [spec.name, spec])))
  return specs
}

const isSealed = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  const keys = Object.keys(value)
  const inner = (value as { $sealed?: unknown }).$sealed
  return keys.length === 1 && typeof inner === 'object' && inner !== null && ['k', 'n', 'c'].every((part) => typeof (inner as Record<string, unknown>)[part] === 'string')
}
const categoryOf = (stream: string): string => { const dash = stream.indexOf('-'); return dash < 0 ? stream : stream.slice(0, dash) }
