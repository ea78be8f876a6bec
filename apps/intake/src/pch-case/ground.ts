/** What the reports and the pairs say of the ground of a case, and what two reviews of one person come to. Pure. */
import type { HistoryCounts } from '@chorus/contracts'
import { aggressorOf, confirmedPairs, type Incident } from '../incident/incident'
import { isReviewed, mayBecomeSubject, type Pair } from '../pair/pair'
import { adultAtIndex } from './adult'
import type { OpenFacts } from './pch-case'

/** The pairs of a person and a partner, by the tokens of either. */
export type Together = readonly { readonly subject: string; readonly pair: Pair }[]
/** I7, also where the report itself has the person on the victim's side of the confirmed pair; `complaints`: places in the log of reports that have him or her as a victim, each of which asks for a review behind it. */
export const mayBecome = (together: Together, reported: Incident, subjectInIncident: string | undefined, complaints: readonly number[] = []): boolean => {
  const victimInIndex = confirmedPairs(reported).some((one) => one.victimToken === subjectInIncident)
  return together.every((one) => mayBecomeSubject(one.pair, one.subject)) && (!victimInIndex || together.some((one) => isReviewed(one.pair, one.subject)))
    && complaints.every((at) => together.some((one) => isReviewed(one.pair, one.subject, at)))
}
export const groundOf = (reported: Incident): OpenFacts['incident'] => ({ status: reported.status === 'none' ? 'unknown' : reported.status, ...confirmedFor(reported) })

/**
 * Whether the victim was a minor at the index incident, whoever says so: the referral by the birth date, or the report by the ages of all
 * who are confirmed as partners of its subject there. What nobody knows is no minor.
 */
export const isVictimMinor = (birthDate: string | undefined, reported: Incident, subjectInIncident: string | undefined): boolean => {
  if (reported.status !== 'known') return false
  const { report } = reported
  const partners = confirmedPairs(reported).flatMap(({ victimToken, offenderToken }) => victimToken === subjectInIncident ? [offenderToken] : offenderToken === subjectInIncident ? [victimToken] : [])
  const isMinor = (born: string | undefined, token?: string): boolean => adultAtIndex(born, report, token === undefined ? undefined : report.ages[token]).answer === 'no'
  return (birthDate !== undefined && isMinor(birthDate)) || (partners.length > 0 && partners.every((token) => isMinor(undefined, token)))
}

/** I1: both facts, of the same pair. */
const confirmedFor = (state: Incident): { relationshipConfirmed: boolean; aggressorRef: string | null } => {
  const aggressor = aggressorOf(state)
  const pairs = confirmedPairs(state)
  return { aggressorRef: aggressor, relationshipConfirmed: aggressor === null ? pairs.length > 0 : pairs.some((one) => one.victimToken === aggressor || one.offenderToken === aggressor) }
}

/** Two reviews of one person may have counted the same records: the larger count is what is sure, their sum is not. */
export const atLeast = (one: HistoryCounts, other: HistoryCounts): HistoryCounts => ({
  ipvArrests: Math.max(one.ipvArrests, other.ipvArrests), ipvCharges: Math.max(one.ipvCharges, other.ipvCharges), ipvConvictions: Math.max(one.ipvConvictions, other.ipvConvictions),
  oopViolations: Math.max(one.oopViolations, other.oopViolations), violentFelonies: Math.max(one.violentFelonies, other.violentFelonies),
})
