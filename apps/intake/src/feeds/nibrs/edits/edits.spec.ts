import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CASES } from '../testing/cases'
import * as r from '../testing/records'
import { parseText, patched, recordOf } from '../testing/records'
import { EDIT_CATALOGUE, cataloguePage } from './catalogue'
import { checkRecord, editCodes } from './check-record'
import { FILE_EDITS, FileEdits } from './file'

describe('the edits', () => {
  it.each(Object.entries(r.CLEAN))('%s, the clean record of the tests, breaks none', (_, base) => {
    expect(checkRecord(recordOf(patched(base)), { receivedOn: '20260831' })).toEqual([])
  })

  it.each(CASES)('%s: broken by the patch, not by the clean record', (code, clean, breaks) => {
    const broken = checkRecord(recordOf(patched(clean, breaks)))
    expect(editCodes(broken)).toContain(code)
    expect(editCodes(checkRecord(recordOf(patched(clean))))).not.toContain(code)
    for (const finding of broken) expect(finding.code).toMatch(/^\d{3}$/)
  })

  it('060 and 105 need the day of receipt, and are silent without it', () => {
    const record = recordOf(patched(r.simple))
    expect(editCodes(checkRecord(record, { receivedOn: '20260605' }))).toEqual(['060', '105'])
    expect(editCodes(checkRecord(record, { receivedOn: '20260710' }))).toEqual([])
  })

  it('050: the levels in another order', () => {
    const lines = patched(r.simple)
    expect(editCodes(checkRecord(recordOf([lines[0]!, lines[2]!, lines[1]!, lines[3]!])))).toEqual(['050'])
  })

  it('names segment, element and sequence of what breaks an edit', () => {
    expect(checkRecord(recordOf(patched(r.mutual, { 4: { sex: 'Q' } })))).toContainEqual({ code: '404', segment: '4', element: '27', sequence: '001' })
  })

  it('459: an unknown offender (00) alone names nobody', () => {
    expect(editCodes(checkRecord(recordOf(patched(r.larceny, { 4: { relatedOffenders: ['00'] } }))))).not.toContain('459')
  })
})

describe('edits over the file', () => {
  const codesOf = (...records: readonly (readonly string[])[]) => {
    const file = new FileEdits()
    return records.map((lines) => file.check(recordOf(lines)).map((f) => f.code))
  }
  const numbered = (base: readonly r.Line[], number: string, patch: r.Patch = {}) => patched(base.map((l) => ({ ...l, values: { ...l.values, number } })), patch)

  it.each([
    ['056', [numbered(r.simple, 'K1'), numbered(r.simple, 'K1')], [numbered(r.simple, 'K1'), numbered(r.simple, 'K2')]],
    ['058', [numbered(r.simple, 'K1'), numbered(r.simple.map((l) => ({ ...l, values: { ...l.values, month: '06' } })), 'K2')], [numbered(r.simple, 'K1'), numbered(r.larceny, 'K2')]],
    ['059', [numbered(r.simple, 'K1'), numbered(r.simple.map((l) => ({ ...l, values: { ...l.values, ori: 'KSZZ99900' } })), 'K2')], [numbered(r.simple, 'K1'), numbered(r.simple, 'K2')]],
    ['088', [numbered(r.simple, 'K1'), numbered(r.groupB, 'K1')], [numbered(r.simple, 'K1'), numbered(r.groupB, 'B1')]],
    ['178', [numbered(r.simple, 'K1'), numbered(r.simple, 'K2', { lengths: { 1: 87 } })], [numbered(r.simple, 'K1', { lengths: { 1: 87 } }), numbered(r.simple, 'K2', { lengths: { 1: 87 } })]],
    ['284', [numbered(r.simple, 'K1'), numbered(r.simple, 'K2', { lengths: { 2: 63 } })], [numbered(r.simple, 'K1'), numbered(r.simple, 'K2')]],
    ['484', [numbered(r.simple, 'K1'), numbered(r.simple, 'K2', { lengths: { 4: 129 } })], [numbered(r.simple, 'K1'), numbered(r.simple, 'K2')]],
    ['584', [numbered(r.simple, 'K1'), numbered(r.simple, 'K2', { lengths: { 5: 45 } })], [numbered(r.simple, 'K1'), numbered(r.simple, 'K2')]],
    ['759', [numbered(r.groupB, 'B1'), numbered(r.groupB, 'B1')], [numbered(r.groupB, 'B1'), numbered(r.groupB, 'B2')]],
  ] as const)('%s is broken by the second record', (code, breaks, holds) => {
    const [first, second] = codesOf(...breaks)
    expect(first).toEqual([])
    expect(second).toContain(code)
    expect(codesOf(...holds).flat()).not.toContain(code)
  })

  it('remembers a hundred thousand numbers', () => {
    const file = new FileEdits()
    const record = recordOf(patched(r.groupB))
    for (let i = 0; i < 100_000; i++) file.check({ ...record, number: `B${i}` } as typeof record)
    expect(file.check({ ...record, number: 'B77777' } as typeof record).map((f) => f.code)).toEqual(['759'])
    expect(file.check({ ...record, number: 'B100000' } as typeof record)).toEqual([])
  })
})

