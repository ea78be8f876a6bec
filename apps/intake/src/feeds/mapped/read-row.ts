/** One row as fields of the mapping's target, or why it is none: where, what, and what to do; never a value of it. Pure. */
import { DateTime } from 'luxon'
import type { TimePrecision } from '@chorus/contracts'
import type { FieldMapping, Mapping } from './mapping'
import { LIST, type Row } from './read-rows'
import { codesOf, FIELDS, inWords, isList, kindOf, type Kind } from './targets'

export interface ReadTime { readonly time: string; readonly timePrecision: TimePrecision; /** first instant that it can mean, RFC 3339 */ readonly from: string; /** as it stood */ readonly text: string }
export type Value = string | boolean | number | readonly string[] | ReadTime
export type Fields = Readonly<Record<string, Value>>
export type Reading = { readonly fields: Fields } | { readonly wrong: Wrong }
export interface Wrong { readonly cause: string; readonly field?: string; readonly text: string }

/** `now`: RFC 3339 instant; what lies after it has not happened. */
export const readRow = (row: Row, mapping: Mapping, now: string): Reading => {
  if (row.broken) return { wrong: row.broken }
  const fields: Record<string, Value> = {}
  const { values } = row
  for (const [name, how] of Object.entries(mapping.fields)) {
    const needed = how.required === true || FIELDS[mapping.target].required.includes(name)
    const text = how.column === undefined ? undefined : values[how.column] ?? ''
    if (text === '') {
      if (needed) return { wrong: { cause: 'field-missing', field: name, text: `column ${how.column} (field ${name}) is empty, and a row cannot do without it: fill it in and try again` } }
      continue
    }
    const read = text === undefined ? how.value! : valueOf(text, kindOf(mapping.target, name)!, how, mapping.zone, now)
    if (typeof read === 'object' && 'wrong' in read) return { wrong: { cause: read.cause, field: name, text: `column ${how.column} (field ${name}) ${read.wrong}` } }
    fields[name] = read
  }
  const moment = mapping.snapshot?.asOf
  if (moment) {
    const read = rosterTimeOf(values[moment.column] ?? '', moment.format, mapping.zone, now)
    if ('wrong' in read) return { wrong: { cause: read.cause, text: `column ${moment.column} (the moment of the roster) ${read.wrong}` } }
  }
  return { fields }
}

/** A jail's clock may be this much ahead. */
const AHEAD_MS = 10 * 60 * 1000
export const rosterTimeOf = (text: string, format: string, zone: string, now: string): ReadTime | Refused =>
  text === '' ? { cause: 'field-missing', wrong: 'is empty: fill it in and try again' } : timeOf(text, 'instant', format, zone, new Date(Date.parse(now) + AHEAD_MS).toISOString())

export type Refused = { readonly wrong: string; readonly cause: string }
const valueOf = (text: string, kind: Kind, how: FieldMapping, zone: string, now: string): Value | Refused => {
  if (/[\p{Cs}\0]/u.test(text)) return { cause: 'not-text', wrong: 'holds a character that is none: correct it' }
  const closed = codesOf(kind)
  if (isList(kind)) {
    const parts = text.split(text.includes(LIST) ? LIST : how.split ?? ',').map((part) => part.trim()).filter(Boolean)
    const translated = parts.map((part) => how.codes ? how.codes[part] : part)
    if (translated.some((part) => part === undefined)) return UNKNOWN_CODE
    if (closed) return translated.every((part) => closed.includes(String(part))) ? translated.map(String) : oneOf(closed)
    return translated.every((part) => CODE.test(String(part))) ? translated.map(String) : NO_CODE
  }
  if (kind === 'day' || kind === 'time' || kind === 'instant') return timeOf(text, kind, how.format!, zone, now)
  const translated = how.codes ? Object.hasOwn(how.codes, text) ? how.codes[text] : undefined : text
  if (translated === undefined) return UNKNOWN_CODE
  if (kind === 'flag') return translated as boolean
  if (kind === 'count') return /^\d{1,4}(?:\.0+)?$/.test(String(translated)) ? Number(translated) : { cause: 'not-a-number', wrong: 'is no whole number: correct it' }
  if (kind === 'code') return CODE.test(String(translated)) ? String(translated) : NO_CODE
  if (kind === 'text') return [...String(translated)].length <= 200 ? String(translated) : { cause: 'too-long', wrong: 'has more than 200 characters: shorten it' }
  return closed!.includes(String(translated)) ? String(translated) : oneOf(closed!)
}
const oneOf = (codes: readonly string[]): Refused => ({ cause: 'unknown-code', wrong: `must be one of ${inWords(codes)}: translate it with codes in the mapping` })
const CODE = /^[!-~](?:[ -~]{0,10}[!-~])?$/
const UNKNOWN_CODE = { cause: 'unknown-code', wrong: 'holds a code that the mapping does not translate: correct the row, or add the code to the mapping and raise its version' }
const NO_CODE = { cause: 'not-a-code', wrong: 'is no code (1 to 12 printable characters): correct it, or translate it with codes in the mapping' }

