import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryStore, Recorder } from '@chorus/event-store'
import { repositoryRoot } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import type { KcpdImport } from '../import-run/import-kcpd'
import type { NibrsImport } from '../import-run/import-nibrs'
import { MappedImport } from '../mapped-import/import-extract'
import type { CaseLookUp } from '../pch-case/look-up'
import type { Quarantine } from '../quarantined-record/quarantine'
import type { QuarantineRetry } from '../quarantined-record/retry'
import { importDropped } from './import-dropped'
import { DropFolder } from './take-files'

const mapping = readFileSync(join(repositoryRoot(), 'samples', 'extracts', 'jail-roster.map.yml'), 'utf8')
const CASES = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b'] as const
const HEADING = 'BOOKING,P_ID,BOOKED,WHY'
const [A, B] = ['B-1,P-1,2026-07-02 23:00,ARREST', 'B-2,P-2,2026-07-02 22:00,ARREST'] as const
const rows = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

describe('rosters in a drop folder whose mapping names no moment', () => {
  let folder: string
  let drop: DropFolder
  let recorder: Recorder
  let now: number
  let broken: boolean
  let away: boolean
  /** ms */
  let step: number
  const path = (...names: readonly string[]): string => join(folder, ...names)
  const custody = async (): Promise<string[][]> => Promise.all(CASES.map(async (id) => (await recorder.load(`circumstance-${id}`)).map(({ data }) => (data as { status: string }).status)))
  const looks = async (times = 2): Promise<void> => { for (let look = 0; look < times; look++) { now += step; await drop.look() } }
  const names = (to: string): string[] => readdirSync(path(to)).sort()
  const filed = (to: string, name: string): string => path(to, names(to).find((one) => one.endsWith(`-${name}`))!)
  const put = (name: string, text: string): void => { writeFileSync(path('jail', name), text) }
  interface Report { readonly refused?: string; readonly again?: string; readonly departures?: number; readonly earlier?: readonly { readonly departures?: number }[] }
  const report = (to: string, name: string): Report => JSON.parse(readFileSync(`${filed(to, name)}.report.json`, 'utf8')) as Report

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chorus-drop-'))
    now = Date.parse('2026-07-03T12:00:00.000Z')
    broken = away = false
    step = 60_000
    const clock = { now: () => new Date(now++).toISOString() }
    const vault = new MemoryVault(Buffer.alloc(32, 7))
    recorder = new Recorder({ store: new MemoryStore({ clock }), vault, clock })
    const persons = new Map(await Promise.all(['P-1', 'P-2'].map(async (id, at) => [await vault.personOf('case', [{ system: 'sample-rms', id }]), CASES[at]!] as const)))
    const lookUp = { openCaseOf: async (person: string) => { const caseId = persons.get(person); return caseId ? { caseId } : null } } as unknown as CaseLookUp
    const quarantine = { states: async () => new Map(), put: async () => undefined, waitingFor: async () => [], openAmong: async () => [], erased: async () => new Set() } as unknown as Quarantine
    const extracts = new MappedImport({ recorder, vault, lookUp, clock, quarantine, retry: {} as QuarantineRetry })
    const importFile = importDropped({ nibrs: {} as NibrsImport, kcpd: {} as KcpdImport, extracts, recorder, vault, clock, failed: (error) => { throw error } }, new AbortController().signal)
    drop = new DropFolder({ folder, maxBytes: 10_000, interval: 3_600_000, rosterQuiet: 60_000, clock, owns: async () => true, importFile: async (file) => { if (away) return { outcome: 'again', text: 'away' }; const imported = await importFile(file); return broken ? { outcome: 'again', text: 'cut' } : imported } })
    mkdirSync(path('jail'))
    put('jail.map.yml', mapping)
  })
  afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

  describe('whose sender stalls', () => {
    const HALF = rows(HEADING, A)
    beforeEach(async () => { put('r0.csv', rows(HEADING, B, A)); await looks(); step = 2_000 })
    it('half of a full one is not taken: nobody is let out by it', async () => {
      put('r1.csv', HALF)
      await looks(25)
      appendFileSync(path('jail', 'r1.csv'), rows(B))
      await looks(25)
      expect([await custody(), names('.working'), existsSync(path('jail', 'r1.csv'))]).toEqual([[['IN'], ['IN']], [], true])
      await looks(10)
      expect([await custody(), report('done', 'r1.csv').departures]).toEqual([[['IN'], ['IN']], 0])
    })
    it('one that is written on after it was taken rests anew', async () => {
      away = true
      put('r1.csv', HALF)
      await looks(35)
      appendFileSync(path('.working', names('.working')[0]!, 'file'), rows('B-3,P-3,2026-07-02 21:00,ARREST'))
      away = false
      await looks(25)
      expect(await custody()).toEqual([['IN'], ['IN']])
      appendFileSync(path('.working', names('.working')[0]!, 'file'), rows(B))
      await looks(35)
      expect([await custody(), report('done', 'r1.csv').departures]).toEqual([[['IN'], ['IN']], 0])
    })
    it('longer than that: what its half recorded stands in the report of the whole', async () => {
      step = 60_000
      put('r1.csv', HALF)
      await looks()
      expect(report('done', 'r1.csv').departures).toBe(1)
      appendFileSync(filed('done', 'r1.csv'), rows(B))
      await looks(3)
      appendFileSync(filed('done', 'r1.csv'), rows('B-3,P-3,2026-07-02 21:00,ARREST'))
      await looks(3)
      expect(await custody()).toEqual([['IN'], ['IN', 'OUT', 'IN']])
      expect(report('done', 'r1.csv')).toMatchObject({ departures: 0, earlier: [{ departures: 1, records: { read: 1 } }, { departures: 0, records: { read: 2 } }], again: expect.stringMatching(/earlier reading.* 1 departure/) })
    })
    it('longer than that, with a whole that is what the roster before it was: its own half is no other roster', async () => {
      step = 60_000
      put('r1.csv', rows(HEADING, B))
      await looks()
      expect(await custody()).toEqual([['IN', 'OUT'], ['IN']])
      appendFileSync(filed('done', 'r1.csv'), rows(A))
      await looks(3)
      expect(await custody()).toEqual([['IN', 'OUT', 'IN'], ['IN']])
      expect(report('done', 'r1.csv').again).toMatch(/taken in again as of then/)
    })
    it('is told where it never leaves the roster alone', async () => {
      put('r1.csv', HALF)
      for (let times = 0; times < 12; times++) { await looks(20); appendFileSync(path('jail', 'r1.csv'), rows(`B-${times + 5},P-3,2026-07-02 21:00,ARREST`)) }
      await looks(2)
      expect(drop.waiting).toMatch(/a full roster in the feed folder of number \d+ \(ls -i\) has waited since .*\.ok/)
      await looks(40)
      expect([drop.waiting ?? '', await custody()]).toEqual([expect.not.stringContaining('has waited'), [['IN'], ['IN', 'OUT']]])
    })
    it('one by another mapping is taken as any file is', async () => {
      put('jail.map.yml', mapping.replace('full: true', 'full: false').replace('version: 1', 'version: 2'))
      put('r1.csv', HALF)
      await looks(3)
      expect([await custody(), names('done').length]).toEqual([[['IN'], ['IN']], 6])
    })
    it('an older one that rests holds back the newer, which may have its mark', async () => {
      put('r1.csv', HALF)
      await looks(1)
      put('r2.csv', rows(HEADING, A, B)); put('r2.csv.ok', '')
      await looks(5)
      expect(names('done').some((name) => name.includes('r2'))).toBe(false)
      await looks(35)
      expect(await custody()).toEqual([['IN'], ['IN', 'OUT', 'IN']])
    })
  })
  describe('whose sender says that it is whole', () => {
    beforeEach(async () => { put('r0.csv', rows(HEADING, B, A)); await looks(); step = 2_000 })
    it('is taken at once, and its mark with it', async () => {
      put('r1.csv', rows(HEADING, A)); put('r1.csv.ok', '')
      await looks(1)
      expect([await custody(), readdirSync(path('jail')), names('done').filter((name) => name.includes('r1')).map((name) => name.replace(/^.*-r1/, 'r1'))]).toEqual([[['IN'], ['IN', 'OUT']], ['jail.map.yml'], ['r1.csv', 'r1.csv.ok', 'r1.csv.report.json', 'r1.csv.rows.csv']])
    })
    it('by a mark that is older than the file, is believed no more than without', async () => {
      put('r1.csv.ok', '')
      utimesSync(path('jail', 'r1.csv.ok'), 1_700_000_000, 1_700_000_000)
      put('r1.csv', rows(HEADING, A))
      await looks(5)
      expect([await custody(), readdirSync(path('jail')).length]).toEqual([[['IN'], ['IN']], 3])
    })
    it('a mark that came after its file was taken stays, and is no file', async () => {
      put('r1.csv.ok', '')
      await looks(5)
      expect([readdirSync(path('jail')), names('refused')]).toEqual([['jail.map.yml', 'r1.csv.ok'], []])
    })
  })
  it('one that was written on after a newer one came changes nothing, and says what to do', async () => {
    put('r1.csv', rows(HEADING, A))
    await looks()
    put('r2.csv', rows(HEADING, B))
    await looks()
    expect(await custody()).toEqual([['IN', 'OUT'], ['IN']])
    appendFileSync(filed('done', 'r1.csv'), rows('B-3,P-3,2026-07-02 21:00,ARREST'))
    await looks(3)
    expect(await custody()).toEqual([['IN', 'OUT'], ['IN']])
    expect(report('refused', 'r1.csv').refused).toMatch(/another roster of this facility.*changes nothing.*as it is now/)
    expect(names('done').some((name) => name.includes('r1.csv'))).toBe(false)
  })
  it('one that was written on with no newer one since is read whole, as often as that happens', async () => {
    put('r1.csv', rows(HEADING, A))
    await looks()
    for (const line of [B, 'B-3,P-3,2026-07-02 21:00,ARREST']) { appendFileSync(filed('done', 'r1.csv'), rows(line)); await looks(3) }
    expect([await custody(), existsSync(`${filed('done', 'r1.csv')}.report.json`), names('refused')]).toEqual([[['IN'], ['IN']], true, []])
  })
  it('that waited together for the database are read in the order in which they came', async () => {
    away = true
    put('r1.csv', rows(HEADING, A))
    await looks()
    put('r2.csv', rows(HEADING, B))
    await looks()
    away = false
    await looks()
    expect([await custody(), names('refused')]).toEqual([[['IN', 'OUT'], ['IN']], []])
  })
  it('one that was written on while it was in hand, and a newer one came, changes nothing', async () => {
    put('r1.csv', rows(HEADING, A))
    broken = true
    await looks()
    put('r2.csv', rows(HEADING, B))
    appendFileSync(path('.working', names('.working')[0]!, 'file'), rows('B-3,P-3,2026-07-02 21:00,ARREST'))
    await looks(1)
    broken = false
    // r1 is quiet after r2 was taken, whose first try comes before.
    appendFileSync(path('.working', names('.working')[0]!, 'file'), rows('B-4,P-4,2026-07-02 21:00,ARREST'))
    await looks(1)
    expect(await custody()).toEqual([['IN', 'OUT'], ['IN']])
    await looks(2)
    expect(await custody()).toEqual([['IN', 'OUT'], ['IN']])
    expect(report('refused', 'r1.csv').refused).toContain('another roster of this facility')
  })
})
