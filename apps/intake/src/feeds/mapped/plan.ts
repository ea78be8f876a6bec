/**
 * What would happen to each row of an extract, and the events that would be recorded: one pure function. `plan` shows it,
 * `commit` appends exactly what it says; nothing else decides.
 */
import type { CustodyReason, DraftEvent, Jurisdiction, RecordedEvent, SupervisionComplianceReportedV1 } from '@chorus/contracts'
import { enteredFor } from '../../arrest/arrest'
import { goneFromRoster, heldAt, onRoster, toldByFeeds, type When } from '../../circumstance/roster'
import { receive, SAID_BEFORE, type Received } from '../../incident/receive'
import { composeArrest, composeCharging, composeReport, composeScreen, composeSupervision, wrongReport, wrongScreen, type Composing, type KnownReport } from './compose'
import { nameOf, type Mapping } from './mapping'
import { namesIn, piecesOf } from './names-in'
import { readRow, type Fields, type Reading, type ReadTime } from './read-row'
import type { Row } from './read-rows'
import { FIELDS } from './targets'

/** new, correction: recorded · duplicate: known already · no-case: of a roster, of nobody here · waits: for the report that it names · refused: quarantined */
export type Outcome = 'new' | 'correction' | 'duplicate' | 'no-case' | 'waits' | 'refused'
export interface PlannedRow {
  readonly row: number
  readonly line: number
  readonly outcome: Outcome
  /** of what is refused or waits: the cause by name, the field, and what to do; no value of the row */
  readonly cause?: string
  readonly field?: string
  readonly text?: string
  readonly stream?: string
  readonly waitsFor?: string
  /** of what was said before: the version of the record that stands now */
  readonly over?: number
  readonly drafts: readonly DraftEvent[]
  /** of what is recorded: its events' ids */
  readonly ids?: readonly string[]
  /** of a duplicate: where it stands */
  readonly ordinal?: number
}
/** A hold that a full roster no longer names. */
export interface Departure { readonly stream: string; readonly draft: DraftEvent }
/** What rows would record, for the rows after them: histories of streams with it, and the ids of its events. */
export interface Foreseen { readonly histories: ReadonlyMap<string, readonly RecordedEvent[]>; readonly ids: ReadonlySet<string> }
export interface Plan extends Foreseen { readonly rows: readonly PlannedRow[]; readonly departures: readonly Departure[] }

export interface CaseOf { readonly caseId: string; readonly subjectRef: string }
/** What the log and the vault say, looked up before; and the vault's keyed ids, which are functions of their arguments alone. */
export interface PlanFacts {
  readonly now: string
  readonly file: string
  readonly role: string
  /** a person says that what was said before holds again */
  readonly holdsAgain?: boolean
  /** rows that were read for the looking up */
  readonly readings?: ReadonlyMap<Row, Reading>
  /** the roster's moment, in the mapping's zone */
  readonly asOf: When
  history(stream: string): readonly RecordedEvent[]
  readonly erased: ReadonlySet<string>
  personOf(personId: string): string | 'erased' | undefined
  /** of whom and what a row speaks, as far as its numbers can be read; `erased`: somebody whom it names was */
  spokenOf(row: Row): { readonly erased: boolean; readonly speaksOf?: string[]; readonly personRefs?: string[] }
  reportOf(reportNumber: string): KnownReport
  caseOf(personId: string): CaseOf | 'disagree' | 'erased' | undefined
  /** whose number it is in the context of cases, with or without an open one */
  subjectOf(personId: string): string | undefined
  /** whether the case is or was of the person who has this number */
  isCaseOf(personId: string, caseId: string): boolean
  /** streams of circumstances in which anybody may be held at the roster's facility */
  readonly mayBeHeld: readonly string[]
  /** streams of circumstances that tell of this hold: of each case that its person has had */
  streamsOfHold(holdId: string): readonly string[]
  streamIdOf(key: string): string
  messageOf(content: string): string
  holdIdOf(jurisdiction: string, holdNumber: string): string
  newToken(kind: 'per' | 'pair'): string
  contentOf(draft: DraftEvent): string
  idOf(draft: DraftEvent, place: number): string
  /** why the log would not take these; undefined: it would */
  check(stream: string, drafts: readonly DraftEvent[]): { readonly cause: string; readonly text: string } | undefined
}

