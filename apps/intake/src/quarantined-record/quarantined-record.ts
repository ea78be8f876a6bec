/**
 * A record that could not be accepted: kept whole, with its cause, until it is released (accepted after all, or known
 * already) or resolved with a reason. It is never changed and never deleted; a repair is one more version of its bytes.
 */
import type { DraftEvent, ParkedWorkResolvedV1, QuarantinedRecordReleasedV1, QuarantinedRecordRepairedV2, RecordedEvent, RecordQuarantinedV2 } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
const RecordQuarantined = 'RecordQuarantined'
const QuarantinedRecordRepaired = 'QuarantinedRecordRepaired'
const QuarantinedRecordReleased = 'QuarantinedRecordReleased'
const ParkedWorkResolved = 'ParkedWorkResolved'

/** A fact: this record could not be accepted. */
export type Quarantined = Command<'QuarantineRecord', RecordQuarantinedV2>
export type Repair = Command<'RepairQuarantinedRecord', Omit<QuarantinedRecordRepairedV2, 'quarantineId' | 'repair'>>
/** A fact: the record, as it came or repaired, was accepted or turned out to be known. */
export type Release = Command<'ReleaseQuarantinedRecord', Omit<QuarantinedRecordReleasedV1, 'quarantineId'>>
export type Resolve = Command<'ResolveQuarantinedRecord', Omit<ParkedWorkResolvedV1, 'reference'>>
export type QuarantinedRecordCommand = Quarantined | Repair | Release | Resolve

export type QuarantinedRecord =
  | { readonly status: 'none' }
  | { readonly status: 'open' | 'released' | 'resolved'; readonly first: RecordQuarantinedV2; readonly repairs: number; /** fingerprint of the newest repair's bytes */ readonly repair?: string }

export const initial: QuarantinedRecord = { status: 'none' }

export const evolve = (state: QuarantinedRecord, event: RecordedEvent): QuarantinedRecord => {
  if (event.type === RecordQuarantined) return { status: 'open', first: event.data as RecordQuarantinedV2, repairs: 0 }
  if (state.status === 'none') return state
  switch (event.type) {
    case QuarantinedRecordRepaired: return { ...state, repairs: state.repairs + 1, repair: (event.data as QuarantinedRecordRepairedV2).record }
    case QuarantinedRecordReleased: return { ...state, status: 'released' }
    case ParkedWorkResolved: return { ...state, status: 'resolved' }
    default: return state
  }
}

const said = (c: QuarantinedRecordCommand, type: string, data: object, schemaVersion = 1): DraftEvent => ({ type, schemaVersion, data, ...atNow(c.meta) })
const unknown = refused('quarantined_record_unknown', 'There is no quarantined record of this id. The list: chorus quarantine list.', { kind: 'not-found' })
const settled = (status: string) => refused('quarantined_record_settled', `This record is ${status} already: nothing of it waits any more.`, { kind: 'conflict' })

export const decide = (c: QuarantinedRecordCommand, state: QuarantinedRecord): Decision => {
  if (c.type === 'QuarantineRecord') return state.status === 'none' ? [said(c, RecordQuarantined, c.data, 2)] : []
  if (state.status === 'none') return unknown
  const { quarantineId } = state.first
  // Released twice is released: whoever tried it again second found it known.
  if (state.status !== 'open') return c.type === 'ReleaseQuarantinedRecord' ? [] : settled(state.status)
  switch (c.type) {
    case 'RepairQuarantinedRecord': return [said(c, QuarantinedRecordRepaired, { quarantineId, repair: state.repairs + 1, ...c.data }, 2)]
    case 'ReleaseQuarantinedRecord': return [said(c, QuarantinedRecordReleased, { quarantineId, ...c.data })]
    case 'ResolveQuarantinedRecord': return [said(c, ParkedWorkResolved, { reference: `quarantine-${quarantineId}`, ...c.data })]
  }
}

export const quarantinedRecord: Decider<QuarantinedRecord, QuarantinedRecordCommand> = {
  category: 'quarantine', initial, evolve, decide,
  knows: [RecordQuarantined, QuarantinedRecordRepaired, QuarantinedRecordReleased, ParkedWorkResolved],
}
