/**
 * What voids a clearance by itself: leaving custody, a further incident, an order of protection. They stand in a stream of
 * their own, which intake writes; every permission reads it at the log's head, so that a clearance is void with the entry
 * itself and waits for no message. An answer that had seen an entry (its `basis`) is not voided by it.
 */
import type { CustodyStatusChangedV1, ProtectionOrderStatusChangedV1, RecordedEvent, RevocationCause } from '@chorus/contracts'
import { PROGRAM_ZONE } from '@chorus/decider'
import { DateTime } from 'luxon'

export const circumstanceStream = (caseId: string): string => `circumstance-${caseId}`

/** `from`: the first instant that its time can mean */
export interface Void { readonly revision: number; readonly cause: RevocationCause; readonly from: string }
export interface Voids {
  readonly entries: readonly Void[]
  /** instants at which an order ends by itself: what was answered before one is good until then at most */
  readonly ends: readonly string[]
  /** while the case was put off: nothing is cleared meanwhile, and afterwards only by what was answered since. null: still */
  readonly deferrals: readonly { readonly from: string; readonly to: string | null }[]
}
export const NO_VOIDS: Voids = { entries: [], ends: [], deferrals: [] }

const startOf = (time: string, zone: string): string => DateTime.fromISO(time, { zone }).toUTC().toISO()!

/** null: it voids nothing (taken into custody), or is not known to this build. */
export const causeOf = ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): RevocationCause | null => {
  switch (type) {
    case 'CustodyStatusChanged': return (data as CustodyStatusChangedV1).status === 'OUT' ? 'CUSTODY_OUT' : null
    case 'ProtectionOrderStatusChanged': return 'ORDER'
    case 'IncidentLinkedToCase': return 'NEW_INCIDENT'
    default: return null
  }
}
export const voidOf = (event: Pick<RecordedEvent, 'type' | 'data' | 'revision' | 'time' | 'timeZone'>): Void | null => {
  const cause = causeOf(event)
  return cause && { revision: event.revision, cause, from: startOf(event.time, event.timeZone) }
}

export const voidsOf = (events: readonly RecordedEvent[], deferrals: Voids['deferrals'] = []): Voids => {
  const expiries = new Map<string, string | undefined>()
  for (const { type, data } of events) if (type === 'ProtectionOrderStatusChanged') expiries.set((data as ProtectionOrderStatusChangedV1).orderId, (data as ProtectionOrderStatusChangedV1).expiresOn)
  return { deferrals, entries: events.flatMap((event) => voidOf(event) ?? []), ends: [...expiries.values()].flatMap((day) => day === undefined ? [] : [startOf(day, PROGRAM_ZONE)]) }
}
