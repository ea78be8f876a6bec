import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedEvent, ReportedPersonsNamedV1 } from '@chorus/contracts'
import { MemoryStore, Recorder } from '@chorus/event-store'
import { newId, repositoryRoot } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import { RecordArrestHandler } from '../arrest/arrest.commands'
import type { CaseLookUp } from '../pch-case/look-up'
import type { Quarantine } from '../quarantined-record/quarantine'
import type { QuarantineRetry } from '../quarantined-record/retry'
import { MappedImport, type ExtractReport } from './import-extract'

const clock = { now: () => '2026-07-03T12:00:00.000Z' }
const sample = (name: string): string => readFileSync(join(repositoryRoot(), 'samples', 'extracts', name), 'utf8')
const mapping = sample('jail-roster.map.yml')
const CASES = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b'] as const
const roster = (...rows: readonly string[]): Buffer => Buffer.from(['BOOKING,P_ID,BOOKED,WHY', ...rows].join('\n'))
const [A, B] = ['B-1,P-1,2026-07-02 23:00,ARREST', 'B-2,P-2,2026-07-02 22:00,ARREST'] as const

/** Two people with a case each, in memory; `overtake`: which stream's first append finds that another writer was faster. */
const setUp = async () => {
  const vault = new MemoryVault(Buffer.alloc(32, 7))
  const recorder = new Recorder({ store: new MemoryStore({ clock }), vault, clock })
  const persons = new Map<string, string>(await Promise.all(['P-1', 'P-2'].map(async (id, at) => [await vault.personOf('case', [{ system: 'sample-rms', id }]), CASES[at]!] as const)))
  const lookUp = { openCaseOf: async (person: string) => { const caseId = persons.get(person); return caseId ? { caseId } : null }, casesOf: async (person: string) => ({ cases: everOf.get(person) ?? [] }), tokensOf: async (caseId: string) => new Set(reportedAs.get(caseId)) } as unknown as CaseLookUp
  const reportedAs = new Map<string, string[]>()
  const everOf = new Map([...persons].map(([person, caseId]) => [person, [{ caseId }]] as const))
  const quarantine = { states: async () => new Map(), put: async () => undefined, waitingFor: async () => [], openAmong: async () => [], erased: async () => new Set() } as unknown as Quarantine
  const extracts = new MappedImport({ recorder, vault, lookUp, clock, quarantine, retry: {} as QuarantineRetry })
  let run = 0
  let overtaken = false
  const running = (bytes: Buffer, by: string, committing: boolean): Promise<ExtractReport> => extracts.run({ mapping: by, bytes }, { runId: `018f0000-0000-7000-8000-${String(++run).padStart(12, '0')}`, actor: { id: 'u', role: 'intakeAnalyst', agency: 'KCPD' }, commit: committing })
  const plan = (bytes: Buffer, by = mapping): Promise<ExtractReport> => running(bytes, by, false)
  /** What was shown is what is recorded. */
  const commit = async (bytes: Buffer, by = mapping): Promise<ExtractReport> => {
    const shown = await plan(bytes, by)
    const done = await running(bytes, by, true)
    if (!overtaken) expect({ plan: done.plan, rows: done.rows.map(({ row, outcome, cause }) => ({ row, outcome, cause })) }).toEqual({ plan: shown.plan, rows: shown.rows.map(({ row, outcome, cause }) => ({ row, outcome, cause })) })
    return done
  }
  const custody = async (caseId: string): Promise<string[]> => (await recorder.load(`circumstance-${caseId}`)).map(({ data }: RecordedEvent) => (data as { status: string }).status)
  const overtake = (stream: string): void => {
    overtaken = true
    const recordEach = recorder.recordEach.bind(recorder)
    recorder.recordEach = async (items) => {
      if (!items.some((item) => item.stream === stream)) return recordEach(items)
      recorder.recordEach = recordEach
      const rest = await recordEach(items.filter((item) => item.stream !== stream))
      return items.map((item) => item.stream === stream ? { ok: false, conflict: 'wrong-revision', text: '' } : rest.shift()!)
    }
  }
  /** P-1's older case is closed, and this one is open. */
  const openNewer = (caseId: string): void => { for (const [person, open] of persons) if (open === CASES[0]) persons.set(person, caseId) }
  const closeCase = (caseId: string): void => { for (const [person, open] of persons) if (open === caseId) persons.delete(person) }
  const said = async (type: string): Promise<RecordedEvent[]> => { const all: RecordedEvent[] = []; for await (const event of recorder.read({ filter: { types: [type] } })) all.push(event); return all }
  return { plan, commit, custody, overtake, openNewer, closeCase, said, recorder, vault, reportedAs }
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
  it('of which a number has a character that nobody sees lets nobody out', async () => {
    const { commit, custody } = await setUp()
    await commit(roster(A, B))
    for (const unseen of ['B-\u200b2', '\ufeffB-2', 'B\u00ad-2', 'b-2\u200e']) expect(await commit(roster(A, B.replace('B-2', unseen)))).toMatchObject({ records: { read: 2, duplicate: 2 }, departures: 0 })
    expect(await custody(CASES[1])).toEqual(['IN'])
  })
  it('with two persons under one number of a hold takes neither, and lets neither out; one person twice is no two', async () => {
    const { commit, custody } = await setUp()
    await commit(roster(A))
    const twice = await commit(roster(A, B.replace('B-2', 'b-1'), A.replace('23:00', '23:01')))
    expect(twice).toMatchObject({ records: { read: 3, accepted: 0, duplicate: 0, quarantined: 3 }, departures: 0 })
    expect(twice.rows).toMatchObject([{ cause: 'hold-of-two', field: 'holdNumber' }, { cause: 'hold-of-two' }, { cause: 'hold-of-two' }])
    expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN'], []])
    expect(await commit(roster(A, A, B))).toMatchObject({ records: { read: 3, accepted: 1, duplicate: 2 } })
  })
  it('of rows that cannot be read at all lets nobody out', async () => {
    const { commit, custody } = await setUp()
    await commit(roster(A, B))
    expect(await commit(roster('B-1,P-1,yesterday,ARREST'))).toMatchObject({ records: { read: 1, quarantined: 1 }, departures: 0 })
    expect(await custody(CASES[1])).toEqual(['IN'])
  })
})

