/** Scenarios 1, 3 and 6 of the domain reference (§3.12), and a clearance that is taken back (§3.13 rule 2), on whatever form of Chorus they are given. */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import type { RecordedEvent } from '@chorus/contracts'
import { decode, KurrentStore, PostgresStore, type EventStore } from '@chorus/event-store'
import { mutual, patched } from '../../apps/intake/src/feeds/nibrs/testing/records'
import { importFile } from './import-file'
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

/** What must hold of the log after scenario 1. Answers what no topic beyond justice and safety may carry. */
export async function firstCallIsOnRecord(thread: Thread, url: string, walked: Walked & { readonly account: string }, logUrl?: string): Promise<readonly string[]> {
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
  return secrets
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

/** Both report the other, and both are arrested. */
const bothArrested = (): string => `${patched(mutual, { plus: [
  { level: '6', values: { ...ARREST, sequence: '01', transaction: 'A26-00001', age: '36  ', sex: 'M' } },
  { level: '6', values: { ...ARREST, sequence: '02', transaction: 'A26-00002', age: '34  ', sex: 'F' } },
] }).join('\n')}\n`
const ARREST = { date: '20260710', type: 'O', multiple: 'N', offense: '13B', weapons: ['01'], race: 'W', ethnicity: 'N', resident: 'R' }
const [ONE, OTHER] = [{ name: 'Fictional Person Epsilon', birthDate: '1989-01-02', identifiers: [{ system: 'sample-records', id: 'S-61' }] }, { name: 'Fictional Person Zeta', birthDate: '1990-02-03', identifiers: [{ system: 'sample-records', id: 'S-62' }] }]

/**
 * Scenario 6: mutual arrest, and nobody knows who is the primary aggressor: both referrals are excluded. Once that is determined, the one
 * is taken up again, and after a prosecutor and an advocate have looked at both complaints a case is opened; hers stays excluded, as self-defence.
 */
export async function mutualArrest(thread: Thread, url: string, logUrl?: string): Promise<{ readonly caseId: string; readonly referralId: string; readonly herReferralId: string }> {
  await importFile({ address: thread.program.addressOf('intake'), bearer: (role) => thread.program.bearer(role) }, Readable.from([Buffer.from(bothArrested(), 'latin1')]))
  const { incidents } = await thread.until<{ incidents: { incidentId: string; arrestMade: boolean; outcome: string; pairs: { victimToken: string; offenderToken: string }[] }[] }>('the report of both', 'intakeAnalyst', 'incidents?state=awaiting-relationship&limit=500', (body) => body.incidents.some(isBoth))
  const { incidentId, outcome, pairs } = incidents.find(isBoth)!
  // not one-sided: a person must look
  expect(outcome).toBe('UNDECIDED')
  const refer = async (subject: object, victim: object): Promise<string> => thread.id('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject, victim })
  const [his, hers] = [await refer(ONE, OTHER), await refer(OTHER, ONE)]
  const { victimToken, offenderToken } = pairs[0]!
  await thread.id('detective', `incidents/${incidentId}/relationship`, { victimToken, offenderToken, basis: 'DATING', method: 'INTERVIEW' })
  const exclusion = { code: 'AGGRESSOR_UNDETERMINED', reviewableUntil: inDays(30) }
  for (const one of [his, hers]) await thread.id('intakeAnalyst', `referrals/${one}/exclusion`, exclusion)
  const wish = { referralId: his, indexIncidentId: incidentId, subjectInIncident: offenderToken }
  expect(await thread.post('intakeAnalyst', 'cases', wish)).toMatchObject({ status: 422, body: { refused: 'referral_excluded' } })
  const reopening = { reasonCode: 'CORRECTION' }
  expect(await thread.post('prosecutor', `referrals/${his}/reopening`, reopening)).toMatchObject({ status: 422, body: { refused: 'nothing_corrected' } })

  // corrected: who was the primary physical aggressor is determined after all
  await thread.id('prosecutor', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: offenderToken, dualArrest: true, basis: ['INJURY', 'HISTORY'] })
  expect(await thread.post('intakeAnalyst', `referrals/${his}/reopening`, reopening)).toMatchObject({ status: 403 })
  await thread.id('prosecutor', `referrals/${his}/reopening`, reopening)
  await thread.id('prosecutor', `referrals/${hers}/exclusion`, { code: 'SELF_DEFENSE', reviewableUntil: inDays(30) })

  // he complained of her, too: I7
  expect(await thread.post('prosecutor', 'cases', wish)).toMatchObject({ status: 422, body: { refused: 'victim_of_record', rules: ['I7'] } })
  const { body: referral } = await thread.get<{ pairId: string; subjectRef: string; status: string }>('prosecutor', `referrals/${his}`)
  expect(referral.status).toBe('received')
  await thread.review(referral.pairId, referral.subjectRef, 'SUBJECT_MAY_BE_CONSIDERED')
  const caseId = await thread.id('prosecutor', 'cases', wish)
  expect(await thread.post('prosecutor', 'cases', { ...wish, referralId: hers })).toMatchObject({ status: 422, body: { refused: 'referral_excluded' } })
  expect((await thread.get<object>('prosecutor', `referrals/${hers}`)).body).toMatchObject({ status: 'excluded', exclusion: 'SELF_DEFENSE' })

  const told = await withStore(url, async (store) => { const all: RecordedEvent[] = []; for await (const event of store.readStream(`referral-${hers}`)) all.push(decode(event)); return all }, logUrl)
  expect(told.map(({ type, data }) => [type, (data as { code?: string }).code])).toEqual([['ReferralReceived', undefined], ['ReferralExcluded', 'AGGRESSOR_UNDETERMINED'], ['ReferralExcluded', 'SELF_DEFENSE']])
  expect(told[2]!.corrects).toBe(told[1]!.id)
  return { caseId, referralId: his, herReferralId: hers }
}
const isBoth = ({ arrestMade, pairs }: { readonly arrestMade: boolean; readonly pairs: readonly object[] }): boolean => arrestMade && pairs.length === 2
export const inDays = (days: number): string => new Date(Date.now() + days * 24 * HOUR).toISOString().slice(0, 10)
