/**
 * The recorder: store, vault and contracts together. What goes in is checked against its contract, gets its id and
 * fingerprint, and is sealed; what comes out is decoded and led to its newest version, still sealed until somebody
 * with the right unseals it.
 */
import {
  UnknownEvent, eventRegistry, problemsOf, type Classification, type CommandMeta, type Context, type ContractClass, type DraftEvent, type Envelope, type FieldProblem, type FieldSpec, type PrivacyClass, type RecordedEvent, type Sealable, type Sealed, type SourceRecord,
} from '@chorus/contracts'
import type { DeciderLog, RecordOutcome } from '@chorus/decider'
import { ERASED, isSealed, seal, unseal, type SealPlace, type SubjectKey, type Vault } from '@chorus/privacy'
import { canonicalJson } from './chain'
import { categoryOf, MAX_EVENT_BYTES, type Append, type AppendResult, type EventStore, type NewEvent, type ReadAllOptions, type StoredEvent } from './port'
import { prepareAppend } from './prepare-append'
import { mapSealed, sealedFields, tokensOf, withoutTokens } from './sealed-fields'

export interface RecordItem { readonly stream: string; /** last known revision; -1: the stream must not exist */ readonly expected: number; readonly drafts: readonly DraftEvent[]; readonly meta: CommandMeta }
/** One sealed field, as it is put to the question who may see it. */
export interface SealedField { /** JSON pointer in the stored event, e.g. /data/victims/0/name */ readonly pointer: string; readonly privacy: PrivacyClass; /** event type */ readonly type: string }

/** A draft that does not fit its contract: a fault of ours, or of what an edge let through. Carries no value. */
export class ContractViolation extends Error {
  constructor(readonly type: string, readonly stream: string, readonly problems: readonly FieldProblem[]) {
    super(`${type} for ${stream} does not fit its contract: ${problems.slice(0, 5).map(({ field, text }) => `${field || '/'} ${text}`).join('; ')}${problems.length > 5 ? `; and ${problems.length - 5} more` : ''}`)
    this.name = 'ContractViolation'
  }
}

/** A draft that is checked and has its id, before sealing. */
interface Prepared { readonly draft: DraftEvent; readonly data: Readonly<Record<string, unknown>>; readonly id: string; readonly content: string; readonly subjects: readonly string[]; readonly classification: Classification; readonly context: Context | 'none'; /** subjects whose keys it needs */ readonly needs: ReadonlySet<string> }

export class Recorder implements DeciderLog {
  private readonly store: EventStore
  private readonly vault: Vault
  private readonly clock: { now(): string }
  constructor(deps: { readonly store: EventStore; readonly vault: Vault; readonly clock: { now(): string } }) {
    this.store = deps.store
    this.vault = deps.vault
    this.clock = deps.clock
  }

