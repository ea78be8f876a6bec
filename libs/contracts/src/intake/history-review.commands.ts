import { CommandBody } from '../commands'
import { Codes, Count, Nested, ReportedCodes, Timestamp, Uuid } from '../fields'
import { HISTORY_SOURCES, HistoryCounts, type HistorySource } from './criminal-history-reviewed.v1'

@CommandBody({ type: 'ReviewCriminalHistory', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Type in the counts of a criminal-history review; never the history itself' })
export class ReviewCriminalHistory {
  @Uuid({ doc: 'the case' }) caseId!: string
  @Nested(() => HistoryCounts, { doc: 'records that are open' }) counts!: HistoryCounts
  @Nested(() => HistoryCounts, { optional: true, doc: 'records that are closed by law' }) closedCounts?: HistoryCounts
  @Count({ min: 1, max: 50, doc: 'years that were looked back; the policy in force says how many it needs' }) lookbackYears!: number
  @Codes(HISTORY_SOURCES, { max: 10, doc: 'sources that were asked' }) sources!: HistorySource[]
  @ReportedCodes({ width: 2, max: 60, doc: 'states that were asked, as postal codes' }) statesAsked!: string[]
  @Timestamp({ doc: 'when the sources were asked' }) queriedAt!: string
}
