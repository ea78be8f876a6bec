/**
 * RawRecord -> record, or why not. Refused is only what cannot be read, what is not whole, and what contradicts itself in
 * its identity; what the FBI's edits object to but can be read is accepted, and the edits say so.
 */
import { isDate, isMonth, isYear } from './dates'
import type { RawRecord } from './read-records'
import type { Administrative, Arrestee, GroupBSegment, IncidentSegments, NibrsRecord, Offender, Offense, Property, Segment, Victim, ZeroSegment } from './records'
import type { XmlCause } from './xml/node'
import { isSegmentRefusal, readSegment, type SegmentCause } from './segment'

export type RefusalCause =
  | SegmentCause | XmlCause
  | 'not-a-flat-file' | 'binary' | 'too-long'
  | 'mixed-identity' | 'mixed-actions' | 'no-administrative-segment' | 'incident-incomplete' | 'no-sequence' | 'no-offense-code' | 'too-many-segments' | 'duplicate-sequence'
  | 'incident-date-unreadable' | 'arrest-date-unreadable' | 'zero-report-unreadable'

export interface Refused {
  readonly ok: false
  /** a fixed word, for counting and for looking up what to do */
  readonly cause: RefusalCause
  /** line of the file, from 1 */
  readonly line: number
  /** position in that line, from 1 */
  readonly column?: number
  /** where, what, and what to do; no value of the record */
  readonly text: string
  /** the FBI's error number for the same, where there is one */
  readonly edit?: string
}
export type Parsed = { readonly ok: true; readonly record: NibrsRecord } | Refused

/** Every edit that is enforced by refusing the record; the catalogue lists them. */
export const EDITS_BY_REFUSAL = ['001', '051', '055', '075', '090', '091', '105', '201', '401', '402', '451', '501', '502', '551', '601', '602', '661', '701', '702', '705', '797'] as const

/** Ten offences and eight losses are the standard's most; far more is no incident. */
const MOST_SEGMENTS = 99

/** One record of the file. Never throws. */
export const parseRecord = (raw: RawRecord): Parsed => {
  if (raw.refused) return { ok: false, ...raw.refused }
  const parsed = parseSegments(raw)
  if (parsed.ok || raw.format !== 'xml') return parsed
  // An XML file has lines, and no columns.
  const { column: _, ...elsewhere } = parsed
  return elsewhere
}

const parseSegments = (raw: RawRecord): Parsed => {
  const whole = readable(raw)
  if (whole) return whole
  const segments: Segment[] = []
  let damaged: Refused | undefined
  for (const { text, line } of raw.content) {
    const segment = readSegment(text, line)
    if (!isSegmentRefusal(segment)) segments.push(segment)
    else damaged ??= { ok: false, ...segment, ...(segment.cause === 'unknown-level' ? { edit: '051' } : {}) }
  }
  if (damaged) return raw.lines === 1 ? damaged : { ...damaged, text: `${damaged.text}. The whole record of ${raw.lines} lines from line ${raw.firstLine} waits for it` }
  return assemble(segments, raw)
}

const readable = (raw: RawRecord): Refused | undefined => {
  const no = (cause: RefusalCause, text: string): Refused => ({ ok: false, cause, line: raw.firstLine, text })
  if (raw.file === 'utf-16') return no('wrong-encoding', 'the file is UTF-16: export it as plain ASCII text, one byte a character')
  if (raw.file) return no('not-a-flat-file', raw.file === 'zip' || raw.file === 'gzip' ? `the file is a ${raw.file} archive: unpack it and send the text file in it` : `the file is ${raw.file.toUpperCase()}: a NIBRS flat file of fixed-width lines is needed`)
  if (raw.content.length === 0) return no('too-long', `line ${raw.firstLine}: a record of ${raw.length} bytes is longer than any NIBRS record (1 MiB): the file's line ends may be missing, or it is no flat file`)
  if (raw.bytes?.includes(0)) return no('binary', `line ${raw.firstLine}: the record has NUL bytes: the file was damaged, or is UTF-16 or binary; export it again as plain ASCII text`)
  return undefined
}

