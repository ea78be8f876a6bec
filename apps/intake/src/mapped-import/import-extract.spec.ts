import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedEvent } from '@chorus/contracts'
import { MemoryStore, Recorder } from '@chorus/event-store'
import { repositoryRoot } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import type { CaseLookUp } from '../pch-case/look-up'
import type { Quarantine } from '../quarantined-record/quarantine'
import type { QuarantineRetry } from '../quarantined-record/retry'
import { MappedImport, type ExtractReport } from './import-extract'

const clock = { now: () => '2026-07-03T12:00:00.000Z' }
const mapping = readFileSync(join(repositoryRoot(), 'samples', 'extracts', 'jail-roster.map.yml'), 'utf8')
const CASES = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b'] as const
const roster = (...rows: readonly string[]): Buffer => Buffer.from(['BOOKING,P_ID,BOOKED,WHY', ...rows].join('\n'))
const [A, B] = ['B-1,P-1,2026-07-02 23:00,ARREST', 'B-2,P-2,2026-07-02 22:00,ARREST'] as const

/** Two people with a case each, in memory; `overtake`: which stream's first append finds that another writer was faster. */
const setUp = async () => {
  const vault = new MemoryVault(Buffer.alloc(32, 7))
  const recorder = new Recorder({ store: new MemoryStore({ clock }), vault, clock })
  const persons = new Map(await Promise.all(['P-1', 'P-2'].map(async (id, at) => [await vault.personOf('case', [{ system: 'sample-rms', id }]), CASES[at]!] as const)))
  const lookUp = { openCaseOf: async (person: string) => { const caseId = persons.get(person); return caseId ? { caseId } : null } } as unknown as CaseLookUp
  const quarantine = { states: async () => new Map(), put: async () => undefined, waitingFor: async () => [] } as unknown as Quarantine
  const extracts = new MappedImport({ recorder, vault, lookUp, clock, quarantine, retry: {} as QuarantineRetry })
  let run = 0
  const commit = (bytes: Buffer): Promise<ExtractReport> => extracts.run({ mapping, bytes }, { runId: `018f0000-0000-7000-8000-${String(++run).padStart(12, '0')}`, actor: { id: 'u', role: 'intakeAnalyst', agency: 'KCPD' }, commit: true })
  const custody = async (caseId: string): Promise<string[]> => (await recorder.load(`circumstance-${caseId}`)).map(({ data }: RecordedEvent) => (data as { status: string }).status)
  const overtake = (stream: string): void => {
    const recordEach = recorder.recordEach.bind(recorder)
    recorder.recordEach = async (items) => {
      if (!items.some((item) => item.stream === stream)) return recordEach(items)
      recorder.recordEach = recordEach
      const rest = await recordEach(items.filter((item) => item.stream !== stream))
      return items.map((item) => item.stream === stream ? { ok: false, conflict: 'wrong-revision', text: '' } : rest.shift()!)
    }
  }
  return { commit, custody, overtake }
}

describe('a roster that another writer overtakes', () => {
  it('at one row lets nobody else out, and settles each row once', async () => {
    const { commit, custody, overtake } = await setUp()
    overtake(`circumstance-${CASES[0]}`)
    expect(await commit(roster(A, B))).toMatchObject({ records: { read: 2, accepted: 2, duplicate: 0, quarantined: 0 }, departures: 0, complete: true })
    expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN'], ['IN']])
  })
  it('at a departure still records it', async () => {
    const { commit, custody, overtake } = await setUp()
    await commit(roster(A, B))
    overtake(`circumstance-${CASES[1]}`)
    expect(await commit(roster(A))).toMatchObject({ records: { read: 1, duplicate: 1 }, departures: 1 })
    expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN'], ['IN', 'OUT']])
  })
  it('of rows that cannot be read at all lets nobody out', async () => {
    const { commit, custody } = await setUp()
    await commit(roster(A, B))
    expect(await commit(roster('B-1,P-1,yesterday,ARREST'))).toMatchObject({ records: { read: 1, quarantined: 1 }, departures: 0 })
    expect(await custody(CASES[1])).toEqual(['IN'])
  })
})
