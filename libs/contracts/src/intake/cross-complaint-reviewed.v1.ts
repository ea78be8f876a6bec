import { Event } from '../event'
import { Code, Name, Token, Uuid } from '../fields'

export const CROSS_COMPLAINT_OUTCOMES = ['SUBJECT_MAY_BE_CONSIDERED', 'VICTIM_OF_RECORD_PROTECTED'] as const
export type CrossComplaintOutcome = (typeof CROSS_COMPLAINT_OUTCOMES)[number]

@Event({
  type: 'CrossComplaintReviewed', version: 1, categories: ['pair'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the two reviewers had decided',
  summary: 'A prosecutor and an advocate reviewed complaints in both directions, and whether the named person may become the subject of a case although he or she is a victim of record of this pair.',
})
export class CrossComplaintReviewedV1 {
  @Uuid({ of: 'pair', doc: 'the pair' }) pairId!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the person about whom it was decided' }) subjectRef!: string
  @Code(CROSS_COMPLAINT_OUTCOMES, { doc: 'the outcome' }) outcome!: CrossComplaintOutcome
  @Name({ doc: 'account of the prosecutor' }) prosecutorId!: string
  @Name({ doc: 'account of the advocate' }) advocateId!: string
}
