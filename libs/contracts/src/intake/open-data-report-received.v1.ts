import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Codes, Count, Flag, Hash, List, LocalTime, ReportedCode, ReportedCodes, Text, Uuid } from '../fields'

/** FLAG: the source's own flag · OFFENSE: the offence's label or code says so · ORDER: an order of protection was violated */
export const DOMESTIC_BY = ['FLAG', 'OFFENSE', 'ORDER'] as const
export type DomesticBy = (typeof DOMESTIC_BY)[number]
/** How offences are named: by the numbers of the old records system, or by the labels of the one that came in 2019. The two do not count the same things. */
export const OFFENSE_CATEGORIES = ['numbers', 'labels'] as const
export type OffenseCategories = (typeof OFFENSE_CATEGORIES)[number]
/** unknown: the source's own mark for it (0, 0 or 99999) · outside: far from the city · unreadable: no coordinates · absent: left blank */
export const PLACES = ['stated', 'unknown', 'outside', 'unreadable', 'absent'] as const
export type Place = (typeof PLACES)[number]
/** Of a time of the clock: skipped: that hour did not exist on that day · doubled: it came twice, and which of the two is not said · unreadable */
export const CLOCK_NOTES = ['reported-skipped', 'reported-doubled', 'reported-unreadable', 'from-skipped', 'from-doubled', 'from-unreadable', 'to-skipped', 'to-doubled', 'to-unreadable'] as const
export type ClockNote = (typeof CLOCK_NOTES)[number]

/** One row of the open data: one involved person and one offence, as published. */
export class OpenDataRow {
  @Hash({ doc: 'keyed fingerprint of all that the row says' }) row!: string
  @Hash({ doc: 'keyed fingerprint of the file that brought it' }) file!: string
  @Count({ min: 1, doc: 'line of that file in which it begins' }) line!: number
  @ReportedCode({ width: 8, optional: true, doc: 'number of the person in the report; years since 2019 publish none' }) personIndex?: string
  @ReportedCodes({ width: 12, max: 10, doc: 'involvement, e.g. VIC, SUS, ARR, CHA' }) roles!: string[]
  @ReportedCode({ width: 120, optional: true, doc: 'offence: a number of the old system or a label of the new one' }) offense?: string
  @ReportedCode({ width: 120, optional: true, doc: 'description of the offence' }) description?: string
  @Flag({ doc: 'the description was cut at 20 characters by the source' }) descriptionCut!: boolean
  @ReportedCode({ width: 12, optional: true, doc: 'NIBRS offence code' }) ibrs?: string
  @LocalTime({ optional: true, doc: 'when it was reported' }) reported?: string
  @LocalTime({ optional: true, doc: 'when it began' }) from?: string
  @LocalTime({ optional: true, doc: 'when it ended' }) to?: string
  @Codes(CLOCK_NOTES, { max: 6, doc: 'what is to be known of these times' }) clock!: ClockNote[]
  @ReportedCode({ width: 24, optional: true, doc: 'patrol division' }) area?: string
  @ReportedCode({ width: 12, optional: true, doc: 'beat' }) beat?: string
  @ReportedCode({ width: 12, optional: true, doc: 'reporting district' }) reportingDistrict?: string
  @ReportedCode({ width: 12, optional: true, doc: 'postal code as published' }) zip?: string
  @ReportedCode({ width: 12, optional: true, doc: 'race' }) race?: string
  @ReportedCode({ width: 12, optional: true, doc: 'sex' }) sex?: string
  @Count({ max: 150, optional: true, doc: 'youngest age in full years' }) ageFrom?: number
  @Count({ max: 150, optional: true, doc: 'oldest age in full years' }) ageTo?: number
  @Flag({ doc: 'no age is published: below 18 the source masks it, or it is not known' }) ageMasked!: boolean
  @Flag({ optional: true, doc: "the source's domestic violence flag; absent: it says U, or nothing" }) domesticFlag?: boolean
  @Flag({ optional: true, doc: 'a firearm was used' }) firearm?: boolean
  @Code(PLACES, { doc: 'what can be said of the coordinates' }) place!: Place
  @Text({ max: 40, privacy: 'identifying', about: 'record', optional: true, doc: 'latitude, longitude' }) coordinates?: Sealable
  @Text({ max: 400, privacy: 'identifying', about: 'record', optional: true, doc: 'address as published, to the block' }) address?: Sealable
  @Count({ max: 9999, optional: true, doc: 'victims, where a row is a whole report' }) victims?: number
  @Count({ max: 9999, optional: true, doc: 'suspects, where a row is a whole report' }) suspects?: number
  @Count({ max: 9999, optional: true, doc: 'arrested, where a row is a whole report' }) arrested?: number
  @Count({ max: 9999, optional: true, doc: 'deceased, where a row is a whole report' }) deceased?: number
}

@Event({
  type: 'OpenDataReportReceived', version: 1, categories: ['openReport'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the report was taken, by its earliest row; the day alone where the hour cannot have been',
  summary: 'A report of the city\'s open crime data: all rows of it that are known. It names no person and no relationship, opens nothing, and feeds the counts of the city. A later version of the same report corrects it.',
})
export class OpenDataReportReceivedV1 {
  @Uuid({ of: 'openReport', doc: 'the report; its stream is openReport-<this>' }) openReportId!: string
  @Text({ max: 40, privacy: 'matchable', about: 'record', doc: 'report number as published' }) reportNumber!: Sealable
  @Code(OFFENSE_CATEGORIES, { doc: 'how its offences are named: a break of 2019, not a trend' }) categories!: OffenseCategories
  @Flag({ doc: 'domestic by any of the ways below' }) domestic!: boolean
  @Codes(DOMESTIC_BY, { max: 3, doc: 'by what it is domestic; none where it is not' }) domesticBy!: DomesticBy[]
  @List(() => OpenDataRow, { max: 500, doc: 'its rows, in the order in which they came' }) rows!: OpenDataRow[]
}
