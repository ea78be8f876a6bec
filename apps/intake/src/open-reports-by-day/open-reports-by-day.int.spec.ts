import assert from 'node:assert/strict'
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import type { OpenDataRow, RecordedEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { decode, MemoryStore, Recorder } from '@chorus/event-store'
import { Followers, Readiness } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { reportDraft } from '../feeds/kcpd/report'
import { OpenReportsByDay, openReportsByDay } from './open-reports-by-day.query'

const HASH = 'a'.repeat(64)

describe('open reports by day', () => {
  let db: FreshDatabase
  let sql: Sql
  let store: MemoryStore
  let log: Recorder
  let reports: OpenReportsByDay
  const versions = new Map<number, { count: number; id: string }>()
  /** The next version of report `n`, with one row. */
  const report = async (n: number, day: string, more: Partial<OpenDataRow> = {}): Promise<number> => {
    const streamId = derivedId('open-report', String(n))
    const before = versions.get(n)
    const row: OpenDataRow = { row: HASH, file: HASH, line: 1, roles: ['VIC'], descriptionCut: false, reported: `${day}T21:15`, clock: [], ageMasked: true, place: 'absent', ...more }
    const draft = reportDraft([row], { streamId, report: `1800000${10 + n}`, version: (before?.count ?? 0) + 1, ...(before && { corrects: before.id }), message: HASH, file: HASH, line: 1, whens: [] })
    const outcome = await log.record(`openReport-${streamId}`, (before?.count ?? 0) - 1, [draft], metaOf({ name: `${n} ${before?.count ?? 0}` }))
    assert.ok(outcome.ok)
    versions.set(n, { count: (before?.count ?? 0) + 1, id: outcome.ids[0]! })
    return outcome.ordinal
  }
  const rows = async (): Promise<readonly object[]> => (await sql`select * from read.open_reports_by_day order by report`).map((row) => ({ ...row }))
  const counted = async (ordinal: number, outsideJustice = false): Promise<unknown[]> => { assert.ok(await reports.projection.reached(ordinal, 5000)); return (await reports.daily('2018-07-01', '2018-07-31', outsideJustice)).days.map((day) => Object.values(day)) }

  beforeAll(async () => {
    db = await freshDatabase()
    sql = postgres(db.appUrl, { max: 3, onnotice: () => undefined })
    store = new MemoryStore()
    log = new Recorder({ store, vault: new MemoryVault(), clock: { now: () => '2018-08-01T10:00:00.000Z' } })
    reports = new OpenReportsByDay(store, sql, new Followers(new Readiness()))
    await reports.projection.start()
  })
  afterAll(async () => { await reports.projection.stop(); await sql.end(); await db.drop() })

  it('counts a report on its day, by what it is domestic, and old numbers apart from labels', async () => {
    for (let n = 0; n < 11; n++) await report(n, '2018-07-04', { domesticFlag: true, offense: '702' })
    await report(20, '2018-07-04', { offense: '802' })
    await report(21, '2018-07-05', { domesticFlag: false, offense: '702' })
    await report(22, '2018-08-01', { domesticFlag: true })
    expect(await counted(await report(23, '2018-07-05', { offense: 'Domestic Violence Assault' }))).toEqual([['2018-07-04', 'numbers', 12, 11, 1, 0], ['2018-07-05', 'labels', 1, 0, 1, 0], ['2018-07-05', 'numbers', 0, 0, 0, 0]])
  })
  it('tells nobody outside justice of one to ten', async () => {
    expect(await counted(0, true)).toEqual([['2018-07-04', 'numbers', 12], ['2018-07-05', 'labels', null], ['2018-07-05', 'numbers', 0]])
  })
  it('takes the newest version of a report for the report', async () => {
    expect(await counted(await report(20, '2018-07-05', { offense: '702' }))).toEqual([['2018-07-04', 'numbers', 11, 11, 0, 0], ['2018-07-05', 'labels', 1, 0, 1, 0], ['2018-07-05', 'numbers', 0, 0, 0, 0]])
  })
  it('the same events twice give the same rows', async () => {
    const before = await rows()
    const events: RecordedEvent[] = []
    for await (const event of store.readAll({ filter: { categories: openReportsByDay.categories } })) events.push(decode(event))
    await sql.begin((tx) => openReportsByDay.write(tx, events))
    expect(await rows()).toEqual(before)
  })
  it('rebuilt from nothing it has the same rows, and no text that is sealed in the log', async () => {
    const before = await rows()
    expect(before).toHaveLength(15)
    const { ordinal } = await store.head()
    await reports.projection.rebuild()
    assert.ok(await reports.projection.reached(ordinal, 5000))
    expect(await rows()).toEqual(before)
    expect(JSON.stringify(before)).not.toContain('1800000')
  })
})
