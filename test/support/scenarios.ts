/** Scenarios 1 and 3 of the domain reference (§3.12), and a clearance that is taken back (§3.13 rule 2), on whatever form of Chorus they are given. */
import assert from 'node:assert/strict'
import type { RecordedEvent } from '@chorus/contracts'
import { decode, KurrentStore, PostgresStore, type EventStore } from '@chorus/event-store'
import { SUBJECT, VICTIM, type Thread, type Walked } from './thread'

const HOUR = 3_600_000
/** Categories whose topics others than intake and the safety context read. */
const SHARED = ['pchCase', 'notification', 'pchService', 'authorization', 'account']

/** @param url of the database; @param logUrl of the KurrentDB that has the log, where one has it */
export async function withStore<T>(url: string, work: (store: EventStore) => Promise<T>, logUrl?: string): Promise<T> {
  const store = logUrl === undefined ? await PostgresStore.open({ url }) : await KurrentStore.open({ url: logUrl, databaseUrl: url })
  try { return await work(store) } finally { await store.close() }
}

/** First call, no arrest: report to level D, letter within 48 hours, delivered away from the shared home, help offered; the money beside it. */
export async function firstCallNoArrest(thread: Thread): Promise<Walked & { readonly account: string }> {
  await thread.importSample()
  const walked = await thread.toPlan()
  const { caseId, notificationId, notification, reviewId } = walked
  expect(notification).toMatchObject({ level: 'D', mode: 'LETTER', phase: 'open', clearance: { status: 'NOT_CLEARED' } })
  expect(await thread.authorize(notificationId)).toMatchObject({ status: 422, body: { rules: expect.arrayContaining(['M1']) as unknown } })
  await thread.clear(notificationId, reviewId)
  expect(await thread.post('detective', `notifications/${notificationId}/schedule`, { at: new Date(Date.parse(notification.dueAt) - HOUR).toISOString(), placeClass: 'SHARED_RESIDENCE', delivererRoles: ['PATROL_OFFICER'] })).toMatchObject({ status: 422, body: { rules: ['M9'] } })
  await thread.schedule(notificationId)
  expect(await thread.authorize(notificationId)).toMatchObject({ status: 200 })
  const delivered = await thread.deliver(notificationId)
  await thread.until('the delivery in the list', 'detective', `notifications/${notificationId}?after=${delivered.body.ordinal}`, (body: { phase: string; breaches: string[] }) => body.phase === 'delivered' && body.breaches.length === 0)
  await thread.help(caseId)
  const { account } = await thread.money()
  return { ...walked, account }
}

/** What must hold of the log after scenario 1. Answers what no topic beyond justice and safety may carry, and what these topics are to carry, by event id. */
export async function firstCallIsOnRecord(thread: Thread, url: string, walked: Walked & { readonly account: string }, logUrl?: string): Promise<{ readonly secrets: readonly string[]; readonly shared: ReadonlyMap<string, string> }> {
  const events = await withStore(url, async (store) => { const all: RecordedEvent[] = []; for await (const event of store.readAll()) all.push(decode(event)); return all }, logUrl)
  const typesIn = (stream: string): string[] => events.filter((event) => event.stream === stream).map(({ type }) => type)
  expect(typesIn(`notification-${walked.notificationId}`)).toEqual(['NotificationPlanned', 'NotificationScheduled', 'DeliveryAuthorized', 'NotificationDelivered'])
  const [levelled, planned] = [events.find(({ type, stream }) => type === 'LevelAssigned' && stream === `pchCase-${walked.caseId}`), events.find(({ type, stream }) => type === 'NotificationPlanned' && stream === `notification-${walked.notificationId}`)]
  assert.ok(levelled && planned)
  expect(planned.causationId).toBe(levelled.id)
  expect(Date.parse((planned.data as { dueAt: string }).dueAt) - Date.parse(levelled.time)).toBe(48 * HOUR)
  expect(events.filter(({ stream }) => stream.startsWith('pchService-')).map(({ type }) => type)).toEqual(['ServiceOffered', 'ServiceOfferAnswered', 'ServiceReferralSent', 'ServiceReferralAnswered'])
  expect(typesIn(`account-${walked.account}`).slice(-2)).toEqual(['FundsCertified', 'EncumbranceRecorded'])
  // nothing of the victim on any topic that others read: no token of hers, no value of hers, sealed or not
  const shared = events.filter(({ stream }) => SHARED.includes(stream.slice(0, stream.indexOf('-'))))
  expect(shared.length).toBeGreaterThan(15)
  const victims = new Set([walked.victimToken, ...events.filter(({ type }) => type === 'ReferralReceived').map(({ data }) => (data as { victimRef: string }).victimRef)])
  const text = JSON.stringify(shared)
  const secrets = [...victims, ...Object.values(VICTIM), ...Object.values(SUBJECT), '$sealed']
  for (const secret of secrets) expect(text).not.toContain(secret)

  const history = async (role: 'prosecutor' | 'healthProgram' | 'finance' | 'evaluator' | 'systemAdvocate', of: string): Promise<string> => JSON.stringify((await thread.get(role, `history?of=${of}`)).body)
  expect(await history('prosecutor', walked.caseId)).toMatch(/NotificationDelivered/)
  expect(await history('prosecutor', walked.caseId)).not.toMatch(/SafetyReview|ServiceOffered/)
  expect(await history('healthProgram', walked.caseId)).toMatch(/ServiceReferralAnswered/)
  expect(await history('systemAdvocate', walked.caseId)).toMatch(/SafetyReviewCompleted/)
  expect(await history('evaluator', walked.account)).toMatch(/EncumbranceRecorded/)
  return { secrets, shared: new Map(shared.map(({ id, stream }) => [id, stream.slice(0, stream.indexOf('-'))])) }
}

