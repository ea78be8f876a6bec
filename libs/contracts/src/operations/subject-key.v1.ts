import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Codes, List, LocalDate, Name, StreamRef, Text, Token } from '../fields'
import { CONTEXTS, type Context } from '../privacy'
import { ROLES, type Role } from '../rights'

const subjectKey = { version: 1, categories: ['subjectKey'], classification: 'OPS', context: 'intake', producer: 'operations', consumers: [] } as const

/** What an order of a court demands: CLOSE: kept, and shown to justice alone (RSMo 610.105, 610.140) · DESTROY: nothing opens it any more (RSMo 610.122 to 610.124). */
export const EXPUNGEMENT_MODES = ['CLOSE', 'DESTROY'] as const
export type ExpungementMode = (typeof EXPUNGEMENT_MODES)[number]
export const COURTS = ['CIRCUIT', 'MUNICIPAL', 'FEDERAL', 'OTHER_STATE'] as const
export type Court = (typeof COURTS)[number]
export const CLOSING_STATUTES = ['RSMO_610_105', 'RSMO_610_140'] as const
export type ClosingStatute = (typeof CLOSING_STATUTES)[number]
/** Why somebody must keep what another order would have destroyed. */
export const HOLD_GROUNDS = ['LITIGATION', 'PROSECUTION', 'AUDIT', 'RECORDS_REQUEST', 'OTHER'] as const
export type HoldGround = (typeof HOLD_GROUNDS)[number]

@Event({ ...subjectKey, type: 'LegalHoldPlaced', time: 'when it was placed', summary: 'What is held about a person or a record must be kept: no key of it is destroyed until the hold is released.' })
export class LegalHoldPlacedV1 {
  @Token({ kind: 'per', optional: true, about: 'anyone', doc: 'the person' }) personRef?: string
  @StreamRef({ optional: true, doc: 'or the record, by its stream' }) record?: string
  @Code(HOLD_GROUNDS, { doc: 'why' }) ground!: HoldGround
  @Text({ max: 120, privacy: 'matchable', about: 'record', optional: true, doc: 'number of the matter for which it is kept' }) matter?: Sealable
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', doc: 'why, in words' }) note!: Sealable
}

@Event({ ...subjectKey, type: 'LegalHoldReleased', time: 'when it was released', summary: 'The legal hold is over.' })
export class LegalHoldReleasedV1 {
  @Token({ kind: 'per', optional: true, about: 'anyone', doc: 'the person' }) personRef?: string
  @StreamRef({ optional: true, doc: 'or the record, by its stream' }) record?: string
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', doc: 'why, in words' }) note!: Sealable
}

/** Another token of the person, by a link that held when the order was recorded. */
export class OrderedToo {
  @Token({ kind: 'per', about: 'anyone', doc: 'the other token' }) personRef!: string
}

@Event({ ...subjectKey, type: 'ExpungementOrderRecorded', time: 'when it was recorded here', summary: 'A court ordered a record closed, or destroyed. With DESTROY the destruction of the keys begins, and it is not taken back.' })
export class ExpungementOrderRecordedV1 {
  @Token({ kind: 'per', optional: true, about: 'anyone', doc: 'the person' }) personRef?: string
  @StreamRef({ optional: true, doc: 'or the record, by its stream' }) record?: string
  @Code(COURTS, { doc: 'the court' }) court!: Court
  @Text({ max: 120, privacy: 'matchable', about: 'record', doc: 'number of the order at the court' }) orderRef!: Sealable
  @Code(EXPUNGEMENT_MODES, { doc: 'what it demands' }) mode!: ExpungementMode
  @List(() => OrderedToo, { max: 100, optional: true, doc: 'of DESTROY: the other tokens of the person whose keys go too; absent: the subject\'s alone' }) linked?: OrderedToo[]
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', doc: 'why, in words' }) note!: Sealable
}

@Event({ ...subjectKey, type: 'RecordAccessRestricted', time: 'when it was recorded', summary: 'A record is closed: it is kept, sealed as it was, for the roles named and nobody else.' })
export class RecordAccessRestrictedV1 {
  @Token({ kind: 'per', optional: true, about: 'anyone', doc: 'the person' }) personRef?: string
  @StreamRef({ optional: true, doc: 'or the record, by its stream' }) record?: string
  @Code(CLOSING_STATUTES, { doc: 'by which statute' }) statute!: ClosingStatute
  @LocalDate({ doc: 'from which day' }) effectiveAt!: string
  @Codes(ROLES, { doc: 'to whom it stays open' }) rolesStillAllowed!: Role[]
}

@Event({ ...subjectKey, type: 'SubjectKeyDestroyed', time: 'when its destruction began: from then on nobody could read what it sealed', summary: 'A key was destroyed: what it sealed reads as erased, for ever and in every backup made from then on.' })
export class SubjectKeyDestroyedV1 {
  @Token({ kind: 'per', optional: true, about: 'anyone', doc: 'the person whose key it was' }) personRef?: string
  @StreamRef({ optional: true, doc: 'or the record, by its stream' }) record?: string
  @Name({ doc: 'the key' }) keyId!: string
  @Code(CONTEXTS, { doc: 'its context' }) context!: Context
  @Code(['EXPUNGEMENT'], { doc: 'why' }) reason!: 'EXPUNGEMENT'
  @Code(['COURT_ORDER'], { doc: 'by what authority' }) authority!: 'COURT_ORDER'
  @Name({ doc: 'id of the command that recorded the order' }) orderedBy!: string
}
