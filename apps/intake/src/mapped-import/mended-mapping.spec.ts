import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IncidentReportedV1, RecordedEvent } from '@chorus/contracts'
import { repositoryRoot } from '@chorus/platform'
import { memoryIntake } from '../../../../test/fuzz/in-memory'
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
  return { ...intake, commit, told }
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
