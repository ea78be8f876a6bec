/**
 * Gathers the events of a case's or an incident's history from the log (never from a read model), up to the recorded
 * moment, takes out what the reader may not see, and folds the rest.
 */
import { categoryOf, LogNotThereYet, type EventStore, type Recorder } from '@chorus/event-store'
import { HISTORY_SUBJECTS, IDENTITY_REGISTER, type Actor, type HistorySubject, type RecordedEvent } from '@chorus/contracts'
import type { Vault } from '@chorus/privacy'
import { closedTo, isClosed, maySeeHistory, recordsOf } from '@chorus/record-access'
import { history, WITHHELD_SENTENCE, type HistoryEntry, type LedBy } from './history'
import { momentOf } from './moment'
import { linkedRefs, namesAny, otherStreamsOf } from './linked-persons'
import { feedsIn, streamsOfReport } from './report-streams'
import { streamsOf } from './streams-of'
import { seenData, seesCategory, seesEvent, seesField, seesRule } from './who-sees-what'

export interface HistoryQuery {
  /** a case's or incident's id, its stream name, `ORI/number` as the agency knows the report, the code of an account, or the number of an ordinance */
  readonly of: string
  readonly asOfRecorded?: string
  readonly asOfOccurred?: string
  readonly newestFirst?: boolean
}
export interface HistoryAnswer {
  readonly of: string
  readonly kind: 'case' | 'incident' | 'arrest' | 'account' | 'authorization'
  readonly asOf: { readonly recorded: string; readonly occurred: string | null }
  readonly notice: string
  readonly entries: readonly HistoryEntry[]
}
export type HistoryRefusal = { readonly refused: 'not-a-moment' | 'log-not-there-yet' | 'not-found'; readonly field?: string; readonly text: string; /** for the audit log alone */ readonly withheld?: 'closed' | 'not-for-role' }

const KINDS: Readonly<Record<HistorySubject, HistoryAnswer['kind']>> = { pchCase: 'case', incident: 'incident', arrest: 'arrest', account: 'account', authorization: 'authorization' }
/** Ids are in lower case; the codes of accounts in upper case, and the number of an ordinance is as it is. */
const spelled = (subject: HistorySubject, of: string): string => subject === 'account' ? of.toUpperCase() : subject === 'authorization' ? of : of.toLowerCase()

export class HistoryReader {
  constructor(private readonly deps: { readonly store: EventStore; readonly recorder: Recorder; readonly vault: Vault; readonly clock: { now(): string } }) {}

  async read(query: HistoryQuery, reader: Actor): Promise<HistoryAnswer | HistoryRefusal> {
    const recorded = query.asOfRecorded === undefined ? this.deps.clock.now() : momentOf(query.asOfRecorded)
    const occurred = query.asOfOccurred === undefined ? null : momentOf(query.asOfOccurred)
    if (recorded === null) return notAMoment('asOfRecorded')
    if (query.asOfOccurred !== undefined && occurred === null) return notAMoment('asOfOccurred')
    let through: number
    try {
      through = query.asOfRecorded === undefined ? (await this.deps.store.head()).ordinal : await this.deps.store.ordinalAsOf(recorded)
    } catch (error) {
      if (error instanceof LogNotThereYet) return { refused: 'log-not-there-yet', field: 'asOfRecorded', text: 'The log has not reached this moment yet. Ask for an earlier moment, or leave it out to see what is known now.' }
      throw error
    }
    const subject = await this.find(query.of, through)
    // What one may not see looks the same as what is not there.
    if (!subject) return notFound
    if (!seesCategory(reader.role, categoryOf(subject))) return { ...notFound, withheld: 'not-for-role' }
    const gathered = (await this.gather(subject, through)).filter(event => seesEvent(reader.role, event) && (event.classification !== 'CHRI' || maySeeHistory(reader)))
    // Whatever moment is looked at: what is closed now is closed there.
    const closed = await closedTo(this.deps.recorder, gathered.flatMap(recordsOf), reader)
    const events = gathered.filter(event => !isClosed(event, closed))
    if (closed.isGone(subject) || (closed.has(subject) && categoryOf(subject) !== 'pchCase')) return { ...notFound, withheld: 'closed' }
    const led = await this.ledTo(events, reader, through)
    const ids = new Set([...events.map(event => event.id), ...led.keys()])
    const seen: RecordedEvent[] = []
    for (const category of new Set(events.map(event => categoryOf(event.stream)))) {
      const open = await this.deps.recorder.unseal(events.filter(event => categoryOf(event.stream) === category), field => seesField(reader.role, category, field))
      seen.push(...open.map(event => ({ ...event, data: seenData(reader.role, event, ids, closed), ...(event.breaches && { breaches: event.breaches.filter(rule => seesRule(reader.role, rule)) }) })))
    }
    seen.sort((a, b) => a.ordinal - b.ordinal)
    return {
      of: idOf(subject),
      kind: KINDS[categoryOf(subject) as HistorySubject],
      asOf: { recorded, occurred },
      notice: WITHHELD_SENTENCE,
      entries: history(seen, { led, ...(occurred && { asOfOccurred: occurred }), ...(query.newestFirst && { newestFirst: true }) }),
    }
  }

