/** The first instant at which an incident can have happened, by its report. Pure. */
import { PROGRAM_ZONE } from '@chorus/decider'
import { DateTime } from 'luxon'
import type { Incident } from './incident'

/** null: there is no report that stands, or it says the day on which it was made alone, which may lie long after. */
export const beganAt = (state: Incident): string | null =>
  state.status === 'known' && state.report.dateOf === 'incident' ? DateTime.fromISO(state.report.time, { zone: state.report.timeZone || PROGRAM_ZONE }).toUTC().toISO() : null
