import { Event } from '../event'
import { Code, Uuid } from '../fields'
import { BREACH_RULES, type BreachRule } from './codes'

@Event({
  type: 'ProtocolBreachDetected', version: 1, categories: ['notification'], classification: 'CJI', context: 'case', producer: 'deterrence', consumers: ['deterrence', 'evaluation'],
  time: 'when it was found, with the recording of the fact',
  summary: 'A recorded fact broke a rule of the protocol; it stands beside the fact, and somebody has to follow it up.',
})
export class ProtocolBreachDetectedV1 {
  @Uuid({ of: 'notification', doc: 'the notification' }) notificationId!: string
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(BREACH_RULES, { doc: 'the rule' }) rule!: BreachRule
  @Uuid({ of: 'event', doc: 'id of the event of the fact' }) factId!: string
}
