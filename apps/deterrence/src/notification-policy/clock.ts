/** Due dates from the durations of the policy. Pure. */
import { dueAfter } from '@chorus/timers'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** An instant so much later (RFC 3339). `duration`: PT48H, P14D (days of 24 hours), P1BD (business days: Monday to Friday in Kansas City). */
export const later = (instant: string, duration: string): string => {
  const found = /^P(?:T(\d+)H|(\d+)(B?)D)$/.exec(duration)
  if (!found) throw new Error(`the policy has a duration that is none: ${duration}`)
  const [, hours, days, business] = found
  if (business) return dueAfter(instant, { after: duration })
  return new Date(Date.parse(instant) + (hours !== undefined ? Number(hours) * HOUR : Number(days) * DAY)).toISOString()
}

/** So much earlier; only durations of the clock. */
export const earlier = (instant: string, duration: string): string => new Date(2 * Date.parse(instant) - Date.parse(later(instant, duration))).toISOString()
export const minutesLater = (instant: string, minutes: number): string => new Date(Date.parse(instant) + minutes * 60_000).toISOString()
/** The earlier of two instants. */
export const first = (one: string, other: string): string => (Date.parse(one) <= Date.parse(other) ? one : other)
export const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other)
