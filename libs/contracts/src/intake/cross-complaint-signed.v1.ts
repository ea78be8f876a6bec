import { Event } from '../event'
import { Code, Name, Token, Uuid } from '../fields'
import { CROSS_COMPLAINT_OUTCOMES, type CrossComplaintOutcome } from './cross-complaint-reviewed.v1'

export const CROSS_COMPLAINT_PARTS = ['PROSECUTOR', 'ADVOCATE'] as const
export type CrossComplaintPart = (typeof CROSS_COMPLAINT_PARTS)[number]

@Event({
  type: 'CrossComplaintSigned', version: 1, categories: ['pair'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was signed',
  summary: 'One of the two, prosecutor or advocate, decided on complaints in both directions, under his or her own account. Once both have decided the same, the review follows.',
})
export class CrossComplaintSignedV1 {
  @Uuid({ of: 'pair', doc: 'the pair' }) pairId!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the person about whom it was decided' }) subjectRef!: string
  @Code(CROSS_COMPLAINT_OUTCOMES, { doc: 'the outcome' }) outcome!: CrossComplaintOutcome
  @Code(CROSS_COMPLAINT_PARTS, { doc: 'as which of the two' }) part!: CrossComplaintPart
  @Name({ doc: 'account of who signed, as the token said it' }) accountId!: string
}
