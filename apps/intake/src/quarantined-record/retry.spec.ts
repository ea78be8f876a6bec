import type { Recorder } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import type { ExtractRows } from '../mapped-import/retry-row'
import type { QuarantinedRecord } from './quarantined-record'
import type { QuarantinedBytes } from './quarantined-bytes'
import { QuarantineRetry } from './retry'

const ID = '018f0000-0000-7000-8000-00000000000a'
const row = { status: 'open', first: { feed: 'extract/sample', cause: 'does-not-fit' } } as unknown as QuarantinedRecord & { status: 'open' }
/** A row that would be new, and a log that answers each append as told. */
const retried = (...conflicts: readonly string[]) => {
  const answers = [...conflicts]
  const recorder = { record: async () => Promise.resolve({ ok: false, conflict: answers.shift() ?? 'wrong-revision', text: '' }) } as unknown as Recorder
  const extracts = { plan: async () => Promise.resolve({ planned: { outcome: 'new', stream: `charging-${ID}`, drafts: [] }, mapping: { source: {} }, expected: -1 }) } as unknown as ExtractRows
  const bytes = { get: async () => Promise.resolve({ bytes: Buffer.from('a') }) } as unknown as QuarantinedBytes
  return new QuarantineRetry({ recorder, vault: {} as Vault, bytes, extracts }).retry(ID, row, { actor: { id: 'u', role: 'operator', agency: 'KCPD' }, commandId: ID, correlationId: ID, now: '2026-07-03T12:00:00.000Z' })
}

describe('a row of an extract that is tried again', () => {
  it('says that its number is taken where its ids stand for another record also after a new look', async () => { expect(await retried('content-differs', 'partly-known')).toMatchObject({ settled: false, cause: 'number-taken' }) })
  it('is busy where another writer is faster each time', async () => { expect(await retried('content-differs')).toMatchObject({ refused: 'record_busy' }) })
})