describe('a row of a full roster that cannot be read as a whole', () => {
  const dated = mapping.replace('jurisdiction: JACKSON }', 'jurisdiction: JACKSON, asOf: { column: AS_OF, format: "yyyy-MM-dd HH:mm" } }').replace('mapping: jail-roster', 'mapping: dated-roster')
  it.each([['2026-07-02 99:55,ARREST', ''], ['2027-07-02 23:00,ARREST', ''], [',ARREST', ''], ['2026-07-02 22:00,GONE FISHING', ''], ['2026-07-02 22:00,ARREST', ',']])('lets nobody out whose hold it names: %s', async (rest, moment) => {
    const { commit, custody } = await setUp()
    await commit(roster(A, B))
    const by = moment ? dated : mapping
    const file = moment ? Buffer.from(`BOOKING,P_ID,BOOKED,WHY,AS_OF\n${A},2026-07-03 05:00\n b-2 ,P-2,${rest},`) : roster(A, ` b-2 ,P-2,${rest}`)
    // A code that nobody translates is one by a mapping with codes.
    expect(await commit(file, by.replace('reason: { column: WHY }', 'reason: { column: WHY, codes: { ARREST: ARREST } }').replace(/mapping: \S+/, 'mapping: coded'))).toMatchObject({ records: { read: 2, quarantined: 1 }, departures: 0 })
    expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN'], ['IN']])
  })
  it.each(['b-2,P-2,2026-07-02 22:00,ARREST,', 'b-2,P-2,2026-07-02 22:00,ARREST, WARRANT', 'b-2,P-2', 'b-2,P-2,2026-07-02 22:00,"ARREST', '"b-2","P"-2,2026-07-02 22:00,ARREST'])('lets nobody out whose hold stands in it, where it cannot be parted into columns: %s', async (row) => {
    const { commit, custody } = await setUp()
    await commit(roster(A, B))
    expect(await commit(roster(A, row))).toMatchObject({ records: { read: 2, quarantined: 1 }, departures: 0 })
    expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN'], ['IN']])
  })
  it('names nobody where its hold cannot be read: the others are let out', async () => {
    const { commit, custody } = await setUp()
    await commit(roster(A, B))
    expect(await commit(roster(A, ',P-2,2026-07-02 22:00,ARREST'))).toMatchObject({ records: { read: 2, quarantined: 1 }, departures: 1 })
    expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN'], ['IN', 'OUT']])
  })
})

