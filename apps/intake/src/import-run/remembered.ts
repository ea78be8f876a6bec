/**
 * What a dry run keeps in mind of the records that it would have accepted, so that a later record of the same file meets
 * them: about two hundred bytes a record, five hundred an arrest, where the run itself needs none because the log remembers.
 */
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'

type Kept = [type: string, content: string, version: number, message: string, file: string, row: number, data: object | null]
const NO_PARTS = { victims: [], offenders: [], arrestees: [], pairs: [], offenses: [], property: [], edits: [], armed: [] }

export class Remembered {
  private readonly streams = new Map<string, string>()

  /** The stream's history with what this run would have added. */
  after(stream: string, history: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const kept = this.streams.get(stream)
    return kept === undefined ? history : [...history, ...(JSON.parse(kept) as Kept[]).map((one, at) => asRecorded(stream, history.length + at, one))]
  }

  add(stream: string, drafts: readonly DraftEvent[], contentOf: (draft: DraftEvent) => string): void {
    const kept = this.streams.get(stream)
    const added = drafts.map(({ type, sourceRecord, ...draft }): Kept => [type, contentOf({ type, sourceRecord, ...draft } as DraftEvent), sourceRecord!.version, sourceRecord!.message!, sourceRecord!.file!, sourceRecord!.row!, type === 'ArrestRecorded' ? draft.data : null])
    this.streams.set(stream, JSON.stringify([...(kept === undefined ? [] : JSON.parse(kept) as Kept[]), ...added]))
  }
}

/**
 * Enough of an event for receive(): its place in the record's versions and its fingerprints. Arrests sent under one number
 * join those before them, so these are kept; what other events say is not, their data have no parts.
 */
const asRecorded = (stream: string, revision: number, [type, content, version, message, file, row, data]: Kept): RecordedEvent =>
  ({ id: `dry-${revision}`, type, content, stream, revision, ordinal: 0, data: data ?? NO_PARTS, sourceRecord: { system: '', id: '', version, mapping: '', message, file, row } }) as unknown as RecordedEvent
