/** Whose an arrest is that gives the number of an incident and no more: a person is arrested in it, and the number does not say who. Pure. */
import type { RecordedEvent } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { aggressorOf, incident, initial, type Report } from '../incident/incident'
import { isOfSeveral } from '../on-disposition-entered/of-several'

export interface ByNumber {
  /** the tokens under which the arrested person is known, that of the arrest among them; none of them is his */
  readonly arrested: readonly string[]
  /** his own */
  readonly tokens: readonly string[]
  readonly incident: readonly RecordedEvent[]
  /** all arrests that give its number, as they stand */
  readonly arrests: readonly Pick<RecordedEvent, 'data' | 'partitionkey'>[]
  /** whom the referrals of the incident name, beside him */
  readonly others: readonly string[]
}
/** Whether it may be taken as an arrest of the person who is the referred in that incident. */
export const isHisByNumber = ({ arrested, tokens, incident: events, arrests, others }: ByNumber): boolean => {
  const known = fold(incident, events, initial)
  // Of several the number does not tell which.
  if (known.determined?.dualArrest === true || isOfSeveral(events, arrests)) return false
  if (arrested.some((token) => others.includes(token))) return false
  const named = known.status === 'known' ? [...known.report.victims, ...known.report.offenders].map(({ token }) => token) : []
  if (known.status !== 'known' || !named.some((token) => arrested.includes(token))) return true
  // Somebody whom the report knows: he, as far as it can be said who of them he is.
  const he = named.find((token) => tokens.includes(token)) ?? aggressorOf(known) ?? onlyOne(known.report)
  return he !== undefined && arrested.includes(he)
}
const onlyOne = ({ offenders: [first, ...more] }: Report): string | undefined => more.length === 0 ? first?.token : undefined
