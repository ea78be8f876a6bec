/** A file is planned and recorded part by part: where its parts end changes nothing of what becomes of any row. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedEvent } from '@chorus/contracts'
import { MemoryStore, Recorder } from '@chorus/event-store'
import { repositoryRoot } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import type { CaseLookUp } from '../pch-case/look-up'
import type { Quarantine } from '../quarantined-record/quarantine'
import type { QuarantineRetry } from '../quarantined-record/retry'
import { MappedImport, type ExtractOptions, type ExtractReport } from './import-extract'

const clock = { now: () => '2026-07-03T12:00:00.000Z' }
const sample = (name: string): string => readFileSync(join(repositoryRoot(), 'samples', 'extracts', name), 'utf8')
const reports = (rows: readonly string[]): string => [sample('kcpd-reports.csv').split('\n')[0], ...rows].join('\n')
const CASE = '018f0000-0000-7000-8000-00000000000a'
const actor = { id: 'u', role: 'intakeAnalyst', agency: 'KCPD' } as const

const setUp = async (part: number) => {
  const vault = new MemoryVault(Buffer.alloc(32, 7))
  const recorder = new Recorder({ store: new MemoryStore({ clock }), vault, clock })
  const person = await vault.personOf('case', [{ system: 'sample-rms', id: 'P-1' }])
  const lookUp = { openCaseOf: async (one: string) => one === person ? { caseId: CASE } : null } as unknown as CaseLookUp
  const kept = new Set<string>()
  const quarantine = {
    states: async (ids: readonly string[]) => new Map(ids.map((id) => [id, { status: kept.has(id) ? 'open' : 'none' }])),
    put: async (all: readonly { data: { quarantineId: string } }[]) => { for (const { data } of all) kept.add(data.quarantineId) }, waitingFor: async () => [], openAmong: async () => [], erased: async () => new Set(),
  } as unknown as Quarantine
  const extracts = new MappedImport({ recorder, vault, lookUp, clock, quarantine, retry: {} as QuarantineRetry }, part)
  let runs = 0
  const run = (mapping: string, file: string, more: Partial<ExtractOptions> = {}): Promise<ExtractReport> =>
    extracts.run({ mapping: sample(`${mapping}.map.yml`), bytes: Buffer.from(file) }, { runId: `018f0000-0000-7000-8000-${String(++runs).padStart(12, '0')}`, actor, commit: true, ...more })
  const events = async (): Promise<RecordedEvent[]> => { const all: RecordedEvent[] = []; for await (const event of recorder.read()) if (!event.stream.startsWith('importrun-')) all.push(event); return all }
  return { run, events, recorder, kept }
}
const says = ({ row, line, outcome, cause, field }: ExtractReport['rows'][number]) => ({ row, line, outcome, cause, field })
const row = (number: string, address = '1 Sample Street'): string => `${number},FC-551,07/02/2026 21:40,13B,40,Y,N,Y,Y,CPD,113,FXP-1001,"Sample, Ada",03/04/1992,"${address}",O,34,F,M,BF/GF,FXP-2001,"Sample, Bert",05/06/1990,36,M`
const court = (...rows: readonly string[]): string => ['CASE_NO;REPORT_NO;RESULTS;ENTERED', ...rows].join('\n')
const REPORTS = reports([row('FX26-010001'), row('FX26-010002'), row('FX26-010001', '2 Sample Street'), row('FX26-010003'), row('FX26-010001'), 'no row', row('FX26-010003'), row('FX26-010002', '3 Sample Street'), 'no row'])
const KNOWN = reports([row('FX26-010001'), row('FX26-010002')])

/** What stands in the log before, the mapping, and a file in which rows of one record, of one report and of one number lie apart. */
const FILES: readonly (readonly [string, string, string])[] = [
  ['reports that come again, changed and changed back', 'kcpd-reports', REPORTS],
  ['dispositions of one report, of one number, of a report that is not known', 'municipal-court', court('N-1;FX26-010001;SIS;2026-07-01', 'N-2;FX26-010002;SIS;2026-07-01', 'N-3;FX26-010001;SIS;2026-07-01', 'N-1;FX26-010002;SIS;2026-07-01', 'N-1;FX26-010001;GUILTY;2026-07-02', 'N-4;FX26-010009;SIS;2026-07-01', 'N-1;FX26-010001;SIS;2026-07-01')],
  ['entries of supervision', 'probation', ['ENTRY,P_ID,STATUS,CONDITION,OF_DAY', 'E-1,P-1,OK,BIP,06/10/2026', 'E-2,P-9,OK,BIP,06/10/2026', 'E-1,P-1,VIOL,BIP,06/10/2026', 'E-1,P-9,OK,BIP,06/10/2026', 'E-3,P-1,OK,BIP,06/11/2026', 'E-1,P-1,VIOL,BIP,06/10/2026'].join('\n')],
]