  /**
   * The stream's events, those from a revision on, led to their newest versions, sealed fields still sealed; [] where there is none.
   * Throws UnknownEvent for a version newer than this build: to decide on half an understanding would be wrong.
   */
  async load(stream: string, from = 0): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = []
    for await (const stored of this.store.readStream(stream, { from })) events.push(understood(stored))
    return events
  }

  /** Many streams at once; a stream that does not exist is an empty list. */
  async loadMany(streams: readonly string[]): Promise<Map<string, RecordedEvent[]>> {
    const found = new Map<string, RecordedEvent[]>(streams.map(stream => [stream, []]))
    if (found.size === 0) return found
    for await (const stored of this.store.readAll({ filter: { streams: [...found.keys()] } })) found.get(stored.stream)?.push(understood(stored))
    return found
  }

  /** Appends drafts to one stream, all or none. Throws ContractViolation, AppendRefused, or what store and vault throw. */
  async record(stream: string, expected: number, drafts: readonly DraftEvent[], meta: CommandMeta): Promise<RecordOutcome> {
    return (await this.recordEach([{ stream, expected, drafts, meta }]))[0]!
  }

  /** Many independent appends, each with its own outcome; keys for all of them are made durable first, in one go per context. */
  async recordEach(items: readonly RecordItem[]): Promise<RecordOutcome[]> {
    const prepared = items.map(item => item.drafts.map((draft, place) => this.prepare(item, draft, place)))
    const keys = await this.keysOf(prepared.flat())
    const appends: Append[] = []
    const outcomes = items.map((item, at): RecordOutcome | number => {
      const events = prepared[at]!
      if (events.some(event => [...event.needs].some(subject => keys.get(event.context)?.get(subject) === 'erased'))) return { ok: false, conflict: 'erased', text: erasedText(item.stream) }
      appends.push({ stream: item.stream, expected: item.expected === -1 ? 'none' : item.expected, events: events.map(event => this.sealed(item, event, keys.get(event.context))), keys: keyIdsOf(events, keys) })
      return appends.length - 1
    })
    const results = appends.length === 0 ? [] : appends.length === 1 ? [await this.store.append(appends[0]!)] : await this.store.appendEach(appends)
    return outcomes.map(outcome => typeof outcome === 'number' ? outcomeOf(results[outcome]!, appends[outcome]!) : outcome)
  }

  /**
   * What record() would refuse of this item whatever the log holds, for a dry run: nothing is appended and no key is made.
   * Throws ContractViolation, or AppendRefused where an event or all of them are too large.
   */
  check(item: RecordItem): void {
    for (const draft of item.drafts) this.fitting(item, draft)
    // Sealed and with its envelope an event is at most some thirty times as long: what is far from the limits is not sealed to be measured.
    if (JSON.stringify(item.drafts).length <= MAX_EVENT_BYTES / 32) return
    const prepared = item.drafts.map((draft, place) => this.prepare(item, draft, place))
    // Of the length of a real key's id: what is sealed under it is as long as it would be.
    const standIn: SubjectKey = { keyId: `dek_${'-'.repeat(22)}`, key: new Uint8Array(32) }
    const keys = new Map(prepared.flatMap(({ needs }) => [...needs].map(subject => [subject, standIn] as const)))
    prepareAppend(this.store.log, { stream: item.stream, expected: 'any', events: prepared.map(event => this.sealed(item, event, keys)) })
  }

  /** Of these event ids those that the log has, each with the stream in which it stands. */
  standing(ids: readonly string[]): Promise<ReadonlyMap<string, string>> { return this.store.standing(ids) }

  /** The log in order, decoded, led to the newest versions, still sealed. An event that this build does not know comes as it is. */
  async *read(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    for await (const stored of this.store.readAll(options)) yield decode(stored)
  }

  /** Copies of the events with sealed fields open where `may` allows; what it refuses is absent, what was erased is {$erased: true}. */
  async unseal<T extends RecordedEvent>(events: readonly T[], may: (field: SealedField) => boolean): Promise<T[]> {
    const wanted = new Set<string>()
    for (const event of events) walk(event, (value, pointer, privacy) => { if (isSealed(value) && may({ pointer, privacy, type: event.type })) wanted.add(value.$sealed.k); return value })
    const keys = wanted.size === 0 ? new Map<string, Uint8Array | 'erased'>() : await this.vault.openKeys([...wanted])
    return events.map(event => walk(event, (value, pointer, privacy) => {
      if (!may({ pointer, privacy, type: event.type })) return undefined
      if (!isSealed(value)) return value
      const key = keys.get(value.$sealed.k)
      return key === undefined || key === 'erased' ? ERASED : unseal(value, key, placeOf(event, value, pointer))
    }) as T)
  }

  /** Those of the streams whose records were erased by order: nothing more is recorded of them. All are of one context. */
  erased(context: Context, streams: readonly string[]): Promise<ReadonlySet<string>> { return this.vault.erased(context, streams) }

  /** The fingerprint that this draft would get: the same content, said again, has the same one. */
  contentOf(draft: DraftEvent): string {
    return this.fingerprint(eventRegistry.get(draft.type, draft.schemaVersion).cls, { ...draft, data: present(draft.data) as object })
  }

  private fingerprint(cls: ContractClass, { data, time, timePrecision, sourceRecord }: DraftEvent): string {
    return this.vault.hmac('content', canonicalJson({
      data: withoutTokens(cls, data as Readonly<Record<string, unknown>>), time, timePrecision,
      sourceRecord: sourceRecord && { system: sourceRecord.system, id: sourceRecord.id, version: sourceRecord.version },
    })).toString('hex')
  }

  /** The draft's version and its data as they are stored. Throws where it does not fit its contract or its stream. */
  private fitting(item: RecordItem, draft: DraftEvent) {
    const version = eventRegistry.get(draft.type, draft.schemaVersion)
    if (version !== eventRegistry.latest(draft.type)) throw new Error(`${draft.type} version ${draft.schemaVersion} is not its newest: new events are written in the newest version`)
    const category = categoryOf(item.stream)
    if (!version.categories.includes(category)) throw new Error(`${draft.type} may stand in streams of ${version.categories.join(', ')}, not in ${item.stream}`)
    let data = draft.data as Record<string, unknown>
    let problems = problemsOf(version.cls, data)
    // Members that are undefined are not there: the stored text leaves them out, so the check must not mind them.
    if (problems.length > 0) problems = problemsOf(version.cls, data = present(data) as Record<string, unknown>)
    if (problems.length > 0) throw new ContractViolation(draft.type, item.stream, problems)
    return { version, data }
  }

  private prepare(item: RecordItem, draft: DraftEvent, place: number): Prepared {
    const { version, data } = this.fitting(item, draft)
    const { sourceRecord, timeText } = draft
    const needs = new Set<string>()
    for (const field of sealedFields(version.cls, data)) needs.add(ownerOf(field.spec, field.subject, item.stream))
    if (sourceRecord || timeText !== undefined) needs.add(item.stream)
    const id = sourceRecord
      ? this.vault.uuid('event-id', 'record', item.meta.source.agency, sourceRecord.system, plainText(sourceRecord.id), String(sourceRecord.version), String(draft.index ?? place))
      : this.vault.uuid('event-id', 'command', item.meta.commandId, String(place))
    const content = this.fingerprint(version.cls, { ...draft, data })
    return { draft, data, id, content, subjects: [...new Set([...draft.subjects ?? [], ...tokensOf(version.cls, data)])], classification: version.classification, context: version.context, needs }
  }

  private async keysOf(prepared: readonly Prepared[]): Promise<ReadonlyMap<Context | 'none', ReadonlyMap<string, SubjectKey | 'erased'>>> {
    const wanted = new Map<Context, Set<string>>()
    for (const { context, needs, draft } of prepared) {
      if (needs.size === 0) continue
      if (context === 'none') throw new Error(`${draft.type} has no context, so nothing in it can be sealed`)
      const subjects = wanted.get(context) ?? new Set<string>()
      for (const subject of needs) subjects.add(subject)
      wanted.set(context, subjects)
    }
    const found = new Map<Context | 'none', ReadonlyMap<string, SubjectKey | 'erased'>>()
    for (const [context, subjects] of wanted) found.set(context, await this.vault.keysFor(context, [...subjects]))
    return found
  }

  private sealed(item: RecordItem, prepared: Prepared, keys: ReadonlyMap<string, SubjectKey | 'erased'> | undefined): NewEvent {
    const { draft, id, content } = prepared
    const { index: _, subjects: __, partitionkey, data: ___, sourceRecord, timeText, ...rest } = draft
    const sealValue = (value: unknown, subject: string, pointer: string): Sealed => {
      const key = keys?.get(subject)
      if (!key || key === 'erased') throw new Error(`the vault gave no key for ${subject}`)
      return seal(value, key, { eventId: id, type: draft.type, schemaVersion: draft.schemaVersion, pointer })
    }
    const { cls } = eventRegistry.get(draft.type, draft.schemaVersion)
    const data = mapSealed(cls, prepared.data, (pointer, value, spec, owner) => sealValue(value, ownerOf(spec, spec.sealedFor ? owner[spec.sealedFor] as string | undefined : undefined, item.stream), pointer))
    const { meta } = item
    const body: Envelope = {
      ...rest, data, id, content,
      ...(timeText === undefined ? {} : { timeText: sealValue(plainText(timeText), item.stream, '/timeText') }),
      ...(sourceRecord ? { sourceRecord: { ...sourceRecord, id: sealValue(plainText(sourceRecord.id), item.stream, '/sourceRecord/id') } } : {}),
      source: meta.source, receivedtime: meta.receivedtime ?? (meta.now || this.clock.now()), partitionkey: partitionkey ?? item.stream,
      commandId: meta.commandId, ...(meta.fingerprint === undefined ? {} : { command: meta.fingerprint }), correlationId: meta.correlationId, causationId: meta.causationId, actor: meta.actor,
      subjects: prepared.subjects, classification: prepared.classification,
    }
    return { id, type: draft.type, content, body: body as unknown as Readonly<Record<string, unknown>> }
  }
}

