import { MemoryVault } from '@chorus/privacy'
import { patched, recordOf, simple } from '../feeds/nibrs/testing/records'
import { readInbound } from './inbound-nibrs'

describe('the edits that the day of receipt decides', () => {
  const vault = new MemoryVault()
  const received = (receivedtime: string) => readInbound(recordOf(patched(simple)), { message: 'm', fileId: 'f', vault, receivedtime })
  const [early, late] = [received('2026-06-05T12:00:00.000Z'), received('2026-08-05T12:00:00.000Z')]

  it('are named for the report, by the day in the agency\'s zone', () => {
    expect(early.edits).toEqual(['060', '105'])
    expect(late.edits).toEqual([])
    // 1 July in UTC is still 30 June in Missouri.
    expect(received('2026-07-01T03:00:00.000Z').edits).toContain('060')
    expect(received('2026-07-01T06:00:00.000Z').edits).not.toContain('060')
  })
  it('do not stand on the event: the same record on another day is not a correction', () => {
    const said = (inbound: typeof early) => inbound.compose(1, []).map(({ data }) => (data as { edits: unknown }).edits)
    expect(said(early)).toEqual([[]])
    expect(said(early)).toEqual(said(late))
  })
})
