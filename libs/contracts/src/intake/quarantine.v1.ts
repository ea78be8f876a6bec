import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Count, Flag, Hash, List, Name, StreamRef, Text, Uuid } from '../fields'
import { BrokenEdit } from './reported-persons'

const quarantine = { version: 1, categories: ['quarantine'], classification: 'OPS', context: 'intake', producer: 'intake', consumers: ['intake'] } as const

@Event({ ...quarantine, type: 'RecordQuarantined', time: 'when it could not be accepted', summary: 'A record of an agency could not be accepted. Its bytes are kept sealed beside the log; it can be repaired and sent on.' })
export class RecordQuarantinedV1 {
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
}

@Event({ ...quarantine, type: 'QuarantinedRecordRepaired', time: 'when it was repaired', summary: 'An operator replaced the bytes of a quarantined record. The original stays.' })
export class QuarantinedRecordRepairedV1 {
  @Uuid({ of: 'quarantine', doc: 'the quarantined record' }) quarantineId!: string
  @Count({ min: 1, doc: 'number of the repair, from 1' }) repair!: number
  @Count({ doc: 'length of the new bytes' }) bytes!: number
  @Hash({ doc: 'keyed fingerprint of the new bytes' }) record!: string
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', optional: true, doc: "the operator's note" }) note?: Sealable
}

@Event({ ...quarantine, type: 'QuarantinedRecordReleased', time: 'when it was accepted', summary: 'A quarantined record was tried again and is settled: recorded, or known already.' })
export class QuarantinedRecordReleasedV1 {
  @Uuid({ of: 'quarantine', doc: 'the quarantined record' }) quarantineId!: string
  @Code(['accepted', 'duplicate'], { doc: 'what became of it' }) outcome!: 'accepted' | 'duplicate'
  @StreamRef({ optional: true, doc: 'where it was recorded' }) recordedIn?: string
  @Uuid({ of: 'importrun', optional: true, doc: 'the import run that tried it again; absent: an operator did' }) runId?: string
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', optional: true, doc: 'why it was tried again, where a person did' }) note?: Sealable
}

export const RESOLUTION_REASONS = ['NOT_OURS', 'SUPERSEDED', 'TEST_DATA', 'SOURCE_WILL_RESEND', 'CANNOT_BE_REPAIRED', 'OTHER'] as const
export type ResolutionReason = (typeof RESOLUTION_REASONS)[number]

@Event({ ...quarantine, type: 'ParkedWorkResolved', time: 'when it was resolved', summary: 'An operator settled work that was set aside, without recording it, and said why. Rebuilds honour it.' })
export class ParkedWorkResolvedV1 {
  @StreamRef({ doc: 'what was set aside' }) reference!: string
  @Code(RESOLUTION_REASONS, { doc: 'why' }) reasonCode!: ResolutionReason
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', optional: true, doc: "the operator's note" }) note?: Sealable
}
