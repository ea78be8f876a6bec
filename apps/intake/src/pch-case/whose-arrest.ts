/** Whose an arrest is that gives the number of an incident and no more: a person is arrested in it, and the number does not say who. Pure. */
import type { RecordedEvent } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { incident, initial } from '../incident/incident'

export interface ByNumber {
  readonly incident: readonly RecordedEvent[]
}
/** Whether it may be taken as an arrest of the person who is the referred in that incident. */
export const isHisByNumber = ({ incident: events }: ByNumber): boolean => {
  const known = fold(incident, events, initial)
  // Of two the number does not tell which.
  return known.determined?.dualArrest !== true
}
