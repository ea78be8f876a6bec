import { Event } from '../event'
import { Uuid } from '../fields'

@Event({
  type: 'CaseSucceeded', version: 1, categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when it was decided',
  summary: 'Another case of the person is about to be opened or taken up again: this closed one is not opened again beside it. Both wishes meet here, so that one person has one open case.',
})
export class CaseSucceededV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Uuid({ of: 'none', doc: 'the other case' }) nextCaseId!: string
}