/** The keys that seal these events. */
const keyIdsOf = (events: readonly Prepared[], keys: ReadonlyMap<Context | 'none', ReadonlyMap<string, SubjectKey | 'erased'>>): string[] =>
  [...new Set(events.flatMap(({ context, needs }) => [...needs].flatMap(subject => { const key = keys.get(context)?.get(subject); return key && key !== 'erased' ? [key.keyId] : [] })))]

/** Whose key seals a field. A field that names a token whose value is missing has nobody's key: that is a fault, not the stream's. */
const ownerOf = (spec: FieldSpec, subject: string | undefined, stream: string): string => {
  if (!spec.sealedFor) return stream
  if (!subject) throw new Error(`${stream}: field ${spec.name} is sealed for the person in ${spec.sealedFor}, which is missing`)
  return subject
}
const plainText = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error('a draft carries its source id and time text in plain: it is sealed when it is recorded')
  return value
}
const present = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(present)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value)) { const inner = (value as Record<string, unknown>)[name]; if (inner !== undefined) copy[name] = typeof inner === 'object' ? present(inner) : inner }
  return copy
}

const TEXTS: Record<'wrong-revision' | 'partly-known' | 'content-differs', string> = {
  'wrong-revision': 'somebody else was faster: load it again and decide anew',
  'partly-known': 'some of these events are recorded and some are not: send them as they were sent first, or under a new id',
  'content-differs': 'this id is recorded with other content: a changed record needs a new version, a changed command a new id',
}
const outcomeOf = (result: AppendResult, append: Append): RecordOutcome => result.ok
  ? { ok: true, repeated: result.repeated, ordinal: result.last.ordinal, revision: result.last.revision, recordedtime: result.last.recordedtime, ids: append.events.map(event => event.id) }
  // Destroyed between sealing and appending: the same as before sealing.
  : result.error.code === 'key-ended' ? { ok: false, conflict: 'erased', text: erasedText(append.stream) }
    : { ok: false, conflict: result.error.code, text: `${append.stream}: ${TEXTS[result.error.code]}.` }
