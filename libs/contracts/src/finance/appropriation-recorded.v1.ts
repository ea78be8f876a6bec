import { Event } from '../event'
import { Cents, Code, Count, Name } from '../fields'
import { MOST_CENTS, APPROPRIATION_SOURCES, type AppropriationSource } from './codes'

@Event({
  type: 'AppropriationRecorded', version: 1, categories: ['account'], classification: 'FIN_OPEN', context: 'none', producer: 'finance', consumers: ['finance', 'evaluation'],
  time: 'when it was recorded',
  summary: 'Money was appropriated to an account and fiscal year: the second of three ceilings.',
})
export class AppropriationRecordedV1 {
  @Name({ doc: 'the account' }) account!: string
  @Count({ min: 2000, max: 2099, doc: 'fiscal year: the year in which it ends' }) fy!: number
  @Cents({ min: 1, max: MOST_CENTS, doc: 'the amount' }) amountCents!: number
  @Code(APPROPRIATION_SOURCES, { doc: 'by what it was appropriated' }) source!: AppropriationSource
  @Name({ doc: 'number of the ordinance or of the transfer document; each counts once in an account' }) reference!: string
  @Name({ doc: 'whose money it is' }) fundingSourceId!: string
  @Count({ optional: true, min: 2000, max: 2099, doc: 'fiscal year that the money comes from; needed for CARRY_FORWARD' }) sourceFy?: number
}
