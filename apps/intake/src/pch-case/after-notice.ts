/** Whether the person of a case offended after he was told, and at which levels he had been told by then. Pure. */
import { LEVELS, type Level } from '@chorus/contracts'
import { PROGRAM_ZONE } from '@chorus/decider'
import { DateTime } from 'luxon'

/** He was told, and who he is was checked. `at`: RFC 3339 instant */
export interface Notice { readonly level: Level; readonly at: string }
/** `behavior` as the policy names it; `from`: the first instant at which it can have happened; `stream`: where it stands */
export interface Offense { readonly behavior: string; readonly from: string; readonly stream: string }

/** The first instant that a time, cut to its precision, can mean. In doubt it lay before the notice. */
export const firstInstant = (time: string, zone: string = PROGRAM_ZONE): string => DateTime.fromISO(time, { zone }).toUTC().toISO()!

export interface AfterNotice { readonly levels: readonly Level[]; readonly streams: readonly string[] }

/** `prohibited`: what the policy lists. The levels of notices after which something of it happened, and where that stands. */
export const offendedAfterNotice = (notices: readonly Notice[], offenses: readonly Offense[], prohibited: readonly string[]): AfterNotice => {
  const counted = offenses.filter(({ behavior }) => prohibited.includes(behavior))
  const after = ({ at }: Notice): readonly Offense[] => counted.filter(({ from }) => Date.parse(from) > Date.parse(at))
  return {
    levels: LEVELS.filter((level) => notices.some((notice) => notice.level === level && after(notice).length > 0)),
    streams: [...new Set(notices.flatMap((notice) => after(notice).map(({ stream }) => stream)))],
  }
}
