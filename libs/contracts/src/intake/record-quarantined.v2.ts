import { Event } from '../event'
import { Count, Flag, Hash, List, Name, StreamRef, StreamRefs, Tokens, Uuid } from '../fields'
import { BrokenEdit } from './reported-persons'

@Event({
  type: 'RecordQuarantined', version: 2, categories: ['quarantine'], classification: 'OPS', context: 'intake', producer: 'intake', consumers: ['intake'],
  time: 'when it could not be accepted', summary: 'A record of an agency could not be accepted. Its bytes are kept sealed beside the log; it can be repaired and sent on. Says of whom and what it speaks, where that could be read.',
})
export class RecordQuarantinedV2 {
  @Uuid({ of: 'quarantine', doc: 'the quarantined record; its stream is quarantine-<this>' }) quarantineId!: string
  @Uuid({ of: 'importrun', optional: true, doc: 'the import run that met it' }) runId?: string
  @Name({ doc: 'feed' }) feed!: string
  @Name({ doc: 'mapping and its version' }) mapping!: string
  @Name({ optional: true, doc: "time zone that the file's local times were read in; absent: by the agency's state" }) zone?: string
  @Hash({ optional: true, doc: 'keyed fingerprint of the file' }) file?: string
  @Count({ min: 1, optional: true, doc: 'first line in the file' }) firstLine?: number
  @Count({ min: 1, optional: true, doc: 'its lines, blank ones left out' }) lines?: number
  @Count({ optional: true, doc: 'offset of its first byte in the file' }) offset?: number
  @Count({ doc: 'its length in bytes' }) bytes!: number
  @Hash({ doc: 'keyed fingerprint of its bytes' }) record!: string
  @Flag({ doc: 'the bytes are kept; false: too long, only place, length and fingerprint' }) kept!: boolean
  @Name({ doc: 'the cause: what to do about each stands in the runbook' }) cause!: string
  @Name({ optional: true, doc: 'field, segment or column that caused it' }) field?: string
  @Name({ optional: true, doc: 'action of the record in its standard, e.g. D' }) action?: string
  @List(() => BrokenEdit, { optional: true, max: 400, doc: 'error numbers of the standard, where the cause is one' }) edits?: BrokenEdit[]
  @StreamRef({ optional: true, doc: 'the stream that it waits for: it is tried again once that exists' }) waitsFor?: string
  @StreamRefs({ max: 2, optional: true, doc: 'the records that it speaks of, as far as their numbers could be read: what is ordered about them takes it along' }) speaksOf?: string[]
  @Tokens({ kind: 'per', max: 600, optional: true, about: 'anyone', doc: 'the persons whom it names, as far as their numbers could be read: what is ordered about them takes it along' }) personRefs?: string[]
}
