/** The city's domestic reports by day, out of its open crime data. The fold and the counting; nothing that is sealed is kept. */
import type { OffenseCategories, OpenDataReportReceivedV1, RecordedEvent } from '@chorus/contracts'

export interface ReportRow {
  readonly report: string
  /** local day of the report, YYYY-MM-DD */
  readonly day: string
  readonly domestic: boolean
  readonly flag: boolean
  readonly offense: boolean
  readonly order: boolean
  readonly categories: OffenseCategories
}

/** The newest version is the report as it stands. */
export const rowOf = ({ data, time }: RecordedEvent<OpenDataReportReceivedV1>): ReportRow => ({
  report: data.openReportId, day: time.slice(0, 10), domestic: data.domestic, categories: data.categories,
  flag: data.domesticBy.includes('FLAG'), offense: data.domesticBy.includes('OFFENSE'), order: data.domesticBy.includes('ORDER'),
})

/** Smallest number of reports that may be told outside justice (domain reference §6.6); none at all may. */
export const SMALLEST_CELL = 11
export interface DayCount { readonly day: string; readonly categories: OffenseCategories; readonly domestic: number; readonly byFlag: number; readonly byOffense: number; readonly byOrder: number }
export interface ToldDay { readonly day: string; readonly categories: OffenseCategories; /** null: suppressed, 1 to 10 */ readonly domestic: number | null; readonly byFlag?: number; readonly byOffense?: number; readonly byOrder?: number }

/**
 * Outside justice a day of 1 to 10 is not told, nor by what its reports are domestic: the ways overlap, and one could be
 * led to a small number from the others. No sum stands beside the days, so that none can be taken from it.
 */
export const told = (days: readonly DayCount[], outsideJustice: boolean): ToldDay[] => !outsideJustice ? [...days] : days.map(({ day, categories, domestic }) =>
  ({ day, categories, domestic: domestic > 0 && domestic < SMALLEST_CELL ? null : domestic }))
