import { Event } from '../event'
import { Cents, Code, LocalDate, Name } from '../fields'
import { MOST_CENTS, CERTIFIER_TITLES, READINGS, type CertifierTitle, type Reading } from './codes'

@Event({
  type: 'OrdinanceCertified', version: 1, categories: ['account'], classification: 'FIN_OPEN', context: 'none', producer: 'finance', consumers: ['finance', 'evaluation'],
  time: 'the day of the certificate; where it bears none, the day on which the ordinance was passed',
  summary: 'The certificate of two balances that an ordinance itself bears. No encumbrance, and it moves no balance; that it belongs to this account is a reading until counsel confirms it.',
})
export class OrdinanceCertifiedV1 {
  @Name({ doc: 'number of the ordinance' }) ordinanceNo!: string
  @Name({ doc: 'the account' }) account!: string
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount that both balances were certified to cover' }) amountCents!: number
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @LocalDate({ doc: 'day of the certificate' }) certifiedOn!: string
  @Code(CERTIFIER_TITLES, { doc: 'office of who certified' }) certifierTitle!: CertifierTitle
  @Code(READINGS, { doc: 'DRAFT until counsel has said what this certificate is and to which account it belongs' }) reading!: Reading
}
