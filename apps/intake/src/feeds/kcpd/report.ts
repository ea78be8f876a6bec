/**
 * The rows of one report, put together: those that are known and those that come. Pure. Decision 0069 says by which rule a
 * row that comes is known, changes a known one, or is one more.
 */
import type { DraftEvent, OpenDataReportReceivedV1, OpenDataRow } from '@chorus/contracts'
import { domesticByOf, ZONE } from './row'

export const KCPD = { system: 'kcpd-open-data', mapping: 'kcpd-open@1' } as const
/** Rows in one event: the largest report of the years 2010 to 2024 has some dozens. */
export const MOST_ROWS = 500

/** Which person and offence of its report a row is of: by its number, where there is one; else by all that describes the person. */
const identity = (row: OpenDataRow): string => JSON.stringify(row.personIndex !== undefined
  ? [row.personIndex, row.roles, row.offense]
  : [row.roles, row.offense, row.race, row.sex, row.ageFrom, row.ageTo])

export interface Joined {
  readonly rows: readonly OpenDataRow[]
  /** of each row that came: it says nothing new, it stands in the place of a known one, it is one more, or the report is full */
  readonly became: readonly ('known' | 'changed' | 'added' | 'too-many')[]
}
/** `seen`: fingerprints of all rows that the report ever had. A row that was changed since and comes as it was says nothing new. */
export const join = (known: readonly OpenDataRow[], seen: ReadonlySet<string>, coming: readonly OpenDataRow[]): Joined => {
  const rows = [...known]
  const said = new Set(seen)
  const again = new Set(coming.map(({ row }) => row))
  const became = coming.map((row): Joined['became'][number] => {
    if (said.has(row.row)) return 'known'
    said.add(row.row)
    // A row never takes the place of another of its own file, nor of one that its file says again.
    const at = rows.findIndex(one => one.file !== row.file && !again.has(one.row) && identity(one) === identity(row))
    if (at >= 0) { rows[at] = row; return 'changed' }
    if (rows.length >= MOST_ROWS) { said.delete(row.row); return 'too-many' }
    rows.push(row)
    return 'added'
  })
  return { rows, became }
}

export interface ReportContext { readonly streamId: string; readonly report: string; readonly version: number; readonly corrects?: string; readonly message: string; readonly file: string; readonly line: number; /** times as they stood, of the version before and of the rows that came */ readonly whens: readonly { readonly time: string; readonly timeText?: unknown }[] }

export const reportDraft = (rows: readonly OpenDataRow[], context: ReportContext): DraftEvent<OpenDataReportReceivedV1> => {
  const { streamId, report, version, corrects, message, file, line, whens } = context
  const domesticBy = domesticByOf(rows)
  const data: OpenDataReportReceivedV1 = {
    openReportId: streamId, reportNumber: report, domestic: domesticBy.length > 0, domesticBy, rows: [...rows],
    categories: /^\d+$/.test(report) && rows.every(({ offense }) => offense === undefined || /^\d+$/.test(offense)) ? 'numbers' : 'labels',
  }
  const [time] = rows.map(({ reported }) => reported!).sort()
  const timeText = whens.find(when => when.time === time)?.timeText
  return {
    type: 'OpenDataReportReceived', schemaVersion: 1, data, time: time!, timePrecision: time!.length > 10 ? 'minute' : 'day', timeZone: ZONE, ...(typeof timeText === 'string' && { timeText }), index: 0, ...(corrects && { corrects }),
    sourceRecord: { system: KCPD.system, id: report, version, mapping: KCPD.mapping, message, file, row: line },
  }
}