/** A hold after the clearance: the permission is refused, and what was done all the same is on record as a breach. */
export async function holdAfterClearance(thread: Thread, url: string, logUrl?: string): Promise<void> {
  const { caseId, notificationId, reviewId } = await thread.toPlan()
  await thread.clear(notificationId, reviewId)
  await thread.schedule(notificationId)
  expect(await thread.authorize(notificationId)).toMatchObject({ status: 200 })
  expect(await thread.post('healthProgram', `notifications/${notificationId}/hold`, { code: 'SAFETY' })).toMatchObject({ status: 200 })
  const refused = await thread.authorize(notificationId)
  expect(refused).toMatchObject({ status: 422, body: { rules: expect.arrayContaining(['M1']) as unknown } })
  // the refusal does not say that somebody raised a hold, nor why
  expect(refused.body.detail).not.toMatch(/hold|SAFETY/i)
  const delivered = await thread.deliver(notificationId)
  await thread.until('the breach in the list', 'detective', `notifications/${notificationId}?after=${delivered.body.ordinal}`, (body: { phase: string; breaches: string[] }) => body.phase === 'delivered' && body.breaches.includes('M1'))
  // help is offered all the same
  await thread.offerOf(caseId)
  const types = await withStore(url, async (store) => { const all: string[] = []; for await (const event of store.readStream(`notification-${notificationId}`)) all.push(event.type); return all }, logUrl)
  expect(types.slice(0, 5)).toEqual(['NotificationPlanned', 'NotificationScheduled', 'DeliveryAuthorized', 'NotificationHeld', 'NotificationDelivered'])
  expect(types.slice(5).length).toBeGreaterThan(0)
  expect(new Set(types.slice(5))).toEqual(new Set(['ProtocolBreachDetected']))
}

/** He leaves custody, then a further incident is referred: each takes the clearance back with its own answer, and it has to be given anew. */
export async function clearanceTakenBack(thread: Thread, url: string, logUrl?: string): Promise<void> {
  const { notificationId, reviewId, caseId, incidentId } = await thread.toPlan()
  const revoked = (causes: readonly string[]) => thread.until('the revocation', 'systemAdvocate', `safety-reviews/${notificationId}`, (body: { revocations: string[]; clearance: unknown }) => body.clearance === null && JSON.stringify(body.revocations) === JSON.stringify(causes))
  await thread.clear(notificationId, reviewId)
  await thread.schedule(notificationId)
  expect(await thread.authorize(notificationId)).toMatchObject({ status: 200 })

  const custody = { status: 'OUT', at: new Date(Date.now() - HOUR).toISOString(), holdNumber: 'SAMPLE-HOLD-1', facility: 'sample-jail', jurisdiction: 'JACKSON', reason: 'RELEASE_24H' }
  expect(await thread.post('detective', `cases/${caseId}/custody`, custody)).toMatchObject({ status: 200 })
  expect(await thread.authorize(notificationId)).toMatchObject({ status: 422, body: { refused: 'not_cleared', rules: ['M1'] } })
  await revoked(['CUSTODY_OUT'])
  await thread.clear(notificationId, reviewId)
  expect(await thread.authorize(notificationId)).toMatchObject({ status: 200 })

  const events = await withStore(url, async (store) => { const all: RecordedEvent[] = []; for await (const event of store.readAll()) all.push(decode(event)); return all }, logUrl)
  const { subjectRef } = events.find(({ type, stream }) => type === 'CaseOpened' && stream === `pchCase-${caseId}`)!.data as { subjectRef: string }
  const further = events.find(({ type, stream }) => type === 'IncidentReported' && stream !== `incident-${incidentId}`)!.stream.slice('incident-'.length)
  expect(await thread.post('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [further], subject: { ...SUBJECT, personRef: subjectRef }, victim: VICTIM })).toMatchObject({ status: 200 })
  expect(await thread.authorize(notificationId)).toMatchObject({ status: 422, body: { refused: 'not_cleared' } })
  await revoked(['CUSTODY_OUT', 'NEW_INCIDENT'])

  // whoever delivers is told that it is not cleared, and nothing of why
  const seen = JSON.stringify([(await thread.authorize(notificationId)).body, (await thread.get('detective', `notifications/${notificationId}`)).body])
  expect(seen).not.toMatch(/CUSTODY|INCIDENT|revo/i)
  const around = (await withStore(url, async (store) => { const all: RecordedEvent[] = []; for await (const event of store.readStream(`circumstance-${caseId}`)) all.push(decode(event)); return all }, logUrl)).map(({ type }) => type)
  expect(around).toEqual(['CustodyStatusChanged', 'IncidentLinkedToCase'])
  expect(JSON.stringify(events.filter(({ stream }) => stream.startsWith('circumstance-')))).not.toContain('SAMPLE-HOLD-1')
}
