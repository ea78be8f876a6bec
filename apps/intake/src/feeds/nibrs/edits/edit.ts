/**
 * One edit of the FBI = one error number and a small pure predicate that says whether a segment, or a whole record, breaks it.
 * An edit object to a record; it never refuses it. The builders below hand each predicate the segments it speaks of.
 */
import type { Administrative, Arrestee, Delete, GroupAIncident, GroupBArrest, GroupBSegment, IncidentSegments, NibrsRecord, Offender, Offense, Property, Segment, Victim, ZeroReport } from '../records'
import type { Level } from '../layout'

export interface EditFinding {
  /** error number of the standard, three digits */
  readonly code: string
  readonly segment: Level
  /** data element, where the edit is about one */
  readonly element?: string
  /** which segment of the level: sequence number, offence code, or property loss; absent where there is one, or the record is meant */
  readonly sequence?: string
}

/** What a record cannot know by itself. All of it optional: without it the edits that need it (RECEIPT_EDITS) stay silent. */
export interface FileFacts {
  /** day of receipt, YYYYMMDD: nothing may lie after it */
  readonly receivedOn?: string
}

type Kind = NibrsRecord['kind']
export interface Edit {
  readonly code: string
  /** kinds of record that can break it */
  readonly on: readonly Kind[]
  readonly check: (record: NibrsRecord, facts: FileFacts) => readonly EditFinding[]
}

const NONE: readonly EditFinding[] = []
const WITH_SEGMENTS: readonly Kind[] = ['groupA', 'window', 'addOrModify']
const ALL: readonly Kind[] = ['groupA', 'groupB', 'zero', 'delete', 'window', 'addOrModify']
const hit = (code: string, segment: Level, element?: string, sequence?: string): EditFinding => ({ code, segment, ...(element ? { element } : {}), ...(sequence ? { sequence } : {}) })

/** Which one of its level a segment is. */
const nameOf = (segment: Segment): string | undefined => {
  switch (segment.level) {
    case '2': return segment.code || undefined
    case '3': return segment.loss || undefined
    case '4': case '5': case '6': case '7': return segment.sequence || undefined
    default: return undefined
  }
}

/** Findings of one edit over the segments of a level. An index, not an iterator: this runs millions of times a file. */
const each = <S extends Segment>(code: string, level: Level, element: string | undefined, segments: readonly S[], breaks: (segment: S) => boolean): readonly EditFinding[] => {
  let found: EditFinding[] | undefined
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!
    if (breaks(segment)) (found ??= []).push(hit(code, level, element, nameOf(segment)))
  }
  return found ?? NONE
}

type Parts = IncidentSegments & { readonly administrative?: Administrative }
const partsOf = (record: NibrsRecord): Parts | undefined => (record.kind === 'groupA' || record.kind === 'window' || record.kind === 'addOrModify' ? record : undefined)

/** An edit about each segment of one level by itself; holds for whole incidents, additions and time windows alike. */
const ofEach = <S extends Segment>(level: Level, pick: (parts: Parts) => readonly S[]) => (code: string, element: string | undefined, breaks: (segment: S, facts: FileFacts) => boolean): Edit => ({
  code,
  on: WITH_SEGMENTS,
  check: (record, facts) => {
    const parts = partsOf(record)
    if (!parts) return NONE
    return each(code, level, element, pick(parts), (segment) => breaks(segment, facts))
  },
})
/** An edit about each segment of one level, seen within its whole incident. */
const ofEachIn = <S extends Segment>(level: Level, pick: (incident: GroupAIncident) => readonly S[]) => (code: string, element: string | undefined, breaks: (segment: S, incident: GroupAIncident) => boolean): Edit => ({
  code,
  on: ['groupA'],
  check: (record) => {
    if (record.kind !== 'groupA') return NONE
    return each(code, level, element, pick(record), (segment) => breaks(segment, record))
  },
})

