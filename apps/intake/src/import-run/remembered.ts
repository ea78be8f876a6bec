/**
 * What a dry run keeps in mind of the records that it would have accepted, so that a later record of the same file meets
 * them: about two hundred bytes a record, five hundred an arrest, where the run itself needs none because the log remembers.
 * What an incident says is needed only where the file amends it, which mostly comes soon: of that the newest are kept.
 */
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'

type Kept = [type: string, content: string, version: number, message: string, /** its place in `files` */ file: number, row: number, data: object | null]
/** Characters of reports that are kept: some ten thousands of them. As text: packing each costs a fifth of the whole dry run, and zlib's answer holds on to 16 KiB, however short it is. */
const MOST_TEXT = 64 * 1024 * 1024
/** What an amendment keeps of the report before it. */
type Report = Pick<DraftEvent, 'data' | 'time' | 'timePrecision' | 'timeText'>
const NO_PARTS = { victims: [], offenders: [], arrestees: [], pairs: [], offenses: [], property: [], edits: [], armed: [] }

export class Remembered {
  private readonly streams = new Map<string, string>()
  private readonly files: string[] = []
  /** the newest version of each report as JSON; the oldest first */
  private readonly reports = new Map<string, string>()
  private kept = 0

  /** `most`: characters of reports */
  constructor(private readonly most = MOST_TEXT) {}

  /** The stream's history with what this run would have added. */
  after(stream: string, history: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const kept = this.streams.get(stream)
    if (kept === undefined) return history
    const events = JSON.parse(kept) as Kept[]
    const report = this.reports.get(stream)
    const newest = events.findLastIndex(([type]) => type === 'IncidentReported')
    return [...history, ...events.map((one, at) => asRecorded(stream, history.length + at, one, this.files[one[4]]!, at === newest ? report : undefined))]
  }

  add(stream: string, drafts: readonly DraftEvent[], contentOf: (draft: DraftEvent) => string): void {
    const kept = this.streams.get(stream)
    const added = drafts.map(({ type, sourceRecord, ...draft }): Kept => [type, contentOf({ type, sourceRecord, ...draft } as DraftEvent), sourceRecord!.version, sourceRecord!.message!, this.placeOf(sourceRecord!.file!), sourceRecord!.row!, type === 'ArrestRecorded' ? draft.data : null])
    for (const { type, data, time, timePrecision, timeText } of drafts) if (type === 'IncidentReported') this.keepReport(stream, { data, time, timePrecision, timeText })
    this.streams.set(stream, JSON.stringify([...(kept === undefined ? [] : JSON.parse(kept) as Kept[]), ...added]))
  }

  private keepReport(stream: string, report: Report): void {
    const text = JSON.stringify(report)
    this.kept += text.length - (this.reports.get(stream)?.length ?? 0)
    this.reports.delete(stream)
    this.reports.set(stream, text)
    for (const [oldest, { length }] of this.reports) {
      if (this.kept <= this.most) break
      this.reports.delete(oldest)
      this.kept -= length
    }
  }

  private placeOf(file: string): number { const at = this.files.indexOf(file); return at >= 0 ? at : this.files.push(file) - 1 }
}

/**
 * Enough of an event for receive(): its place in the record's versions and its fingerprints. Arrests sent under one number
 * join those before them, so these are kept; an incident's report while there is room for it. What other events say is not kept, their data have no parts.
 */
const asRecorded = (stream: string, revision: number, [type, content, version, message, , row, data]: Kept, file: string, report?: string): RecordedEvent =>
  ({ id: `dry-${revision}`, type, content, stream, revision, ordinal: 0, data: data ?? NO_PARTS, ...(report && JSON.parse(report) as Report), sourceRecord: { system: '', id: '', version, mapping: '', message, file, row } }) as unknown as RecordedEvent
