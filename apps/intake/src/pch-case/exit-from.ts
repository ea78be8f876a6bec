/** From when the person of a case may leave by panel: so long after the last qualifying event as the policy says. Pure. */
import { rankOf, type LevelChangedV2, type RecordedEvent } from '@chorus/contracts'
import { dueAfter, type Span } from '@chorus/timers'
import { isQualifying } from '../circumstance/qualifying'

type Told = Pick<RecordedEvent, 'type' | 'data' | 'time'>

/** Opened, opened again, levelled, or moved up: moved down, or looked at again, nothing begins anew. */
const begins = ({ type, data }: Told): boolean => {
  if (type !== 'LevelChanged') return type === 'CaseOpened' || type === 'CaseReopened' || type === 'LevelAssigned'
  const { from, to } = data as LevelChangedV2
  return rankOf(to) > rankOf(from)
}

/** RFC 3339 in UTC; null where the policy has no time for it, or nothing is on record. `around`: the circumstances of the case. */
export const exitFrom = (theCase: readonly Told[], around: readonly Told[], span: Span | undefined, holidays: readonly string[]): string | null => {
  const times = [...theCase.filter(begins), ...around.filter(isQualifying)].map(({ time }) => time)
  return span ? times.map((time) => dueAfter(time, span, holidays)).sort().at(-1) ?? null : null
}
