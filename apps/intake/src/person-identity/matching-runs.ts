/** Matching runs and what each has found, from the register. Pure. */
import type { MatchScope, PersonIdentitiesLinkedV1, PersonMatchProposedV1, PersonsMatchedV1, RecordedEvent } from '@chorus/contracts'
import type { Two } from './person-identity'

export interface RunListed { readonly runId: string; /** when it ended */ readonly at: string; readonly scope: MatchScope; readonly persons: number; readonly compared: number; readonly policyVersion: string }
export interface RunFound { readonly matchId: string; readonly oneRef: string; readonly otherRef: string; readonly outcome: 'LINKED' | 'ASKED'; readonly confidence: number }

/** In the order in which they ended. A run is named by the event that ends it. */
export const runsIn = (events: readonly RecordedEvent[]): RunListed[] => events.flatMap(({ type, id, data, time }): RunListed[] => {
  if (type !== 'PersonsMatched') return []
  const { scope, persons, compared, policyVersion } = data as PersonsMatchedV1
  return [{ runId: id, at: time, scope, persons, compared, policyVersion }]
})

/** What stands under the correlation id of the run's request, since a run before it under the same one: callers may give that id themselves. */
export const foundBy = (events: readonly RecordedEvent[], runId: string, matchIdOf: (two: Two) => string): RunFound[] => {
  const end = events.findIndex(({ id }) => id === runId)
  const under = events.slice(0, Math.max(0, end)).filter(({ correlationId }) => correlationId === events[end]?.correlationId)
  return under.slice(under.findLastIndex(({ type }) => type === 'PersonsMatched') + 1).flatMap((event) => foundIn(event, matchIdOf))
}
const foundIn = ({ type, data }: RecordedEvent, matchIdOf: (two: Two) => string): RunFound[] => {
  if (type === 'PersonMatchProposed') { const { matchId, oneRef, otherRef, confidence } = data as PersonMatchProposedV1; return [{ matchId, oneRef, otherRef, outcome: 'ASKED', confidence }] }
  if (type !== 'PersonIdentitiesLinked') return []
  const { keepRef, mergedRef, decidedBy, confidence = 0 } = data as PersonIdentitiesLinkedV1
  return decidedBy === 'machine' ? [{ matchId: matchIdOf([keepRef, mergedRef]), oneRef: keepRef, otherRef: mergedRef, outcome: 'LINKED', confidence }] : []
}
