/** Dates and ages as the flat file writes them. All texts in, plain numbers or texts out; nothing knows what day it is today. */

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const leap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** YYYYMMDD that is a day of the calendar, with a century of 19 or 20. */
export const isDate = (text: string): boolean => {
  if (!/^(19|20)\d{6}$/.test(text)) return false
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6, 8))]
  return month >= 1 && month <= 12 && day >= 1 && day <= (DAYS[month - 1] ?? 0) + (month === 2 && leap(year) ? 1 : 0)
}
/** 20190531 -> 2019-05-31; call it on dates only. */
export const isoDate = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`
export const isHour = (text: string): boolean => /^([01]\d|2[0-3])$/.test(text)
export const isMonth = (text: string): boolean => /^(0[1-9]|1[0-2])$/.test(text)
export const isYear = (text: string): boolean => /^(19|20)\d\d$/.test(text)

/** Words for less than a year: under 24 hours, 1-6 days, 7-364 days. */
export const INFANT_AGES = ['NN', 'NB', 'BB'] as const

/** An age of four columns: an exact one, a range, or neither. Years; 00 is "unknown", infants are 0 years old, 99 is "over 98". */
export type Age =
  | { readonly kind: 'blank' | 'unknown' | 'unreadable' }
  | { readonly kind: 'exact' | 'range'; readonly from: number; readonly to: number }

export const ageOf = (columns: string): Age => {
  const text = columns.trimEnd()
  if (text === '') return { kind: 'blank' }
  if ((INFANT_AGES as readonly string[]).includes(text)) return { kind: 'exact', from: 0, to: 0 }
  if (/^\d\d$/.test(text)) return text === '00' ? { kind: 'unknown' } : { kind: 'exact', from: Number(text), to: Number(text) }
  if (/^\d{4}$/.test(text)) {
    const [from, to] = [Number(text.slice(0, 2)), Number(text.slice(2, 4))]
    return to === 0 ? { kind: 'exact', from, to: from } : { kind: 'range', from, to }
  }
  return { kind: 'unreadable' }
}
/** The middle of a range, as the FBI's edits compare ages; null where nothing is known. */
export const yearsOf = (age: Age): number | null => 'from' in age ? Math.floor((age.from + age.to) / 2) : null
