/** When something was told to have happened: the text as it came, how precise it is, and the first instant that it can mean. */
import type { TimePrecision } from '@chorus/contracts'
import { PROGRAM_ZONE } from '@chorus/decider'
import { DateTime } from 'luxon'

export interface ToldAt { readonly time: string; readonly timePrecision: TimePrecision; readonly timeZone: string; readonly from: string }

const PRECISION: Readonly<Record<number, TimePrecision>> = { 10: 'day', 13: 'hour', 16: 'minute' }

/** A day, an hour or a minute in Kansas City, or an instant in UTC; null for anything else, such as a month or an hour that the change of clocks left out. */
export const toldAt = (text: string): ToldAt | null => {
  const instant = text.endsWith('Z')
  const timePrecision = instant ? 'instant' : PRECISION[text.length]
  const timeZone = instant ? 'UTC' : PROGRAM_ZONE
  const at = DateTime.fromISO(text, { zone: timeZone })
  if (!timePrecision || !at.isValid || !at.toISO().startsWith(text.slice(0, 16))) return null
  return { time: text, timePrecision, timeZone, from: at.toUTC().toISO() }
}
