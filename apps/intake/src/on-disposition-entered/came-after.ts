/** Which of two facts of a record came after the other, as precisely as both were told. Pure. */
import type { RecordedEvent } from '@chorus/contracts'
import { dayOf } from '@chorus/decider'
import { DateTime } from 'luxon'

type Dated = Pick<RecordedEvent, 'time' | 'timeZone' | 'revision'>
const startOf = ({ time, timeZone }: Dated): number => DateTime.fromISO(time, { zone: timeZone }).toMillis()
const dayIn = ({ time }: Dated): string => time.endsWith('Z') ? dayOf(time) : time.slice(0, 10)
/** Whether the one came after the other; of the same day, or hour, where neither says more, what was told later did. */
export const cameAfter = (one: Dated, other: Dated): boolean => {
  const [day, otherDay] = [dayIn(one), dayIn(other)]
  if (day !== otherDay) return day > otherDay
  const hours = [one, other].every(({ time }) => time.length > 'YYYY-MM-DD'.length)
  return hours && startOf(one) !== startOf(other) ? startOf(one) > startOf(other) : one.revision > other.revision
}
