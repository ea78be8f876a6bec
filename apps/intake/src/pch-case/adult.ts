/** Whether somebody was of age at an incident, from a birth date or from the age that the report states. Pure. */
import type { ReportedAge } from '@chorus/contracts'

export interface AdultAtIndex { readonly answer: 'yes' | 'no' | 'unknown'; readonly from: 'BIRTH_DATE' | 'REPORTED_AGE' }

const ADULT = 18

/**
 * `birthDate` YYYY-MM-DD where known; `time` of the incident cut to its precision; `dateOf` 'report' where only the day of
 * the report is known, which may lie long after the incident. In doubt unknown, never yes.
 */
export function adultAtIndex(birthDate: string | undefined, incident: { readonly time: string; readonly dateOf: 'incident' | 'report' }, reported: ReportedAge | undefined): AdultAtIndex {
  if (birthDate !== undefined) return { from: 'BIRTH_DATE', answer: byBirthDate(birthDate, incident) }
  if (!reported || reported.precision === 'unknown') return { from: 'REPORTED_AGE', answer: 'unknown' }
  const to = reported.to ?? (reported.precision === 'year' ? reported.from : undefined)
  // Where the incident came before its report by nobody knows how much, the age is that of the report.
  const adult = incident.dateOf === 'report' ? ADULT + 1 : ADULT
  const answer = reported.precision === 'under-1' ? 'no' : reported.from !== undefined && reported.from >= adult ? 'yes' : to !== undefined && to < ADULT ? 'no' : 'unknown'
  return { from: 'REPORTED_AGE', answer }
}

function byBirthDate(birthDate: string, { time, dateOf }: { readonly time: string; readonly dateOf: 'incident' | 'report' }): AdultAtIndex['answer'] {
  const birthday = `${String(Number(birthDate.slice(0, 4)) + ADULT).padStart(4, '0')}${birthDate.slice(4)}`
  // Known to the month only, the day could be any of it.
  const [first, last] = time.length === 7 ? [`${time}-01`, `${time}-31`] : [time.slice(0, 10), time.slice(0, 10)]
  if (last < birthday) return 'no'
  if (first < birthday) return 'unknown'
  if (dateOf === 'incident') return 'yes'
  // The incident came before its report, by how much is not known: a year leaves out nearly all late reports.
  const yearBefore = `${String(Number(first.slice(0, 4)) - 1).padStart(4, '0')}${first.slice(4)}`
  return yearBefore >= birthday ? 'yes' : 'unknown'
}
