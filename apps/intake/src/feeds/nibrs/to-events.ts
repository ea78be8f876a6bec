/**
 * A NIBRS record as drafts of events. Pure: tokens come from the version before or from `newToken`, ids and fingerprints
 * from the caller. Codes stay as reported; nothing that the record leaves blank is invented.
 */
import type { ArrestRecordedV1, BrokenEdit, DraftEvent, EventRetractedV1, IncidentReportedV1, RecordedEvent, ReportedArrestee, SourceRecord, TimeWindowReportedV1, ZeroReportReceivedV1 } from '@chorus/contracts'
import { isDate, isMonth, isYear, isoDate } from './dates'
import type { EditFinding } from './edits/edit'
import { amendArrests, amendIncident, mergeArrests, statesWhen } from './amend'
import type { GroupBArrest, NibrsRecord, TimeWindow } from './records'
import { arrestData, arrestee, cargoTheft, clearance, offense, offender, property, victim, whenOf, type WhenLocal } from './reported-parts'
import { INTIMATE_PARTNER_CODES, injuryOf, intimateRelations } from './statistics'

export const NIBRS_SYSTEM = 'nibrs-flat-file'
/** Raised whenever the same bytes would give another event. */
export const NIBRS_MAPPING = 'nibrs-flat@2'
/** The same record from the XML format: its source is the same records system, so that either format corrects the other. */
export const NIBRS_XML_MAPPING = 'nibrs-xml@1'

export interface RecordKey { /** stream category */ readonly category: 'incident' | 'arrest' | 'windowReport' | 'zeroReport'; /** the record's id at its source */ readonly id: string }

/** Which record of the agency this is: later files name it again. A window report never shares the key of an incident. */
export const keyOf = (record: NibrsRecord): RecordKey => {
  const id = `${record.ori}|${record.number}`
  switch (record.kind) {
    case 'groupA': case 'addOrModify': return { category: 'incident', id }
    case 'groupB': return { category: 'arrest', id }
    case 'delete': return { category: record.of === 'arrest' ? 'arrest' : 'incident', id }
    // Another month's window of the same incident is another report, not a correction of the first.
    case 'window': return { category: 'windowReport', id: `${id}|${record.segments[0]?.year ?? ''}-${record.segments[0]?.month ?? ''}` }
    case 'zero': return { category: 'zeroReport', id: `${record.ori}|${record.zero.reportYear}-${record.zero.reportMonth}` }
  }
}

/** What the record does to what is known: see receive() of the incident. */
export const inboundKindOf = (record: NibrsRecord): 'report' | 'replace' | 'amend' | 'delete' => {
  switch (record.kind) {
    case 'groupA': return record.action === 'R' ? 'replace' : 'report'
    case 'groupB': return record.action === 'R' ? 'replace' : record.action === 'M' ? 'amend' : 'report'
    case 'addOrModify': return 'amend'
    case 'delete': return record.of === 'segments' ? 'amend' : 'delete'
    case 'window': case 'zero': return 'report'
  }
}

export interface ComposeContext {
  /** UUID of the stream, which is `<category>-<streamId>` */
  readonly streamId: string
  /** version of the record that these events say */
  readonly version: number
  /** events of the version before, [] where there is none; their sealed fields need to be open for amendments alone */
  readonly current: readonly RecordedEvent[]
  /** IANA zone of the agency */
  readonly zone: string
  readonly newToken: (kind: 'per' | 'pair') => string
  readonly edits: readonly EditFinding[]
  /** keyed fingerprints of message and file, and first line in it */
  readonly message?: string
  readonly file?: string
  readonly row?: number
  /** day of receipt in the agency's zone, YYYY-MM-DD: the time of a retraction whose file states no month */
  readonly receivedOn: string
  /** absent: the flat file's */
  readonly mapping?: string
}

/** The events of one version of the record, in their order. An amendment of nothing known gives none: the caller lets it wait. */
export const draftsOf = (record: NibrsRecord, context: ComposeContext): readonly DraftEvent[] => {
  switch (record.kind) {
    case 'groupA': return [incidentDraft(record, context)]
    case 'groupB': return arrestDrafts(record, context)
    case 'addOrModify': return amendedIncident(record, context)
    case 'delete': return record.of === 'segments' ? amendedIncident(record, context) : retractions(record, context)
    case 'window': return [windowDraft(record, context)]
    case 'zero': {
      const month = `${record.zero.reportYear}-${record.zero.reportMonth}`
      const data: ZeroReportReceivedV1 = { ori: record.ori, month, edits: brokenEdits(context.edits) }
      return [draft('ZeroReportReceived', data, { time: month, timePrecision: 'month' }, record, context)]
    }
  }
}

