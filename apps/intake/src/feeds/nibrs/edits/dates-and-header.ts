/** Submission month, incident and clearance dates, incident numbers, and the form of a number (elements 2, 3, 4, 5). */
import { isDate, isHour, isMonth, isYear } from '../dates'
import type { Level } from '../layout'
import { CLEARED_EXCEPTIONALLY, OFFENSES_AGAINST_OFFICERS, OFFENSES_WITH_CARGO } from '../codes'
import type { Head } from '../records'
import { administrative, administrativeIn, anyRecord, deletion, digits, incident, numberAt, victimIn, wrong, type Edit } from './edit'

/** Last day of the submission's month as YYYYMMDD (day 31 sorts after every day of it), or null where the header has none. */
export const submissionEnd = (head: Head): string | null => (isMonth(head.month) && isYear(head.year) ? `${head.year}${head.month}31` : null)
/** The FBI keeps the submission's year and the one before. */
export const baseDate = (head: Head): string | null => (isMonth(head.month) && isYear(head.year) ? `${Number(head.year) - 1}0101` : null)
export const afterSubmission = (date: string, head: Head): boolean => { const end = submissionEnd(head); return isDate(date) && end !== null && date > end }
export const beforeBase = (date: string, head: Head): boolean => { const base = baseDate(head); return isDate(date) && base !== null && date < base }

const isCleared = (code: string): boolean => code !== '' && code !== 'N'
const onDutyAttack = (offenses: readonly string[]): boolean => offenses.some((code) => OFFENSES_AGAINST_OFFICERS.has(code))

const LEVELS_WITH_NUMBER: readonly (readonly [string, Level])[] = [['1', '1'], ['2', '2'], ['3', '3'], ['4', '4'], ['5', '5'], ['6', '6'], ['7', '7']]
const trimmedEnd = (raw: string) => raw.trimEnd()
const numberForm: readonly Edit[] = LEVELS_WITH_NUMBER.flatMap(([hundred, level]) => [
  numberAt(`${hundred}15`, level, (raw) => / /.test(raw.trim())),
  numberAt(`${hundred}16`, level, (raw) => raw.startsWith(' ')),
  numberAt(`${hundred}17`, level, (raw) => /[^A-Z0-9 -]/.test(trimmedEnd(raw))),
])

export const dateEdits: readonly Edit[] = [
  ...numberForm,
  anyRecord('060', undefined, (r, { receivedOn }) => receivedOn !== undefined && r.segments.some((s) => isMonth(s.month) && isYear(s.year) && `${s.year}${s.month}` > receivedOn.slice(0, 6))),
  administrative('101', 'month', (a) => a.month === ''),
  administrative('101', 'year', (a) => a.year === ''),
  administrativeIn('101', '4', (a) => a.clearedExceptionally === ''),
  administrative('104', 'month', (a) => a.month !== '' && !isMonth(a.month)),
  administrative('104', 'year', (a) => a.year !== '' && !(digits(a.year) && a.year >= '1991')),
  administrative('104', '2A', (a) => wrong(new Set(['Y', 'N']), a.cargoTheft)),
  administrative('104', '4', (a) => wrong(CLEARED_EXCEPTIONALLY, a.clearedExceptionally)),
  administrative('105', '5', (a, { receivedOn }) => a.exceptionalClearanceDate !== '' && (!isDate(a.exceptionalClearanceDate) || receivedOn !== undefined && a.exceptionalClearanceDate > receivedOn)),
  administrative('105', '3', (a, { receivedOn }) => receivedOn !== undefined && isDate(a.incidentDate) && a.incidentDate > receivedOn),
  incident('106', '1', '3', (r) => !isHour(r.administrative.hour) && r.victims.some((v) => v.type === 'L' && onDutyAttack(v.offenses))),
  victimIn('490', '25', (v, r) => v.type === 'L' && onDutyAttack(v.offenses) && !isHour(r.administrative.hour)),
  incident('119', '1', '2A', (r) => r.administrative.cargoTheft !== '' && !r.offenses.some((o) => OFFENSES_WITH_CARGO.has(o.code))),
  // The shorter administrative segment (87) is how an agency says that it does not report cargo theft.
  incident('122', '1', '2A', (r) => r.administrative.length >= 88 && !['Y', 'N'].includes(r.administrative.cargoTheft) && r.offenses.some((o) => OFFENSES_WITH_CARGO.has(o.code))),
  administrative('151', '3', (a) => a.reportDateIndicator !== '' && a.reportDateIndicator !== 'R'),
  administrative('152', '3', (a) => a.hour !== '' && !isHour(a.hour)),
  administrative('153', '4', (a) => a.clearedExceptionally === 'N' && a.exceptionalClearanceDate !== ''),
  administrative('155', '5', (a) => isDate(a.exceptionalClearanceDate) && isDate(a.incidentDate) && a.exceptionalClearanceDate < a.incidentDate),
  administrative('156', '5', (a) => isCleared(a.clearedExceptionally) && a.exceptionalClearanceDate === ''),
  administrative('157', '4', (a) => a.action === 'M' && a.clearedExceptionally === ''),
  administrative('170', '3', (a) => afterSubmission(a.incidentDate, a)),
  administrative('171', '3', (a) => a.action !== 'W' && beforeBase(a.incidentDate, a) || a.action === 'W' && isDate(a.incidentDate) && a.incidentDate < '19500101'),
  administrative('172', '3', (a) => a.action === 'I' && isDate(a.incidentDate) && a.incidentDate < '19910101'),
  administrative('175', '3', (a) => submissionEnd(a) === null || !isDate(a.incidentDate)),
  deletion('197', '1', '3', (r) => r.of === 'incident' && (r.administrative?.incidentDate ?? '') === ''),
]
