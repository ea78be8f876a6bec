import type { ImportRunFinishedV1, ImportRunStartedV1, RecordedEvent } from '@chorus/contracts'
import { lastReads } from './import-run'

const began = (runId: string, feed: string): Pick<RecordedEvent, 'type' | 'data' | 'time'> => ({ type: 'ImportRunStarted', time: '2026-07-01T00:00:00.000Z', data: { runId, feed } as ImportRunStartedV1 })
const ended = (runId: string, time: string, complete: boolean, read: number, quarantined: number): Pick<RecordedEvent, 'type' | 'data' | 'time'> =>
  ({ type: 'ImportRunFinished', time, data: { runId, complete, records: { read, quarantined, accepted: read - quarantined, duplicate: 0 } } as ImportRunFinishedV1 })
const at = (day: number): string => `2026-07-0${day}T12:00:00.000Z`

describe('the last file of a feed', () => {
  it('is the last that was read to its end and of which anything was known or accepted, or which was empty', () => {
    expect(lastReads([
      began('1', 'a'), began('2', 'b'), ended('2', at(1), true, 5, 1), ended('1', at(2), true, 5, 0),
      began('3', 'a'), ended('3', at(3), false, 9, 0), began('4', 'b'), ended('4', at(4), true, 3, 3), began('5', 'c'), began('6', 'd'), ended('6', at(5), true, 0, 0), began('7', 'e'), ended('7', at(6), true, 2, 2),
    ])).toEqual({ a: at(2), b: at(1), d: at(5) })
  })
})
