/**
 * Who may see one record, by the grounds on which it is closed. Protects: it is closed while any ground holds, and opened
 * again by nothing but the end of the last; what one ground's end says, another's does not undo. Pure.
 */
import type { DraftEvent, RecordAccessRestoredV1, RecordAccessRestrictedV2, RecordedEvent, RestrictionGround, Role } from '@chorus/contracts'
import { atNow, derivedId, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const RECORD_ACCESS_EVENTS = ['RecordAccessRestricted', 'RecordAccessRestored'] as const

/** To whom a closed record stays open: those who work in an agency of criminal justice (closed.ts asks for it), and whoever answers for its being closed. DRAFT, until counsel has said. */
export const STILL_ALLOWED: readonly Role[] = ['intakeAnalyst', 'detective', 'prosecutor', 'panelMember', 'systemAdvocate', 'privacyOfficer']

export type Restrict = Command<'RestrictAccess', Omit<RecordAccessRestrictedV2, 'rolesStillAllowed'>>
export type Restore = Command<'RestoreAccess', RecordAccessRestoredV1>
export type RecordAccessCommand = Restrict | Restore

/** By ground: to whom it leaves the record open. */
export interface RecordAccess { readonly grounds: Readonly<Partial<Record<RestrictionGround, readonly Role[]>>> }
export const initial: RecordAccess = { grounds: {} }

export const evolve = (state: RecordAccess, event: Pick<RecordedEvent, 'type' | 'data'>): RecordAccess => {
  if (event.type === 'RecordAccessRestricted') {
    const { ground, rolesStillAllowed } = event.data as RecordAccessRestrictedV2
    return { grounds: { ...state.grounds, [ground]: rolesStillAllowed } }
  }
  if (event.type !== 'RecordAccessRestored') return state
  const { grounds } = event.data as RecordAccessRestoredV1
  return { grounds: Object.fromEntries(Object.entries(state.grounds).filter(([ground]) => !grounds.includes(ground as RestrictionGround))) }
}

export const decide = ({ type, data, meta }: RecordAccessCommand, state: RecordAccess): Decision => {
  if (type === 'RestrictAccess') return state.grounds[data.ground] ? [] : [said('RecordAccessRestricted', 2, { ...data, rolesStillAllowed: data.ground === 'DESTROYED' ? [] : [...STILL_ALLOWED] }, meta)]
  // What is destroyed does not come back.
  const gone = data.grounds.filter((ground) => state.grounds[ground] && ground !== 'DESTROYED')
  return gone.length === 0 ? [] : [said('RecordAccessRestored', 1, { ...data, grounds: gone }, meta)]
}
const said = (type: string, schemaVersion: number, data: object, meta: RecordAccessCommand['meta']): DraftEvent => ({ type, schemaVersion, data, ...atNow(meta) })

export const recordAccess: Decider<RecordAccess, RecordAccessCommand> = { category: 'recordAccess', initial, knows: RECORD_ACCESS_EVENTS, evolve, decide }

/** Of the stream that says who may see the record: fixed by the record's own name, which is random or keyed. */
export const accessIdOf = (record: string): string => derivedId('record-access', record)
