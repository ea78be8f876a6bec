/** A policy of levels begins to hold, on a real PostgreSQL and under a clock that is set: what was screened otherwise before it. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { handle, isRefusal } from '@chorus/decider'
import type { DraftEvent, EligibilityAssessedV2, RecordedEvent } from '@chorus/contracts'
import { hashOf, LEVELS_POLICY, policy, policyIn } from '@chorus/policy'
import { accessIdOf, recordAccess } from '@chorus/record-access'
import { metaOf } from '../../../../libs/decider/src/testing/given'
import { startService, type ServiceUnderTest } from '../../../../test/support/service'
import { AssessEligibilityConsumer } from '../on-incident-reported/assess-eligibility.consumer'
import { shippedPolicy } from '../policy/policy-in-force'
import { report, years, type ReportWish } from '../testing/incident-report'
import { ScreenAnewConsumer } from './screen-anew.consumer'

let now = '2026-07-03T12:00:00.000Z'
const clock = { now: () => now }
const { text: shipped } = shippedPolicy()

describe('a policy of levels that begins to hold', () => {
  let intake: ServiceUnderTest
  let consumer: ScreenAnewConsumer
  const incidents: string[] = []
  const reported = async (wish: ReportWish): Promise<string> => {
    const incidentId = randomUUID()
    const draft = report(wish)
    const drafts: DraftEvent[] = [{ ...draft, data: { ...draft.data, incidentId }, sourceRecord: { ...draft.sourceRecord!, id: `SAMPLE-${incidents.length}` } }]
    assert.ok((await intake.log.record(`incident-${incidentId}`, -1, drafts, metaOf({ name: incidentId, now }))).ok)
    incidents.push(incidentId)
    return incidentId
  }
  const activate = async (version: string, change: (text: string) => string, activeFrom?: string): Promise<void> => {
    const text = change(shipped.replace(/version: .*/, `version: ${version}`))
    const answer = await handle(intake.log, policy, LEVELS_POLICY, { type: 'ActivatePolicy', data: { policyId: LEVELS_POLICY, version, status: 'DRAFT', hash: hashOf(text), text, approverRoles: [], ...(activeFrom ? { activeFrom } : {}) }, meta: metaOf({ name: `activate ${version} ${activeFrom}`, now }) })
    assert.ok(!isRefusal(answer), JSON.stringify(answer))
  }
  const olderThan = (age: number) => (text: string): string => text.replace('minimumAge: 18', `minimumAge: ${age}`)
  const assessments = async (incidentId: string): Promise<{ outcome: string; by: string; hash: string; corrects: string | undefined; causedBy: string | null }[]> => (await intake.log.load(`eligibility-${incidentId}`)).map(({ data, corrects, causationId }: RecordedEvent) => {
    const { outcome, policyVersion, policyHash } = data as EligibilityAssessedV2
    return { outcome, by: policyVersion.split('@')[1]!, hash: policyHash!, corrects, causedBy: causationId }
  })
  const outcomes = async (incidentId: string): Promise<string[]> => (await assessments(incidentId)).map(({ outcome, by }) => `${outcome} by ${by}`)
  const another = (log = intake.log): ScreenAnewConsumer => new ScreenAnewConsumer(intake.store, log, clock, intake.app.get(AssessEligibilityConsumer, { strict: false }), { add: () => undefined } as never)
  const screened = async (): Promise<void> => { assert.ok(await intake.app.get(AssessEligibilityConsumer, { strict: false }).reached((await intake.store.head()).ordinal, 10_000)) }

  beforeAll(async () => {
    const { IntakeModule } = await import('../intake.module')
    intake = await startService('intake', [IntakeModule], clock)
    // By hand from here on, so that each look is one.
    await intake.app.get(ScreenAnewConsumer, { strict: false }).stop()
    consumer = another()
  })
  afterAll(async () => { await intake.close() })

  it('has what changes by it assessed anew, once, by whichever process is faster; the old stands, nothing else is touched', async () => {
    const [grown, young, minor, strangers, gone] = [await reported({ offenderAge: years(34) }), await reported({ offenderAge: years(20) }), await reported({ offenderAge: years(17) }), await reported({ relationship: 'AQ' }), await reported({ offenderAge: years(20) })]
    await screened()
    expect(await consumer.screenNow()).toBeNull()
    assert.ok(!isRefusal(await handle(intake.log, recordAccess, accessIdOf(`incident-${gone}`), { type: 'RestrictAccess', data: { record: `incident-${gone}`, ground: 'DESTROYED', statute: 'RSMO_610_122', effectiveAt: '2026-07-03' }, meta: metaOf({ name: 'destroy', now }) })))

    await activate('1.2.1', olderThan(21))
    const done = await Promise.all([consumer.screenNow(), another().screenNow()])
    expect(done.map(Number).reduce((sum, n) => sum + n)).toBe(1)
    expect([await outcomes(young), await outcomes(grown), await outcomes(minor), await outcomes(strangers), await outcomes(gone)]).toEqual([['CANDIDATE by 1.2.0', 'NOT_ELIGIBLE by 1.2.1'], ['CANDIDATE by 1.2.0'], ['NOT_ELIGIBLE by 1.2.0'], [], ['CANDIDATE by 1.2.0']])
    const [, second] = await assessments(young)
    const policyEvents = await intake.log.load(`policy-${LEVELS_POLICY}`)
    const held = policyIn(LEVELS_POLICY, policyEvents, now)
    expect(second).toMatchObject({ hash: held.hash, corrects: undefined, causedBy: policyEvents.findLast(({ type }) => type === 'PolicyActivated')!.id })
    expect(policyEvents.filter(({ type }) => type === 'IncidentsScreened')).toHaveLength(1)
    expect(await consumer.screenNow()).toBeNull()
  })

  it('takes in whom the one before passed over, and a correction that comes later corrects the newest', async () => {
    const strangers = incidents[3]!
    await activate('1.3.0', (text) => olderThan(21)(text).replace('[SE, CS,', '[AQ, SE, CS,'))
    expect(await consumer.screenNow()).toBe(1)
    expect(await outcomes(strangers)).toEqual(['CANDIDATE by 1.3.0'])
    const [first] = await intake.log.load(`eligibility-${strangers}`)
    const draft = report({ relationship: 'AQ', offenderAge: years(19), version: 2 })
    const [before] = await intake.log.load(`incident-${strangers}`)
    assert.ok((await intake.log.record(`incident-${strangers}`, 0, [{ ...draft, data: { ...draft.data, incidentId: strangers }, corrects: before!.id, sourceRecord: { ...draft.sourceRecord!, id: 'SAMPLE-3' } }], metaOf({ name: 'corrected', now }))).ok)
    await screened()
    expect((await assessments(strangers)).at(-1)).toMatchObject({ outcome: 'NOT_ELIGIBLE', by: '1.3.0', corrects: first!.id })
  })

  it('lets go of whom it no longer takes for intimate partners', async () => {
    const partners = await reported({ relationship: 'BG' })
    await screened()
    await activate('1.3.1', (text) => olderThan(21)(text).replace(/, BG\b/, ''))
    await consumer.screenNow()
    expect(await outcomes(partners)).toEqual(['CANDIDATE by 1.3.0', 'NOT_ELIGIBLE by 1.3.1'])
    await activate('1.3.2', olderThan(21))
    await consumer.screenNow()
    expect((await outcomes(partners)).at(-1)).toBe('CANDIDATE by 1.3.2')
  })

  it('of a day to come is waited for, and one that is replaced before its day never screens', async () => {
    await activate('1.4.0', olderThan(30), '2026-07-06')
    await activate('1.5.0', olderThan(18), '2026-07-08')
    expect(await consumer.screenNow()).toBeNull()
    now = '2026-07-08T12:00:00.000Z'
    // Nobody looked while 1.4.0 held: what holds now is what counts.
    expect(await consumer.screenNow()).toBe(1)
    expect([(await outcomes(incidents[1]!)).at(-1), (await outcomes(incidents[3]!)).at(-1)]).toEqual(['CANDIDATE by 1.5.0', 'NOT_ELIGIBLE by 1.3.0'])
    expect(await consumer.screenNow()).toBeNull()
  })

  it('ends a pass where another policy has come to hold meanwhile, and goes on by that one', async () => {
    const many: string[] = []
    for (let n = 0; n < 101; n++) many.push(await reported({ offenderAge: years(40) }))
    await screened()
    await activate('1.5.1', olderThan(50))
    const store = intake.log
    const slow = Object.create(store) as typeof store
    slow.recordEach = async (items) => { const done = await store.recordEach(items); await activate('1.5.2', olderThan(18)); return done }
    expect(await another(slow).screenNow()).toBeNull()
    const by = async (version: string): Promise<number> => (await Promise.all(incidents.map(outcomes))).flat().filter((one) => one.endsWith(version)).length
    expect([await by('1.5.1'), await by('1.5.2')]).toEqual([100, 0])
    await consumer.screenNow()
    expect([await by('1.5.1'), await by('1.5.2')]).toEqual([100, 100])
    expect(await Promise.all(many.map(async (id) => (await outcomes(id)).at(-1)!.split(' ')[0]))).toEqual(many.map(() => 'CANDIDATE'))
  })

  it('goes on where it broke off, and doubles nothing', async () => {
    const many: string[] = []
    for (let n = 0; n < 12; n++) many.push(await reported({ offenderAge: years(40) }))
    await screened()
    await activate('1.6.0', olderThan(50))
    const store = intake.log
    let left = 5
    const breaking = Object.create(store) as typeof store
    breaking.recordEach = async (items) => { const done = await store.recordEach(items.slice(0, left)); left = 0; if (items.length > done.length) throw new Error('the database is away'); return done }
    await expect(another(breaking).screenNow()).rejects.toThrow('away')
    const assessedBy = async (): Promise<number[]> => Promise.all(incidents.map(async (id) => (await outcomes(id)).filter((one) => one.endsWith('1.6.0')).length))
    expect((await assessedBy()).reduce((sum, n) => sum + n)).toBe(5)
    await consumer.screenNow()
    expect(Math.max(...await assessedBy())).toBe(1)
    expect(await Promise.all(many.map(async (id) => (await outcomes(id)).at(-1)))).toEqual(many.map(() => 'NOT_ELIGIBLE by 1.6.0'))
  })
})