const draft = <D extends object>(type: string, data: D, when: WhenLocal, record: NibrsRecord, context: ComposeContext): DraftEvent<D> => {
  const { version, message, file, row } = context
  const sourceRecord: SourceRecord = { system: NIBRS_SYSTEM, id: keyOf(record).id, version, mapping: context.mapping ?? NIBRS_MAPPING, ...(message === undefined ? {} : { message }), ...(file === undefined ? {} : { file }), ...(row === undefined ? {} : { row }) }
  return { type, schemaVersion: type === 'ArrestRecorded' ? 2 : 1, data, ...when, timeZone: context.zone, sourceRecord }
}

/** The tokens of the version before, by who has them: a person or a pair keeps the token from version to version. */
const tokensOf = (context: ComposeContext): ((kind: 'per' | 'pair', who: string) => string) => {
  const known = new Map<string, string>()
  for (const event of context.current) {
    if (event.type !== 'IncidentReported') continue
    const data = event.data as IncidentReportedV1
    for (const v of data.victims) known.set(`victim ${v.sequence}`, v.token)
    for (const o of data.offenders) known.set(`offender ${o.sequence}`, o.token)
    for (const a of data.arrestees) known.set(`arrestee ${a.sequence}`, a.token)
    for (const p of data.pairs) known.set(`pair ${p.victimSequence} ${p.offenderSequence}`, p.token)
  }
  return (kind, who) => {
    const token = known.get(who) ?? context.newToken(kind)
    known.set(who, token)
    return token
  }
}

const incidentDraft = (record: NibrsRecord & { kind: 'groupA' }, context: ComposeContext): DraftEvent<IncidentReportedV1> => {
  const token = tokensOf(context)
  const a = record.administrative
  const { when, said } = whenOf(a)
  const data: IncidentReportedV1 = {
    incidentId: context.streamId,
    ori: record.ori,
    reportNumber: record.number,
    ...said,
    ...clearance(a),
    ...cargoTheft(a),
    offenses: record.offenses.map((o, i) => offense(o, i + 1)),
    property: record.properties.map(property),
    victims: record.victims.map((v) => victim(v, token('per', `victim ${Number(v.sequence)}`))),
    offenders: record.offenders.map((o) => offender(o, token('per', `offender ${Number(o.sequence)}`))),
    arrestees: record.arrestees.map((x) => arrestee(x, token('per', `arrestee ${Number(x.sequence)}`))),
    pairs: record.victims.flatMap((v) => intimateRelations(v).map((r) => {
      const [victimSequence, offenderSequence] = [Number(v.sequence), /^\d+$/.test(r.offender) ? Number(r.offender) : 0]
      return { token: token('pair', `pair ${victimSequence} ${offenderSequence}`), victimSequence, offenderSequence, relationship: r.relationship }
    })),
    edits: brokenEdits(context.edits),
    arrestMade: record.arrestees.length > 0,
    // The standard has no injury code for it: asphyxiation as a weapon is all that a report can say, and its absence says nothing.
    ...(record.offenses.some((o) => o.weapons.some((w) => w.code === '85')) ? { strangulation: true } : {}),
  }
  return draft('IncidentReported', data, when, record, context)
}

const amendedIncident = (record: NibrsRecord & { kind: 'addOrModify' | 'delete' }, context: ComposeContext): readonly DraftEvent[] => {
  const event = context.current.find((e): e is RecordedEvent<IncidentReportedV1> => e.type === 'IncidentReported')
  if (!event) return []
  const data = amendIncident(event.data, record, tokensOf(context), brokenEdits(context.edits))
  const known: WhenLocal = { time: event.time, timePrecision: event.timePrecision, ...(typeof event.timeText === 'string' ? { timeText: event.timeText } : {}) }
  return [draft('IncidentReported', data, record.administrative && statesWhen(record.administrative) ? whenOf(record.administrative).when : known, record, context)]
}

/** One event per arrested person and charge. An added arrest joins those that are known under its number; only R puts itself in their place. */
const arrestDrafts = (record: GroupBArrest, context: ComposeContext): readonly DraftEvent[] => {
  const known = context.current.filter((e): e is RecordedEvent<ArrestRecordedV1> => e.type === 'ArrestRecorded').map((e) => e.data)
  const sent = record.arrests.map((a) => arrestData(a, context.streamId, brokenEdits(context.edits.filter((f) => f.sequence === undefined || f.sequence === a.sequence))))
  const all = record.action === 'M' ? amendArrests(known, sent) : mergeArrests(record.action === 'R' ? [] : known, sent)
  const tokens = new Map(known.map((k) => [k.sequence, k.token]))
  return all.map((data, index) => {
    const token = tokens.get(data.sequence) ?? context.newToken('per')
    tokens.set(data.sequence, token)
    return { ...draft('ArrestRecorded', { ...data, transactionNumber: record.number, token }, { time: data.arrestDate, timePrecision: 'day' }, record, context), index }
  })
}

