/** A file of open crime data, the same again, one changed row, the rest of a report in another file; and the counts of the city. Over HTTP, on a real PostgreSQL. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { repositoryRoot } from '@chorus/platform'
import type { KcpdReport } from '../../apps/intake/src/import-run/import-kcpd'
import type { DailyCounts } from '../../apps/intake/src/open-reports-by-day/open-reports-by-day.query'
import { startChorus, type TestChorus } from '../support/chorus'
import { importKcpd, type ImportHow } from '../support/import-file'
import { replayed, verdict } from '../support/long-answers'

const HEADER = 'Report_No,Reported_Date,Reported_Time,From_Date,From_Time,Offense,IBRS,Description,Area,Zip Code,DVFlag,Invl_No,Involvement,Race,Sex,Age,Firearm Used Flag,Location'
const rowOf = (report: number, person: number, more: { flag?: string; offense?: string; age?: string; day?: string } = {}) =>
  `${180000000 + report},${more.day ?? '07/04/2018'},21:15,07/04/2018,20:50,${more.offense ?? '702'},240,Auto Theft,CPD,64130,${more.flag ?? 'U'},${person},${person === 1 ? 'VIC' : 'SUS'},W,F,${more.age ?? '34'},N,"100 FICTION ST\r\n(39.05, -94.55)"`
const fileOf = (rows: readonly string[]) => [HEADER, ...rows].join('\n') + '\n'
/** 30 reports of one person, one of two persons that lie apart; twelve domestic by the flag, one by its offence, one by an order. */
const ROWS = [rowOf(100, 1), ...Array.from({ length: 30 }, (_, at) => rowOf(at, 1, { flag: at < 12 ? 'Y' : 'N', ...(at === 20 && { offense: '802' }), ...(at === 21 && { offense: '2040' }) })), rowOf(100, 2)]

let chorus: TestChorus
const send = async (rows: readonly string[] | string, how: ImportHow = {}): Promise<KcpdReport> => {
  const report = await importKcpd(chorus, Readable.from([Buffer.from(typeof rows === 'string' ? rows : fileOf(rows))]), how)
  for (const { read, accepted, duplicate, quarantined } of [report.lines, report.records]) expect(read).toBe(accepted + duplicate + quarantined)
  return report
}
const daily = async (role: 'intakeAnalyst' | 'evaluator'): Promise<DailyCounts> =>
  (await chorus.agent.get('/v1/open-reports/daily').query({ from: '2018-07-01', to: '2018-07-31', after: String((await replayed(chorus)).events) }).set('Authorization', await chorus.bearer(role)).expect(200)).body as DailyCounts
const counted = async () => { const { byType, byCategory } = await replayed(chorus); return { reports: byCategory.openReport ?? 0, versions: byType['OpenDataReportReceived@1'] ?? 0, cases: byCategory.pchCase ?? 0, screened: byCategory.eligibility ?? 0 } }

beforeAll(async () => { chorus = await startChorus() }, 60_000)
afterAll(() => chorus.close())

it('rows are put together to reports, as the dry run says, which records nothing', async () => {
  const dry = await send(ROWS, { dryRun: true })
  expect((await counted()).versions).toBe(0)
  const report = await send(ROWS)
  expect(report).toMatchObject({ complete: true, records: { read: 32, accepted: 32, duplicate: 0, quarantined: 0 }, corrections: 0, statistics: { reports: { begun: 31, grown: 0 } } })
  expect({ records: dry.records, statistics: dry.statistics }).toEqual({ records: report.records, statistics: report.statistics })
  expect(await counted()).toEqual({ reports: 31, versions: 31, cases: 0, screened: 0 })
})

it('the same file again adds nothing; one changed row is exactly one correction; the old file again changes nothing back', async () => {
  expect((await send(ROWS)).records).toMatchObject({ accepted: 0, duplicate: 32 })
  const changed = ROWS.map((row, at) => at === 31 ? rowOf(100, 2, { age: '35' }) : row)
  const report = await send(changed)
  expect(report).toMatchObject({ records: { accepted: 1, duplicate: 31 }, corrections: 1, statistics: { reports: { begun: 0, grown: 1 } } })
  expect(await counted()).toMatchObject({ reports: 31, versions: 32 })
  expect((await send(ROWS)).records).toMatchObject({ accepted: 0, duplicate: 32 })
})

it('a second file brings a further row of a known report: its next version, and no row is lost', async () => {
  const report = await send([rowOf(100, 3)])
  expect(report).toMatchObject({ records: { accepted: 1, duplicate: 0 }, corrections: 1 })
  expect(await counted()).toMatchObject({ reports: 31, versions: 33 })
})

it('the sample is read as its README says, and a row is mended at its source, not here', async () => {
  const report = await send(readFileSync(join(repositoryRoot(), 'samples/kcpd/2024.csv'), 'utf8'))
  expect(report).toMatchObject({ records: { read: 7, accepted: 6, quarantined: 1 }, quarantine: { byCause: { 'reported-date-unreadable': 1 } }, statistics: { reports: { begun: 5 }, rows: { clockSkipped: 1, placeUnknown: 1 } } })
  const [{ id } = { id: '' }] = report.quarantine.first
  const analyst = await chorus.bearer('intakeAnalyst')
  const repair = await chorus.agent.post(`/v1/quarantine/${id}/repair`).set('Authorization', analyst).send({ content: 'anything', reason: 'the day was misread' })
  expect(repair).toMatchObject({ status: 422, body: { refused: 'mended_at_source' } })
  const { body } = await chorus.agent.get(`/v1/quarantine/${id}`).set('Authorization', analyst).set('X-Purpose', 'dataQuality')
  expect((body as { content: string }).content).toContain('KC24999005')
})

it('what cannot be read is quarantined, once, and a file of other columns is refused by name', async () => {
  const broken = [rowOf(200, 1), 'cut,row', rowOf(201, 1, { day: 'yesterday' }), rowOf(202, 1)]
  expect((await send(broken))).toMatchObject({ records: { read: 4, accepted: 2, quarantined: 2 }, quarantine: { byCause: { 'row-cut': 1, 'reported-date-unreadable': 1 } } })
  expect((await send(broken)).records).toMatchObject({ accepted: 0, duplicate: 2, quarantined: 2 })
  await expect(send(`${HEADER},Victim_Name\n`)).rejects.toThrow(/Unknown: Victim_Name/)
  for (const junk of ['\u0000\u0001\u0002', 'PK\u0003\u0004', '{"a":1}', '[1,2]']) await expect(send(junk)).rejects.toThrow(/not-parseable/)
})

it('the counts say by what a report is domestic; outside justice small numbers are suppressed', async () => {
  const { days, note } = await daily('intakeAnalyst')
  expect(days).toEqual([{ day: '2018-07-04', categories: 'numbers', domestic: 14, byFlag: 12, byOffense: 1, byOrder: 1 }])
  expect(note).toMatch(/no trend/)
  await send(Array.from({ length: 3 }, (_, at) => rowOf(300 + at, 1, { flag: 'Y', day: '07/05/2018' })))
  expect((await daily('evaluator')).days).toEqual([{ day: '2018-07-04', categories: 'numbers', domestic: 14 }, { day: '2018-07-05', categories: 'numbers', domestic: null }])
  expect((await verdict(chorus)).ok).toBe(true)
})
