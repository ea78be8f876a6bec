/** Moments that a person types, and the moment that an event's time stands for. Days begin and end in the program's zone. */
import { PROGRAM_ZONE } from '@chorus/decider'
import { DateTime } from 'luxon'

/** A moment as typed: a date (its whole day, program zone), a local time (program zone), or an instant with offset. Answers the last instant that it covers, in UTC; null if it is no moment. */
export const momentOf = (text: string): string | null => {
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) && text.includes('T')
  const at = DateTime.fromISO(text, { zone: PROGRAM_ZONE, setZone: hasOffset })
  if (!at.isValid || !/^\d{4}-\d{2}-\d{2}/.test(text)) return null
  // The log's own instants are finer than milliseconds: one that is copied from an entry means exactly that.
  if (/^[^.]+\.\d{4,6}Z$/.test(text)) return text
  const covered = text.length === 10 ? at.endOf('day') : at
  return covered.toUTC().toISO()
}

/** The first instant that an event's time, cut to its precision in its zone, can mean. */
export const startOf = (time: string, zone: string): string => {
  const at = DateTime.fromISO(time, { zone })
  if (!at.isValid) throw new Error(`event time "${time}" in zone "${zone}" is no time`)
  return at.toUTC().toISO()
}
