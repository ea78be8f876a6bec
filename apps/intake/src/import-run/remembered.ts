/**
 * What a dry run keeps in mind of the records that it would have accepted, so that a later record of the same file meets
 * them: about two hundred bytes a record, five hundred an arrest, where the run itself needs none because the log remembers.
 * What an incident says is needed only where the file amends it, which mostly comes soon: of that the newest are kept.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'

type Kept = [type: string, content: string, version: number, message: string, file: string, row: number, data: object | null]
/** Bytes of packed reports that are kept: some hundred thousand of them. */
const MOST_BYTES = 64 * 1024 * 1024
/** What an amendment keeps of the report before it. */
type Report = Pick<DraftEvent, 'data' | 'time' | 'timePrecision' | 'timeText'>
const NO_PARTS = { victims: [], offenders: [], arrestees: [], pairs: [], offenses: [], property: [], edits: [], armed: [] }

export class Remembered {
  private readonly streams = new Map<string, string>()
  /** the newest version of each report, packed; the oldest first */
  private readonly reports = new Map<string, Buffer>()
  private bytes = 0

  /** `mostBytes`: of packed reports */
  constructor(private readonly mostBytes = MOST_BYTES) {}

  /** The stream's history with what this run would have added. */
  after(stream: string, history: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const kept = this.streams.get(stream)
    if (kept === undefined) return history
    const events = JSON.parse(kept) as Kept[]
    const report = this.reports.get(stream)
    const newest = events.findLastIndex(([type]) => type === 'IncidentReported')
    return [...history, ...events.map((one, at) => asRecorded(stream, history.length + at, one, at === newest ? report : undefined))]
  }

  add(stream: string, drafts: readonly DraftEvent[], contentOf: (draft: DraftEvent) => string): void {
    const kept = this.streams.get(stream)
    const added = drafts.map(({ type, sourceRecord, ...draft }): Kept => [type, contentOf({ type, sourceRecord, ...draft } as DraftEvent), sourceRecord!.version, sourceRecord!.message!, sourceRecord!.file!, sourceRecord!.row!, type === 'ArrestRecorded' ? draft.data : null])
    for (const { type, data, time, timePrecision, timeText } of drafts) if (type === 'IncidentReported') this.keepReport(stream, { data, time, timePrecision, timeText })
    this.streams.set(stream, JSON.stringify([...(kept === undefined ? [] : JSON.parse(kept) as Kept[]), ...added]))
  }

  private keepReport(stream: string, report: Report): void {
    const packed = deflateRawSync(JSON.stringify(report))
    this.bytes += packed.length - (this.reports.get(stream)?.length ?? 0)
    this.reports.delete(stream)
    this.reports.set(stream, packed)
    for (const [oldest, { length }] of this.reports) {
      if (this.bytes <= this.mostBytes) break
      this.reports.delete(oldest)
      this.bytes -= length
    }
  }
}

/**
 * Enough of an event for receive(): its place in the record's versions and its fingerprints. Arrests sent under one number
 * join those before them, so these are kept; an incident's report while there is room for it. What other events say is not kept, their data have no parts.
 */
const asRecorded = (stream: string, revision: number, [type, content, version, message, file, row, data]: Kept, report?: Buffer): RecordedEvent =>
  ({ id: `dry-${revision}`, type, content, stream, revision, ordinal: 0, data: data ?? NO_PARTS, ...(report && JSON.parse(inflateRawSync(report).toString()) as Report), sourceRecord: { system: '', id: '', version, mapping: '', message, file, row } }) as unknown as RecordedEvent