describe('an older roster that is sent again after a newer one', () => {
  const OLD = roster(A, B)
  it('changes nothing where its bytes alone tell, and says so; again in a row it is known', async () => {
    const { commit, plan, custody, said } = await setUp()
    await commit(OLD)
    expect(await commit(OLD)).toMatchObject({ records: { duplicate: 2 }, departures: 0 })
    await commit(roster(B))
    const before = (await said('ImportRunStarted')).length
    await expect(plan(OLD)).rejects.toThrow(/read before, and another roster.*changes nothing/)
    await expect(commit(OLD)).rejects.toThrow(/Nothing was recorded/)
    expect([await custody(CASES[0]), await custody(CASES[1]), (await said('ImportRunStarted')).length]).toEqual([['IN', 'OUT'], ['IN'], before])
    // Another facility's is another roster.
    await commit(OLD, mapping.replace('SAMPLE-DC', 'OTHER').replace('version: 1', 'version: 2'))
  })
  const dated = mapping.replace('jurisdiction: JACKSON }', 'jurisdiction: JACKSON, asOf: { column: AS_OF, format: "yyyy-MM-dd HH:mm" } }').replace('mapping: jail-roster', 'mapping: dated-roster')
  const at = (moment: string, ...rows: readonly string[]): Buffer => Buffer.from(['BOOKING,P_ID,BOOKED,WHY,AS_OF', ...rows.map((row) => `${row},${moment}`)].join('\n'))
  it('changes nothing where it says of what moment it is, whatever its bytes; one of the same moment may correct it', async () => {
    const { commit, custody, said } = await setUp()
    await commit(at('2026-07-03 05:00', A, B), dated)
    await commit(at('2026-07-03 06:00', B), dated)
    expect((await said('CustodyStatusChanged')).at(-1)).toMatchObject({ time: '2026-07-03T06:00', data: { status: 'OUT' } })
    await expect(commit(at('2026-07-03 05:30', A, B.replace('ARREST', 'SENTENCE')), dated)).rejects.toThrow(/is of 2026-07-03T10:30.*one of 2026-07-03T11:00.*changes nothing/)
    expect(await commit(at('2026-07-03 06:00', B.replace('ARREST', 'SENTENCE')), dated)).toMatchObject({ corrections: 1, departures: 0 })
    expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN', 'OUT'], ['IN', 'IN']])
    expect((await said('ImportRunStarted')).map(({ data }) => (data as { asOf?: string }).asOf)).toEqual(['2026-07-03T10:00:00.000Z', '2026-07-03T11:00:00.000Z', '2026-07-03T11:00:00.000Z'])
  })
  it('has a row without a readable moment set aside, and the others are read', async () => {
    for (const [text, cause] of [['', 'field-missing'], ['soon', 'wrong-time']]) {
      const { commit, custody } = await setUp()
      const report = await commit(Buffer.from(`BOOKING,P_ID,BOOKED,WHY,AS_OF\n${A},2026-07-03 05:00\n${B},${text}`), dated)
      expect(report).toMatchObject({ records: { read: 2, accepted: 1, quarantined: 1 }, complete: true })
      expect(report.rows[1]).toMatchObject({ outcome: 'refused', cause, text: expect.stringMatching(/^column AS_OF \(the moment of the roster\) is /) })
      expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN'], []])
    }
  })
  it('may be of some minutes ahead, by a clock that is: what follows from it is of now, and its order is its own', async () => {
    const { commit, custody, said } = await setUp()
    await commit(at('2026-07-03 05:00', A, B), dated)
    await commit(at('2026-07-03 07:10', B), dated)
    expect((await said('CustodyStatusChanged')).at(-1)).toMatchObject({ time: '2026-07-03T07:00', data: { status: 'OUT' } })
    await expect(commit(at('2026-07-03 07:09', A, B), dated)).rejects.toThrow(/is of 2026-07-03T12:09.*changes nothing/)
    await expect(commit(at('2026-07-03 07:11', B), dated)).rejects.toThrow(/lies in the future/)
    expect(await custody(CASES[0])).toEqual(['IN', 'OUT'])
  })
  it('is held against others that say their moment alone: when another came is no moment of a roster', async () => {
    const { commit, custody } = await setUp()
    await commit(OLD)
    const later = dated.replace('mapping: dated-roster', 'mapping: jail-roster').replace('version: 1', 'version: 2')
    expect(await commit(at('2026-07-03 06:58', B), later)).toMatchObject({ departures: 1 })
    await expect(commit(at('2026-07-03 06:57', A, B), later)).rejects.toThrow(/changes nothing/)
    expect([await custody(CASES[0]), await custody(CASES[1])]).toEqual([['IN', 'OUT'], ['IN']])
  })
  it('is refused where its rows name two moments, or none that can be read', async () => {
    const { commit } = await setUp()
    await expect(commit(Buffer.from(`BOOKING,P_ID,BOOKED,WHY,AS_OF\n${A},2026-07-03 05:00\n${B},2026-07-03 06:00`), dated)).rejects.toThrow(/name 2 moments in column AS_OF/)
    await expect(commit(at('2026-07-03', A), dated)).rejects.toThrow(/column AS_OF\) is no date or time/)
    // It is the file that is wrong, and no record of ours that has changed.
    for (const moment of ['2026-07-03', '2026-07-04 05:00']) await expect(commit(at(moment, A), dated)).rejects.toMatchObject({ problem: 'schema-violation' })
    await expect(commit(at('2026-07-04 05:00', A), dated)).rejects.toThrow(/column AS_OF\) lies in the future/)
    await expect(commit(roster(A), dated)).rejects.toThrow(/"AS_OF"/)
  })
})

