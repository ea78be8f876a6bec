/** The program's zone: days that count are days in Kansas City. */
export const PROGRAM_ZONE = 'America/Chicago'

const parts = new Intl.DateTimeFormat('en-US', { timeZone: PROGRAM_ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const partsOf = (instant: string): Record<string, string> => Object.fromEntries(parts.formatToParts(Date.parse(instant)).map(({ type, value }) => [type, value]))

/** The calendar day there at an instant (RFC 3339), YYYY-MM-DD; by its parts, since no locale's order of them is promised. */
export const dayOf = (instant: string): string => {
  const found = partsOf(instant)
  return `${found.year}-${found.month}-${found.day}`
}

/** The minute there at an instant, YYYY-MM-DDTHH:MM. */
export const minuteOf = (instant: string): string => { const { hour, minute } = partsOf(instant); return `${dayOf(instant)}T${hour}:${minute}` }