/** What this record's ids stand for already: the log keeps an id for one content for ever. */
export const NUMBER_TAKEN = { cause: 'number-taken', text: 'this number of this system stands for another record here, of another kind or under another report: correct it at its source, or resolve it' } as const
/** Whoever was erased by order stays so, whatever comes under the same number: decision 0049. */
export const ERASED = { cause: 'erased', text: 'its record, or somebody whom it names, was destroyed by order: nothing of the row is recorded, of nobody whom it names. If it tells of something new, a person enters it by hand, without that number' } as const
export const WAITS_FOR_REPORT = { cause: 'record-not-known', text: 'the row speaks of a report that is not known here: it waits, and is tried again by itself when that report comes' } as const
const NOT_OF_ITS_CASE = { cause: 'other-person', field: 'personId', text: 'this arrest was entered by hand for a case, and the number of the row is not known as that of its person: look whose arrest it is. Correct the number at its source; or enter the arrest by hand once more, under the same number, for the case of whom it is of, or for none, and try this row again' } as const
const HOLD_OF_TWO = { cause: 'hold-of-two', field: 'holdNumber', text: 'the roster has two persons under this number of a hold: nobody can say who is held. None of the two rows is taken, and nobody is let out for it. Have the jail correct the number, or the person, and send the roster again' } as const
const CATEGORY = { 'incident-report': 'incident', arrest: 'arrest', 'lethality-screen': 'lethalityScreen', 'charging-presentation': 'charging', 'charging-decision': 'charging', 'court-conditions': 'charging', disposition: 'charging', 'supervision-compliance': 'supervision' } as const
const COMPOSE = { 'incident-report': composeReport, arrest: composeArrest, 'lethality-screen': composeScreen, 'charging-presentation': composeCharging, 'charging-decision': composeCharging, 'court-conditions': composeCharging, disposition: composeCharging, 'supervision-compliance': composeSupervision } as const
/** Targets that mean nothing without the report that they name. */
const OF_A_REPORT: readonly string[] = ['lethality-screen', 'charging-presentation', 'charging-decision', 'court-conditions', 'disposition']

/** A number as one record has it, however its letters are written, and whatever stands in it that nobody sees (zero-width spaces, marks of direction). */
export const keyText = (text: string): string => text.normalize('NFC').replace(/\p{Cf}/gu, '').trim().toUpperCase()
/**
 * Event ids come from agency, system, key and version, so that a key begins with its target where two kinds of record of one
 * system may have one number. The older targets' keys do not: events of them are stored. A number has no small letters, so
 * that none begins like a target.
 */
const PREFIXED: readonly string[] = ['charging-presentation', 'court-conditions', 'supervision-compliance']
export const keyOf = (fields: Fields, { target }: Mapping): string => [...(PREFIXED.includes(target) ? [target] : []), ...FIELDS[target].key.map((name) => keyText(fields[name] as string))].join('|')

const NOTHING: Foreseen = { histories: new Map(), ids: new Set() }

/**
 * `taken`: rows of which the log has said that their ids stand for something else. `before`: what the file's earlier parts would
 * record, where nothing was recorded yet.
 */
