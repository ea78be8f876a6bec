/** Which records a court ordered closed or destroyed: no ground for a level any more, whoever may still read them. */
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { accessIdOf, initial, recordAccess } from '@chorus/record-access'

/** Of these records, by their streams. */
export const expungedOf = async (log: Pick<Recorder, 'loadMany'>, records: Iterable<string>): Promise<ReadonlySet<string>> => {
  const asked = [...new Set(records)]
  const accessOf = (record: string): string => streamOf(recordAccess, accessIdOf(record))
  const found = asked.length === 0 ? new Map<string, never[]>() : await log.loadMany(asked.map(accessOf))
  return new Set(asked.filter((record) => {
    const { COURT_ORDER, DESTROYED } = fold(recordAccess, found.get(accessOf(record)) ?? [], initial).grounds
    return (COURT_ORDER ?? DESTROYED) !== undefined
  }))
}
