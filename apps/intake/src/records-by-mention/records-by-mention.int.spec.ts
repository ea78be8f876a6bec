import assert from 'node:assert/strict'
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { decode, MemoryStore, Recorder } from '@chorus/event-store'
import { Followers, Readiness } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { OFFENDER, report, STRANGER, VICTIM } from '../testing/incident-report'
import { RecordsByMention, recordsByMention } from './records-by-mention.query'

const idOf = (n: number): string => `018f0000-0000-7000-8000-00000000010${n}`
const CASE = idOf(9)

describe('records by mention', () => {
  let db: FreshDatabase
  let sql: Sql
  let store: MemoryStore
  let log: Recorder
  let records: RecordsByMention
  const add = async (stream: string, expected: number, draft: Parameters<Recorder['record']>[2][number]): Promise<number> => {
    const outcome = await log.record(stream, expected, [draft], metaOf({ name: `${stream} ${expected}` }))
    assert.ok(outcome.ok)
    return outcome.ordinal
  }
  const reported = (n: number, victimToken: string, offenderToken: string, version = 1): Promise<number> => {
    const draft = report({ victimToken, offenderToken, version })
    return add(`incident-${idOf(n)}`, version - 2, { ...draft, sourceRecord: { ...draft.sourceRecord!, id: `SAMPLE-${n}` }, data: { ...draft.data, incidentId: idOf(n), reportNumber: `SAMPLE-${n}` } })
  }
  const rows = async (): Promise<readonly object[]> => (await sql`select * from read.records_by_mention order by mentioned, stream`).map((row) => ({ ...row }))
  const named = async (...names: string[]): Promise<readonly string[]> => [...await records.streamsOf(names)].sort()

  beforeAll(async () => {
    db = await freshDatabase()
    sql = postgres(db.appUrl, { max: 3, onnotice: () => undefined })
    store = new MemoryStore()
    log = new Recorder({ store, vault: new MemoryVault(), clock: { now: () => '2026-07-03T10:00:00.000Z' } })
    records = new RecordsByMention(store, sql, log, new Followers(new Readiness()))
    await reported(1, VICTIM, OFFENDER)
    await reported(2, OFFENDER, VICTIM)
  })
  afterAll(async () => { await records.projection.stop(); await sql.end(); await db.drop() })

  it('before it follows the log, it reads the log', async () => { expect(await named(VICTIM)).toEqual([`incident-${idOf(1)}`, `incident-${idOf(2)}`]) })
  it('names the reports of a person and the cases of an incident, what came a moment ago among them', async () => {
    await records.projection.start()
    assert.ok(await records.projection.reached((await store.head()).ordinal, 5000))
    await add(`pchCase-${CASE}`, -1, { type: 'CaseOpened', schemaVersion: 1, time: '2026-07-03T10:00:00.000Z', timePrecision: 'instant', timeZone: 'UTC', data: { caseId: CASE, referralId: idOf(8), subjectRef: STRANGER, indexIncidentId: idOf(2), count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' } })
    await reported(3, STRANGER, OFFENDER)
    expect([await named(VICTIM), await named(STRANGER, idOf(2)), await named(idOf(1)), await named()]).toEqual([[`incident-${idOf(1)}`, `incident-${idOf(2)}`], [`incident-${idOf(3)}`, `pchCase-${CASE}`], [], []])
  })
  it('keeps whom a later version leaves out: it says where to look', async () => {
    const ordinal = await reported(3, VICTIM, OFFENDER, 2)
    assert.ok(await records.projection.reached(ordinal, 5000))
    expect([await named(STRANGER), (await named(VICTIM)).length]).toEqual([[`incident-${idOf(3)}`], 3])
  })
  it('the same events twice give the same rows', async () => {
    const before = await rows()
    const events: RecordedEvent[] = []
    for await (const event of store.readAll({ filter: { categories: recordsByMention.categories } })) events.push(decode(event))
    await sql.begin((tx) => recordsByMention.write(tx, events))
    expect(await rows()).toEqual(before)
  })
  it('rebuilt from nothing it has the same rows, and no text that is sealed in the log', async () => {
    const before = await rows()
    expect(before).toHaveLength(8)
    await records.projection.rebuild()
    assert.ok(await records.projection.reached((await store.head()).ordinal, 5000))
    expect(await rows()).toEqual(before)
    expect(JSON.stringify(before)).not.toContain('SAMPLE-')
  })
})
