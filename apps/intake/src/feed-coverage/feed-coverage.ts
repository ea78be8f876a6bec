/** What a source covers, and through which day: the newest declaration holds, also where it takes an earlier one back. */
import type { DeclareFeedCoverage, FeedCoverageDeclaredV1 } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const FEED_COVERAGE_EVENTS = ['FeedCoverageDeclared'] as const

/** `today`: in America/Chicago, by the edge. */
export type Declare = Command<'DeclareFeedCoverage', DeclareFeedCoverage & { readonly coverageId: string; readonly today: string }>
export interface FeedCoverage { readonly latest: FeedCoverageDeclaredV1 | null }
export const initial: FeedCoverage = { latest: null }

export const evolve = (state: FeedCoverage, event: { readonly type: string; readonly data: object }): FeedCoverage =>
  event.type === 'FeedCoverageDeclared' ? { latest: event.data as FeedCoverageDeclaredV1 } : state

export const declare = ({ data: { today, ...said }, meta }: Declare, { latest }: FeedCoverage): Decision => {
  if (said.completeThrough >= today) return refused('complete_in_future', 'A source cannot be complete through a day that is not over. Name the last day of which all is here.')
  if (said.jurisdictions.length === 0) return refused('jurisdictions_missing', 'Name the jurisdictions that the source covers.')
  const data: FeedCoverageDeclaredV1 = { ...said, jurisdictions: [...new Set(said.jurisdictions)].sort() }
  if (latest && latest.completeThrough === data.completeThrough && latest.jurisdictions.join() === data.jurisdictions.join()) return []
  return [{ type: 'FeedCoverageDeclared', schemaVersion: 1, data, ...atNow(meta) }]
}

export const feedCoverage: Decider<FeedCoverage, Declare> = { category: 'feedCoverage', initial, knows: FEED_COVERAGE_EVENTS, evolve, decide: declare }