  /** The events that led to a change of level, as far as the reader sees them: by their names, since not each is of this history. */
  private async ledTo(events: readonly RecordedEvent[], reader: Actor, through: number): Promise<ReadonlyMap<string, LedBy>> {
    const named = events.flatMap(({ data }) => (data as { readonly triggerEventId?: string }).triggerEventId ?? [])
    const led = new Map<string, LedBy>()
    for (const [id, stream] of named.length === 0 ? [] : await this.deps.store.standing(named)) {
      if (!seesCategory(reader.role, categoryOf(stream))) continue
      const event = (await this.deps.recorder.load(stream)).find(one => one.id === id && one.ordinal <= through)
      if (event && seesEvent(reader.role, event) && !isClosed(event, await closedTo(this.deps.recorder, recordsOf(event), reader))) led.set(id, { stream, type: event.type })
    }
    return led
  }

  private async find(of: string, through: number): Promise<string | undefined> {
    for (const stream of await this.candidates(of)) {
      for await (const event of this.deps.store.readStream(stream, { limit: 1 })) if (event.ordinal <= through) return stream
    }
    return undefined
  }

  private async candidates(of: string): Promise<string[]> {
    if ((HISTORY_SUBJECTS as readonly string[]).includes(categoryOf(of))) return [of]
    const slash = of.indexOf('/')
    const [agency, number] = [of.slice(0, slash).toUpperCase(), of.slice(slash + 1)]
    if (slash > 0) return streamsOfReport(agency, number, feedsIn(await this.mappings()), (...parts) => this.deps.vault.uuid('stream-id', ...parts))
    return HISTORY_SUBJECTS.map(category => `${category}-${spelled(category, of)}`)
  }

  private async mappings(): Promise<RecordedEvent[]> {
    const applied: RecordedEvent[] = []
    for await (const event of this.deps.recorder.read({ filter: { categories: ['importrun'], types: ['MappingApplied'] } })) applied.push(event)
    return applied
  }

  /** The events of all streams of the history, in log order. */
  private async gather(subject: string, through: number): Promise<RecordedEvent[]> {
    const known = async (stream: string) => (await this.deps.recorder.load(stream)).filter(event => event.ordinal <= through)
    const own = await known(subject)
    const events = [...own]
    const streams = await streamsOf(this.deps.store, subject, own, through)
    if (categoryOf(subject) === 'pchCase') {
      const register = await this.deps.recorder.load(IDENTITY_REGISTER)
      const refs = linkedRefs(own, register, through)
      events.push(...register.filter(event => event.ordinal <= through && namesAny(event, refs)))
      for (const other of refs.length > 1 ? await otherStreamsOf(this.deps.store, refs, through) : []) {
        if (categoryOf(other) !== 'pchCase') streams.add(other)
        else for (const stream of await streamsOf(this.deps.store, other, await known(other), through)) streams.add(stream)
      }
    }
    for (const stream of streams) if (stream !== subject) events.push(...await known(stream))
    return events.sort((a, b) => a.ordinal - b.ordinal)
  }
}

const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1)
const notFound: HistoryRefusal = { refused: 'not-found', text: 'There is no such case, incident, account or ordinance at this moment, or it is not for you. Look its id up again; report numbers are written ORI/number, accounts FY-FUND-COSTCENTER-CLASS.' }
const notAMoment = (field: string): HistoryRefusal => ({ refused: 'not-a-moment', field, text: 'This is no moment. Write a date (2026-07-02: its whole day in Kansas City), a local time (2026-07-02T15:10) or an instant (2026-07-02T20:10:00Z).' })
