/** One row of the open crime data, read: codes stay as published, nothing that it leaves blank is invented. Pure. */
import type { ClockNote, DomesticBy, OpenDataRow, Place } from '@chorus/contracts'
import { DateTime } from 'luxon'
import type { Cells } from './columns'

export const ZONE = 'America/Chicago'

export type ReadRow =
  | { readonly ok: true; readonly report: string; readonly row: Omit<OpenDataRow, 'row' | 'file' | 'line'>; /** when it was reported */ readonly when: When; /** all that it says, in one form whatever the year's columns are called */ readonly says: string }
  | { readonly ok: false; readonly cause: string; readonly text: string }
export interface When { readonly time: string; readonly timeText: string }

const bad = (cause: string, text: string): ReadRow => ({ ok: false, cause, text })

export const readRow = (cells: Cells): ReadRow => {
  if (Object.values(cells).some(cell => cell.includes('\uFFFD') || cell.includes('\0'))) return bad('not-utf-8', 'the row holds bytes that are no UTF-8: export the file as UTF-8, or repair the row')
  const report = reportOf(cells.report)
  if (report === undefined) return bad('report-number-unreadable', 'the row has no report number that could be one (report_no): it cannot be told which report it is of')
  const day = dayOf(cells.reportedDate)
  if (day === undefined) return bad('reported-date-unreadable', 'the day of the report (reported_date) is blank or no day: write MM/DD/YYYY or YYYY-MM-DD')
  const clock: ClockNote[] = []
  const at = (which: 'reported' | 'from' | 'to', date: string | undefined, time: string | undefined, dated?: string): string | undefined => {
    const on = dayOf(date)
    if (on === undefined) { if (date !== undefined) clock.push(`${which}-unreadable`); return undefined }
    const text = time ?? dated
    if (text === undefined) return on
    const minute = minuteOf(text)
    if (minute === undefined) { clock.push(`${which}-unreadable`); return on }
    const local = localMinute(on, minute)
    if (local !== 'stands') clock.push(`${which}-${local}`)
    // An hour that was skipped cannot have been: of it the day is left. One that came twice stays as it is written, by the clock.
    return local === 'skipped' ? on : `${on}T${minute}`
  }
  const reported = at('reported', cells.reportedDate, cells.reportedTime, clockIn(cells.reportedDate)) ?? day
  const from = at('from', cells.fromDate, cells.fromTime, clockIn(cells.fromDate))
  const to = at('to', cells.toDate, cells.toTime, clockIn(cells.toDate))
  const age = ageOf(cells.age, cells.ageRange)
  const { place, coordinates } = placeOf(cells)
  const [offense, description] = [code(cells.offense, 120), code(cells.description, 120)]
  const [domesticFlag, firearm] = [yesOrNo(cells.flag), yesOrNo(cells.firearm)]
  const address = cells.address ?? addressIn(cells.location)
  const row: Omit<OpenDataRow, 'row' | 'file' | 'line'> = {
    ...given('personIndex', code(cells.person, 8)), roles: rolesOf(cells.involvement), ...given('offense', offense), ...given('description', description),
    descriptionCut: description?.length === 20 && /^\d+$/.test(offense ?? ''), ...given('ibrs', code(cells.ibrs, 12)),
    reported, ...given('from', from), ...given('to', to), clock,
    ...given('area', code(cells.area, 24)), ...given('beat', code(cells.beat, 12)), ...given('reportingDistrict', code(cells.district, 12)), ...given('zip', code(cells.zip, 12)),
    ...given('race', code(cells.race, 12)), ...given('sex', code(cells.sex, 12)), ...age, ...given('domesticFlag', domesticFlag), ...given('firearm', firearm),
    place, ...given('coordinates', coordinates), ...given('address', address && spaced(address).slice(0, 400)),
    ...given('victims', countOf(cells.victims)), ...given('suspects', countOf(cells.suspects)), ...given('arrested', countOf(cells.arrested)), ...given('deceased', countOf(cells.deceased)),
  }
  const timeText = spaced([cells.reportedDate, cells.reportedTime].filter(Boolean).join(' ')).slice(0, 60)
  return { ok: true, report, row, when: { time: reported, timeText }, says: JSON.stringify([report, row]) }
}

