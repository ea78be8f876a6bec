import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IncidentReportedV1, RecordedEvent } from '@chorus/contracts'
import { repositoryRoot } from '@chorus/platform'
import { clock, memoryIntake } from '../../../../test/fuzz/in-memory'
import type { ExtractReport } from './import-extract'

const sample = (name: string): string => readFileSync(join(repositoryRoot(), 'samples', 'extracts', name), 'utf8')
/** Commits what was planned before. */
const begun = () => {
  const intake = memoryIntake()
  let run = 0
  const commit = async (mapping: string, file: string): Promise<ExtractReport> => {
    const going = (on: boolean, plan?: string): Promise<ExtractReport> => intake.mapped.run({ mapping, bytes: Buffer.from(file) }, { runId: `018f0000-0000-7000-8000-${String(++run).padStart(12, '0')}`, actor: { id: 'u', role: 'intakeAnalyst', agency: 'KCPD' }, commit: on, ...(plan && { plan }) })
    return going(true, (await going(false)).plan)
  }
  const told = async (type: string): Promise<RecordedEvent[]> => (await intake.events()).filter((event) => event.type === type)
  const released = async (id: string, holdsAgain: boolean): Promise<unknown> => {
    const state = (await intake.quarantine.states([id])).get(id)!
    const commandId = `018f0000-0000-7000-8000-${String(++run).padStart(12, '0')}`
    return state.status === 'open' ? intake.retry.retry(id, { ...state, status: 'open' }, { actor: { id: 'u', role: 'intakeAnalyst', agency: 'KCPD' }, commandId, correlationId: commandId, now: clock.now(), reason: 'the records unit says so', ...(holdsAgain && { holdsAgain }) }) : state.status
  }
  return { ...intake, commit, told, released }
}
const outcomes = ({ rows }: ExtractReport): string[] => rows.map(({ outcome }) => outcome)

describe('a mapping of which a raised version is used on a file that was read by an older one', () => {
  const FILE = sample('kcpd-reports.csv').split('\n').slice(0, 5).join('\n')
  const OLD = sample('kcpd-reports.map.yml')
  const MENDED = OLD.replace('version: 2', 'version: 10').replace('EX: XR', 'EX: XS')

  it('corrects what it reads otherwise, leaves the rest, and adds nothing a second time', async () => {
    const { commit, told } = begun()
    await commit(OLD, FILE)
    const mended = await commit(MENDED, FILE)
    expect(outcomes(mended)).toEqual(['duplicate', 'duplicate', 'duplicate', 'correction'])
    expect(mended).toMatchObject({ records: { read: 4, accepted: 1, duplicate: 3, quarantined: 0 }, corrections: 1 })
    const reports = await told('IncidentReported')
    expect(reports).toHaveLength(5)
    expect(reports[4]).toMatchObject({ corrects: reports[3]!.id, sourceRecord: { version: 2, mapping: 'kcpd-reports@10' }, data: { victims: [{ relationships: [{ code: 'XS' }] }] } })
    expect(outcomes(await commit(MENDED, FILE))).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate'])
    expect(await told('IncidentReported')).toHaveLength(5)
  })
  it('takes away what it no longer reads', async () => {
    const { commit, told } = begun()
    await commit(OLD, FILE)
    expect(outcomes(await commit(OLD.replace('version: 2', 'version: 3').replace('  beat: { column: BEAT }\n', ''), FILE))).toEqual(['correction', 'correction', 'correction', 'correction'])
    expect((await told('IncidentReported')).map(({ data }) => (data as IncidentReportedV1).beat)).toEqual(['113', '322', '114', '511', undefined, undefined, undefined, undefined])
  })
  it('mends a zone, of which a local time says nothing', async () => {
    const { commit, told } = begun()
    await commit(OLD.replace('America/Chicago', 'America/New_York'), FILE)
    const mended = OLD.replace('version: 2', 'version: 3')
    expect(outcomes(await commit(mended, FILE))).toEqual(['correction', 'correction', 'correction', 'correction'])
    expect(outcomes(await commit(mended, FILE))).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate'])
    expect((await told('IncidentReported')).at(-1)).toMatchObject({ timeZone: 'America/Chicago' })
  })
  it('is not undone by the older one, used again, nor by a mapping of another name', async () => {
    const { commit, told } = begun()
    await commit(OLD, FILE)
    await commit(MENDED, FILE)
    for (const other of [OLD, OLD.replace('mapping: kcpd-reports', 'mapping: others').replace('version: 2', 'version: 99')]) expect(outcomes(await commit(other, FILE))).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate'])
    expect(await told('IncidentReported')).toHaveLength(5)
  })
  it('mends a charge and an arrest as well', async () => {
    const { commit, told } = begun()
    await commit(OLD, FILE)
    for (const [name, was, is, type] of [['charging', 'D: DECLINED', 'D: RETURNED_FOR_INVESTIGATION', 'ChargingDecisionMade'], ['arrests', 'M: MUNICIPAL', 'M: STATE', 'ArrestRecorded']] as const) {
      const [map, file] = [sample(`${name}.map.yml`), sample(`${name}.csv`)]
      await commit(map, file)
      const mended = map.replace('version: 1', 'version: 2').replace(was, is)
      expect(outcomes(await commit(mended, file))).toEqual(['duplicate', 'correction'])
      expect(outcomes(await commit(mended, file))).toEqual(['duplicate', 'duplicate'])
      const events = await told(type)
      expect(events.map(({ corrects }) => corrects)).toEqual([undefined, undefined, events[1]!.id])
    }
  })
  it('releases from quarantine what the older one could not read, and nothing else', async () => {
    const { commit, told, quarantine } = begun()
    const narrow = OLD.replace('EX: XR, ', '')
    const [one, other] = [FILE, FILE.replaceAll('FX26-01', 'FX26-02').replaceAll(',EX,', ',COUSIN,')]
    const [first, second] = [await commit(narrow, one), await commit(narrow, other)]
    const [waits, stays] = [first, second].map(({ rows }) => rows.find(({ outcome }) => outcome === 'refused')!.quarantine!) as [string, string]
    expect(await commit(OLD.replace('version: 2', 'version: 3'), one)).toMatchObject({ records: { read: 4, accepted: 1, duplicate: 3, quarantined: 0 }, releasedFromQuarantine: 1 })
    const states = await quarantine.states([waits, stays])
    expect([states.get(waits), states.get(stays)]).toMatchObject([{ status: 'released' }, { status: 'open' }])
    expect(await told('QuarantinedRecordReleased')).toMatchObject([{ data: { quarantineId: waits, outcome: 'accepted' } }])
    expect(await commit(OLD.replace('version: 2', 'version: 3'), one)).toMatchObject({ records: { duplicate: 4 }, releasedFromQuarantine: 0 })
  })
  it('of a report that stands in the file more than once, mends what stands last', async () => {
    const [heading, row] = FILE.split('\n') as [string, string]
    const { commit, told } = begun()
    const file = [heading, row, row.replace('BF/GF', 'STRANGER'), row].join('\n')
    await commit(OLD, file)
    const mended = OLD.replace('version: 2', 'version: 3').replace('BF/GF: BG', 'BF/GF: CS')
    expect(outcomes(await commit(mended, file))).toEqual(['duplicate', 'duplicate', 'correction'])
    expect(outcomes(await commit(mended, file))).toEqual(['duplicate', 'duplicate', 'duplicate'])
    expect((await told('IncidentReported')).map(({ data }) => (data as IncidentReportedV1).victims[0]!.relationships[0]!.code)).toEqual(['BG', 'ST', 'BG', 'CS'])
  })
})

