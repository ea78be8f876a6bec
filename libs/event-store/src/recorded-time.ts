/** Recorded times: RFC 3339 in UTC with exactly six digits, so that they sort as text. Pure. */

const RFC3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/

/** Any RFC 3339 instant as UTC text with microseconds (finer digits are cut). Throws RangeError where it is none. */
export function toMicroseconds(instant: string): string {
  const match = RFC3339.exec(instant)
  const millis = match ? Date.parse(`${match[1]}T${match[2]}${match[4]}`) : NaN
  // Date.parse takes 30 February for 2 March: what it read must be what was written
  const local = match && !Number.isNaN(millis) ? new Date(millis + offsetMs(match[4]!)).toISOString() : ''
  if (!match || local.slice(0, 19) !== `${match[1]}T${match[2]}`) throw new RangeError('not an RFC 3339 instant; write it like 2026-07-02T20:10:00Z, with Z or an offset')
  return `${new Date(millis).toISOString().slice(0, 19)}.${(match[3] ?? '').slice(0, 6).padEnd(6, '0')}Z`
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone[0] === '-' ? -minutes : minutes) * 60_000
}

/** The later of a time that may be missing and another, both with microseconds. */
export const laterOf = (a: string | null, b: string): string => (a !== null && a > b ? a : b)

/** What "as of recorded T" answers where T lies ahead of the log's own clock. */
export const notThereYet = (asked: string, clock: string): string =>
  `as of recorded ${asked}: the log's clock reads ${clock}, so events up to that moment may still come. Ask for a moment before it, or wait`
