/** From when the person of a case may leave by panel: so long after the last qualifying event as the policy says. Pure. */
import { rankOf, type IncidentLinkedToCaseV1, type LevelChangedV2, type RecordedEvent } from '@chorus/contracts'
import { dueAfter, type Span } from '@chorus/timers'
import { isQualifying } from '../circumstance/qualifying'

type Told = Pick<RecordedEvent, 'type' | 'data' | 'time'>

/** Opened, opened again, levelled, or moved up: moved down, or looked at again, nothing begins anew. */
const begins = ({ type, data }: Told): boolean => {
  if (type !== 'LevelChanged') return type === 'CaseOpened' || type === 'CaseReopened' || type === 'LevelAssigned'
  const { from, to } = data as LevelChangedV2
  return rankOf(to) > rankOf(from)
}

/** What became of a case's further incidents, by their ids: when each happened, as its report says; null: it is no offence of his. One that is not here counts from when it was linked. */
export type Happened = ReadonlyMap<string, string | null>
export interface Around extends Told { readonly receivedtime: string }

/** When what counts against leaving happened, as far as it counts. */
const timesOf = ({ type, data, time }: Told, happened: Happened): readonly string[] => {
  const told = type === 'IncidentLinkedToCase' ? happened.get((data as IncidentLinkedToCaseV1).incidentId) : undefined
  return told === null ? [] : [told ?? time]
}

/**
 * `exitFrom`: RFC 3339 in UTC; null where the policy has no time for it, or nothing is on record. `offenseToldAt`: when the last of what counts
 * against leaving became known here, however long ago it was. `around`: the circumstances of the case.
 */
export const exitFrom = (theCase: readonly Told[], around: readonly Around[], happened: Happened, span: Span | undefined, holidays: readonly string[]): { readonly exitFrom: string | null; readonly offenseToldAt: string | null } => {
  const against = around.filter((event) => isQualifying(event) && timesOf(event, happened).length > 0)
  const times = [...theCase.filter(begins).map(({ time }) => time), ...against.flatMap((event) => timesOf(event, happened))]
  return { exitFrom: span ? times.map((time) => dueAfter(time, span, holidays)).sort().at(-1) ?? null : null, offenseToldAt: against.map(({ receivedtime }) => receivedtime).sort().at(-1) ?? null }
}
