/** The whole way of a real agency file: HTTP upload, records, the log, screening, replay, history. Counts only, never rows. */
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { PURPOSES_OF } from '@chorus/contracts'
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
    const count = async () => (await replayed(chorus)).byType['EligibilityAssessed@2'] ?? 0
    for (let tries = 0; tries < 100 && await count() < 209; tries++) await new Promise(resolve => setTimeout(resolve, 100))
    expect(await count()).toBe(209)
  }, 60_000)

  it('is screened anew by a policy that begins to hold: those whose outcome is another one, as its check said, and no other', async () => {
    const bearer = await chorus.bearer('prosecutor')
    const { text: held } = (await chorus.agent.get('/v1/policies/kc-ipvi-levels').set('Authorization', bearer)).body as { text: string }
    const text = held.replace('version: 1.2.0', 'version: 1.3.0').replace('minimumAge: 18', 'minimumAge: 30')
    const checked = (await chorus.agent.post('/v1/policies/checks').set('Authorization', bearer).set('X-Purpose', PURPOSES_OF.prosecutor[0]).send({ text })).body as { incidents: { reported: number }; incidentChanges: object[]; tookMs: number }
    expect(checked.incidents.reported).toBe(4_247)
    const began = performance.now()
    expect((await chorus.agent.post('/v1/policies/activations').set('Authorization', bearer).send({ text })).status).toBe(200)
    const types = async () => (await replayed(chorus)).byType
    for (let tries = 0; tries < 300 && (await types())['IncidentsScreened@1'] === undefined; tries++) await new Promise(resolve => setTimeout(resolve, 100))
    process.stdout.write(`a changed policy: ${checked.incidentChanges.length} of 209 otherwise; checked in ${checked.tookMs} ms, screened anew ${Math.round(performance.now() - began)} ms after it was activated\n`)
    expect(checked.incidentChanges.length).toBeGreaterThan(50)
    expect((await types())['EligibilityAssessed@2']).toBe(209 + checked.incidentChanges.length)
  }, 60_000)
})
