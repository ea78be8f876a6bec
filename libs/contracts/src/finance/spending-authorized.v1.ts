import { Event } from '../event'
import { Cents, Code, LocalDate, Name, Text } from '../fields'
import { MOST_CENTS, AUTHORIZED_OFFICERS, EFFECTIVE_BASES, READINGS, type AuthorizedOfficer, type EffectiveBasis, type Reading } from './codes'

@Event({
  type: 'SpendingAuthorized', version: 1, categories: ['authorization'], classification: 'FIN_OPEN', context: 'none', producer: 'finance', consumers: ['finance', 'evaluation'],
  time: 'the day on which the ordinance was passed',
  summary: 'An ordinance authorises an officer to spend up to an amount. It appropriates nothing: it is the first of three ceilings.',
})
export class SpendingAuthorizedV1 {
  @Name({ doc: 'number of the ordinance' }) ordinanceNo!: string
  @LocalDate({ doc: 'the day on which it was passed' }) passedOn!: string
  @LocalDate({ doc: 'the day from which it is in force; nothing is spent or encumbered under it before' }) effectiveOn!: string
  @Code(EFFECTIVE_BASES, { doc: 'where that day comes from' }) effectiveBasis!: EffectiveBasis
  @Code(READINGS, { doc: 'whether counsel has confirmed that day' }) effectiveReading!: Reading
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount that may be spent' }) amountCents!: number
  @Name({ doc: 'fund, four digits' }) fund!: string
  @Name({ doc: 'cost centre, six digits' }) costCenter!: string
  @Text({ max: 300, privacy: 'open', openBecause: 'it is the purpose as the ordinance words it, an open record', doc: 'what for' }) purpose!: string
  @Code(AUTHORIZED_OFFICERS, { doc: 'the office that may spend' }) authorizedOfficer!: AuthorizedOfficer
}