const NEWER = '018f0000-0000-7000-8000-00000000000c'
const probation = sample('probation.map.yml')
const entries = (...rows: readonly string[]): Buffer => Buffer.from(['ENTRY,P_ID,STATUS,CONDITION,OF_DAY', ...rows].join('\n'))

describe('a person who has a newer case', () => {
  it('keeps what was reported of supervision before: the row again is known, a changed one corrects it where it stands', async () => {
    const { commit, openNewer, said } = await setUp()
    const old = 'E-1,P-1,OK,BIP,06/10/2026'
    await commit(entries(old), probation)
    openNewer(NEWER)
    expect(await commit(entries(old, 'E-2,P-1,VIOL,BIP,06/30/2026'), probation)).toMatchObject({ records: { read: 2, accepted: 1, duplicate: 1, quarantined: 0 }, corrections: 0, complete: true })
    expect(await commit(entries('E-1,P-1,VIOL,BIP,06/10/2026'), probation)).toMatchObject({ records: { accepted: 1, quarantined: 0 }, corrections: 1 })
    const reported = (await said('SupervisionComplianceReported')).map(({ data, stream }) => ({ ...data as { caseId: string; compliance: string }, stream }))
    expect(reported).toMatchObject([{ caseId: CASES[0], compliance: 'COMPLIANT' }, { caseId: NEWER, compliance: 'VIOLATION' }, { caseId: CASES[0], compliance: 'VIOLATION', stream: reported[0]!.stream }])
  })
  it('and once no case is open any more: the row again is known, a changed one corrects it where it stands, a new one is of nobody here', async () => {
    const { commit, closeCase, said } = await setUp()
    const row = 'E-1,P-1,OK,BIP,06/10/2026'
    await commit(entries(row), probation)
    closeCase(CASES[0])
    expect((await commit(entries(row, 'E-1,P-1,VIOL,BIP,06/10/2026', 'E-2,P-1,OK,BIP,06/20/2026'), probation)).rows.map(({ outcome }) => outcome)).toEqual(['duplicate', 'correction', 'no-case'])
    expect((await said('SupervisionComplianceReported')).map(({ data }) => data)).toMatchObject([{ caseId: CASES[0], compliance: 'COMPLIANT' }, { caseId: CASES[0], compliance: 'VIOLATION' }])
    // Of whom it is now nobody can tell here; that it was not of him is not to be lost.
    expect((await commit(entries('E-1,P-9,VIOL,BIP,06/10/2026'), probation)).rows).toMatchObject([{ outcome: 'refused', cause: 'other-person', field: 'personId' }])
  })
  it('is in custody in it too while the roster names him, and is out of both once it does not', async () => {
    const { commit, custody, openNewer } = await setUp()
    await commit(roster(A, B))
    openNewer(NEWER)
    expect(await commit(roster(A, B))).toMatchObject({ records: { accepted: 1, duplicate: 1, quarantined: 0 }, departures: 0, complete: true })
    expect(await commit(roster(A, B))).toMatchObject({ records: { accepted: 0, duplicate: 2 } })
    expect(await commit(roster(B))).toMatchObject({ records: { duplicate: 1 }, departures: 2, complete: true })
    expect([await custody(CASES[0]), await custody(NEWER), await custody(CASES[1])]).toEqual([['IN', 'OUT'], ['IN', 'OUT'], ['IN']])
  })
})