describe('a row that says again what it said before it was corrected', () => {
  const [heading, row, other] = sample('kcpd-reports.csv').split('\n') as [string, string, string]
  const REPORTS = sample('kcpd-reports.map.yml')
  /** Of each night other rows come with it, so that no two files are the same. */
  const night = (n: number, ...rows: readonly string[]): string => [heading, ...rows, other.replace('FX26-010002', `FX26-01100${n}`)].join('\n')
  const STRANGER = row.replace('BF/GF', 'STRANGER')
  const causes = ({ rows }: ExtractReport): unknown[] => rows.map(({ outcome, cause }) => cause ?? outcome)
  const relationships = (events: readonly RecordedEvent[], stream: string): unknown[] => events.filter((event) => event.stream === stream).map(({ data }) => (data as IncidentReportedV1).victims[0]!.relationships[0]!.code)

  it('is set aside where another file brings it, once for all nights; released by a person it is the next correction', async () => {
    const { commit, told, released, kept } = begun()
    await commit(REPORTS, night(1, row))
    await commit(REPORTS, night(2, STRANGER))
    const third = await commit(REPORTS, night(3, row))
    expect(causes(third)).toEqual(['said-before', 'new'])
    expect(third).toMatchObject({ records: { read: 2, accepted: 1, duplicate: 0, quarantined: 1 }, corrections: 0 })
    expect(third.rows[0]!.text).toMatch(/release it .*--holds-again.*resolve it/)
    const id = third.rows[0]!.quarantine!
    expect((await commit(REPORTS, night(4, row))).rows[0]).toMatchObject({ cause: 'said-before', quarantine: id })
    expect(kept).toHaveLength(1)
    const [{ stream }] = await told('IncidentReported') as [RecordedEvent]
    expect(await told('RecordQuarantined')).toMatchObject([{ data: { cause: 'said-before', speaksOf: [stream] } }])

    expect(await released(id, false)).toMatchObject({ settled: false, cause: 'said-before' })
    expect(await released(id, true)).toMatchObject({ settled: true, outcome: 'accepted', stream })
    expect(relationships(await told('IncidentReported'), stream)).toEqual(['BG', 'ST', 'BG'])
    expect(await released(id, true)).toBe('released')
    for (const n of [4, 5]) expect(causes(await commit(REPORTS, night(n, row)))[0]).toBe('duplicate')
    // and so the other way round, each time
    for (const [n, said] of [[6, STRANGER], [7, row]] as const) {
      const { rows: [first] } = await commit(REPORTS, night(n, said))
      expect(first).toMatchObject({ cause: 'said-before' })
      expect(await released(first!.quarantine!, true)).toMatchObject({ outcome: 'accepted' })
    }
    expect(relationships(await told('IncidentReported'), stream)).toEqual(['BG', 'ST', 'BG', 'ST', 'BG'])
  })
  it('is not released over what the record has said since it was set aside: that is another one to decide on', async () => {
    const { commit, told, released } = begun()
    await commit(REPORTS, night(1, row))
    await commit(REPORTS, night(2, STRANGER))
    const id = (await commit(REPORTS, night(3, row))).rows[0]!.quarantine!
    await commit(REPORTS, night(4, row.replace('BF/GF', 'SPOUSE')))
    expect(await released(id, true)).toMatchObject({ settled: false, cause: 'said-since' })
    const [{ stream }] = await told('IncidentReported') as [RecordedEvent]
    expect(relationships(await told('IncidentReported'), stream)).toEqual(['BG', 'ST', 'SE'])
    const { rows: [anew] } = await commit(REPORTS, night(5, row))
    expect(anew!.quarantine).not.toBe(id)
    expect(await released(anew!.quarantine!, true)).toMatchObject({ outcome: 'accepted' })
    expect(relationships(await told('IncidentReported'), stream)).toEqual(['BG', 'ST', 'SE', 'BG'])
  })
  it('is known where the very file that said it comes again', async () => {
    const { commit, told } = begun()
    await commit(REPORTS, night(1, row))
    await commit(REPORTS, night(2, STRANGER))
    expect(causes(await commit(REPORTS, night(1, row)))).toEqual(['duplicate', 'duplicate'])
    expect(await told('RecordQuarantined')).toEqual([])
  })
  it('is known once a person has resolved it, until the record says something new', async () => {
    const { commit, quarantine, recorder } = begun()
    await commit(REPORTS, night(1, row))
    await commit(REPORTS, night(2, STRANGER))
    const id = (await commit(REPORTS, night(3, row))).rows[0]!.quarantine!
    const commandId = '018f0000-0000-7000-8000-0000000000ff'
    await recorder.record(`quarantine-${id}`, 0, [{ type: 'ParkedWorkResolved', schemaVersion: 1, data: { reference: `quarantine-${id}`, reasonCode: 'SUPERSEDED' }, time: clock.now(), timePrecision: 'instant', timeZone: 'UTC' }], { commandId, correlationId: commandId, causationId: null, actor: { id: 'u', role: 'intakeAnalyst', agency: 'KCPD' }, source: { agency: 'KCPD', system: 'chorus' }, now: clock.now() })
    expect((await quarantine.states([id])).get(id)).toMatchObject({ status: 'resolved' })
    expect(causes(await commit(REPORTS, night(4, row)))[0]).toBe('duplicate')
    expect(causes(await commit(REPORTS, night(5, row.replace('BF/GF', 'SPOUSE'))))[0]).toBe('correction')
    expect((await commit(REPORTS, night(6, row))).rows[0]).toMatchObject({ cause: 'said-before', quarantine: expect.not.stringContaining(id) })
  })
  it('so for a decision of a prosecutor', async () => {
    const { commit, told, released } = begun()
    await commit(REPORTS, night(1, row))
    const decisions = (n: number, code: string): string => `DECISION_NO,REPORT_NO,DECISION,DECIDED\nFX-D-1,FX26-010001,${code},2026-07-06\nFX-D-9${n},FX26-010001,F,2026-07-06`
    for (const [n, code, said] of [[1, 'F', 'new'], [2, 'D', 'correction'], [3, 'F', 'said-before']] as const) expect(causes(await commit(sample('charging.map.yml'), decisions(n, code)))[0]).toBe(said)
    const { rows: [first] } = await commit(sample('charging.map.yml'), decisions(4, 'F'))
    expect(await released(first!.quarantine!, true)).toMatchObject({ outcome: 'accepted' })
    const made = await told('ChargingDecisionMade')
    expect(made.filter(({ corrects }) => corrects !== undefined).map(({ data }) => (data as { decision: string }).decision)).toEqual(['DECLINED', 'FILED'])
  })
})
