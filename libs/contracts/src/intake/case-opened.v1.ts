import { Event } from '../event'
import { Code, Count, Flag, Token, Uuid } from '../fields'

export const ADULT_BASES = ['BIRTH_DATE', 'REPORTED_AGE'] as const
export type AdultBasis = (typeof ADULT_BASES)[number]

@Event({
  type: 'CaseOpened', version: 1, categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the case was opened',
  summary: 'A program case of one person who causes harm is opened on an index incident.',
})
export class CaseOpenedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case: fixed by the person and the count of his or her cases, so that two cannot be open at once' }) caseId!: string
  @Uuid({ of: 'referral', doc: 'the referral that led to it' }) referralId!: string
  @Token({ kind: 'per', about: 'pch', doc: 'the person who causes harm' }) subjectRef!: string
  @Uuid({ of: 'incident', doc: 'the incident on which the case rests' }) indexIncidentId!: string
  @Count({ min: 1, about: 'pch', shown: 'withNames', doc: 'the how manyeth case of this person' }) count!: number
  @Flag({ doc: 'he or she was 18 or older at the index incident; never false: a case of a minor is refused' }) subjectAdultAtIndex!: boolean
  @Code(ADULT_BASES, { doc: 'from what the age was known' }) adultBasis!: AdultBasis
}
