import { Event } from '../event'
import { Cents, LocalDate, Name, Uuid } from '../fields'
import { MOST_CENTS } from './codes'

@Event({
  type: 'AuthorityAllotted', version: 1, categories: ['authorization'], classification: 'FIN_OPEN', context: 'none', producer: 'finance', consumers: ['finance', 'evaluation'],
  time: 'when it was allotted',
  summary: 'A part of what an ordinance authorises was set aside for one account. It can be used in that account alone: so the ceiling holds although each account decides for itself.',
})
export class AuthorityAllottedV1 {
  @Uuid({ of: 'none', doc: 'the allotment' }) allotmentId!: string
  @Name({ doc: 'number of the ordinance' }) ordinanceNo!: string
  @Name({ doc: 'the account, FY-FUND-COSTCENTER-CLASS' }) account!: string
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount' }) amountCents!: number
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @LocalDate({ doc: 'the day from which the ordinance is in force' }) effectiveOn!: string
}