const assemble = (segments: Segment[], raw: RawRecord): Parsed => {
  const [first] = segments
  const no = (cause: RefusalCause, line: number, text: string, edit?: string, column?: number): Refused =>
    ({ ok: false, cause, line, ...(column === undefined ? {} : { column }), text: `line ${line}: ${text}`, ...(edit ? { edit } : {}) })
  if (!first) return no('binary', raw.firstLine, 'the record has no segment')
  const other = segments.find((s) => s.ori !== first.ori || s.rawNumber !== first.rawNumber)
  if (other) return no('mixed-identity', other.line, 'ORI or number differs from the lines before it in the same record', undefined, 17)
  const mixed = segments.find((s) => s.action !== first.action && !(first.action === 'R' && s.action === 'I'))
  if (mixed) return no('mixed-actions', mixed.line, 'the segment action differs from the lines before it in the same record', undefined, 6)
  const head = { ori: first.ori, number: first.number, firstLine: raw.firstLine, lines: raw.lines, segments }
  const level = <S extends Segment>(wanted: S['level']): S[] => segments.filter((s): s is S => s.level === wanted)
  const zeros = level<ZeroSegment>('0')
  if (zeros[0]) {
    if (segments.length > 1) return no('mixed-identity', first.line, 'a zero report is one line; this record has more')
    if (!isMonth(zeros[0].reportMonth)) return no('zero-report-unreadable', first.line, 'the month that the zero report speaks of must be 01 to 12', zeros[0].reportMonth === '' ? '001' : '090', 38)
    if (!isYear(zeros[0].reportYear)) return no('zero-report-unreadable', first.line, 'the year that the zero report speaks of must be four digits', zeros[0].reportYear === '' ? '001' : '091', 40)
    return { ok: true, record: { ...head, kind: 'zero', action: first.action, zero: zeros[0] } }
  }
  const arrests = level<GroupBSegment>('7')
  if (arrests.length > 0 && arrests.length < segments.length) return no('mixed-identity', first.line, 'a group B arrest and an incident share one record: they need numbers of their own')
  const [administrative, second] = level<Administrative>('1')
  if (second) return no('mixed-identity', second.line, 'two administrative segments in one record')

  if (first.action === 'D') {
    if (arrests[0]) {
      const undated = arrests.find((a) => a.date !== '' && !isDate(a.date))
      if (undated) return no('arrest-date-unreadable', undated.line, 'the arrest date is no date: write YYYYMMDD, or end the segment after the sequence number', '797', 40)
      return { ok: true, record: { ...head, kind: 'delete', action: 'D', of: 'arrest' } }
    }
    return { ok: true, record: { ...head, kind: 'delete', action: 'D', of: administrative ? 'incident' : 'segments', ...(administrative ? { administrative } : {}) } }
  }
  if (first.level === '7') {
    for (const arrest of arrests) {
      if (arrest.sequence === '' || !/^\d+$/.test(arrest.sequence)) return no('no-sequence', arrest.line, 'the arrestee\'s sequence number must be two digits', arrest.sequence === '' ? '701' : '702', 38)
      if (!isDate(arrest.date)) return no('arrest-date-unreadable', arrest.line, 'the arrest date is no date of the calendar: write YYYYMMDD', arrest.date === '' ? '701' : '705', 40)
    }
    if (first.action === 'W') return no('action-not-at-level', first.line, 'this action does not exist for a group B arrest', undefined, 6)
    return { ok: true, record: { ...head, kind: 'groupB', action: first.action, arrests } }
  }
  const parts: IncidentSegments = { offenses: level<Offense>('2'), properties: level<Property>('3'), victims: level<Victim>('4'), offenders: level<Offender>('5'), arrestees: level<Arrestee>('6') }
  const many = parts.offenses.length > MOST_SEGMENTS ? parts.offenses : parts.properties.length > MOST_SEGMENTS ? parts.properties : undefined
  if (many) return no('too-many-segments', many[MOST_SEGMENTS]?.line ?? first.line, `more than ${MOST_SEGMENTS} segments of one level: the standard has 10 offences and 8 kinds of loss at most; several incidents may have run together`)
  const codeless = parts.offenses.find((o) => o.code === '')
  if (codeless) return no('no-offense-code', codeless.line, 'the offence code is blank: nobody could tell which offence is meant', '201', 38)
  const unclear = persons(parts, no)
  if (unclear) return unclear
  if (first.action === 'W') return { ok: true, record: { ...head, ...parts, kind: 'window', action: 'W', ...(administrative ? { administrative } : {}) } }
  const dateless = (at: Administrative) => no('incident-date-unreadable', at.line, 'the incident date is no date of the calendar: write YYYYMMDD', '105', 38)
  // A modified segment may leave the date blank, and so say nothing of it.
  if (first.action === 'M' && administrative && administrative.incidentDate !== '' && !isDate(administrative.incidentDate)) return dateless(administrative)
  if (first.action === 'A' || first.action === 'M') return { ok: true, record: { ...head, ...parts, kind: 'addOrModify', action: first.action, ...(administrative ? { administrative } : {}) } }
  if (!administrative) {
    return no('no-administrative-segment', first.line, 'segments of an incident without its administrative segment (level 1): they lie apart from it in the file, or it is missing; bring all segments of the incident together and send it again with action R', '055')
  }
  const missing = ([['offense', '2', parts.offenses], ['victim', '4', parts.victims], ['offender', '5', parts.offenders]] as const).filter(([, , found]) => found.length === 0)
  if (missing.length > 0) {
    return no('incident-incomplete', first.line, `the incident has no ${missing.map(([name, l]) => `${name} segment (level ${l})`).join(' and no ')}: it was cut, or parts of it lie elsewhere in the file; send the whole incident again`, '075')
  }
  if (!isDate(administrative.incidentDate)) return dateless(administrative)
  return { ok: true, record: { ...head, ...parts, kind: 'groupA', action: first.action, administrative } }
}

/** Victims, offenders and arrestees are found again by their sequence numbers: each must be there, and once. */
const persons = (parts: IncidentSegments, no: (cause: RefusalCause, line: number, text: string, edit?: string, column?: number) => Refused): Refused | undefined => {
  const groups = [
    { of: parts.victims, name: 'victim', edits: ['401', '402', '451'] },
    { of: parts.offenders, name: 'offender', edits: ['501', '502', '551'] },
    { of: parts.arrestees, name: 'arrestee', edits: ['601', '602', '661'] },
  ] as const
  for (const { of, name, edits } of groups) {
    const seen = new Set<string>()
    for (const { sequence, line } of of) {
      if (sequence === '') return no('no-sequence', line, `the ${name}'s sequence number is blank`, edits[0], 38)
      if (!/^\d+$/.test(sequence)) return no('no-sequence', line, `the ${name}'s sequence number must be digits`, edits[1], 38)
      if (seen.has(sequence)) return no('duplicate-sequence', line, `two ${name}s of this incident have one sequence number: nobody could tell who is meant; number them apart`, edits[2], 38)
      seen.add(sequence)
    }
  }
  return undefined
}
