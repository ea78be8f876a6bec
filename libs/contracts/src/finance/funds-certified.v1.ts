import { Event } from '../event'
import { Cents, Code, LocalDate, Name, Uuid } from '../fields'
import { MOST_CENTS, CERTIFIERS, CERTIFIER_TITLES, type Certifier, type CertifierTitle } from './codes'

@Event({
  type: 'FundsCertified', version: 1, categories: ['account'], classification: 'FIN_OPEN', context: 'none', producer: 'finance', consumers: ['finance', 'evaluation'],
  time: 'when it was certified',
  summary: 'The Director of Finance, or a delegate, certified that both balances cover an amount. Recorded together with its encumbrance: they are one act (Charter 1211(b)).',
})
export class FundsCertifiedV1 {
  @Uuid({ of: 'none', doc: 'the certificate' }) certId!: string
  @Uuid({ of: 'none', doc: 'the requisition' }) reqId!: string
  @Name({ doc: 'the account' }) account!: string
  @Name({ doc: 'number of the ordinance under which it is spent' }) ordinanceNo!: string
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount' }) amountCents!: number
  @Cents({ max: MOST_CENTS, doc: 'what was left of the allotted authority before this encumbrance' }) authorityLeftCents!: number
  @Cents({ max: MOST_CENTS, doc: 'what was unencumbered of the appropriation before this encumbrance, of this funding source' }) appropriationUnencumberedCents!: number
  @Cents({ max: MOST_CENTS, doc: 'the fund\'s unencumbered cash in the treasury at the beginning of the day asOf, as Finance states it' }) fundCashUnencumberedCents!: number
  @LocalDate({ doc: 'day of the cash balance, in Kansas City' }) asOf!: string
  @Code(CERTIFIERS, { doc: 'in which capacity' }) certifiedBy!: Certifier
  @Code(CERTIFIER_TITLES, { doc: 'office of who certified' }) certifierTitle!: CertifierTitle
  @Name({ optional: true, doc: 'the document by which a delegate was named' }) delegationRef?: string
}
