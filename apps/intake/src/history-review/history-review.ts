/** The criminal-history reviews of one case: counts that a person typed in. The history itself never comes here. */
import type { Basis, CriminalHistoryReviewedV1, ReviewCriminalHistory } from '@chorus/contracts'
import { refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const HISTORY_REVIEW_EVENTS = ['CriminalHistoryReviewed'] as const

/** Rule: a criminal history is looked up for an open case only. */
export const HISTORY_NEEDS_OPEN_CASE = 'HISTORY_NEEDS_OPEN_CASE'

/** What the edge looked up: how the case stands, and how far it looked. */
export interface ReviewFacts { readonly caseStatus: 'none' | 'open' | 'closed'; readonly basis: readonly Basis[] }
export type ReviewCommand = Command<'ReviewCriminalHistory', ReviewCriminalHistory & { readonly facts: ReviewFacts }>

export interface HistoryReview { readonly latest: CriminalHistoryReviewedV1 | null }
export const initial: HistoryReview = { latest: null }

export const evolve = (state: HistoryReview, event: { readonly type: string; readonly data: object }): HistoryReview =>
  event.type === 'CriminalHistoryReviewed' ? { latest: event.data as CriminalHistoryReviewedV1 } : state

export const reviewHistory = ({ data: { facts, ...body }, meta }: ReviewCommand, state: HistoryReview): Decision => {
  if (facts.caseStatus === 'none') return refused('case_unknown', 'There is no case of this number. Look its number up again.', { kind: 'not-found' })
  if (body.sources.length === 0) return refused('sources_missing', 'Name the sources that were asked.')
  if (Date.parse(body.queriedAt) > Date.parse(meta.now)) return refused('queried_in_future', 'The sources were asked at a moment that lies in the future. Correct queriedAt.')
  if (state.latest && Date.parse(body.queriedAt) < Date.parse(state.latest.queriedAt)) return refused('review_older', 'A younger review of this case is recorded already. Record this one only if it is younger.', { kind: 'conflict' })
  if (state.latest?.queriedAt === body.queriedAt && sameCounts(state.latest, body)) return []
  const role = meta.actor.role
  if (role !== 'intakeAnalyst' && role !== 'detective' && role !== 'prosecutor') return refused('reviewer_role', 'A criminal history is reviewed by an analyst, a detective or a prosecutor.', { kind: 'forbidden' })
  const reviewed: CriminalHistoryReviewedV1 = { ...body, reviewerRole: role }
  return [{
    type: 'CriminalHistoryReviewed', schemaVersion: 1, data: reviewed, time: body.queriedAt, timePrecision: 'instant', timeZone: 'UTC',
    partitionkey: `pchCase-${body.caseId}`, basis: facts.basis,
    // It was looked up although nothing was open that called for it: that happened, so it is recorded, with the rule it broke.
    ...(facts.caseStatus === 'closed' ? { breaches: [HISTORY_NEEDS_OPEN_CASE] } : {}),
  }]
}

const sameCounts = (a: Pick<CriminalHistoryReviewedV1, 'counts' | 'closedCounts' | 'lookbackYears'>, b: typeof a): boolean =>
  JSON.stringify([inOrder(a.counts), inOrder(a.closedCounts), a.lookbackYears]) === JSON.stringify([inOrder(b.counts), inOrder(b.closedCounts), b.lookbackYears])
const inOrder = (counts: object | undefined): unknown => counts && Object.entries(counts).sort(([a], [b]) => a < b ? -1 : 1)

export const historyReview: Decider<HistoryReview, ReviewCommand> = { category: 'historyReview', initial, knows: HISTORY_REVIEW_EVENTS, evolve, decide: reviewHistory }