export const administrative = ofEach<Administrative>('1', (r) => (r.administrative ? [r.administrative] : []))
export const offense = ofEach<Offense>('2', (r) => r.offenses)
export const property = ofEach<Property>('3', (r) => r.properties)
export const victim = ofEach<Victim>('4', (r) => r.victims)
export const offender = ofEach<Offender>('5', (r) => r.offenders)
export const arrestee = ofEach<Arrestee>('6', (r) => r.arrestees)

export const administrativeIn = ofEachIn<Administrative>('1', (r) => [r.administrative])
export const offenseIn = ofEachIn<Offense>('2', (r) => r.offenses)
export const propertyIn = ofEachIn<Property>('3', (r) => r.properties)
export const victimIn = ofEachIn<Victim>('4', (r) => r.victims)
export const offenderIn = ofEachIn<Offender>('5', (r) => r.offenders)
export const arresteeIn = ofEachIn<Arrestee>('6', (r) => r.arrestees)

/** An edit about the incident as a whole, reported at the level that the standard reports it. */
export const incident = (code: string, level: Level, element: string | undefined, breaks: (incident: GroupAIncident) => boolean): Edit =>
  ({ code, on: ['groupA'], check: (record) => (record.kind === 'groupA' && breaks(record) ? [hit(code, level, element)] : NONE) })

export const arrest = (code: string, element: string | undefined, breaks: (arrest: GroupBSegment, record: GroupBArrest) => boolean): Edit => ({
  code,
  on: ['groupB'],
  check: (record) => {
    if (record.kind !== 'groupB') return NONE
    return each(code, '7', element, record.arrests, (segment) => breaks(segment, record))
  },
})
export const zero = (code: string, element: string | undefined, breaks: (report: ZeroReport) => boolean): Edit =>
  ({ code, on: ['zero'], check: (record) => (record.kind === 'zero' && breaks(record) ? [hit(code, '0', element)] : NONE) })
export const deletion = (code: string, level: Level, element: string, breaks: (record: Delete) => boolean): Edit =>
  ({ code, on: ['delete'], check: (record) => (record.kind === 'delete' && breaks(record) ? [hit(code, level, element)] : NONE) })
/** An edit about any record, at the level of its first segment. */
export const anyRecord = (code: string, element: string | undefined, breaks: (record: NibrsRecord, facts: FileFacts) => boolean): Edit =>
  ({ code, on: ALL, check: (record, facts) => (breaks(record, facts) ? [hit(code, record.segments[0]?.level ?? '0', element)] : NONE) })
/** An edit about the incident or arrest number of one level: the same in all its segments, so it is said once. */
export const numberAt = (code: string, level: Level, breaks: (rawNumber: string) => boolean): Edit =>
  ({ code, on: level === '7' ? ['groupB'] : WITH_SEGMENTS, check: (record) => (breaks(record.segments[0]?.rawNumber ?? '') && record.segments.some((s) => s.level === level) ? [hit(code, level, level === '7' ? '41' : '2')] : NONE) })

// -- small words that the edits share ---------------------------------------------------------------------------------
/** Filled in, and not on its list. */
export const wrong = (codes: ReadonlySet<string>, value: string): boolean => value !== '' && !codes.has(value)
export const anyWrong = (codes: ReadonlySet<string>, values: readonly string[]): boolean => values.some((value) => !codes.has(value))
export const doubled = (values: readonly string[]): boolean => new Set(values).size < values.length
/** A value that excludes all others stands among others. */
export const notAlone = (value: string, values: readonly string[]): boolean => values.length > 1 && values.includes(value)
export const digits = (value: string): boolean => /^\d+$/.test(value)
export const isPerson = (v: Victim): boolean => v.type === 'I' || v.type === 'L'
/** Sequence numbers compared as numbers: 01 in one column is 1 in another. */
export const sameNumber = (a: string, b: string): boolean => a === b || digits(a) && digits(b) && Number(a) === Number(b)
export const isUnknownOffender = (sequence: string): boolean => digits(sequence) && Number(sequence) === 0