type Parser = ReturnType<typeof DateTime.buildFormatParser>
/** A format is taken apart once, not for each row. */
const parsers = new Map<string, Parser>()
const MAX_PARSERS = 100
const parserOf = (format: string): Parser => {
  let parser = parsers.get(format)
  if (!parser) {
    if (parsers.size === MAX_PARSERS) parsers.clear()
    parsers.set(format, parser = DateTime.buildFormatParser(format, { locale: 'en-US' }))
  }
  return parser
}
const parse = (text: string, format: string, zone: string): DateTime => format === 'iso' ? DateTime.fromISO(text, { zone, setZone: false }) : DateTime.fromFormatParser(text, parserOf(format), { zone, locale: 'en-US' })

const WHOLE_DAY = /^\d{4}-\d{2}-\d{2}(?:$|T)/
export const timeOf = (text: string, kind: 'day' | 'time' | 'instant', format: string, zone: string, now: string): ReadTime | Refused => {
  const wrong = (what: string): Refused => ({ cause: 'wrong-time', wrong: `${what}: correct it, or the format in the mapping` })
  const parsed = parse(text, format, zone)
  // The library reads more than a day or a moment: of a year it makes its first day, of a clock's time today.
  if (!parsed.isValid || (format === 'iso' && !WHOLE_DAY.test(text))) return wrong('is no date or time of its format')
  const shape = format === 'iso' ? text : format.replace(/'[^']*'/g, '')
  const timePrecision: TimePrecision = kind === 'day' ? 'day' : format === 'iso' ? (/T\d{2}:?\d{2}/.test(shape) ? 'minute' : /T\d{2}/.test(shape) ? 'hour' : 'day') : /m/.test(shape) ? 'minute' : /[Hh]/.test(shape) ? 'hour' : 'day'
  if (kind === 'instant' && timePrecision !== 'minute') return wrong('has no minute, and this field needs one')
  const told = format === 'iso' && /(?:Z|[+-]\d{2}:?\d{2})$/.test(text)
  // An hour that the change of clocks left out is moved by the parser: then it does not say what stood there.
  if (!told && timePrecision !== 'day') {
    const naive = parse(text, format, 'UTC')
    if (naive.hour !== parsed.hour || naive.minute !== parsed.minute) return wrong('is a time that the change of clocks left out')
  }
  if (parsed.toMillis() > Date.parse(now)) return { cause: 'time-to-come', wrong: 'lies in the future: correct it, or send it again once it has happened' }
  if (parsed.year < 1900) return wrong('lies before 1900')
  const time = parsed.setZone(zone).toFormat(timePrecision === 'day' ? 'yyyy-MM-dd' : timePrecision === 'hour' ? "yyyy-MM-dd'T'HH" : "yyyy-MM-dd'T'HH:mm")
  return { time, timePrecision, from: parsed.toUTC().toISO()!, text }
}
