/**
 * What a jail's roster says of the holds of one case: who stands on it is in custody, who stands on it no longer has left.
 * Facts, told by a snapshot; decided on the stream's own history. Pure.
 */
import type { CustodyReason, CustodyStatusChangedV1, DraftEvent, Jurisdiction, RecordedEvent, SourceRecord, TimePrecision } from '@chorus/contracts'
import { minuteOf } from '@chorus/decider'
import { circumstance, initial, takesTurns, type Circumstance } from './circumstance'

export interface When { readonly time: string; readonly timePrecision: TimePrecision; readonly timeZone: string }
/** One line of a roster about a person of a case. `asOf`: the roster's own moment, for what only its being there says. */
export interface Booked {
  readonly caseId: string; readonly subjectRef: string; readonly holdId: string; readonly facility: string; readonly jurisdiction: Jurisdiction; readonly reason: CustodyReason
  readonly booked: When; readonly asOf: When; readonly source: Omit<SourceRecord, 'version'>
  /** how many versions of the hold's record stand in the streams of the person's other cases */
  readonly elsewhere?: number
}
export type OnRoster = { readonly outcome: 'new' | 'correction'; readonly draft: DraftEvent } | { readonly outcome: 'duplicate'; readonly ordinal: number; readonly revision: number }

const stateOf = (history: readonly RecordedEvent[]): Circumstance => history.reduce<Circumstance>((state, event) => circumstance.evolve(state, event), initial)
const ofHold = (history: readonly RecordedEvent[], holdId: string): RecordedEvent<CustodyStatusChangedV1>[] =>
  history.filter((event): event is RecordedEvent<CustodyStatusChangedV1> => event.type === 'CustodyStatusChanged' && (event.data as CustodyStatusChangedV1).holdId === holdId)
/** Each thing that a feed says of a hold is a further version of its record, whatever it says, and in whichever case's stream. */
export const toldByFeeds = (history: readonly RecordedEvent[], holdId: string): number => ofHold(history, holdId).filter(({ sourceRecord }) => sourceRecord).length

export const onRoster = (history: readonly RecordedEvent[], { caseId, subjectRef, holdId, facility, jurisdiction, reason, booked, asOf, source, elsewhere = 0 }: Booked): OnRoster => {
  const told = ofHold(history, holdId)
  const entries = stateOf(history).holds[holdId]?.entries ?? []
  const last = entries.at(-1)
  const data: CustodyStatusChangedV1 = { caseId, subjectRef, status: 'IN', holdId, facility, jurisdiction, reason }
  // What became of him after the roster's own moment, it does not know.
  if (last?.status === 'OUT' && placed(asOf.time) < placed(last.time)) { const standing = told.find(({ id }) => id === last.id)!; return { outcome: 'duplicate', ordinal: standing.ordinal, revision: standing.revision } }
  const draft = (when: When): DraftEvent => ({ type: 'CustodyStatusChanged', schemaVersion: 1, data, time: when.time, timePrecision: when.timePrecision, timeZone: when.timeZone, partitionkey: `pchCase-${caseId}`, sourceRecord: { ...source, version: toldByFeeds(history, holdId) + elsewhere + 1 } })
  if (last?.status === 'IN') {
    const standing = told.find(({ id }) => id === last.id)!
    // Seen again after it was gone from a roster: it stands since then, the booking is an earlier entry's.
    const since = entries.length > 1 && placed(booked.time) <= placed(entries.at(-2)!.time)
    const same = (since || standing.time === booked.time) && standing.data.facility === facility && standing.data.jurisdiction === jurisdiction && standing.data.reason === reason
    if (same) {
      // The entry that says when he was booked stands before; where several could be meant, none is guessed.
      const [booking, ...others] = since ? entries.slice(0, -2).filter(({ status }) => status === 'IN') : []
      if (booking?.id !== undefined && others.length === 0 && placed(booking.time) !== placed(booked.time)) return { outcome: 'correction', draft: { ...draft(booked), corrects: booking.id } }
      return { outcome: 'duplicate', ordinal: standing.ordinal, revision: standing.revision }
    }
    return { outcome: 'correction', draft: { ...draft(since ? standing : booked), corrects: standing.id } }
  }
  return { outcome: 'new', draft: draft(last && placed(booked.time) <= placed(last.time) ? asOf : booked) }
}
/** By the clocks of Kansas City; what was told by hand may stand as an instant. */
const placed = (time: string): string => /^\d.*Z$/.test(time) ? minuteOf(time) : time.slice(0, 16)

/** The holds of a case at a facility that are open as far as is known, and were so at this moment: of one that began later, an older roster says nothing. */
export const heldAt = (history: readonly RecordedEvent[], facility: string, jurisdiction: string, { time }: Pick<When, 'time'>): string[] =>
  Object.entries(stateOf(history).holds).filter(([, hold]) => {
    const last = hold.entries.at(-1)
    return hold.facility === facility && hold.jurisdiction === jurisdiction && last?.status === 'IN' && placed(last.time) <= placed(time)
  }).map(([holdId]) => holdId)

/** A full roster no longer names this hold: he has left, at the latest at its moment. Why, a roster does not say. */
export const goneFromRoster = (history: readonly RecordedEvent[], holdId: string, asOf: When, source: Omit<SourceRecord, 'version' | 'id'>, elsewhere = 0): DraftEvent => {
  const told = ofHold(history, holdId)
  const entries = stateOf(history).holds[holdId]!.entries
  const { caseId, subjectRef, facility, jurisdiction } = told.at(-1)!.data
  const data: CustodyStatusChangedV1 = { caseId, subjectRef, status: 'OUT', holdId, facility, jurisdiction, reason: 'OTHER' }
  return {
    type: 'CustodyStatusChanged', schemaVersion: 1, data, ...asOf, partitionkey: `pchCase-${caseId}`, sourceRecord: { ...source, id: holdId, version: toldByFeeds(history, holdId) + elsewhere + 1 },
    ...(takesTurns([...entries, { time: asOf.time, status: 'OUT' }]) ? {} : { breaches: ['E2'] }),
  }
}