export const planRows = (rows: readonly Row[], mapping: Mapping, facts: PlanFacts, taken: ReadonlySet<number> = new Set(), before: Foreseen = NOTHING): Plan => {
  const histories = new Map<string, readonly RecordedEvent[]>()
  const ids = new Set<string>()
  const isComing = (id: string): boolean => ids.has(id) || before.ids.has(id)
  const historyOf = (stream: string): readonly RecordedEvent[] => histories.get(stream) ?? before.histories.get(stream) ?? facts.history(stream)
  const idsOf = (drafts: readonly DraftEvent[]): string[] => drafts.map((draft, at) => facts.idOf(draft, at))
  /** What a row would record is history for the rows after it. */
  const keep = (stream: string, drafts: readonly DraftEvent[], own = idsOf(drafts)): void => {
    const known = historyOf(stream)
    for (const id of own) ids.add(id)
    histories.set(stream, [...known, ...drafts.map((draft, at) => ({ ...draft, id: own[at]!, stream, revision: known.length + at, ordinal: 0, content: facts.contentOf(draft) }) as unknown as RecordedEvent)])
  }
  const onRosterNow = new Set<string>()
  const ofTwo = mapping.snapshot ? holdsOfTwo(rows, mapping, facts) : new Set<string>()
  const decided = rows.map((row): PlannedRow => {
    const place = { row: row.row, line: row.line }
    const refuse = (wrong: { readonly cause: string; readonly text: string; readonly field?: string }): PlannedRow => ({ ...place, outcome: 'refused', drafts: [], ...wrong })
    const read = facts.readings?.get(row) ?? readRow(row, mapping, facts.now)
    if ('wrong' in read && mapping.snapshot) {
      // Who stands on it has not left, whatever else of his row cannot be read.
      const { holdNumber } = namesIn(row, mapping)
      for (const number of holdNumber !== undefined ? [holdNumber] : row.broken ? piecesOf(row) : []) onRosterNow.add(facts.holdIdOf(mapping.snapshot.jurisdiction, number))
    }
    // what is wrong with it is nobody's task any more, and its bytes would bring back what was destroyed
    if ('wrong' in read) return facts.spokenOf(row).erased ? { ...place, outcome: 'duplicate', ...ERASED, drafts: [] } : refuse(read.wrong)
    const { fields } = read
    const message = facts.messageOf(row.content)
    const accept = (stream: string, outcome: 'new' | 'correction', drafts: readonly DraftEvent[]): PlannedRow => {
      const own = idsOf(drafts)
      const wrong = taken.has(row.row) || own.some(isComing) ? NUMBER_TAKEN : facts.check(stream, drafts)
      if (wrong) return refuse(wrong)
      keep(stream, drafts, own)
      return { ...place, outcome, stream, drafts, ids: own }
    }
    /** Whose open case a row is of, by his number; or what becomes of the row without one. */
    const subjectOf = ({ personId }: Fields): CaseOf | Pick<PlannedRow, 'outcome' | 'cause' | 'field' | 'text'> => {
      const person = facts.caseOf(personId as string)
      if (person === 'erased') return { outcome: 'duplicate', ...ERASED }
      if (person === 'disagree') return { outcome: 'refused', cause: 'identifiers-disagree', field: 'personId', text: 'this number leads to different people here: a person says who is who' }
      return person ?? { outcome: 'no-case' }
    }
    if (mapping.target === 'jail-roster') {
      const { facility, jurisdiction } = mapping.snapshot!
      const holdId = facts.holdIdOf(jurisdiction, fields.holdNumber as string)
      onRosterNow.add(holdId)
      if (ofTwo.has(keyText(fields.holdNumber as string))) return refuse(HOLD_OF_TWO)
      const person = subjectOf(fields)
      if (!('caseId' in person)) return { ...place, drafts: [], ...person }
      const stream = `circumstance-${person.caseId}`
      const { time, timePrecision } = fields.bookedAt as ReadTime
      const told = onRoster(historyOf(stream), {
        ...person, holdId, elsewhere: toldElsewhere(holdId, stream, facts, historyOf), facility, jurisdiction: jurisdiction as Jurisdiction, reason: (fields.reason ?? 'OTHER') as CustodyReason, booked: { time, timePrecision, timeZone: mapping.zone }, asOf: facts.asOf,
        source: { system: mapping.source.system, id: keyOf(fields, mapping), mapping: nameOf(mapping), message, file: facts.file, row: row.line },
      })
      return told.outcome === 'duplicate' ? { ...place, outcome: 'duplicate', stream, ordinal: told.ordinal, drafts: [] } : accept(stream, told.outcome, [told.draft])
    }
    const key = keyOf(fields, mapping)
    const streamId = facts.streamIdOf(key)
    const report = mapping.target === 'incident-report' || fields.reportNumber === undefined ? undefined : facts.reportOf(keyText(fields.reportNumber as string))
    const charge = CATEGORY[mapping.target] === 'charging'
    const stream = `${CATEGORY[mapping.target]}-${charge ? report!.incidentId : streamId}`
    const subject = mapping.target === 'supervision-compliance' ? supervised(subjectOf(fields), facts.subjectOf(fields.personId as string), historyOf(stream)) : undefined
    if (subject && !('caseId' in subject)) return { ...place, drafts: [], ...subject }
    if (facts.erased.has(stream) || (report && facts.erased.has(`incident-${report.incidentId}`))) return { ...place, outcome: 'duplicate', ...ERASED, drafts: [] }
    for (const [name, value] of Object.entries(fields)) if (name.endsWith('personId') && facts.personOf(value as string) === 'erased') return { ...place, outcome: 'duplicate', ...ERASED, drafts: [] }
    if (mapping.target === 'lethality-screen') {
      const wrong = wrongScreen(fields, report)
      if (wrong) return refuse(wrong)
    }
    if (OF_A_REPORT.includes(mapping.target)) {
      // What was decided was decided, also where the report was taken back since.
      if (report!.status === 'none' || (report!.status === 'retracted' && !charge)) return { ...place, outcome: 'waits', waitsFor: `incident-${report!.incidentId}`, drafts: [], ...WAITS_FOR_REPORT }
    }
    const unlike = mapping.target === 'incident-report' ? wrongReport(fields) : undefined
    if (unlike) return refuse(unlike)
    // Whoever entered it knew the person, not his number.
    const forCase = mapping.target === 'arrest' ? enteredFor(historyOf(stream)) : undefined
    if (forCase !== undefined && fields.personId !== undefined && !facts.isCaseOf(fields.personId as string, forCase)) return refuse(NOT_OF_ITS_CASE)
    const person = subject ?? (mapping.target === 'arrest' && fields.personId !== undefined ? facts.caseOf(fields.personId as string) : undefined)
    const composing: Omit<Composing, 'version' | 'current'> = {
      mapping, fields, streamId, key, message, file: facts.file, row: row.line, role: facts.role, newToken: facts.newToken,
      personOf: (personId) => { const token = facts.personOf(personId); return token === 'erased' ? undefined : token },
      ...(report && { report }),
      ...(fields.holdNumber !== undefined && fields.jurisdiction !== undefined && { holdId: facts.holdIdOf(fields.jurisdiction as string, fields.holdNumber as string) }),
      ...(typeof person === 'object' && { caseId: person.caseId, subjectRef: person.subjectRef }),
      ...(forCase !== undefined && { caseId: forCase }),
    }
    const compose = COMPOSE[mapping.target]
    // Several records share the stream of an incident's charges: this one's events are those that have its ids.
    const history = charge ? ofRecord(historyOf(stream), compose({ ...composing, version: 1, current: [] })[0]!, facts) : historyOf(stream)
    const received: Received = receive(history, { kind: 'report', message, file: facts.file, row: row.line, mapping: nameOf(mapping), ...(facts.holdsAgain && { holdsAgain: true }), compose: (version, current) => compose({ ...composing, version, current }) }, facts.contentOf)
    if (received.outcome === 'waits') return { ...place, outcome: 'waits', drafts: [], ...WAITS_FOR_REPORT }
    if (received.outcome === 'said-before') return { ...refuse(SAID_BEFORE), stream, over: received.version }
    if (received.outcome === 'duplicate') return { ...place, outcome: 'duplicate', stream, ordinal: received.ordinal, drafts: [] }
    return accept(stream, received.change === 'none' ? 'new' : 'correction', received.drafts)
  })
  return { rows: decided, departures: departuresOf(decided, mapping, facts, { historyOf, keep }, onRosterNow), histories, ids }
}