describe('two records of one system with one number', () => {
  const court = sample('court-conditions.map.yml')
  const conditions = (...rows: readonly string[]): Buffer => Buffer.from(['ENTRY;REPORT_NO;NO_CONTACT;GPS;FIREARMS;BOND;ENTERED', ...rows].join('\n'))
  const reports = Buffer.from(sample('kcpd-reports.csv'))
  it('of two kinds are two records', async () => {
    const { commit, said } = await setUp()
    await commit(reports, sample('kcpd-reports.map.yml'))
    await commit(Buffer.from('CASE_NO;REPORT_NO;RESULTS;ENTERED\nN-1;FX26-010001;SIS;2026-07-01'), sample('municipal-court.map.yml'))
    expect(await commit(conditions('N-1;FX26-010001;Y;N;;OR;2026-07-01'), court)).toMatchObject({ records: { accepted: 1 }, corrections: 0 })
    expect([...await said('DispositionEntered'), ...await said('CourtConditionsSet')].map(({ corrects }) => corrects)).toEqual([undefined, undefined])
  })
  it('an arrest by hand leaves every number free for its report', async () => {
    const { commit, said, recorder, vault } = await setUp()
    const body = { ori: 'MOZZ99900', system: 'sample-rms', arrestNumber: 'FX26-010001', at: '2026-07-02T23:05' }
    await new RecordArrestHandler(recorder, vault, {} as CaseLookUp).execute({ body, meta: { commandId: NEWER, correlationId: NEWER, causationId: null, actor: { id: 'u', role: 'detective', agency: 'KCPD' }, source: { agency: 'KCPD', system: 'chorus' }, now: clock.now() } })
    expect(await said('ArrestRecorded')).toHaveLength(1)
    const all = sample('kcpd-reports.csv').split('\n').slice(0, 2).join('\n')
    expect(await commit(Buffer.from(all), sample('kcpd-reports.map.yml'))).toMatchObject({ records: { read: 1, accepted: 1 }, complete: true })
  })
  it('of one kind under two reports: the second is set aside by itself, and the run ends', async () => {
    const { commit, said } = await setUp()
    await commit(reports, sample('kcpd-reports.map.yml'))
    await commit(conditions('N-1;FX26-010001;Y;N;;OR;2026-07-01'), court)
    const report = await commit(conditions('N-2;FX26-010002;Y;N;;OR;2026-07-01', 'N-1;FX26-010002;N;N;;OR;2026-07-02', 'N-3;FX26-010002;Y;Y;;OR;2026-07-02'), court)
    expect(report).toMatchObject({ records: { read: 3, accepted: 2, duplicate: 0, quarantined: 1 }, complete: true })
    expect(report.rows.map(({ outcome, cause }) => [outcome, cause])).toEqual([['new', undefined], ['refused', 'number-taken'], ['new', undefined]])
    expect(await said('CourtConditionsSet')).toHaveLength(3)
  })
  it('of one kind under two reports in one file: the plan says so too', async () => {
    const { commit, said } = await setUp()
    await commit(reports, sample('kcpd-reports.map.yml'))
    const report = await commit(conditions('N-1;FX26-010001;Y;N;;OR;2026-07-01', 'N-1;FX26-010002;N;N;;OR;2026-07-02'), court)
    expect(report.rows.map(({ outcome, cause }) => [outcome, cause])).toEqual([['new', undefined], ['refused', 'number-taken']])
    expect(await said('CourtConditionsSet')).toHaveLength(1)
  })
  it('of two kinds whose stored ids begin alike: the plan says that the second is set aside, and it is, in its own stream and in another', async () => {
    const { plan, commit, said } = await setUp()
    await commit(reports, sample('kcpd-reports.map.yml'))
    const [decisions, dispositions] = [sample('charging.map.yml'), sample('municipal-court.map.yml').replace(/source: .*/, /source: .*/.exec(sample('charging.map.yml'))![0])]
    await commit(Buffer.from('DECISION_NO,REPORT_NO,DECISION,DECIDED\nN-1,FX26-010001,F,2026-07-01'), decisions)
    const file = Buffer.from('CASE_NO;REPORT_NO;RESULTS;ENTERED\nN-1;FX26-010001;SIS;2026-07-01\nN-2;FX26-010001;SIS;2026-07-01\nN-1;FX26-010002;SIS;2026-07-01')
    expect((await plan(file, dispositions)).rows.map(({ outcome, cause }) => [outcome, cause])).toEqual([['refused', 'number-taken'], ['new', undefined], ['refused', 'number-taken']])
    expect(await commit(file, dispositions)).toMatchObject({ records: { read: 3, accepted: 1, quarantined: 2 }, corrections: 0 })
    expect(await said('DispositionEntered')).toHaveLength(1)
  })
})