describe.each(FILES)('%s', (_what, mapping, file) => {
  const outcome = async (part: number) => {
    const { run, events, kept } = await setUp(part)
    if (mapping !== 'kcpd-reports') await run('kcpd-reports', KNOWN)
    const shown = await run(mapping, file, { commit: false })
    const done = await run(mapping, file, { plan: shown.plan })
    const { read, accepted, duplicate, quarantined } = done.records
    expect(read).toBe(accepted + duplicate + quarantined)
    expect({ plan: done.plan, records: done.records, rows: done.rows.map(says) }).toEqual({ plan: shown.plan, records: shown.records, rows: shown.rows.map(says) })
    const recorded = (await events()).map(({ id, type, content, stream, corrects, revision }) => ({ id, type, content, stream, corrects, revision }))
    const again = await run(mapping, file)
    expect([again.records.accepted, (await events()).length]).toEqual([0, recorded.length])
    return { plan: shown.plan, records: done.records, corrections: done.corrections, rows: done.rows.map(says), kept: [...kept].sort(), streams: recorded.sort((a, b) => a.id < b.id ? -1 : 1) }
  }
  it('in parts of one, two and three rows: as in one', async () => {
    const whole = await outcome(100)
    expect(whole.records.accepted).toBeGreaterThan(2)
    for (const part of [1, 2, 3]) expect(await outcome(part)).toEqual(whole)
  })
})

describe('a file whose import ends in its middle', () => {
  it('has settled each row that it read, and the next run records the rest', async () => {
    const { run, recorder } = await setUp(2)
    const stop = new AbortController()
    const recordEach = recorder.recordEach.bind(recorder)
    recorder.recordEach = async (items) => { const outcomes = await recordEach(items); if (items.some(({ stream }) => stream.startsWith('incident-'))) stop.abort(); return outcomes }
    const cut = await run('kcpd-reports', REPORTS, { signal: stop.signal })
    expect(cut).toMatchObject({ complete: false, records: { read: 2, accepted: 2, duplicate: 0, quarantined: 0 } })
    recorder.recordEach = recordEach
    const whole = await setUp(100)
    const all = await whole.run('kcpd-reports', REPORTS)
    const rest = await run('kcpd-reports', REPORTS)
    expect(rest).toMatchObject({ complete: true, records: { read: 9, accepted: all.records.accepted - 2, duplicate: all.records.duplicate + 2, quarantined: 2 } })
  })
  it('by a fault has recorded the parts before it, which the next run knows', async () => {
    const { run, recorder, events } = await setUp(2)
    const recordEach = recorder.recordEach.bind(recorder)
    let calls = 0
    recorder.recordEach = (items) => ++calls > 2 ? Promise.reject(new Error('the database is gone')) : recordEach(items)
    await expect(run('kcpd-reports', REPORTS)).rejects.toThrow('the database is gone')
    recorder.recordEach = recordEach
    const rest = await run('kcpd-reports', REPORTS)
    expect(rest.complete).toBe(true)
    const whole = await setUp(100)
    await whole.run('kcpd-reports', REPORTS)
    const ids = (all: readonly RecordedEvent[]): string[] => all.map(({ id, content }) => `${id} ${content}`).sort()
    expect(ids(await events())).toEqual(ids(await whole.events()))
  })
})

describe('a plan that was looked at', () => {
  it('of parts is not committed once the record has changed, and nothing of it is', async () => {
    const { run, events } = await setUp(2)
    const { plan } = await run('kcpd-reports', REPORTS, { commit: false })
    await run('kcpd-reports', reports([row('FX26-010003', '9 Sample Street')]))
    const before = (await events()).length
    await expect(run('kcpd-reports', REPORTS, { plan })).rejects.toThrow('The plan that you looked at')
    expect(await events()).toHaveLength(before)
  })
})

describe('an answer', () => {
  it('names the first thousand rows, in order, and counts the others', async () => {
    const { run } = await setUp(300)
    const { rows, rowsLeftOut, records } = await run('municipal-court', court(...Array.from({ length: 2500 }, (_, at) => at % 7 === 0 ? 'no row' : `N-${at};FX26-0;SIS;2026-07-01`)), { commit: false })
    expect([records.read, rowsLeftOut, rows.map((one) => one.row)]).toEqual([2500, 1500, Array.from({ length: 1000 }, (_, at) => at + 1)])
  })
})
