import { Event } from '../event'
import { Code, Uuid } from '../fields'

/**
 * Why a case is taken up again. GROUND_ENDED, REVIEW: it was put off · DECIDED_IN_ERROR: to put it off, or to close it, was wrong ·
 * RETURNED: he had moved · EXCLUSION_LIFTED: its referral is not excluded any more · PERSONS_TOLD_APART: it was merged with another person's.
 */
export const CASE_REOPEN_REASONS = ['GROUND_ENDED', 'REVIEW', 'DECIDED_IN_ERROR', 'RETURNED', 'EXCLUSION_LIFTED', 'PERSONS_TOLD_APART'] as const
export type CaseReopenReason = (typeof CASE_REOPEN_REASONS)[number]

@Event({
  type: 'CaseReopened', version: 1, categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'deterrence', 'evaluation'],
  time: 'when it was decided',
  summary: 'A case that was put off goes on, at its level; a case that was closed is open again, and is levelled anew.',
})
export class CaseReopenedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(CASE_REOPEN_REASONS, { doc: 'why' }) reasonCode!: CaseReopenReason
}