describe('an arrest that was entered by hand for a case', () => {
  const byArrests = sample('arrests.map.yml')
  const arrests = (number: string, name = 'Sample, Bert'): Buffer => Buffer.from(`${sample('arrests.csv').split('\n')[0]!}\nFX-H-1,07/02/2026 23:10,,,565.076,S,,,${number},"${name}",,36,M`)
  const entered = async (caseId?: string) => {
    const world = await setUp()
    const lookUp = { stateOf: async () => ({ status: 'closed', opened: {} }), openCaseOf: async () => null } as unknown as CaseLookUp
    const byHand = (arrestNumber: string, of = caseId, id = newId(clock)) =>
      new RecordArrestHandler(world.recorder, world.vault, lookUp).execute({ body: { ori: 'MOZZ99900', system: 'sample-arrests', arrestNumber, at: '2026-07-02T23:05', ...(of && { caseId: of }) }, meta: { commandId: id, correlationId: id, causationId: null, actor: { id: 'u', role: 'detective', agency: 'KCPD' }, source: { agency: 'KCPD', system: 'chorus' }, now: clock.now() } })
    await byHand('fx-h-1')
    return { ...world, byHand, keys: async () => (await world.said('ArrestRecorded')).map(({ partitionkey }) => partitionkey) }
  }
  const [MINE, HIS] = CASES.map((caseId) => `pchCase-${caseId}`) as [string, string]
  it('is one arrest, however its number is written', async () => {
    const { byHand, keys } = await entered(CASES[0])
    await byHand(' FX-h-1 ')
    expect(await keys()).toEqual([MINE])
  })
  it.each(['P-2', 'P-9'])('is not corrected by a row of another person (%s), with a case or without', async (number) => {
    const { commit, byHand, keys } = await entered(CASES[0])
    expect((await commit(arrests(number), byArrests)).rows).toMatchObject([{ outcome: 'refused', cause: 'other-person', field: 'personId' }])
    expect(await keys()).toEqual([MINE])
    // It was the entry that was wrong: corrected by hand, it leaves the row its way.
    await byHand('FX-H-1', number === 'P-2' ? CASES[1] : NEWER)
    expect((await keys())[1]).not.toBe(MINE)
  })
  it('of the right person is completed by his row, and stays with its case, also once it is closed', async () => {
    const { commit, closeCase, keys } = await entered(CASES[0])
    closeCase(CASES[0])
    expect(await commit(arrests('P-1'), byArrests)).toMatchObject({ records: { accepted: 1 }, corrections: 1 })
    expect(await keys()).toEqual([MINE, MINE])
  })
  it('is completed by a row under the number that its report alone has of the person of its case', async () => {
    const { commit, vault, reportedAs, keys } = await entered(CASES[0])
    reportedAs.set(CASES[0], [await vault.tokenFor('incident', 'sample-rms', 'P-7')])
    expect(await commit(arrests('P-7'), byArrests)).toMatchObject({ records: { accepted: 1 }, corrections: 1 })
    expect(await keys()).toEqual([MINE, MINE])
  })
  it('stays with its case where rows say no number; where it was entered for none, has that of whom its row names', async () => {
    const [his, nobodys] = [await entered(CASES[1]), await entered()]
    for (const name of ['Sample, Bert', 'Sample, B.']) expect(await his.commit(arrests('', name), byArrests)).toMatchObject({ corrections: 1 })
    // and is still the one of whom it was entered
    expect((await his.commit(arrests('P-1'), byArrests)).rows).toMatchObject([{ outcome: 'refused', cause: 'other-person' }])
    expect(await his.keys()).toEqual([HIS, HIS, HIS])
    expect(await nobodys.commit(arrests('P-2'), byArrests)).toMatchObject({ corrections: 1 })
    expect((await nobodys.keys())[1]).toBe(HIS)
  })
})

