/** Who may still see a record: told to those who hold it, by its name alone. Nothing of what it says, no person. */
import { Event } from '../event'
import { Code, Codes, LocalDate, StreamRef } from '../fields'
import { ROLES, type Role } from '../rights'

/**
 * Why a record is closed. ARREST_NOT_CHARGED: thirty days without a charge (RSMo 610.100) · NOLLE, DISMISSED, ACQUITTED, SIS_TERMINATED: how it ended
 * (RSMo 610.105) · COURT_ORDER: an order to close (RSMo 610.140) · DESTROYED: an order to destroy (RSMo 610.122 to 610.124), open to nobody · BASIS_CLOSED: a case, all of whose incidents are closed: its level is for those alone who may see them.
 */
export const RESTRICTION_GROUNDS = ['ARREST_NOT_CHARGED', 'NOLLE', 'DISMISSED', 'ACQUITTED', 'SIS_TERMINATED', 'COURT_ORDER', 'DESTROYED', 'BASIS_CLOSED'] as const
export type RestrictionGround = (typeof RESTRICTION_GROUNDS)[number]
export const RESTRICTION_STATUTES = ['RSMO_610_100', 'RSMO_610_105', 'RSMO_610_122', 'RSMO_610_140'] as const
export type RestrictionStatute = (typeof RESTRICTION_STATUTES)[number]
/** By what a ground no longer holds. */
export const RESTORING_AUTHORITIES = ['CHARGES_FILED', 'DISPOSITION_CHANGED', 'COURT_ORDER', 'OTHER_BASIS'] as const
export type RestoringAuthority = (typeof RESTORING_AUTHORITIES)[number]

const recordAccess = { classification: 'OPS', context: 'none', producer: 'intake', consumers: ['intake', 'deterrence', 'evaluation', 'operations'] } as const

@Event({ ...recordAccess, type: 'RecordAccessRestricted', version: 2, categories: ['recordAccess', 'subjectKey'], time: 'when it was recorded', summary: 'A record is closed: it is kept, sealed as it was, for the roles named, in agencies of justice, and nobody else. Of a case: its level.' })
export class RecordAccessRestrictedV2 {
  @StreamRef({ doc: 'the record, by its stream' }) record!: string
  @Code(RESTRICTION_GROUNDS, { doc: 'why' }) ground!: RestrictionGround
  @Code(RESTRICTION_STATUTES, { doc: 'by which statute' }) statute!: RestrictionStatute
  @LocalDate({ doc: 'from which day' }) effectiveAt!: string
  @Codes(ROLES, { doc: 'to whom it stays open' }) rolesStillAllowed!: Role[]
}

@Event({ ...recordAccess, type: 'RecordAccessRestored', version: 1, categories: ['recordAccess'], time: 'when it was recorded', summary: 'Grounds on which a record was closed no longer hold. It is open again where no other ground is left.' })
export class RecordAccessRestoredV1 {
  @StreamRef({ doc: 'the record, by its stream' }) record!: string
  @Codes(RESTRICTION_GROUNDS, { doc: 'the grounds that are gone' }) grounds!: RestrictionGround[]
  @Code(RESTORING_AUTHORITIES, { doc: 'by what' }) authority!: RestoringAuthority
}