const given = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> => (value === undefined || value === '' ? {} : { [key]: value } as Record<K, V>)
const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
/** A label as a code: line breaks in it are spaces, what is no plain character stands as ?. */
const code = (text: string | undefined, width: number): string | undefined => {
  const plain = text === undefined ? '' : spaced(text).replaceAll(/[^ -~]/gu, '?').slice(0, width).trim()
  return plain === '' ? undefined : plain
}

/** Numbers of the old system had nine digits; a spreadsheet that took the leading zero is given it back. */
const reportOf = (text: string | undefined): string | undefined => {
  const number = text?.toUpperCase().replace(/\.0$/, '')
  if (number === undefined || !/^[A-Z0-9][A-Z0-9-]{4,39}$/.test(number) || !/\d{4}/.test(number)) return undefined
  return /^\d{8}$/.test(number) ? `0${number}` : number
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** MM/DD/YYYY · YYYY-MM-DD · 2024 Jan 05, each with or without a time behind it. */
const dayOf = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  const us = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?!\d)/.exec(text)
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?!\d)/.exec(text)
  const named = /^(\d{4}) ([A-Za-z]{3})[a-z]* (\d{1,2})(?!\d)/.exec(text)
  const [year, month, day] = us ? [us[3]!, us[1]!, us[2]!] : iso ? [iso[1]!, iso[2]!, iso[3]!] : named ? [named[1]!, String(MONTHS.indexOf(named[2]!.toLowerCase()) + 1), named[3]!] : ['', '', '']
  if (year === '') return undefined
  const read = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return Number(year) >= 1900 && Number(year) <= 2100 && DateTime.fromISO(read, { zone: 'UTC' }).isValid ? read : undefined
}
/** A time of the clock behind the day. Midnight to the second is how the portal writes a day, not an hour. */
const clockIn = (text: string | undefined): string | undefined => {
  const found = text === undefined ? null : /[T ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?)$/.exec(text)
  return found && !/^(?:00:00:00(?:\.0+)?|12:00:00 ?[Aa][Mm])$/.test(found[1]!) ? found[1] : undefined
}
/** H:MM, HH:MM or HH:MM:SS, by 24 or 12 hours, as HH:MM. */
const minuteOf = (text: string): string | undefined => {
  const found = /^(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?: ?([AaPp])[Mm])?$/.exec(text.trim())
  if (!found) return undefined
  const half = found[3]?.toLowerCase()
  const hour = half === undefined ? Number(found[1]) : Number(found[1]) % 12 + (half === 'p' ? 12 : 0)
  return hour > 23 || Number(found[2]) > 59 || (half !== undefined && Number(found[1]) > 12) ? undefined : `${String(hour).padStart(2, '0')}:${found[2]}`
}
/** Clocks change at two in the night: only then need the zone be asked. */
const localMinute = (day: string, minute: string): 'stands' | 'skipped' | 'doubled' => {
  const hour = minute.slice(0, 2)
  if (hour !== '01' && hour !== '02') return 'stands'
  const at = DateTime.fromISO(`${day}T${minute}`, { zone: ZONE })
  return at.toFormat('HH:mm') !== minute ? 'skipped' : at.getPossibleOffsets().length > 1 ? 'doubled' : 'stands'
}

const YES = /^(?:y|yes|true|t|1)$/i
const NO = /^(?:n|no|false|f|0)$/i
const yesOrNo = (text: string | undefined): boolean | undefined => text === undefined ? undefined : YES.test(text) ? true : NO.test(text) ? false : undefined
/** Composite since 2019, in any order: 'ARR SUS CHA' and 'CHA ARR SUS' are the same. */
const rolesOf = (text: string | undefined): string[] => [...new Set((text ?? '').toUpperCase().split(/[^A-Z0-9]+/).filter(role => role !== '').map(role => role.slice(0, 12)))].sort().slice(0, 10)

/** Ages below 18 are masked by the source, and 0 or 99 are its marks of an unknown one. */
const ageOf = (age: string | undefined, range: string | undefined): { ageFrom?: number; ageTo?: number; ageMasked: boolean } => {
  const years = /^(\d{1,3})(?:\.0+)?$/.exec(age ?? '')
  const between = /^(\d{1,3})\s*(?:-|to)\s*(\d{1,3})$/.exec(range ?? age ?? '')
  const from = years ? Number(years[1]) : between ? Number(between[1]) : undefined
  if (from !== undefined && from >= 18 && from < 99) return { ageFrom: from, ...(years ? { ageTo: from } : { ageTo: Math.max(from, Math.min(150, Number(between![2]))) }), ageMasked: false }
  const older = /^(\d{2,3})\s*(?:\+|and over|or older)$/i.exec(range ?? age ?? '')
  return older && Number(older[1]) >= 18 && Number(older[1]) < 150 ? { ageFrom: Number(older[1]), ageMasked: false } : { ageMasked: true }
}
const countOf = (text: string | undefined): number | undefined => text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : undefined