describe('the persons of a report', () => {
  const reports = sample('kcpd-reports.csv').split('\n')
  const byReports = sample('kcpd-reports.map.yml')
  const file = (change: (row: string) => string): Buffer => Buffer.from([reports[0]!, change(reports[1]!)].join('\n'))
  it('may have an address of Safe at Home, which is taken as it is and says what it is; another word for it is not guessed', async () => {
    const { commit, said, recorder } = await setUp()
    expect(await commit(Buffer.from(reports.slice(0, 4).join('\n').replace('07/03/2026 10:00', '07/03/2026 01:00')), byReports)).toMatchObject({ records: { accepted: 3 } })
    const named = await recorder.unseal(await said('ReportedPersonsNamed'), () => true)
    expect(named.map(({ data }) => (data as ReportedPersonsNamedV1).victims[0])).toMatchObject([{ address: '1 Sample Street, Apt 2', addressKind: 'ORDINARY' }, { address: 'P.O. Box 1409, Jefferson City 65102', addressKind: 'SAFE_AT_HOME' }, { name: 'Sample, Edna' }])
    expect(named[2]!.data).not.toHaveProperty('victims.0.addressKind')
    expect((await commit(file((row) => row.replace('Apt 2",O', 'Apt 2",X')), byReports)).rows).toMatchObject([{ outcome: 'refused', cause: 'unknown-code', field: 'victims.1.addressKind' }])
    // The kind of no address says nothing.
    expect(await commit(file((row) => row.replace('"1 Sample Street, Apt 2",O', ',S')), byReports)).toMatchObject({ corrections: 1 })
    expect((await said('ReportedPersonsNamed')).at(-1)!.data).not.toHaveProperty('victims.0.addressKind')
  })
  it('who are called injured and not injured are quarantined by that', async () => {
    const { commit } = await setUp()
    expect((await commit(file((row) => row.replace(',F,M,BF/GF', ',F,N;M,BF/GF')), byReports)).rows).toMatchObject([{ outcome: 'refused', cause: 'injured-and-not', field: 'victims.1.injuries' }])
    expect(await commit(file((row) => row.replace(',F,M,BF/GF', ',F,N,BF/GF')), byReports)).toMatchObject({ records: { accepted: 1 } })
  })
  it('on both sides of a row are quarantined by that, but for those who were victim and offender', async () => {
    const { commit } = await setUp()
    const same = (row: string): string => row.replace('FXP-2001', ' fxp-1001')
    expect((await commit(file(same), byReports)).rows).toMatchObject([{ outcome: 'refused', cause: 'person-on-both-sides', field: 'victims.1.personId', text: expect.not.stringMatching(/fxp/i) }])
    expect(await commit(file((row) => same(row).replace('BF/GF', '')), byReports)).toMatchObject({ records: { quarantined: 1 } })
    expect(await commit(file((row) => same(row).replace('BF/GF', 'MUTUAL')), byReports.replace('SPOUSE: SE', 'MUTUAL: VO, SPOUSE: SE').replace('version: 2', 'version: 3'))).toMatchObject({ records: { accepted: 1 } })
  })
})

describe('an extract in JSON', () => {
  const byReports = sample('kcpd-reports.map.yml').replace('type: csv', 'type: json').replace('mapping: kcpd-reports', 'mapping: json-reports')
  const row = (report: string, person: string): string => `{"REPORT_NO":${report},"OCC_FROM":"07/02/2026 21:40","OFFENSES":"13B","ARREST":"Y","V_ID":${person},"V_NAME":"Sample, Ada"}`
  it('has as many reports and people as it has numbers, also where these are larger than a number can be', async () => {
    const { commit, said } = await setUp()
    const file = Buffer.from(`[${row('987654321098765431', '887654321098765431')},${row('987654321098765432', '887654321098765432')}]`)
    expect(await commit(file, byReports)).toMatchObject({ records: { read: 2, accepted: 2 }, corrections: 0 })
    const tokens = (await said('IncidentReported')).map(({ data }) => (data as { victims: { token: string }[] }).victims[0]!.token)
    expect(new Set(tokens).size).toBe(2)
    expect(await commit(file, byReports)).toMatchObject({ records: { read: 2, duplicate: 2 } })
  })
})
