/**
 * The values of an extract's row, by a second reading that shares no code with ours: what of a row that is recorded cannot be
 * read, or stands on its event otherwise than in the row.
 */
import type { DraftEvent } from '@chorus/contracts'
import type { FieldMapping, Mapping } from '../../apps/intake/src/feeds/mapped/mapping'

const PIECES: Readonly<Record<string, string>> = { yyyy: '(?<y>\\d{4})', MM: '(?<mo>\\d{2})', dd: '(?<d>\\d{2})', HH: '(?<h>\\d{2})', mm: '(?<mi>\\d{2})' }
const ISO = /^(?<y>\d{4})-(?<mo>\d{2})-(?<d>\d{2})(?:T(?<h>\d{2})(?::?(?<mi>\d{2})(?::?\d{2}(?:[.,]\d+)?)?)?(?<told>Z|[+-]\d{2}(?::?\d{2})?)?)?$/
const patternOf = (format: string): RegExp => format === 'iso' ? ISO : new RegExp(`^${format.replace(/yyyy|MM|dd|HH|mm|[^A-Za-z]/g, (piece) => PIECES[piece] ?? `\\${piece}`)}$`)
/** How a clock of the zone shows an instant: yyyy-MM-ddTHH:mm. */
const shownIn = (zone: string, instant: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).format(instant).replace(' ', 'T')
const HOUR = 3_600_000

/** @returns the local time as it is to be recorded; null: it is none; undefined: this reading does not say */
export const timeByHand = (text: string, format: string, zone: string): string | null | undefined => {
  const found = patternOf(format).exec(text)?.groups
  if (!found) return null
  const { y, mo, d, h, mi, told } = found as { y: string; mo: string; d: string; h?: string; mi?: string; told?: string }
  const day = new Date(Date.UTC(Number(y), Number(mo) - 1, Number(d)))
  if (day.toISOString().slice(0, 10) !== `${y}-${mo}-${d}`) return null
  if (told !== undefined || h === '24') return undefined
  if (Number(h ?? 0) > 24 || Number(mi ?? 0) > 59) return null
  if (h === undefined) return `${y}-${mo}-${d}`
  const local = `${y}-${mo}-${d}T${h}:${mi ?? '00'}`
  const at = Date.parse(`${local}:00Z`)
  // some instant of that day must look like this in the zone
  return Array.from({ length: 29 }, (_, i) => at + (i - 14) * HOUR).some((instant) => shownIn(zone, instant) === local) ? mi === undefined ? local.slice(0, 13) : local : null
}

const LIST = /(?:^|\.)(?:results|offenses|weapons|injuries|charges|criteria)$/
const COUNT = /(?:^|\.)(?:age|victim|offender)$/
const wrongValue = (name: string, { codes, split, format }: FieldMapping, value: string, zone: string): string | undefined => {
  if (format !== undefined) return timeByHand(value, format, zone) === null ? 'no time of its format' : undefined
  const parts = !LIST.test(name) ? [value] : value.split(split ?? ',').map((part) => part.trim()).filter(Boolean)
  if (codes && parts.some((part) => !Object.keys(codes).includes(part))) return 'a code that the mapping does not know'
  if (COUNT.test(name) && !codes && !/^\d{1,4}(?:\.0+)?$/.test(value)) return 'no number'
  return undefined
}
/** The field that says when it happened: what the first event of the row carries as its time. */
const WHEN = ['occurredAt', 'administeredAt', 'arrestedAt', 'presentedAt', 'decidedAt', 'setAt', 'enteredAt', 'bookedAt']

/** @param values of the row, by column; @param drafts what it would record */
export const wrongValues = (values: Readonly<Record<string, string>>, mapping: Mapping, drafts: readonly DraftEvent[]): string[] => {
  const wrong: string[] = []
  const [first] = drafts
  const data = first!.data as Readonly<Record<string, unknown>>
  for (const [name, how] of Object.entries(mapping.fields)) {
    const value = how.column === undefined ? '' : values[how.column] ?? ''
    if (value === '') continue
    const why = wrongValue(name, how, value, mapping.zone)
    if (why !== undefined) { wrong.push(`recorded with ${name}, which is ${why}`); continue }
    const time = WHEN.includes(name) && how.format !== undefined ? timeByHand(value, how.format, mapping.zone) : undefined
    if (typeof time === 'string' && first!.time !== time) wrong.push(`${name} is recorded as another time than stands there`)
    const flag = how.codes?.[value]
    if (typeof flag === 'boolean' && name in data && data[name] !== flag) wrong.push(`${name} is recorded as what does not stand there`)
    const person = /^(victims|offenders)\.1\.age$/.exec(name)
    const age = person && (data[person[1]!] as readonly { readonly age?: { readonly from?: number } }[] | undefined)?.[0]?.age
    if (age && Number(value) <= 150 && age.from !== Number(value)) wrong.push(`${name} is recorded as another age than stands there`)
  }
  return wrong
}