/** The city with its surroundings, generously: a point outside of it is a slip of the pen. */
const inReach = (latitude: number, longitude: number): boolean => latitude > 38 && latitude < 40.5 && longitude > -96 && longitude < -93
const NUMBER = String.raw`(-?\d{1,5}(?:\.\d+)?)`
const WKT = new RegExp(String.raw`POINT\s*\(\s*${NUMBER}\s+${NUMBER}\s*\)`, 'i')
const GEOJSON = new RegExp(String.raw`['"]coordinates['"]\s*:\s*\[\s*${NUMBER}\s*,\s*${NUMBER}\s*\]`)
const BEHIND = new RegExp(String.raw`\(\s*${NUMBER}\s*,\s*${NUMBER}\s*\)\s*$`)
const pointIn = (cells: Cells): readonly [latitude: number, longitude: number] | 'unreadable' | undefined => {
  if (cells.latitude !== undefined && cells.longitude !== undefined) {
    const [latitude, longitude] = [Number(cells.latitude), Number(cells.longitude)]
    return Number.isFinite(latitude) && Number.isFinite(longitude) ? [latitude, longitude] : 'unreadable'
  }
  if (cells.location === undefined) return undefined
  const lonLat = WKT.exec(cells.location) ?? GEOJSON.exec(cells.location)
  if (lonLat) return [Number(lonLat[2]), Number(lonLat[1])]
  const latLon = BEHIND.exec(cells.location)
  if (latLon) return [Number(latLon[1]), Number(latLon[2])]
  // An address alone is no bad point: it has none.
  return /POINT|coordinates|\(/.test(cells.location) ? 'unreadable' : undefined
}
const placeOf = (cells: Cells): { place: Place; coordinates?: string } => {
  const point = pointIn(cells)
  if (point === undefined) return { place: 'absent' }
  if (point === 'unreadable') return { place: 'unreadable' }
  const [latitude, longitude] = point
  if ((latitude === 0 && longitude === 0) || Math.abs(latitude) === 99999 || Math.abs(longitude) === 99999) return { place: 'unknown' }
  // As published, wrong ones too: that a point lies outside is said, and it is neither turned round nor dropped.
  return { place: inReach(latitude, longitude) ? 'stated' : 'outside', coordinates: `${latitude},${longitude}` }
}
const addressIn = (location: string | undefined): string | undefined => {
  if (location === undefined || WKT.test(location) || GEOJSON.test(location)) return undefined
  const text = spaced(location.replace(BEHIND, ''))
  return text === '' || text === '99999' ? undefined : text
}

/** Labels of both systems, cut at 20 characters before 2019 (`Agg Assault - Domest`), and the old system's numbers. */
const BY_LABEL = /domes|\bdv\b|suicide - domestic/i
const BY_NUMBER: readonly string[] = ['802', '403', '199']
/** The violation of an order, never its service. Cut labels: `Violation Full Order`, `Violation Ex Parte O`. */
const ORDER_LABEL = /violat\w*\s+(?:of\s+)?(?:an?\s+)?(?:full\s+order|ex[- ]?parte)/i
const ORDER_NUMBER: readonly string[] = ['2040', '2041']

export const domesticByOf = (rows: readonly Pick<OpenDataRow, 'offense' | 'description' | 'domesticFlag'>[]): DomesticBy[] => {
  const says = (pattern: RegExp, numbers: readonly string[]): boolean => rows.some(({ offense = '', description = '' }) => pattern.test(offense) || pattern.test(description) || numbers.includes(offense))
  return [
    ...(rows.some(({ domesticFlag }) => domesticFlag === true) ? ['FLAG' as const] : []),
    ...(says(BY_LABEL, BY_NUMBER) ? ['OFFENSE' as const] : []),
    ...(says(ORDER_LABEL, ORDER_NUMBER) ? ['ORDER' as const] : []),
  ]
}
