import assert from 'node:assert/strict'
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { decode, MemoryStore, Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import { Projection } from '@chorus/read-models'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { OFFENDER, PAIR, report, VICTIM } from '../testing/incident-report'
import type { IncidentRow } from './incidents-by-review-state'
import { incidentsByReviewState } from './incidents-by-review-state.query'

const NOW = { time: '2026-07-03T10:00:00.000Z', timePrecision: 'instant' as const, timeZone: 'UTC' }

describe('incidents by review state', () => {
  let db: FreshDatabase
  let sql: Sql
  let store: MemoryStore
  let log: Recorder
  let projection: Projection
  const revisions = new Map<string, number>()
  const record = async (stream: string, draft: DraftEvent): Promise<{ ordinal: number; id: string }> => {
    const expected = revisions.get(stream) ?? -1
    const outcome = await log.record(stream, expected, [draft], metaOf({ name: `${stream} ${expected}` }))
    assert.ok(outcome.ok)
    revisions.set(stream, expected + 1)
    return { ordinal: outcome.ordinal, id: outcome.ids[0]! }
  }
  const rows = async () => Object.fromEntries((await sql<{ incident: string; state: string; listed: boolean; row: IncidentRow }[]>`select incident, state, listed, row from read.incidents_by_review_state order by incident`).map(({ incident, ...rest }) => [incident, rest]))
  const seen = async (ordinal: number) => { assert.ok(await projection.reached(ordinal, 5000)); return rows() }

  /** A report of an incident of its own, and its screening. */
  const incident = (n: number, draft = report()): { id: string; stream: string; draft: DraftEvent } => {
    const id = derivedId('incident', String(n))
    return { id, stream: `incident-${id}`, draft: { ...draft, data: { ...draft.data, incidentId: id }, sourceRecord: { ...draft.sourceRecord!, id: `SAMPLE-${n}` } } }
  }
  const screened = (id: string): DraftEvent => ({ type: 'EligibilityAssessed', schemaVersion: 2, ...NOW, data: { incidentId: id, predicates: [], identityKnown: false, outcome: 'CANDIDATE', policyVersion: 'kc-ipvi-levels@1.0.0' } })
  const confirmed = (id: string): DraftEvent => ({ type: 'IntimatePartnerRelationshipConfirmed', schemaVersion: 1, ...NOW, data: { incidentId: id, pairToken: PAIR, victimToken: VICTIM, offenderToken: OFFENDER, basis: 'DATING', confirmedByRole: 'detective', method: 'INTERVIEW' } })
  const determined = (id: string): DraftEvent => ({ type: 'PrimaryAggressorDetermined', schemaVersion: 1, ...NOW, data: { incidentId: id, aggressorToken: OFFENDER, dualArrest: false, basis: ['INJURY'], determinedByRole: 'detective' } })

  beforeAll(async () => {
    db = await freshDatabase()
    sql = postgres(db.appUrl, { max: 3, onnotice: () => undefined })
    store = new MemoryStore()
    log = new Recorder({ store, vault: new MemoryVault(), clock: { now: () => NOW.time } })
    projection = new Projection(incidentsByReviewState, { store, database: sql, decode, pollMs: 20 })
    await projection.start()
  })
  afterAll(async () => { await projection.stop(); await sql.end(); await db.drop() })

  const [one, other, gone] = [incident(1), incident(2, report({ relationship: 'AQ' })), incident(3)]

  it('of a report that its agency calls domestic, and no more, the two are named by their tokens', async () => {
    const open = incident(9, report({ relationship: null }))
    const { ordinal } = await record(open.stream, { ...open.draft, data: { ...open.draft.data, dvFlag: true } })
    expect((await seen(ordinal))[open.id]).toMatchObject({ row: { pairs: [{ victimToken: VICTIM, offenderToken: OFFENDER, relationship: 'NOT_STATED' }] } })
  })

  it('a screened report awaits its relationship; one without intimate partners is nobody\'s work', async () => {
    await record(other.stream, other.draft)
    await record(one.stream, one.draft)
    const { ordinal } = await record(`eligibility-${one.id}`, screened(one.id))
    const now = await seen(ordinal)
    expect(now[one.id]).toMatchObject({ state: 'awaiting-relationship', listed: true, row: { outcome: 'CANDIDATE', time: '2026-07-02T21', pairs: [{ victimToken: VICTIM, offenderToken: OFFENDER, relationship: 'BG' }] } })
    expect(now[other.id]).toMatchObject({ listed: false })
  })
  it('then its aggressor, and then it is reviewed', async () => {
    expect((await seen((await record(one.stream, confirmed(one.id))).ordinal))[one.id]).toMatchObject({ state: 'awaiting-aggressor' })
    expect((await seen((await record(one.stream, determined(one.id))).ordinal))[one.id]).toMatchObject({ state: 'reviewed', row: { aggressorToken: OFFENDER } })
  })
  it('an incident that a person looked at is listed without a screening', async () => {
    expect((await seen((await record(other.stream, confirmed(other.id))).ordinal))[other.id]).toMatchObject({ state: 'awaiting-aggressor', listed: true })
  })
  it('a report that was taken back is shown as such', async () => {
    const { id } = await record(gone.stream, gone.draft)
    await record(`eligibility-${gone.id}`, screened(gone.id))
    const { draft: { sourceRecord } } = gone
    const { ordinal } = await record(gone.stream, { type: 'EventRetracted', schemaVersion: 1, data: { retracts: id, reasonCode: 'SOURCE_DELETED' }, time: '2026-07-09', timePrecision: 'day', timeZone: 'America/Chicago', corrects: id, sourceRecord: { ...sourceRecord!, version: 2 } })
    expect((await seen(ordinal))[gone.id]).toMatchObject({ state: 'taken-back' })
  })
  it('the same events twice give the same rows', async () => {
    const before = await rows()
    const events: RecordedEvent[] = []
    for await (const event of log.read({ filter: { categories: incidentsByReviewState.categories } })) events.push(event)
    await sql.begin((tx) => incidentsByReviewState.write(tx, events))
    expect(await rows()).toEqual(before)
  })
  it('rebuilt from nothing it has the same rows, and no text that is sealed in the log', async () => {
    const before = await rows()
    const { ordinal } = await store.head()
    await projection.rebuild()
    expect(await seen(ordinal)).toEqual(before)
    const all = JSON.stringify(before)
    expect(all).not.toContain('SAMPLE-1')
    expect(all).not.toContain('$sealed')
  })
})