const erasedText = (stream: string): string => `What ${stream} is about was erased by order. It cannot be recorded again.`

/** A stored event as it is read: its envelope and data, led to the newest version that this build knows. */
export const decode = (stored: StoredEvent): RecordedEvent => ledToNewest(asRecorded(stored))

/** A stored event as it was written: nothing is led to a newer version. */
export const asRecorded = (stored: StoredEvent): RecordedEvent => {
  // The parsed object is ours alone: set in place, no copy.
  const event = JSON.parse(stored.text) as { -readonly [K in keyof RecordedEvent]: RecordedEvent[K] }
  event.ordinal = stored.ordinal
  event.recordedtime = stored.recordedtime
  return event
}

interface Leadable { type: string; schemaVersion: number; data: object; timeText?: Sealable; sourceRecord?: SourceRecord }

/** The event itself, its data led to the newest version that this build knows: changed in place. */
export const ledToNewest = <E extends Readonly<Leadable>>(event: E): E => {
  const own: Leadable = event
  if (!eventRegistry.knows(own.type)) return event
  const newest = eventRegistry.latest(own.type).version
  if (own.schemaVersion >= newest) return event
  const version = own.schemaVersion
  const { cls } = eventRegistry.get(own.type, version)
  // A sealed value opens only where it was sealed: it takes its first place along when an upcaster moves it.
  const mark = (value: unknown, pointer: string): unknown => isSealed(value) ? { $sealed: { ...value.$sealed, at: { pointer, version } } } : value
  const led = eventRegistry.upcast(own.type, version, mapSealed(cls, own.data as Record<string, unknown>, (pointer, value) => mark(value, pointer)))
  own.data = led.data
  own.schemaVersion = led.version
  if (own.timeText !== undefined) own.timeText = mark(own.timeText, '/timeText') as Sealed
  if (own.sourceRecord) own.sourceRecord = { ...own.sourceRecord, id: mark(own.sourceRecord.id, '/sourceRecord/id') as Sealed }
  return event
}

const understood = (stored: StoredEvent): RecordedEvent => {
  const event = decode(stored)
  if (eventRegistry.knows(event.type) && event.schemaVersion > eventRegistry.latest(event.type).version) eventRegistry.get(event.type, event.schemaVersion)
  return event
}

/** A copy of the event with every sealed field changed. Types or versions that this build does not know: the envelope's fields alone. */
const walk = (event: RecordedEvent, change: (value: unknown, pointer: string, privacy: PrivacyClass) => unknown): RecordedEvent => {
  const copy: Record<string, unknown> = { ...event }
  const { sourceRecord, timeText } = event
  if (timeText !== undefined) setOrDrop(copy, 'timeText', change(timeText, '/timeText', 'matchable'))
  if (sourceRecord) {
    const record: Record<string, unknown> = { ...sourceRecord }
    setOrDrop(record, 'id', change(sourceRecord.id, '/sourceRecord/id', 'matchable'))
    copy.sourceRecord = record
  }
  const version = versionOf(event)
  if (version) copy.data = mapSealed(version.cls, event.data as Record<string, unknown>, (pointer, value, spec) => change(value, pointer, spec.privacy))
  return copy as unknown as RecordedEvent
}
const setOrDrop = (target: Record<string, unknown>, name: string, value: unknown): void => { if (value === undefined) delete target[name]; else target[name] = value }
const versionOf = (event: RecordedEvent) => {
  try { return eventRegistry.get(event.type, event.schemaVersion) } catch (error) { if (error instanceof UnknownEvent) return undefined; throw error }
}
const placeOf = (event: RecordedEvent, { $sealed: { at } }: Sealed, pointer: string): SealPlace =>
  ({ eventId: event.id, type: event.type, schemaVersion: at?.version ?? event.schemaVersion, pointer: at?.pointer ?? pointer })
