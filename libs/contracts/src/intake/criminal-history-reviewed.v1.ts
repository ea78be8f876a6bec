import { Event } from '../event'
import { Code, Codes, Count, Nested, ReportedCodes, Timestamp, Uuid } from '../fields'

export const HISTORY_SOURCES = ['KCPD_RMS', 'JCPO', 'MUNI_COURT', 'MULES', 'NCIC', 'CASE_NET'] as const
export type HistorySource = (typeof HISTORY_SOURCES)[number]
export const REVIEWER_ROLES = ['intakeAnalyst', 'detective', 'prosecutor'] as const

/** Counts within the look-back. Only counts leave the source: no charge, no court, no number of a record. */
export class HistoryCounts {
  @Count({ max: 999, doc: 'arrests for intimate partner violence' }) ipvArrests!: number
  @Count({ max: 999, doc: 'charges for it, state or municipal' }) ipvCharges!: number
  @Count({ max: 999, doc: 'convictions for it' }) ipvConvictions!: number
  @Count({ max: 999, doc: 'violations of orders of protection' }) oopViolations!: number
  @Count({ max: 999, doc: 'violent felonies' }) violentFelonies!: number
}

@Event({
  type: 'CriminalHistoryReviewed', version: 1, tells: 'level', categories: ['historyReview'], classification: 'CHRI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the sources were asked',
  summary: 'A person looked the criminal history up at its sources and typed in the counts; the history itself stays there.',
})
export class CriminalHistoryReviewedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Nested(() => HistoryCounts, { doc: 'records that are open' }) counts!: HistoryCounts
  @Nested(() => HistoryCounts, { optional: true, doc: 'records that are closed by law, usable inside justice agencies alone; not part of counts' }) closedCounts?: HistoryCounts
  @Count({ min: 1, max: 50, doc: 'years that were looked back' }) lookbackYears!: number
  @Codes(HISTORY_SOURCES, { max: 10, doc: 'sources that were asked' }) sources!: HistorySource[]
  @ReportedCodes({ width: 2, max: 60, doc: 'states that were asked, as postal codes' }) statesAsked!: string[]
  @Timestamp({ doc: 'when the sources were asked' }) queriedAt!: string
  @Code(REVIEWER_ROLES, { doc: 'role of the reviewer' }) reviewerRole!: (typeof REVIEWER_ROLES)[number]
}
