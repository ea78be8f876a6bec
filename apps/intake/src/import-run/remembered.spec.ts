import { createHash } from 'node:crypto'
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'
import { MemoryVault } from '@chorus/privacy'
import { patched, recordOf, groupB, simple } from '../feeds/nibrs/testing/records'
import { receive } from '../incident/receive'
import { readInbound } from './inbound-nibrs'
import { Remembered } from './remembered'

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex')
const contentOf = ({ data, sourceRecord }: DraftEvent) => fingerprint(JSON.stringify([{ ...data, token: null }, sourceRecord!.version]))

describe('what a dry run keeps in mind', () => {
  it('an arrest number that the file uses again gives the outcomes that the log would give', () => {
    const vault = new MemoryVault()
    const inbound = (date: string, row: number) => ({ ...readInbound(recordOf(patched(groupB, { 7: { date } })), { message: fingerprint(date), fileId: 'file-1', vault, receivedtime: '2026-08-05T12:00:00.000Z' }), row })
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
  it('what the newest reports say, while there is room for it', () => {
    const vault = new MemoryVault()
    const streams = ['A-1', 'A-2'].map((number) => readInbound(recordOf(patched(simple.map((one) => ({ ...one, values: { ...one.values, number } })))), { message: fingerprint(number), fileId: 'file-1', vault, receivedtime: '2026-08-05T12:00:00.000Z' }))
    const drafts = streams.map((inbound) => inbound.compose(1, []))
    const kept = (most: number) => {
      const remembered = new Remembered(most)
      for (const [at, { stream }] of streams.entries()) remembered.add(stream, drafts[at]!, contentOf)
      return streams.map(({ stream }) => remembered.after(stream, [])[0]!.data)
    }
    const none = kept(0)
    expect(none[0]).toEqual(none[1])
    expect(none[0]).toMatchObject({ victims: [], offenses: [] })
    expect(kept(1_000_000)).toEqual(drafts.map(([draft]) => JSON.parse(JSON.stringify(draft!.data))))
    // room for one: the older goes
    const one = JSON.stringify(drafts[0]![0]).length
    expect(kept(one + 100)).toEqual([none[0], JSON.parse(JSON.stringify(drafts[1]![0]!.data))])
  })
  it('of every event its type, place and fingerprints, whatever else is kept', () => {
    const remembered = new Remembered(0)
    const draft = (type: string, n: number) => ({ type, data: {}, sourceRecord: { version: n, message: fingerprint(`m${n}`), file: n % 2 ? 'odd' : 'even', row: 4_000_000_000 + n } }) as unknown as DraftEvent
    const type = (n: number): string => (n % 3 ? 'ArrestRecorded' : 'EventRetracted')
    for (let n = 0; n < 12_000; n++) remembered.add(`incident-${n % 3_000}`, [draft(type(n), n)], () => fingerprint(`c${n}`))
    for (let stream = 0; stream < 3_000; stream++) {
      expect(remembered.after(`incident-${stream}`, []).map((event) => [event.type, event.content, event.sourceRecord!.version, event.sourceRecord!.message, event.sourceRecord!.file, event.sourceRecord!.row, event.revision])).toEqual(
        [0, 1, 2, 3].map((round) => stream + round * 3_000).map((n, at) => [type(n), fingerprint(`c${n}`), n, fingerprint(`m${n}`), n % 2 ? 'odd' : 'even', 4_000_000_000 + n, at]))
    }
    expect(remembered.after('incident-none', [])).toEqual([])
    expect(() => remembered.add('incident-1', [draft('ArrestRecorded', 1)], () => 'no fingerprint')).toThrow('a fingerprint of 32 bytes')
  })
  it('an arrest number that is used again when nothing more is known of the first is accepted', () => {
    const vault = new MemoryVault()
    const inbound = (date: string) => readInbound(recordOf(patched(groupB, { 7: { date } })), { message: fingerprint(date), fileId: 'file-1', vault, receivedtime: '2026-08-05T12:00:00.000Z' })
    const [first, second] = [inbound('20260703'), inbound('20260704')]
    const remembered = new Remembered(0)
    remembered.add(first!.stream, first!.compose(1, []), contentOf)
    expect(receive(remembered.after(second!.stream, []), second!, contentOf)).toMatchObject({ outcome: 'accepted' })
    expect(receive(remembered.after(first!.stream, []), first!, contentOf)).toMatchObject({ outcome: 'duplicate' })
  })
})
