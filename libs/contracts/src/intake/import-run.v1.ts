import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Count, Flag, Hash, List, Name, Nested, Text, Timestamp, Uuid } from '../fields'

const importRun = { version: 1, categories: ['importrun'], classification: 'OPS', context: 'intake', producer: 'intake', consumers: ['intake'] } as const

@Event({ ...importRun, type: 'ImportRunStarted', time: 'when reading began', summary: 'A file of an agency is being read. A run that has no finish was cut short; the next run of the same file finishes it.' })
export class ImportRunStartedV1 {
  @Uuid({ of: 'importrun', doc: 'the run; its stream is importrun-<this>' }) runId!: string
  @Hash({ optional: true, doc: 'keyed fingerprint of the whole file; absent where it is not known before the end' }) file?: string
  @Count({ optional: true, doc: 'length of the file in bytes; absent for a stream' }) bytes?: number
  @Name({ doc: 'feed, e.g. nibrs-flat-file' }) feed!: string
  @Name({ doc: 'mapping and its version, e.g. nibrs-flat@1' }) mapping!: string
  @Name({ optional: true, doc: "time zone of the file's local times; absent: by the agency's state" }) zone?: string
  @Timestamp({ optional: true, doc: 'of what moment a roster is, as it says; absent: of the moment at which it came' }) asOf?: string
  @Text({ max: 255, privacy: 'matchable', about: 'record', optional: true, doc: 'name of the file' }) fileName?: Sealable
}

/** How many were read, and what became of them: read = accepted + duplicate + quarantined. */
export class ImportCounts {
  @Count({ doc: 'read' }) read!: number
  @Count({ doc: 'accepted' }) accepted!: number
  @Count({ doc: 'known already' }) duplicate!: number
  @Count({ doc: 'quarantined' }) quarantined!: number
}

/** A cause, an action or an error number, and how often. */
export class NamedCount {
  @Name({ doc: 'what was counted' }) name!: string
  @Count({ doc: 'how often' }) count!: number
}

@Event({ ...importRun, type: 'ImportRunFinished', time: 'when the last line was acknowledged, or the run stopped', summary: 'A file was read to its end, or as far as the run came. The counts add up to the line.' })
export class ImportRunFinishedV1 {
  @Uuid({ of: 'importrun', doc: 'the run' }) runId!: string
  @Hash({ doc: 'keyed fingerprint of what was read' }) file!: string
  @Count({ doc: 'bytes read' }) bytes!: number
  @Flag({ doc: 'the file was read to its end' }) complete!: boolean
  @Nested(() => ImportCounts, { doc: 'lines, blank ones left out' }) lines!: ImportCounts
  @Count({ doc: 'blank lines' }) blankLines!: number
  @Nested(() => ImportCounts, { doc: 'records' }) records!: ImportCounts
  @List(() => NamedCount, { max: 100, doc: 'records by action' }) actions!: NamedCount[]
  @List(() => NamedCount, { max: 200, doc: 'quarantined records by cause' }) causes!: NamedCount[]
  @List(() => NamedCount, { max: 400, doc: 'records that break an edit of the standard, by error number' }) edits!: NamedCount[]
  @Count({ doc: 'records that break any edit' }) recordsWithEdits!: number
  @Count({ doc: 'corrections recorded' }) corrections!: number
  @Count({ doc: 'retractions recorded' }) retractions!: number
  @Count({ doc: 'records that had waited in quarantine for this file' }) releasedFromQuarantine!: number
}
