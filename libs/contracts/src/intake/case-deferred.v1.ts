import { Event } from '../event'
import { LocalDate, Uuid } from '../fields'

@Event({
  type: 'CaseDeferred', version: 1, categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'deterrence', 'evaluation'],
  time: 'when it was decided',
  summary: 'A person put an open case off: nobody is told anything in it until it is taken up again. Why stands apart (DeferralExplained).',
})
export class CaseDeferredV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @LocalDate({ doc: 'the day by which it is looked at again; it does not end by itself' }) until!: string
}
