/** The whole way of a real agency file: HTTP upload, records, the log, screening, replay, history. Counts only, never rows. */
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { startChorus, type TestChorus } from '../support/chorus'
import { importFile } from '../support/import-file'
import { replayed } from '../support/long-answers'
import { realData } from '../support/real-data'

const FILE = join(realData(), 'nibrs', 'honolulupdNIBRSReport-2019-05.txt')

describe('a real NIBRS submission', () => {
  let chorus: TestChorus
  beforeAll(async () => { chorus = await startChorus() }, 60_000)
  afterAll(() => chorus.close())

  it('is accepted to the line, as the dry run said, and the numbers of the file stand in the report', async () => {
    const dry = await importFile(chorus, createReadStream(FILE), { dryRun: true })
    const report = await importFile(chorus, createReadStream(FILE), { bytes: statSync(FILE).size })
    expect(report.complete).toBe(true)
    // Nine arrest lines stand in the file twice, apart from each other and the same to the letter: the second says nothing new.
    expect(report.lines).toEqual({ read: 23_853, accepted: 23_844, duplicate: 9, quarantined: 0, blank: 0 })
    expect(report.records.read).toBe(report.records.accepted + report.records.duplicate)
    expect(report.quarantine.byCause).toEqual({})
    expect(report.statistics).toMatchObject({
      incidents: 4_247, offenses: 4_434, victims: 4_795, offenders: 4_617, arrestees: 677, groupBArrests: 1_220,
      intimatePartner: { victims: 217, incidents: 209, injury: { physical: 56, none: 132, blank: 29 }, incidentsWithArrest: 100 },
    })
    expect(report.edits.byCode['459']).toBe(582)
    for (const part of ['lines', 'records', 'corrections', 'edits', 'statistics'] as const) expect(dry[part]).toEqual(report[part])
  }, 60_000)

  it('adds nothing when it comes again', async () => {
    const report = await importFile(chorus, createReadStream(FILE))
    expect(report.lines).toMatchObject({ read: 23_853, accepted: 0, duplicate: 23_853, quarantined: 0 })
    const replay = await replayed(chorus)
    expect(replay.byType).toMatchObject({ 'IncidentReported@1': 4_247 })
  }, 60_000)

  it('is screened: one assessment for every intimate-partner incident, and for no other', async () => {
    const count = async () => (await replayed(chorus)).byType['EligibilityAssessed@1'] ?? 0
    for (let tries = 0; tries < 100 && await count() < 209; tries++) await new Promise(resolve => setTimeout(resolve, 100))
    expect(await count()).toBe(209)
  }, 60_000)
})