/** Numbers of holds under which the rows have more than one person. */
const holdsOfTwo = (rows: readonly Row[], mapping: Mapping, facts: PlanFacts): ReadonlySet<string> => {
  const persons = new Map<string, string>()
  return new Set(rows.flatMap((row) => {
    const read = facts.readings?.get(row) ?? readRow(row, mapping, facts.now)
    if (!('fields' in read)) return []
    const [hold, person] = [keyText(read.fields.holdNumber as string), keyText(read.fields.personId as string)]
    const before = persons.get(hold)
    persons.set(hold, person)
    return before !== undefined && before !== person ? [hold] : []
  }))
}

/** What was reported of somebody stays with the case that was open then, and can be corrected when it no longer is. */
const supervised = <N extends { readonly outcome: Outcome }>(subject: CaseOf | N, subjectRef: string | undefined, history: readonly RecordedEvent[]): CaseOf | N | { readonly outcome: 'refused'; readonly cause: string; readonly field: string; readonly text: string } => {
  const before = history.at(-1)?.data as SupervisionComplianceReportedV1 | undefined
  if (!before || 'caseId' in subject || subject.outcome !== 'no-case') return subject
  return before.subjectRef === subjectRef ? { caseId: before.caseId, subjectRef }
    : { outcome: 'refused', cause: 'other-person', field: 'personId', text: 'this entry was recorded of another person before, and names now somebody without a case here: look whose it is, and correct it at its source' }
}

