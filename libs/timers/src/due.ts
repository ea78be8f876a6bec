/**
 * Due dates: so much after a moment, on the clock or on the calendar of Kansas City. Pure.
 * Durations: PT60M, PT48H of the clock · P30D, P24M, P5Y of the calendar there: the same time of the day, whatever daylight
 * saving did meanwhile, and the last day of a month that has no such day · P1BD business days: neither Saturday, Sunday nor a
 * holiday of the list.
 */
import { DateTime } from 'luxon'
import { PROGRAM_ZONE } from '@chorus/decider'

export interface Span {
  readonly after: string
  /** day: due when the calendar day in which it ends is over */
  readonly until?: 'instant' | 'day'
}

const DURATION = /^P(?:T(\d{1,5})([HM])|(\d{1,4})(D|M|Y|BD))$/

/** Whether a policy may say it. */
export const isDuration = (text: string): boolean => DURATION.test(text)

/**
 * When it is due, RFC 3339 in UTC with milliseconds.
 * @param from an instant; or a day (2026-07-02), which is over before anything runs from it: such a due date is never earlier than the fact allows
 * @param holidays days on which the City does not work, YYYY-MM-DD
 */
export const dueAfter = (from: string, { after, until = 'instant' }: Span, holidays: readonly string[] = []): string => {
  const found = DURATION.exec(after)
  if (!found) throw new Error(`the policy has a duration that is none: ${after}`)
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(from)
  const parsed = DateTime.fromISO(from, { zone: PROGRAM_ZONE })
  if (!parsed.isValid) throw new Error('a timer runs from a time that is none')
  const start = isDay ? parsed.plus({ days: 1 }).startOf('day') : parsed
  const [, clock, clockUnit, calendar, unit] = found
  const end = clock !== undefined ? start.plus(clockUnit === 'H' ? { hours: Number(clock) } : { minutes: Number(clock) }) : onCalendar(start, Number(calendar), unit as 'D', holidays)
  // A day's own end is the start of the next: what runs from a day alone has come to one already.
  return (until === 'day' && !isDay ? end.plus({ days: 1 }).startOf('day') : end).toUTC().toISO()
}

const onCalendar = (start: DateTime<true>, count: number, unit: 'D' | 'M' | 'Y' | 'BD', holidays: readonly string[]): DateTime<true> => {
  if (unit === 'D') return start.plus({ days: count })
  if (unit === 'M') return start.plus({ months: count })
  if (unit === 'Y') return start.plus({ years: count })
  let day = start
  for (let left = count; left > 0;) { day = start.plus({ days: Math.round(day.startOf('day').diff(start.startOf('day'), 'days').days) + 1 }); if (isBusinessDay(day, holidays)) left-- }
  return day
}

const isBusinessDay = (day: DateTime<true>, holidays: readonly string[]): boolean => day.weekday <= 5 && !holidays.includes(day.toISODate())
