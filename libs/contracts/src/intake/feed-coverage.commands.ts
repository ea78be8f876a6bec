import { CommandBody } from '../commands'
import { Codes, LocalDate, Name } from '../fields'
import { JURISDICTIONS, type Jurisdiction } from './circumstances.v1'

/** DRAFT: the domain has the source itself declare (agencyFeed); that intake and operators may for it is a guess, until the program names each source's data steward. */
@CommandBody({ type: 'DeclareFeedCoverage', roles: ['intakeAnalyst', 'agencyFeed', 'operator'], summary: 'Declare what a source covers and through which day all of it is here; the newest declaration holds' })
export class DeclareFeedCoverage {
  @Name({ doc: 'the source, as its imports are called: nibrs-flat-file, kcpd-open-data, or extract/ and the system of a mapping' }) source!: string
  @Name({ doc: 'of what it tells, e.g. incidents, arrests, jail-roster' }) population!: string
  @LocalDate({ doc: 'last day through which it is complete, in America/Chicago' }) completeThrough!: string
  @Codes(JURISDICTIONS, { max: 9, doc: 'jurisdictions that it covers' }) jurisdictions!: Jurisdiction[]
}
