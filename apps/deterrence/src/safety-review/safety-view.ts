/** What advocates see of the safety of notifications: reviews, holds, what is cleared. From the log's head, never from a read model. */
import type { Clearance, Hold, Review, SafetyReview } from './safety-review'
import type { Safety } from '../notification/look-up'

export interface SafetyView {
  readonly notificationId: string
  readonly caseId: string
  readonly reviews: readonly (Omit<Review, 'dueAt'> & Partial<Pick<Review, 'dueAt'>> & { readonly reviewId: string; /** its answer still counts: nothing was held, lifted or revoked since */ readonly current: boolean })[]
  readonly holds: readonly (Hold & { readonly holdId: string })[]
  /** stops of everything for the case */
  readonly stops: readonly (Hold & { readonly holdId: string })[]
  readonly revocations: SafetyReview['revocations']
  readonly clearance: Clearance | null
}

/** @param levelClosed to its reader: by when a review is due, so long after the plan, would tell the level */
export const safetyView = (notificationId: string, caseId: string, { own, ofCase, clearance }: Safety, levelClosed: boolean): SafetyView => ({
  notificationId, caseId, clearance, revocations: own.revocations,
  reviews: Object.entries(own.reviews).map(([reviewId, { dueAt, ...review }]) => ({ reviewId, ...review, ...levelClosed ? {} : { dueAt }, current: review.answer !== null && review.answer.at > own.voidedAt })),
  holds: Object.entries(own.holds).map(([holdId, hold]) => ({ holdId, ...hold })), stops: Object.entries(ofCase.holds).map(([holdId, hold]) => ({ holdId, ...hold })),
})
