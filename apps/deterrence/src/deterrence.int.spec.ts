/** Deterrence on real PostgreSQL: a level comes over the bus, the rest over HTTP; scenario 3, holds, stops, changed places. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { postgres } from '@chorus/postgres'
import supertest from 'supertest'
import { PURPOSES_OF, type DraftEvent, type Level, type Role } from '@chorus/contracts'
import type { EventStore, Recorder } from '@chorus/event-store'
import { issueToken } from '@chorus/platform'
import { accessIdOf, STILL_ALLOWED } from '@chorus/record-access'
import { metaOf } from '../../../libs/decider/src/testing/given'
import { startService, type ServiceUnderTest } from '../../../test/support/service'
import { RevokeClearanceConsumer } from './on-custody-status-changed/revoke-clearance.consumer'
import { notificationIdOf, safetyIdOf } from './notification/case-standing'
import type { Listed, NotificationList } from './notifications-by-due-date/notifications-by-due-date.query'
import { NotificationsByDueDate } from './notifications-by-due-date/notifications-by-due-date.query'
import { TimersByDueDate } from './timers-by-due-date/timers-by-due-date.query'
import type { WarningList } from './warnings-by-due-date/warnings-by-due-date.query'
import type { SafetyView } from './safety-review/safety-view'

const AGENCY: Partial<Record<Role, string>> = { detective: 'KCPD', prosecutor: 'JCPO', systemAdvocate: 'JCPO', healthProgram: 'HEALTH', finance: 'FINANCE', privacyOfficer: 'CITY', evaluator: 'EVALUATOR' }
let now = '2026-07-06T13:00:00.000Z'
const clock = { now: () => now }
const PROCEED = { outcome: 'PROCEED', conditionCodes: [], contactBasis: 'INFORMED', coversEveryPartner: true, permittedPlaces: ['HOME_OTHER', 'STATION'], validFrom: '2026-07-06T14:00:00.000Z', validUntil: '2026-07-08T14:00:00.000Z', confidentialityRegime: 'NONE' }
const DELIVERY = {
  mode: 'LETTER', placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'], recipientVerified: true, inCustody: false, voicesPresent: ['LE'], templateId: 'd-letter', templateVersion: '1', language: 'en',
  messageSha256: 'a'.repeat(64), interpreter: 'NONE', acknowledged: true, counselPresent: false, reaction: 'NONE',
}

describe('deterrence over the bus and HTTP', () => {
  let data: string
  let deterrence: ServiceUnderTest
  let log: Recorder
  let store: EventStore
  const bearer = async (role: Role): Promise<string> => `Bearer ${await issueToken(data, clock, { role, agency: AGENCY[role]! })}`
  const post = async (role: Role, path: string, body: object, key: string = randomUUID()) => supertest(deterrence.address).post(`/v1/${path}`).set('Authorization', await bearer(role)).set('Idempotency-Key', key).send(body) as unknown as Promise<{ status: number; body: { refused?: string; rules?: string[]; ordinal: number; detail?: string; stream: string; revision: number; repeated: boolean } }>
  const get = async <T>(role: Role, path: string): Promise<T> => (await supertest(deterrence.address).get(`/v1/${path}`).set('Authorization', await bearer(role)).set('X-Purpose', PURPOSES_OF[role][0]).expect(200)).body as T
  /** Asks until it holds: the reactions follow the bus at their own pace. */
  const until = async <T>(ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> => {
    for (let tries = 0; tries < 200; tries++) {
      const found = await ask()
      if (holds(found)) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('it did not come about')
  }
  const happened = (type: string, more: object): DraftEvent => ({ type, schemaVersion: 1, time: now, timePrecision: 'instant', timeZone: 'UTC', data: more })
  const level = (caseId: string, one: Level): DraftEvent => happened('LevelAssigned', { caseId, level: one, rank: 1, proposedLevel: one, matchedCriteria: [], evidenceRefs: [], decidedBy: 'human', policyHash: 'a'.repeat(64) })
  const changed = (caseId: string, from: Level, to: Level): DraftEvent => ({ ...happened('LevelChanged', { caseId, from, to, rank: 2, triggerEventId: randomUUID(), matchedCriteria: [], evidenceRefs: [], reasonCode: 'FIRST_ARREST', decidedBy: 'human', policyHash: 'a'.repeat(64) }), schemaVersion: 2 })
  const record = async (stream: string, expected: number, ...drafts: DraftEvent[]): Promise<number> => {
    const outcome = await log.record(stream, expected, drafts, metaOf({ name: `${stream} ${expected}`, now }))
    assert.ok(outcome.ok)
    return outcome.ordinal
  }
  /** A case that came to this level; answers its first notification once the review of it was asked for. */
  const levelled = async (one: Level = 'D'): Promise<{ caseId: string; id: string; reviewId: string }> => {
    const caseId = randomUUID()
    await record(`pchCase-${caseId}`, -1, happened('CaseOpened', { caseId, referralId: randomUUID(), subjectRef: `per_${'A'.repeat(22)}`, indexIncidentId: randomUUID(), count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' }), level(caseId, one))
    const id = await idFor(caseId)
    return { caseId, id, reviewId: await reviewOf(id) }
  }
  /** By the newest event of the level in the stream of the case. */
  const idFor = async (caseId: string, number = 1): Promise<string> => notificationIdOf({ event: (await log.load(`pchCase-${caseId}`)).findLast(({ type }) => ['LevelAssigned', 'LevelChanged'].includes(type))!.id }, number)
  const reviewOf = async (id: string): Promise<string> => {
    await until(() => log.load(`safetyReview-${safetyIdOf(id)}`), (events) => events.length > 0)
    return (await get<SafetyView>('systemAdvocate', `safety-reviews/${id}`)).reviews[0]!.reviewId
  }
  const cleared = async (one: Level = 'D') => {
    const found = await levelled(one)
    expect(await post('systemAdvocate', `safety-reviews/${found.id}/completion`, { reviewId: found.reviewId, ...PROCEED })).toMatchObject({ status: 200 })
    return found
  }
  const shown = (id: string): Promise<Listed> => get<Listed>('detective', `notifications/${id}`)
  const typesOf = async (id: string): Promise<string[]> => (await log.load(`notification-${id}`)).map(({ type }) => type)

  beforeAll(async () => {
    const { DeterrenceModule } = await import('./deterrence.module')
    const { EvaluationModule } = await import('../../evaluation/src/evaluation.module')
    deterrence = await startService('deterrence', [DeterrenceModule, EvaluationModule], clock)
    ;({ log, store, data } = deterrence)
  })
  afterAll(async () => { await deterrence.close() })
  beforeEach(() => { now = '2026-07-06T14:00:00.000Z' })

  it('a level is planned, reviewed, scheduled, permitted and delivered, and he is told once', async () => {
    const { caseId, id, reviewId } = await levelled('D')
    expect(await shown(id)).toMatchObject({ caseId, level: 'D', mode: 'LETTER', slaId: 'T-D', dueAt: '2026-07-08T14:00:00.000Z', phase: 'open', clearance: { status: 'NOT_CLEARED', permittedPlaces: [], validFrom: null, validUntil: null } })
    const plan = { at: '2026-07-06T15:00:00.000Z', placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'] }
    const early = await post('detective', `notifications/${id}/schedule`, plan)
    expect(early).toMatchObject({ status: 422, body: { refused: 'not_cleared', rules: ['M1'] } })
    // nothing was given yet: no window and no places are there to be looked at again
    expect(early.body.detail).toBe('No clearance covers this notification at this time and place. Do not deliver it. Every notification begins without one, and only the advocates give one: look at the notification again, its clearance says whether there is one, for which window and which classes of place.')
    expect(await post('systemAdvocate', `safety-reviews/${id}/completion`, { reviewId, ...PROCEED, confidentialityRegime: undefined })).toMatchObject({ status: 403, body: { refused: 'reviewer_under_confidentiality' } })
    expect(await post('detective', `safety-reviews/${id}/completion`, { reviewId, ...PROCEED })).toMatchObject({ status: 403 })
    expect(await post('systemAdvocate', `safety-reviews/${id}/completion`, { reviewId, ...PROCEED })).toMatchObject({ status: 200 })
    expect((await shown(id)).clearance).toEqual({ status: 'CLEARED', permittedPlaces: ['HOME_OTHER', 'STATION'], validFrom: PROCEED.validFrom, validUntil: PROCEED.validUntil })
    expect(await post('detective', `notifications/${id}/schedule`, { ...plan, placeClass: 'SHARED_RESIDENCE' })).toMatchObject({ status: 422, body: { refused: 'place_never', rules: ['M9'] } })
    expect(await post('detective', `notifications/${id}/schedule`, plan)).toMatchObject({ status: 200 })
    now = '2026-07-06T14:50:00.000Z'
    expect(await post('detective', `notifications/${id}/authorization`, { placeClass: 'HOME_OTHER' })).toMatchObject({ status: 200 })
    expect((await log.load(`notification-${id}`)).at(-1)).toMatchObject({ type: 'DeliveryAuthorized', data: { validUntil: '2026-07-06T15:50:00.000Z' }, basis: expect.arrayContaining([expect.objectContaining({ stream: `pchCase-${caseId}` })]) as unknown })
    now = '2026-07-06T15:10:00.000Z'
    const delivered = await post('detective', `notifications/${id}/delivery`, { at: '2026-07-06T15:05:00.000Z', ...DELIVERY })
    expect(delivered).toMatchObject({ status: 200 })
    expect((await log.load(`notification-${id}`)).at(-1)).toMatchObject({ type: 'NotificationDelivered', time: '2026-07-06T15:05:00.000Z' })
    expect((await log.load(`notification-${id}`)).at(-1)!.breaches).toBeUndefined()
    expect(await get('detective', `notifications/${id}?after=${delivered.body.ordinal}`)).toMatchObject({ phase: 'delivered', breaches: [] })
    expect(await post('detective', `notifications/${id}/authorization`, { placeClass: 'HOME_OTHER' })).toMatchObject({ status: 409, body: { rules: ['M8'] } })

    const key = randomUUID()
    const repeat = await post('prosecutor', 'notifications', { caseId, reason: 'NOT_UNDERSTOOD' }, key)
    expect(repeat).toMatchObject({ status: 200, body: { stream: `notification-${await idFor(caseId, 2)}`, repeated: false } })
    expect(await post('prosecutor', 'notifications', { caseId, reason: 'NOT_UNDERSTOOD' }, key)).toMatchObject({ status: 200, body: { stream: repeat.body.stream, repeated: true } })
    expect(await post('prosecutor', 'notifications', { caseId, reason: 'NOT_UNDERSTOOD' })).toMatchObject({ status: 409, body: { refused: 'still_planned', rules: ['M8'] } })
  })

  it('scenario 3: a hold after clearance refuses the permission, and what was delivered all the same is on record as a breach', async () => {
    const untouched = await levelled('D')
    const { id, caseId } = await cleared('D')
    await post('detective', `notifications/${id}/schedule`, { at: '2026-07-06T16:00:00.000Z', placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'] })
    now = '2026-07-06T15:50:00.000Z'
    expect(await post('detective', `notifications/${id}/authorization`, { placeClass: 'HOME_OTHER' })).toMatchObject({ status: 200 })
    const permission = randomUUID()
    expect(await post('detective', `notifications/${id}/authorization`, { placeClass: 'HOME_OTHER' }, permission)).toMatchObject({ status: 200 })
    expect((await shown(id)).authorization).toEqual({ placeClass: 'HOME_OTHER', validUntil: '2026-07-06T16:50:00.000Z' })
    now = '2026-07-06T16:00:00.000Z'
    const key = randomUUID()
    expect(await post('finance', `notifications/${id}/hold`, { code: 'SAFETY' }, key)).toMatchObject({ status: 200, body: { repeated: false } })
    expect(await post('finance', `notifications/${id}/hold`, { code: 'SAFETY' }, key)).toMatchObject({ status: 200, body: { repeated: true } })
    now = '2026-07-06T16:05:00.000Z'
    expect(await post('detective', `notifications/${id}/authorization`, { placeClass: 'HOME_OTHER' }, permission)).toMatchObject({ status: 422, body: { refused: 'not_cleared' } })
    expect((await shown(id)).authorization).toBeNull()
    const refusal = await post('detective', `notifications/${id}/authorization`, { placeClass: 'HOME_OTHER' })
    expect(refusal).toMatchObject({ status: 422, body: { refused: 'not_cleared', rules: ['M1'] } })
    const other = await post('detective', `notifications/${untouched.id}/authorization`, { placeClass: 'HOME_OTHER' })
    expect(other.body.detail).toBe(refusal.body.detail)
    expect((await shown(id)).clearance).toEqual((await shown(untouched.id)).clearance)
    const delivered = await post('detective', `notifications/${id}/delivery`, { at: '2026-07-06T16:05:00.000Z', ...DELIVERY })
    expect(delivered).toMatchObject({ status: 200 })
    const events = await log.load(`notification-${id}`)
    expect(events.slice(-4).map(({ type, breaches, data: told }) => [type, breaches ?? (told as { rule: string }).rule])).toEqual([
      ['NotificationDelivered', ['AUTH', 'M1', 'M2']], ['ProtocolBreachDetected', 'AUTH'], ['ProtocolBreachDetected', 'M1'], ['ProtocolBreachDetected', 'M2'],
    ])
    expect(events.at(-1)!.data).toMatchObject({ factId: events.at(-4)!.id })
    expect(await get('detective', `notifications/${id}?after=${delivered.body.ordinal}`)).toMatchObject({ breaches: ['AUTH', 'M1'] })

    const told = async (role: Role) => (await get<{ entries: { type: string; breaches?: string[]; data: { rule?: string } }[] }>(role, `history?of=${caseId}`)).entries
    const inSafety = ['SafetyReviewRequested', 'SafetyReviewCompleted', 'HoldRaised']
    const outside = ['CaseOpened', 'LevelAssigned', 'NotificationPlanned', 'NotificationScheduled', 'DeliveryAuthorized', 'DeliveryAuthorized', 'NotificationDelivered', 'ProtocolBreachDetected', 'ProtocolBreachDetected']
    for (const role of ['detective', 'prosecutor', 'healthProgram'] as const) {
      const entries = await told(role)
      expect(entries.map(({ type }) => type)).toEqual(outside)
      expect(entries.find(({ type }) => type === 'NotificationDelivered')!.breaches).toEqual(['AUTH', 'M1'])
      expect(JSON.stringify(entries)).not.toMatch(/M2|safety|hold/i)
    }
    const evaluator = (await told('evaluator')).map(({ type }) => type)
    expect([evaluator.includes('NotificationHeld'), evaluator.some((type) => inSafety.includes(type))]).toEqual([true, false])
    expect((await told('systemAdvocate')).map(({ type }) => type)).toEqual(expect.arrayContaining([...inSafety, 'NotificationHeld']))
  })

  describe('what happens around the person', () => {
    const entry = (type: string, caseId: string, more: object, time: Partial<DraftEvent> = {}): DraftEvent => ({ ...happened(type, { caseId, ...more }), ...time })
    const out = (caseId: string, time: Partial<DraftEvent> = {}) => entry('CustodyStatusChanged', caseId, { subjectRef: `per_${'A'.repeat(22)}`, status: 'OUT', holdId: randomUUID(), facility: 'sample-jail', jurisdiction: 'JACKSON', reason: 'BOND' }, time)
    const served = (caseId: string, expiresOn: string) => entry('ProtectionOrderStatusChanged', caseId, { subjectRef: `per_${'A'.repeat(22)}`, orderId: randomUUID(), jurisdiction: 'JACKSON', orderType: 'EX_PARTE', status: 'SERVED', respondent: 'SUBJECT', mutual: false, expiresOn })
    const scheduled = async () => {
      const found = await cleared('D')
      expect(await post('detective', `notifications/${found.id}/schedule`, { at: '2026-07-06T16:00:00.000Z', placeClass: 'STATION', delivererRoles: ['PATROL_OFFICER'] })).toMatchObject({ status: 200 })
      return found
    }
    const ask = (id: string) => post('detective', `notifications/${id}/authorization`, { placeClass: 'STATION' })
    const revocations = (id: string) => until(() => get<SafetyView>('systemAdvocate', `safety-reviews/${id}`), (view) => view.revocations.length > 0).then((view) => view.revocations)

    it.each([
      ['leaving custody', out, 'CUSTODY_OUT'], ['a further incident', (caseId: string) => entry('IncidentLinkedToCase', caseId, { incidentId: randomUUID(), side: 'REFERRED' }), 'NEW_INCIDENT'],
      ['an order', (caseId: string) => served(caseId, '2026-09-01'), 'ORDER'],
    ] as const)('%s takes a clearance back, and is answered anew', async (_, what, cause) => {
      const { id, caseId, reviewId } = await scheduled()
      expect(await ask(id)).toMatchObject({ status: 200 })
      await record(`circumstance-${caseId}`, -1, what(caseId))
      expect(await ask(id)).toMatchObject({ status: 422, body: { refused: 'not_cleared', rules: ['M1'] } })
      expect((await shown(id)).authorization).toBeNull()
      expect(await revocations(id)).toEqual([cause])
      expect(await post('systemAdvocate', `safety-reviews/${id}/completion`, { reviewId, ...PROCEED })).toMatchObject({ status: 200 })
      expect(await ask(id)).toMatchObject({ status: 200 })
      expect((await log.load(`notification-${id}`)).at(-1)!.basis).toEqual(expect.arrayContaining([{ stream: `circumstance-${caseId}`, revision: 0 }]))
    })

    it('with the entry itself: no message need arrive first', async () => {
      const { id, caseId } = await scheduled()
      // its message is about another case, so that nothing but the reading of this stream can refuse
      await record(`circumstance-${caseId}`, -1, out(randomUUID()))
      expect(await ask(id)).toMatchObject({ status: 422, body: { refused: 'not_cleared' } })
      expect(await get<SafetyView>('systemAdvocate', `safety-reviews/${id}`)).toMatchObject({ clearance: null, revocations: [] })
      expect((await shown(id)).clearance.status).toBe('NOT_CLEARED')
    })

    it('an order that ends by itself ends the clearance with it', async () => {
      const { caseId, id, reviewId } = await levelled('D')
      await record(`circumstance-${caseId}`, -1, served(caseId, '2026-07-07'))
      await revocations(id)
      await post('systemAdvocate', `safety-reviews/${id}/completion`, { reviewId, ...PROCEED })
      expect((await shown(id)).clearance).toMatchObject({ status: 'CLEARED', validUntil: '2026-07-07T05:00:00.000Z' })
    })

    it('what was told too late: a delivery that it would have stopped has its breach', async () => {
      const { id, caseId } = await scheduled()
      await ask(id)
      now = '2026-07-06T14:40:00.000Z'
      const { body } = await post('detective', `notifications/${id}/delivery`, { at: '2026-07-06T14:30:00.000Z', ...DELIVERY, placeClass: 'STATION' })
      await record(`circumstance-${caseId}`, -1, out(caseId, { time: '2026-07-06T09:29', timePrecision: 'minute', timeZone: 'America/Chicago' }))
      await until(() => typesOf(id), (types) => types.includes('ProtocolBreachDetected'))
      const events = await log.load(`notification-${id}`)
      const [told] = await log.load(`circumstance-${caseId}`)
      expect(events.slice(-2)).toMatchObject([{ type: 'NotificationDelivered', ordinal: body.ordinal }, { type: 'ProtocolBreachDetected', data: { rule: 'M1', factId: events.at(-2)!.id }, causationId: told!.id }])
      expect(events.at(-2)!.breaches).toBeUndefined()
    })

    it('what came about after the delivery breaks nothing', async () => {
      const { id, caseId } = await scheduled()
      await ask(id)
      now = '2026-07-06T14:40:00.000Z'
      await post('detective', `notifications/${id}/delivery`, { at: '2026-07-06T14:30:00.000Z', ...DELIVERY, placeClass: 'STATION' })
      const ordinal = await record(`circumstance-${caseId}`, -1, out(caseId, { time: '2026-07-06T09:31', timePrecision: 'minute', timeZone: 'America/Chicago' }))
      await deterrence.app.get(RevokeClearanceConsumer, { strict: false }).reached(ordinal)
      expect((await typesOf(id)).at(-1)).toBe('NotificationDelivered')
    })
  })

  describe('a partner is to be warned', () => {
    const tasks = (caseId: string, state = 'open') => get<WarningList>('systemAdvocate', `safety-warnings?state=${state}&after=${head}`).then(({ warnings }) => warnings.filter((one) => one.caseId === caseId))
    let head = 0
    const task = async (caseId: string) => until(async () => { head = (await store.head()).ordinal; return (await tasks(caseId))[0] }, (found) => found !== undefined) as unknown as Promise<WarningList['warnings'][number]>

    it('within an hour of a threat; who is late stands on top and on record, and nobody outside the safety context sees any of it', async () => {
      const { id, caseId } = await cleared('D')
      await post('detective', `notifications/${id}/delivery`, { at: '2026-07-06T13:30:00.000Z', ...DELIVERY, placeClass: 'STATION', reaction: 'THREAT_TO_PARTNER' })
      const { taskId, ...found } = await task(caseId)
      expect(found).toMatchObject({ notificationId: id, cause: 'THREAT_TO_PARTNER', dueAt: '2026-07-06T14:30:00.000Z', overdue: false, missed: false })
      now = '2026-07-06T14:31:00.000Z'
      expect((await tasks(caseId))[0]).toMatchObject({ overdue: true })
      for (let twice = 0; twice < 2; twice++) await deterrence.app.get(TimersByDueDate, { strict: false }).timers.recordMissed()
      expect((await log.load(`safetyWarning-${taskId}`)).map(({ type }) => type)).toEqual(['WarningTaskOpened', 'DeadlineMissed'])
      expect(await post('detective', `safety-warnings/${taskId}/completion`, { outcome: 'WARNED' })).toMatchObject({ status: 403 })
      expect(await post('systemAdvocate', `safety-warnings/${taskId}/completion`, { outcome: 'WARNED' })).toMatchObject({ status: 200 })
      head = (await store.head()).ordinal
      expect([await tasks(caseId), (await tasks(caseId, 'done'))[0]]).toMatchObject([[], { taskId, outcome: 'WARNED', missed: true, overdue: false }])
      expect((await supertest(deterrence.address).get('/v1/safety-warnings').set('Authorization', await bearer('detective')).set('X-Purpose', 'CASE_WORK')).status).toBe(403)
      expect(JSON.stringify((await get<{ entries: object[] }>('prosecutor', `history?of=${caseId}`)).entries)).not.toMatch(/Warning|Deadline/)
    })

    it('and what is planned is held, where the message reached somebody else', async () => {
      const { id, caseId } = await cleared('C')
      expect(await post('detective', `notifications/${id}/misdelivery`, { at: '2026-07-06T13:50:00.000Z', to: 'PARTNER', contentExposed: true })).toMatchObject({ status: 200 })
      expect(await task(caseId)).toMatchObject({ cause: 'MISDELIVERED', dueAt: '2026-07-06T14:50:00.000Z' })
      await until(() => typesOf(id), (types) => types.includes('NotificationHeld'))
      expect((await shown(id)).clearance.status).toBe('NOT_CLEARED')
    })
  })

  it('a hold is lifted by an advocate, and clears nothing: every partner is reviewed again', async () => {
    const { id, reviewId } = await cleared('C')
    await post('healthProgram', `notifications/${id}/hold`, { code: 'LANGUAGE' })
    const { holds } = await get<SafetyView>('systemAdvocate', `safety-reviews/${id}`)
    expect(holds).toMatchObject([{ code: 'LANGUAGE', lifted: false, reviewAt: '2026-07-07T14:00:00.000Z' }])
    expect(await post('systemAdvocate', `safety-reviews/${id}/hold-lift`, { holdId: holds[0]!.holdId, code: 'CAUSE_GONE' })).toMatchObject({ status: 200 })
    expect((await shown(id)).clearance.status).toBe('NOT_CLEARED')
    await post('systemAdvocate', `safety-reviews/${id}/completion`, { reviewId, ...PROCEED })
    expect((await shown(id)).clearance.status).toBe('CLEARED')
    expect(await post('systemAdvocate', `safety-reviews/${id}/completion`, { reviewId, ...PROCEED, outcome: 'HOLD', permittedPlaces: [] })).toMatchObject({ status: 200 })
    expect(await typesOf(id)).toEqual(['NotificationPlanned', 'NotificationHeld', 'NotificationHeld'])
    expect((await shown(id)).clearance.status).toBe('NOT_CLEARED')
  })

  it('a hold whose second entry a crash left out stops at once, and is completed', async () => {
    const { id, caseId } = await cleared('D')
    await post('detective', `notifications/${id}/schedule`, { at: '2026-07-06T16:00:00.000Z', placeClass: 'STATION', delivererRoles: ['PATROL_OFFICER'] })
    const stream = `safetyReview-${safetyIdOf(id)}`
    await record(stream, (await log.load(stream)).length - 1, happened('HoldRaised', { holdId: randomUUID(), scope: 'NOTIFICATION', notificationId: id, caseId, code: 'SAFETY', byRole: 'systemAdvocate', reviewAt: '2026-07-07T14:00:00.000Z' }))
    expect(await post('detective', `notifications/${id}/authorization`, { placeClass: 'STATION' })).toMatchObject({ status: 422, body: { refused: 'not_cleared' } })
    await until(() => typesOf(id), (types) => types.includes('NotificationHeld'))
  })

  it('another place or day takes the clearance away by itself', async () => {
    const { id, reviewId } = await cleared('D')
    const plan = { at: '2026-07-06T16:00:00.000Z', placeClass: 'HOME_OTHER', delivererRoles: ['PATROL_OFFICER'] }
    await post('detective', `notifications/${id}/schedule`, plan)
    expect(await post('detective', `notifications/${id}/schedule`, { ...plan, at: '2026-07-06T18:00:00.000Z' })).toMatchObject({ status: 200 })
    expect((await shown(id)).clearance.status).toBe('CLEARED')
    expect(await post('detective', `notifications/${id}/schedule`, { ...plan, placeClass: 'STATION' })).toMatchObject({ status: 200 })
    expect((await shown(id)).clearance.status).toBe('NOT_CLEARED')
    expect(await get<SafetyView>('systemAdvocate', `safety-reviews/${id}`)).toMatchObject({ revocations: ['PLACE'] })
    await post('systemAdvocate', `safety-reviews/${id}/completion`, { reviewId, ...PROCEED })
    expect(await post('detective', `notifications/${id}/authorization`, { placeClass: 'STATION' })).toMatchObject({ status: 200 })
    expect(await post('detective', `notifications/${id}/clearance-revocation`, { cause: 'CUSTODY_OUT' })).toMatchObject({ status: 200, body: { stream: `notification-${id}`, revision: 0 } })
    expect(await post('detective', `notifications/${id}/authorization`, { placeClass: 'STATION' })).toMatchObject({ status: 422, body: { refused: 'not_cleared' } })
  })

  it('a change of level takes the former plan back and plans the next; a closed case takes all back', async () => {
    const { id, caseId } = await levelled('D')
    await record(`pchCase-${caseId}`, 1, changed(caseId, 'D', 'C'))
    const next = await idFor(caseId)
    await reviewOf(next)
    expect(await typesOf(id)).toEqual(['NotificationPlanned', 'NotificationCancelled'])
    await record(`pchCase-${caseId}`, 2, happened('CaseClosed', { caseId, code: 'MOVED' }))
    expect((await until(() => typesOf(next), (types) => types.length > 1))).toEqual(['NotificationPlanned', 'NotificationCancelled'])
    expect((await log.load(`notification-${next}`)).at(-1)).toMatchObject({ data: { code: 'CASE_CLOSED' }, actor: { role: 'system' } })
    now = '2026-07-06T15:00:00.000Z'
    expect(await post('detective', `notifications/${next}/delivery`, { at: now, ...DELIVERY, mode: 'LETTER' })).toMatchObject({ status: 200 })
    expect((await log.load(`notification-${next}`)).find(({ type }) => type === 'NotificationDelivered')!.breaches).toEqual(['AUTH', 'M1', 'M5', 'M6'])
  })

  it('a stop of everything holds what is planned, and what is planned while it stands; lifting it clears nothing', async () => {
    const { id, caseId } = await cleared('D')
    expect(await post('evaluator', 'stops', { caseId })).toMatchObject({ status: 200, body: { stream: `pchCase-${caseId}`, revision: 0 } })
    expect(await post('evaluator', 'stops', { caseId: randomUUID() })).toMatchObject({ status: 404 })
    expect(await typesOf(id)).toEqual(['NotificationPlanned', 'NotificationHeld'])
    await record(`pchCase-${caseId}`, 1, changed(caseId, 'D', 'C'))
    const next = await idFor(caseId)
    await until(() => typesOf(next), (types) => types.includes('NotificationHeld'))
    const reviewId = await reviewOf(next)
    const { stops } = await get<SafetyView>('systemAdvocate', `safety-reviews/${next}`)
    expect(stops).toMatchObject([{ code: 'STOP_EVERYTHING', scope: 'CASE', lifted: false, reviewAt: '2026-07-07T14:00:00.000Z' }])
    await post('systemAdvocate', `safety-reviews/${next}/completion`, { reviewId, ...PROCEED })
    expect(await post('systemAdvocate', `stops/${caseId}/lift`, { holdId: stops[0]!.holdId, code: 'REVIEWED_AGAIN' })).toMatchObject({ status: 200 })
    expect((await shown(next)).clearance.status).toBe('NOT_CLEARED')
    await post('systemAdvocate', `safety-reviews/${next}/completion`, { reviewId, ...PROCEED })
    expect((await shown(next)).clearance.status).toBe('CLEARED')
  })

  it('the list goes by due date, is made again from the log alone, and keeps nothing of the safety context', async () => {
    const list = await get<NotificationList>('prosecutor', 'notifications?limit=200')
    expect(list.notifications.map(({ dueAt }) => dueAt)).toEqual(list.notifications.map(({ dueAt }) => dueAt).sort())
    const open = await get<NotificationList>('prosecutor', 'notifications?phase=open&level=C')
    expect(open.notifications.every(({ phase, level: one }) => phase === 'open' && one === 'C')).toBe(true)
    const { projection } = deterrence.app.get(NotificationsByDueDate, { strict: false })
    await projection.rebuild()
    const { ordinal } = await store.head()
    expect((await get<NotificationList>('prosecutor', `notifications?limit=200&after=${ordinal}`)).notifications).toEqual(list.notifications)
    const sql = postgres(deterrence.appUrl, { max: 1 })
    const [rows] = await sql<{ all: string }[]>`select string_agg(row::text, ' ') as all from read.notifications_by_due_date`
    await sql.end()
    for (const word of ['HoldRaised', 'holdId', 'review', 'M2', '$sealed', 'SAFETY', 'subjectRef']) expect(rows!.all).not.toContain(word)
    for (const query of ['phase=lost', 'level=E', 'limit=0', 'caseId=x', 'after=900000000']) {
      const { status, body } = await supertest(deterrence.address).get(`/v1/notifications?${query}`).set('Authorization', await bearer('detective')).set('X-Purpose', 'caseWork')
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(`/query/${query.split('=')[0]}`)])
    }
  })

  it('whose level is closed comes last for those outside justice, without a date: its place between others would tell it', async () => {
    const before = await get<NotificationList>('prosecutor', 'notifications?limit=200')
    const { caseId, notificationId } = before.notifications.find(({ caseId: one }) => before.notifications.filter((other) => other.caseId === one).length === 1)!
    expect(before.notifications.at(-1)!.notificationId).not.toBe(notificationId)
    await record(`recordAccess-${accessIdOf(`pchCase-${caseId}`)}`, -1, { ...happened('RecordAccessRestricted', { record: `pchCase-${caseId}`, ground: 'COURT_ORDER', statute: 'RSMO_610_140', effectiveAt: now.slice(0, 10), rolesStillAllowed: STILL_ALLOWED }), schemaVersion: 2 })
    expect(await get<NotificationList>('prosecutor', 'notifications?limit=200')).toEqual({ ...before, through: expect.any(Number) as number })
    const ids = ({ notifications }: NotificationList): string[] => notifications.map((one) => one.notificationId)
    expect(ids(await get<NotificationList>('healthProgram', 'notifications?limit=200'))).toEqual([...ids(before).filter((id) => id !== notificationId), notificationId])
    const last = await get<NotificationList>('healthProgram', `notifications?limit=1&from=${before.notifications.length - 1}`)
    expect([ids(last), Object.keys(last.notifications[0]!).filter((name) => ['level', 'dueAt', 'overdue'].includes(name))]).toEqual([[notificationId], []])
  })

  it('no event of a notification has a token but the subject\'s, and none of the safety context has one at all', async () => {
    for await (const event of log.read({ filter: { categories: ['notification', 'safetyReview'] } })) {
      expect(event.subjects).toEqual(event.type === 'NotificationPlanned' ? [`per_${'A'.repeat(22)}`] : [])
      expect(JSON.stringify(event)).not.toContain('$sealed')
    }
  })

  it('a plan that is late is on record, once, held or not, under the case\'s own key; what is due stays due', async () => {
    const [late, held] = [await levelled('C'), await levelled('D')]
    expect(await post('detective', `notifications/${held.id}/hold`, { code: 'SAFETY' })).toMatchObject({ status: 200 })
    now = '2026-07-08T14:00:01.000Z'
    const timers = deterrence.app.get(TimersByDueDate, { strict: false }).timers
    await timers.recordMissed()
    await timers.recordMissed()
    const missed = async (id: string) => (await log.load(`notification-${id}`)).filter(({ type }) => type === 'DeadlineMissed')
    expect(await missed(late.id)).toMatchObject([{ data: { timer: 'T-C2', owner: 'detective', dueAt: '2026-07-08T14:00:00.000Z' }, partitionkey: `pchCase-${late.caseId}`, actor: { role: 'system' } }])
    expect(await missed(held.id)).toMatchObject([{ data: { timer: 'T-D', owner: 'detective' } }])
    expect(await shown(late.id)).toMatchObject({ phase: 'open', overdue: true })
  })
})