/** The events of one record among those of its stream: version after version has the id that the vault's key gives it. */
const ofRecord = (history: readonly RecordedEvent[], first: DraftEvent, facts: PlanFacts): RecordedEvent[] => {
  const byId = new Map(history.map((event) => [event.id, event]))
  const found: RecordedEvent[] = []
  for (let version = 1; ; version++) {
    const event = byId.get(facts.idOf({ ...first, sourceRecord: { ...first.sourceRecord!, version } }, 0))
    // Of another kind it is another record, which has this one's number.
    if (event?.type !== first.type) return found
    found.push(event)
  }
}

/** What feeds have told of a hold in the streams of its person's other cases: its versions go on from there, since its ids name no case. */
const toldElsewhere = (holdId: string, stream: string, facts: PlanFacts, historyOf: (stream: string) => readonly RecordedEvent[]): number =>
  facts.streamsOfHold(holdId).reduce((told, other) => other === stream ? told : told + toldByFeeds(historyOf(other), holdId), 0)

/** Who a full roster no longer names has left. A row whose hold cannot be read names nobody: to miss that he is out is the worse error. */
const departuresOf = (rows: readonly PlannedRow[], mapping: Mapping, facts: PlanFacts, { historyOf, keep }: { historyOf(stream: string): readonly RecordedEvent[]; keep(stream: string, drafts: readonly DraftEvent[]): void }, present: ReadonlySet<string>): Departure[] => {
  // A roster without one readable row is no roster: nobody is let out by it.
  if (!mapping.snapshot?.full || !rows.some(({ outcome }) => outcome !== 'refused')) return []
  const { facility, jurisdiction } = mapping.snapshot
  return facts.mayBeHeld.flatMap((stream) => heldAt(historyOf(stream), facility, jurisdiction, facts.asOf).filter((holdId) => !present.has(holdId)).map((holdId) => {
    const draft = goneFromRoster(historyOf(stream), holdId, facts.asOf, { system: mapping.source.system, mapping: nameOf(mapping), file: facts.file }, toldElsewhere(holdId, stream, facts, historyOf))
    keep(stream, [draft])
    return { stream, draft }
  }))
}
