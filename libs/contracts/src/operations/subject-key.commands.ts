import { CommandBody } from '../commands'
import { Code, Text, Tokens } from '../fields'
import { CLOSING_STATUTES, COURTS, HOLD_GROUNDS, type ClosingStatute, type Court, type HoldGround } from './subject-key.v1'

/** The privacy officer answers for what is kept of whom; nobody else ends it. */
const roles = ['privacyOfficer'] as const

@CommandBody({ type: 'DestroyKeys', roles: [...roles], summary: 'Record a court order that demands destruction, and destroy every key of the person or record. Not taken back by anything' })
export class DestroyKeys {
  @Code(COURTS, { doc: 'the court' }) court!: Court
  @Text({ max: 120, privacy: 'matchable', doc: 'number of the order at the court' }) orderRef!: string
  @Text({ max: 400, privacy: 'narrative', doc: 'why' }) reason!: string
  @Tokens({ kind: 'per', max: 100, optional: true, doc: 'of a person: all other tokens that are linked as the same person\'s today, as the view of the keys names them; their keys go too' }) linked?: string[]
}

@CommandBody({ type: 'CloseRecord', roles: [...roles], summary: 'Record a court order that demands closing: the record is kept, for justice alone' })
export class CloseRecord {
  @Code(COURTS, { doc: 'the court' }) court!: Court
  @Text({ max: 120, privacy: 'matchable', doc: 'number of the order at the court' }) orderRef!: string
  @Code(CLOSING_STATUTES, { doc: 'by which statute' }) statute!: ClosingStatute
  @Text({ max: 400, privacy: 'narrative', doc: 'why' }) reason!: string
}

@CommandBody({ type: 'PlaceLegalHold', roles: [...roles], summary: 'Keep what is held about a person or a record: no key of it is destroyed until the hold is released' })
export class PlaceLegalHold {
  @Code(HOLD_GROUNDS, { doc: 'why' }) ground!: HoldGround
  @Text({ max: 120, privacy: 'matchable', optional: true, doc: 'number of the matter' }) matter?: string
  @Text({ max: 400, privacy: 'narrative', doc: 'why, in words' }) reason!: string
}

@CommandBody({ type: 'ReleaseLegalHold', roles: [...roles], summary: 'End a legal hold' })
export class ReleaseLegalHold {
  @Text({ max: 400, privacy: 'narrative', doc: 'why' }) reason!: string
}
