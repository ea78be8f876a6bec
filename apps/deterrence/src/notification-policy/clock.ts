/** Due dates from the durations of the policy. Pure. */
import { PROGRAM_ZONE } from '@chorus/decider'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const weekdayInKansasCity = new Intl.DateTimeFormat('en-US', { timeZone: PROGRAM_ZONE, weekday: 'short' })
const isWeekend = (ms: number): boolean => ['Sat', 'Sun'].includes(weekdayInKansasCity.format(ms))

/** An instant so much later (RFC 3339). `duration`: PT48H, P14D (days of 24 hours), P1BD (business days: Monday to Friday in Kansas City). */
export const later = (instant: string, duration: string): string => {
  const found = /^P(?:T(\d+)H|(\d+)(B?)D)$/.exec(duration)
  if (!found) throw new Error(`the policy has a duration that is none: ${duration}`)
  const [, hours, days, business] = found
  let ms = Date.parse(instant)
  if (hours !== undefined) ms += Number(hours) * HOUR
  else if (!business) ms += Number(days) * DAY
  else for (let left = Number(days); left > 0;) { ms += DAY; if (!isWeekend(ms)) left-- }
  return new Date(ms).toISOString()
}

/** So much earlier; only durations of the clock. */
export const earlier = (instant: string, duration: string): string => new Date(2 * Date.parse(instant) - Date.parse(later(instant, duration))).toISOString()
export const minutesLater = (instant: string, minutes: number): string => new Date(Date.parse(instant) + minutes * 60_000).toISOString()
/** The earlier of two instants. */
export const first = (one: string, other: string): string => (Date.parse(one) <= Date.parse(other) ? one : other)
export const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other)
