import { Event } from '../event'
import { Codes, LocalDate, Name, Uuid } from '../fields'
import { JURISDICTIONS, type Jurisdiction } from './circumstances.v1'

@Event({
  type: 'FeedCoverageDeclared', version: 1, categories: ['feedCoverage'], classification: 'OPS', context: 'intake', producer: 'intake', consumers: ['evaluation'],
  time: 'when it was declared',
  summary: 'What a source sends, of whom, and through which day all of it is here: without it nobody can tell "nothing happened" from "nothing was sent". The newest declaration of a source and population holds.',
})
export class FeedCoverageDeclaredV1 {
  @Uuid({ of: 'feedCoverage', doc: 'the source and population; its stream is feedCoverage-<this>' }) coverageId!: string
  @Name({ doc: 'the source, as its imports are called: nibrs-flat-file, kcpd-open-data, or extract/ and the system of a mapping' }) source!: string
  @Name({ doc: 'of what it tells, e.g. incidents, arrests, jail-roster' }) population!: string
  @LocalDate({ doc: 'last day through which it is complete, in America/Chicago' }) completeThrough!: string
  @Codes(JURISDICTIONS, { max: 9, doc: 'jurisdictions that it covers' }) jurisdictions!: Jurisdiction[]
}
