import { Event } from '../event'
import { Code, Uuid } from '../fields'
import { LEVELS, type Level } from './levels'

@Event({
  type: 'LevelReviewed', version: 1, tells: 'level', categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was reviewed',
  summary: 'A person looked at a level again, and it stands: its review and its validation are due anew from here (T-VAL). A level that does not stand is changed, or the case is left.',
})
export class LevelReviewedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(LEVELS, { doc: 'the level that stands' }) level!: Level
}
