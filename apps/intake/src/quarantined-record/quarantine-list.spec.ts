import assert from 'node:assert/strict'
import type { CommandMeta, DraftEvent } from '@chorus/contracts'
import { MemoryStore, Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import { atNow } from '@chorus/decider'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { QuarantineList } from './quarantine-list'
import type { ExtractRows } from '../mapped-import/retry-row'
import type { QuarantinedBytes } from './quarantined-bytes'

const RUN = '018f0000-0000-7000-8000-000000000009'
const idOf = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const meta = metaOf({ name: 'import' })

describe('the list of the quarantine', () => {
  const recorder = new Recorder({ store: new MemoryStore(), vault: new MemoryVault(), clock: { now: () => meta.now } })
  const list = new QuarantineList({ recorder, bytes: {} as QuarantinedBytes, extracts: {} as ExtractRows })
  const record = async (stream: string, draft: Pick<DraftEvent, 'type' | 'data'>, of: CommandMeta): Promise<void> => {
    assert.ok((await recorder.record(stream, -1, [{ ...draft, schemaVersion: draft.type === 'RecordQuarantined' ? 2 : 1, ...atNow(of) }], of)).ok)
  }
  beforeAll(async () => {
    await record(`importrun-${RUN}`, { type: 'ImportRunStarted', data: { runId: RUN, feed: 'nibrs-flat-file', mapping: 'nibrs-flat@1', fileName: 'july.txt' } }, meta)
    for (const n of [1, 2]) await record(`quarantine-${idOf(n)}`, { type: 'RecordQuarantined', data: { quarantineId: idOf(n), feed: 'nibrs-flat-file', mapping: 'nibrs-flat@1', bytes: 88, record: 'a'.repeat(64), file: 'b'.repeat(64), kept: true, cause: 'line-cut', firstLine: n, lines: 1, ...(n === 1 && { runId: RUN }) } }, metaOf({ name: `record ${n}` }))
  })
  const rows = async (role: string) => (await list.rows({ status: 'open', limit: 10 }, { id: 'sample-person', role, agency: 'KCPD' })).records.map(({ firstLine, file, fileName, runId }) => ({ firstLine, file, fileName, runId }))

  it('names the file and the run of each record to those who see what agencies sent', async () => {
    const file = 'b'.repeat(64)
    const named = [{ firstLine: 2, file, fileName: undefined, runId: undefined }, { firstLine: 1, file, fileName: 'july.txt', runId: RUN }]
    expect(await rows('intakeAnalyst')).toEqual(named)
    expect(await rows('agencyFeed')).toEqual(named)
  })

  it('tells the others its fingerprint alone: a file\'s name may match something outside', async () => {
    for (const role of ['operator', 'privacyOfficer']) expect((await rows(role)).map(({ fileName, file }) => [fileName, file])).toEqual([[undefined, 'b'.repeat(64)], [undefined, 'b'.repeat(64)]])
  })
})
