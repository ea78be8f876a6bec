import type { DraftEvent, RecordedEvent } from '@chorus/contracts'
import { MemoryVault } from '@chorus/privacy'
import { patched, recordOf, groupB } from '../feeds/nibrs/testing/records'
import { receive } from '../incident/receive'
import { readInbound } from './inbound-nibrs'
import { Remembered } from './remembered'

const contentOf = ({ data, sourceRecord }: DraftEvent) => JSON.stringify([{ ...data, token: null }, sourceRecord!.version])

describe('what a dry run keeps in mind', () => {
  it('an arrest number that the file uses again gives the outcomes that the log would give', () => {
    const vault = new MemoryVault()
    const inbound = (date: string, row: number) => ({ ...readInbound(recordOf(patched(groupB, { 7: { date } })), { message: date, fileId: 'file-1', vault, receivedtime: '2026-08-05T12:00:00.000Z' }), row })
    // The third is the first again, to the letter: the arrests of the number are known both.
    const file = [inbound('20260703', 1), inbound('20260704', 2), inbound('20260703', 3)]
    const remembered = new Remembered()
    const log: RecordedEvent[] = []
    const outcomes = file.map((record) => [log, remembered.after(record.stream, [])].map((history) => {
      const received = receive(history, record, contentOf)
      if (received.outcome !== 'accepted') return received.outcome
      if (history === log) log.push(...received.drafts.map((draft) => ({ ...draft, sourceRecord: { ...draft.sourceRecord!, row: record.row }, content: contentOf(draft) }) as unknown as RecordedEvent))
      else remembered.add(record.stream, received.drafts.map((draft) => ({ ...draft, sourceRecord: { ...draft.sourceRecord!, row: record.row } })), contentOf)
      return received.change
    }))
    expect(outcomes).toEqual([['none', 'none'], ['none', 'none'], ['duplicate', 'duplicate']])
  })
})
