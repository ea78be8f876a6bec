/** Whose an arrest is that gives the number of an incident and no more: a person is arrested in it, and the number does not say who. Pure. */
import type { RecordedEvent, ReportedPersonsNamedV1 } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { aggressorOf, incident, initial, type Report } from '../incident/incident'
import { isOfSeveral } from '../on-disposition-entered/of-several'

export interface ByNumber {
  /** the tokens under which the arrested person is known, that of the arrest among them; none of them is his */
  readonly arrested: readonly string[]
  /** the arrest says which number its agency has for the arrested person */
  readonly isNumbered: boolean
  /** his own */
  readonly tokens: readonly string[]
  readonly incident: readonly RecordedEvent[]
  /** all arrests that give its number, as they stand */
  readonly arrests: readonly Pick<RecordedEvent, 'data' | 'partitionkey'>[]
  /** whom the referrals of the incident name, beside him */
  readonly others: readonly string[]
}
/** Whether it may be taken as an arrest of the person who is the referred in that incident. */
export const isHisByNumber = ({ arrested, isNumbered, tokens, incident: events, arrests, others }: ByNumber): boolean => {
  const known = fold(incident, events, initial)
  // Of several the number does not tell which.
  if (known.determined?.dualArrest === true || isOfSeveral(events, arrests)) return false
  if (arrested.some((token) => others.includes(token))) return false
  // Nobody says who was in it.
  if (known.status !== 'known') return false
  const named = [...known.report.victims, ...known.report.offenders].map(({ token }) => token)
  const he = named.find((token) => tokens.includes(token)) ?? aggressorOf(known) ?? onlyOne(known.report)
  // Somebody whom the report knows: he, as far as it can be said who of them he is.
  if (named.some((token) => arrested.includes(token))) return he !== undefined && arrested.includes(he)
  // Nobody whom it knows under this number: he, where there is no other offender, and the report has no number of his which would be this one.
  return onlyOne(known.report) !== undefined && !(isNumbered && he !== undefined && numberedIn(events, known.report.id).includes(he))
}
/** Of whom the report gives a number: it is sealed, that it is there is not. */
const numberedIn = (events: readonly RecordedEvent[], reportId: string): readonly string[] => {
  const beside = events[events.findIndex(({ id }) => id === reportId) + 1]
  if (beside?.type !== 'ReportedPersonsNamed') return []
  const { victims, offenders } = beside.data as ReportedPersonsNamedV1
  return [...victims, ...offenders].flatMap(({ token, personId }) => personId === undefined ? [] : [token])
}
const onlyOne = ({ offenders: [first, ...more] }: Report): string | undefined => more.length === 0 ? first?.token : undefined