const victims = (a: string, b: string) => patched(r.mutual.map((l, i) => (l.level === '4' ? { ...l, values: { ...l.values, sequence: i === 2 ? a : b } } : l)))
const people = (level: '5' | '6', a: string, b: string) => [...patched(r.assault, { [level]: { sequence: a } }), r.write(r.line(level, { ...r.assault.find((l) => l.level === level)!.values, sequence: b }))].sort((x, y) => x.charAt(4).localeCompare(y.charAt(4)))
const REFUSED: readonly (readonly [code: string, breaks: readonly string[], holds: readonly string[]])[] = [
  ['001', patched(r.zeroReport, { 0: { reportMonth: '' } }), patched(r.zeroReport)],
  ['090', patched(r.zeroReport, { 0: { reportMonth: '13' } }), patched(r.zeroReport)],
  ['091', patched(r.zeroReport, { 0: { reportYear: '26' } }), patched(r.zeroReport)],
  ['051', patched(r.simple).map((line, i) => (i === 3 ? `${line.slice(0, 4)}8${line.slice(5)}` : line)), patched(r.simple)],
  ['055', patched(r.simple, { without: ['1'] }), patched(r.simple)],
  ['075', patched(r.simple, { without: ['5'] }), patched(r.simple)],
  ['105', patched(r.simple, { 1: { incidentDate: '20260230' } }), patched(r.simple, { 1: { incidentDate: '20260228' } })],
  ['201', patched(r.simple, { 2: { code: '' } }), patched(r.simple)],
  ['401', victims('', '002'), victims('001', '002')],
  ['402', victims('A01', '002'), victims('001', '002')],
  ['451', victims('001', '001'), victims('001', '002')],
  ['501', people('5', '', '02'), people('5', '01', '02')],
  ['502', people('5', 'A1', '02'), people('5', '01', '02')],
  ['551', people('5', '01', '01'), people('5', '01', '02')],
  ['601', people('6', '', '02'), people('6', '01', '02')],
  ['602', people('6', 'A1', '02'), people('6', '01', '02')],
  ['661', people('6', '01', '01'), people('6', '01', '02')],
  ['701', patched(r.groupB, { 7: { sequence: '' } }), patched(r.groupB)],
  ['702', patched(r.groupB, { 7: { sequence: 'A1' } }), patched(r.groupB)],
  ['705', patched(r.groupB, { 7: { date: '20260732' } }), patched(r.groupB)],
  ['797', patched(r.arrestDelete, { 7: { date: '2026ABCD' } }), patched(r.arrestDelete)],
]

describe('edits by refusal', () => {
  it.each(REFUSED)('%s refuses the whole record and says where and what to do', (code, breaks, holds) => {
    const parsed = parseText(`${breaks.join('\n')}\n`)
    expect(parsed).toHaveLength(1)
    expect(parsed[0]).toMatchObject({ ok: false, edit: code, text: expect.stringMatching(/^line \d+/) })
    expect(parseText(`${holds.join('\n')}\n`)[0]).toMatchObject({ ok: true })
  })
})

describe('the catalogue', () => {
  const tested = new Set([...CASES.map(([code]) => code), '050', '060', ...FILE_EDITS])
  const enforced = EDIT_CATALOGUE.filter((e) => e.status === 'enforced')

  it('has a case for every edit that is enforced on records that can be read', () => {
    expect(enforced.filter((e) => e.as !== 'refusal' && !tested.has(e.code)).map((e) => e.code)).toEqual([])
  })

  it('has a case for every edit that is enforced by refusal', () => {
    const refused = new Set(REFUSED.map(([code]) => code))
    expect(enforced.filter((e) => e.as !== 'finding' && !refused.has(e.code)).map((e) => e.code)).toEqual([])
  })

  it('knows every number once, says it in words, and why where it is not enforced', () => {
    expect(new Set(EDIT_CATALOGUE.map((e) => e.code)).size).toBe(EDIT_CATALOGUE.length)
    for (const entry of EDIT_CATALOGUE) {
      expect(entry.words.length).toBeGreaterThan(10)
      if (entry.status !== 'enforced') expect(entry.reason.length).toBeGreaterThan(20)
    }
    expect(enforced.length).toBeGreaterThan(250)
  })

  it('docs/nibrs-edits.md is what the catalogue says; CHORUS_WRITE=1 writes it', () => {
    const page = join(__dirname, '../../../../../../docs/nibrs-edits.md')
    if (process.env.CHORUS_WRITE === '1') writeFileSync(page, cataloguePage())
    expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(cataloguePage())
  })
})