const retractions = (record: NibrsRecord & { kind: 'delete' }, context: ComposeContext): readonly DraftEvent[] => {
  const [head] = record.segments
  const when: WhenLocal = head && isMonth(head.month) && isYear(head.year) ? { time: `${head.year}-${head.month}`, timePrecision: 'month' } : { time: context.receivedOn, timePrecision: 'day' }
  // A delete of a group B arrest may name one arrested person of several.
  const named = new Set(record.segments.flatMap((s) => (s.level === '7' && /^\d+$/.test(s.sequence) ? [Number(s.sequence)] : [])))
  const stays = (event: RecordedEvent) => event.type === 'ArrestRecorded' && named.size > 0 && !named.has((event.data as ArrestRecordedV1).sequence)
  const retract = context.current.filter((event) => event.type !== 'EventRetracted' && !stays(event)).map((event) => {
    const data: EventRetractedV1 = { retracts: event.id, reasonCode: 'SOURCE_DELETED' }
    return { ...draft('EventRetracted', data, when, record, context), corrects: event.id }
  })
  if (retract.length === 0) return []
  const kept = context.current.filter(stays).map((event) =>
    ({ ...draft('ArrestRecorded', { ...(event.data as ArrestRecordedV1), transactionNumber: record.number }, { time: event.time, timePrecision: event.timePrecision }, record, context), corrects: event.id }))
  return [...retract, ...kept].map((one, index) => ({ ...one, index }))
}

const windowDraft = (record: TimeWindow, context: ComposeContext): DraftEvent<TimeWindowReportedV1> => {
  const a = record.administrative
  const arrestees: ReportedArrestee[] = record.arrestees.map((x) => arrestee(x, context.newToken('per')))
  const cleared = [...new Set([...(a?.clearanceOffenses ?? []), ...record.properties.flatMap((p) => p.clearanceOffenses)])]
  const data: TimeWindowReportedV1 = {
    windowReportId: context.streamId, ori: record.ori, reportNumber: record.number,
    ...(a && isDate(a.incidentDate) ? { incidentDate: isoDate(a.incidentDate) } : {}),
    ...(a && clearance(a)),
    clearedOffenseCodes: cleared, offenses: record.offenses.map((o, i) => offense(o, i + 1)), property: record.properties.map(property), arrestees, edits: brokenEdits(context.edits),
  }
  const days = [...record.arrestees.map((x) => x.date), a?.exceptionalClearanceDate ?? '', ...record.properties.flatMap((p) => p.items.map((i) => i.recovered))].filter(isDate).sort()
  const [head] = record.segments
  const when: WhenLocal = days[0] ? { time: isoDate(days[0]), timePrecision: 'day' }
    : head && isMonth(head.month) && isYear(head.year) ? { time: `${head.year}-${head.month}`, timePrecision: 'month' } : { time: context.receivedOn, timePrecision: 'day' }
  return draft('TimeWindowReported', data, when, record, context)
}

/** Findings as they stand on an event: the same code at the same place once, with its count. */
export const brokenEdits = (findings: readonly EditFinding[]): BrokenEdit[] => {
  const found = new Map<string, BrokenEdit>()
  for (const { code, segment, element } of findings) {
    const numbered = element !== undefined && /^\d{1,2}[A-C]?$/.test(element) ? { element } : {}
    const key = `${code} ${segment} ${numbered.element ?? ''}`
    const before = found.get(key)
    found.set(key, { code, ...numbered, segment, count: (before?.count ?? 0) + 1 })
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
}

export interface IpvSummary {
  readonly partners: readonly { readonly victimSequence: number; readonly offenderSequence: number; readonly relationship: string; readonly injury: 'physical' | 'none' | 'blank' }[]
  readonly victims: number
  readonly incidentHasArrest: boolean
  /** a relationship VO stands in the incident: who did what must be looked at by a person */
  readonly mutual: boolean
  readonly strangulation: boolean
}
/** What an incident says of intimate partners; null where it says nothing of any. */
export const ipvSummary = (record: NibrsRecord): IpvSummary | null => {
  if (record.kind !== 'groupA') return null
  const partners = record.victims.flatMap((v) => intimateRelations(v).map((r) => ({ victimSequence: Number(v.sequence), offenderSequence: Number(r.offender) || 0, relationship: r.relationship, injury: injuryOf(v) })))
  if (partners.length === 0) return null
  return {
    partners, victims: new Set(partners.map((p) => p.victimSequence)).size, incidentHasArrest: record.arrestees.length > 0,
    mutual: record.victims.some((v) => v.relations.some((r) => r.relationship === 'VO')),
    strangulation: record.offenses.some((o) => o.weapons.some((w) => w.code === '85')),
  }
}
export const isIntimatePartnerCode = (code: string): boolean => (INTIMATE_PARTNER_CODES as readonly string[]).includes(code)
