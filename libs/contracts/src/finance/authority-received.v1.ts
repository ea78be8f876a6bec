import { Event } from '../event'
import { Cents, LocalDate, Name, Uuid } from '../fields'
import { MOST_CENTS } from './codes'

@Event({
  type: 'AuthorityReceived', version: 1, categories: ['account'], classification: 'FIN_OPEN', context: 'none', producer: 'finance', consumers: ['finance', 'evaluation'],
  time: 'when the account took it in',
  summary: 'An account took in what was allotted to it of an ordinance\'s amount. Follows AuthorityAllotted of the authorization, once.',
})
export class AuthorityReceivedV1 {
  @Uuid({ of: 'none', doc: 'the allotment' }) allotmentId!: string
  @Name({ doc: 'number of the ordinance' }) ordinanceNo!: string
  @Name({ doc: 'the account' }) account!: string
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount' }) amountCents!: number
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @LocalDate({ doc: 'the day from which the ordinance is in force' }) effectiveOn!: string
}
