/** Services as a process of its own on real PostgreSQL: a delivery comes over the bus, the rest over HTTP. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import supertest from 'supertest'
import { PURPOSES_OF, type DraftEvent, type Role } from '@chorus/contracts'
import type { EventStore, Recorder } from '@chorus/event-store'
import { issueToken } from '@chorus/platform'
import { accessIdOf, STILL_ALLOWED } from '@chorus/record-access'
import { examplePath } from '../../../infra/catalogue'
import { metaOf } from '../../../libs/decider/src/testing/given'
import { startService, type ServiceUnderTest } from '../../../test/support/service'
import type { OfferList } from './offers-by-state/offers-by-state.query'
import { OffersByState } from './offers-by-state/offers-by-state.query'
import { offerIdOf } from './on-notification-delivered/offer-services'
import type { PchService } from './pch-service/pch-service'

/** providers: of the organization that is asked, of another, and one whose token names none */
type Provider = 'own' | 'other' | 'none'
const clock = { now: () => '2026-07-09T15:10:00.000Z' }
const example = JSON.parse(readFileSync(examplePath({ type: 'NotificationDelivered', version: 1 }), 'utf8')) as DraftEvent<{ caseId: string }>
const CASE = example.data.caseId

describe('services over the bus and HTTP', () => {
  let services: ServiceUnderTest
  let log: Recorder
  let store: EventStore
  const tokens = new Map<string, string>()
  const post = (path: string, body: object, role: Role | Provider = 'healthProgram') =>
    supertest(services.address).post(`/v1/service-offers/${path}`).set('Authorization', `Bearer ${tokens.get(role)}`).set('Idempotency-Key', randomUUID()).send(body)
  const get = (path: string, role: Role = 'healthProgram') => supertest(services.address).get(`/v1/service-offers${path}`).set('Authorization', `Bearer ${tokens.get(role)}`).set('X-Purpose', PURPOSES_OF[role][0])
  const ordinalOf = (answer: { body: unknown }): number => (answer.body as { ordinal: number }).ordinal
  const list = async (query: string): Promise<OfferList> => (await get(query).expect(200)).body as OfferList
  const deliver = async (notificationId: string, expected = -1): Promise<number> => {
    const outcome = await log.record(`notification-${notificationId}`, expected, [{ ...example, data: { ...example.data, notificationId }, partitionkey: `pchCase-${CASE}` }], metaOf({ name: `deliver ${notificationId} ${expected}` }))
    assert.ok(outcome.ok)
    return outcome.ordinal
  }
  const [first, second] = [randomUUID(), randomUUID()]
  const offer = offerIdOf(first)
  const referral = { providerOrgId: randomUUID(), hsdsServiceId: randomUUID(), domain: 'EMPLOYMENT', consentRef: 'consent-0001' }

  beforeAll(async () => {
    const { ServicesModule } = await import('./services.module')
    const { EvaluationModule } = await import('../../evaluation/src/evaluation.module')
    services = await startService('services', [ServicesModule, EvaluationModule], clock)
    ;({ log, store } = services)
    for (const [role, agency] of [['healthProgram', 'HEALTH'], ['prosecutor', 'JCPO'], ['detective', 'KCPD']] as const) tokens.set(role, await issueToken(services.data, clock, { role, agency }))
    for (const [name, organization] of [['own', referral.providerOrgId], ['other', randomUUID()], ['none', undefined]] as const) tokens.set(name, await issueToken(services.data, clock, { role: 'pchProvider', agency: 'HEALTH', ...(organization ? { claims: { organization } } : {}) }))
  })
  afterAll(async () => { await services.close() })

  it('a delivery offers services, once, also where it is told again', async () => {
    await deliver(first)
    await deliver(first, 0)
    const { offers, counts } = await list(`?caseId=${CASE}&after=${await deliver(second)}`)
    expect(offers.map((one) => one.offerId).sort()).toEqual([offerIdOf(first), offerIdOf(second)].sort())
    expect(offers[0]).toMatchObject({ caseId: CASE, state: 'unanswered', response: null, referrals: [], offeredAt: example.time })
    expect(counts).toEqual({ unanswered: 2 })
    const [event] = await log.load(`pchService-${offer}`)
    expect(event).toMatchObject({ type: 'ServiceOffered', classification: 'PCH_SERVICE', partitionkey: `pchCase-${CASE}`, subjects: [], actor: { role: 'system' } })
  })

  it('he declines, changes his mind, is referred, and a provider answers', async () => {
    const declined = await post(`${offer}/answer`, { response: 'DECLINED', answeredOn: '2026-07-06' }).expect(200)
    expect((await list(`?state=declined&after=${ordinalOf(declined)}`)).offers.map((one) => one.offerId)).toEqual([offer])
    expect((await post(`${offer}/referrals`, referral).expect(422)).body).toMatchObject({ refused: 'offer_declined', rules: ['P1'], detail: expect.stringContaining('no consequence') as string })
    await post(`${offer}/answer`, { response: 'ACCEPTED' }).expect(200)
    const sent = await post(`${offer}/referrals`, referral).expect(200)
    const [accepted] = (await list(`?state=referred&after=${ordinalOf(sent)}`)).offers
    const { referralId } = accepted!.referrals[0]!
    expect((await post(`${offer}/referrals/${referralId}/answer`, { answer: 'REJECTED' }, 'own').expect(422)).body).toMatchObject({ refused: 'reason_missing' })
    const placed = await post(`${offer}/referrals/${referralId}/answer`, { answer: 'ACCEPTED', firstAppointmentAt: '2026-07-14T10:00', answeredOn: '2026-07-09' }, 'own').expect(200)
    expect((await list(`?after=${ordinalOf(placed)}`)).counts).toEqual({ unanswered: 1, placed: 1 })
    expect((await get(`/${offer}`).expect(200)).body as PchService).toMatchObject({ response: 'ACCEPTED', referrals: [{ referralId, answer: 'ACCEPTED', firstAppointmentAt: '2026-07-14T10:00', answeredAt: '2026-07-09' }] })
  })

  it('how he was told is not there once the level of his case is closed to those who offer services', async () => {
    const seen = async () => [((await get(`/${offer}`).expect(200)).body as object), (await list(`?caseId=${CASE}`)).offers.find(({ offerId }) => offerId === offer)!]
    for (const shown of await seen()) expect(shown).toHaveProperty('channel')
    const closed = await log.record(`recordAccess-${accessIdOf(`pchCase-${CASE}`)}`, -1, [{ type: 'RecordAccessRestricted', schemaVersion: 2, time: example.time, timePrecision: 'instant', timeZone: 'UTC', data: { record: `pchCase-${CASE}`, ground: 'COURT_ORDER', statute: 'RSMO_610_140', effectiveAt: example.time.slice(0, 10), rolesStillAllowed: STILL_ALLOWED } }], metaOf({ name: 'closed' }))
    expect(closed.ok).toBe(true)
    for (const shown of await seen()) expect(Object.keys(shown)).not.toContain('channel')
  })

  it('a provider sees and answers what was sent to its own organization, as its token proves, and learns of nothing else', async () => {
    const asked = (provider: Provider) => supertest(services.address).get('/v1/service-referrals').set('Authorization', `Bearer ${tokens.get(provider)}`).set('X-Purpose', 'helpOffered')
    const { referrals } = (await asked('own').expect(200)).body as { referrals: { referralId: string }[] }
    expect(referrals).toEqual([{ offerId: offer, referralId: expect.any(String) as string, hsdsServiceId: referral.hsdsServiceId, domain: 'EMPLOYMENT', consentRef: 'consent-0001', answer: 'ACCEPTED', reasonCode: null, firstAppointmentAt: '2026-07-14T10:00', answeredAt: '2026-07-09' }])
    expect((await asked('other').expect(200)).body).toMatchObject({ referrals: [] })
    expect((await asked('none').expect(403)).body).toMatchObject({ detail: expect.stringContaining('organization') as string })
    const answer = (provider: Provider, id = referrals[0]!.referralId) => post(`${offer}/referrals/${id}/answer`, { answer: 'WAITLISTED' }, provider)
    const foreign = await answer('other').expect(404)
    const unknown = await answer('other', randomUUID()).expect(404)
    const same = ({ body }: { body: unknown }) => ({ ...(body as object), instance: '' })
    expect(same(foreign)).toEqual(same(unknown))
    expect((await answer('none').expect(403)).body).toMatchObject({ refused: 'organization_not_proven' })
    await supertest(services.address).get(`/v1/service-offers/${offer}`).set('Authorization', `Bearer ${tokens.get('own')}`).expect(403)
  })

  it('P1: nobody of justice sees here who declined, and nobody of them may say what he answered', async () => {
    for (const role of ['prosecutor', 'detective'] as const) {
      await get('', role).expect(403)
      await get(`/${offer}`, role).expect(403)
      await post(`${offer}/answer`, { response: 'DECLINED' }, role).expect(403)
    }
    await post(`${offer}/referrals`, referral, 'own').expect(403)
  })

  it('the case\'s history has it for the program, and does not have it for justice', async () => {
    const draft = JSON.parse(readFileSync(examplePath({ type: 'CaseOpened', version: 1 }), 'utf8')) as DraftEvent<{ caseId: string }>
    assert.ok((await log.record(`pchCase-${CASE}`, -1, [{ ...draft, data: { ...draft.data, caseId: CASE } }], metaOf({ name: 'open' }))).ok)
    const whatOf = async (role: Role): Promise<string[]> => {
      const { body } = await supertest(services.address).get(`/v1/history?of=${CASE}`).set('Authorization', `Bearer ${tokens.get(role)}`).set('X-Purpose', PURPOSES_OF[role][0]).expect(200)
      return (body as { entries: { what: string }[] }).entries.map(({ what }) => what)
    }
    expect(await whatOf('healthProgram')).toEqual(expect.arrayContaining(['Case opened', 'Notification delivered', 'Services offered', 'Offer of services answered', 'Referred to a provider', 'Provider answered']))
    expect((await whatOf('prosecutor')).filter((what) => /ervices|provider/i.test(what))).toEqual([])
  })

  it('takes only what can be', async () => {
    await post(`${randomUUID()}/answer`, { response: 'ACCEPTED' }).expect(404)
    await post('somewhere/answer', { response: 'ACCEPTED' }).expect(400)
    expect((await post(`${offer}/referrals`, { ...referral, domain: 'SUD' }).expect(422)).body).toMatchObject({ errors: [expect.objectContaining({ pointer: '/domain' })] })
    for (const wrong of ['?state=lost', '?after=99999999', '?caseId=nobody', '?limit=0']) await get(wrong).expect(400)
    await get(`/${randomUUID()}`).expect(404)
  })

  it('the read model made again from the log says the same', async () => {
    const { projection } = services.app.get(OffersByState, { strict: false })
    const before = await list('')
    await projection.rebuild()
    expect((await list(`?after=${(await store.head()).ordinal}`)).offers).toEqual(before.offers)
  })

  it('stands at /docs, each command under its name', async () => {
    const { paths } = (await supertest(services.address).get('/docs/openapi.json').expect(200)).body as { paths: Record<string, Record<string, { operationId?: string }>> }
    expect(Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId))).toEqual(expect.arrayContaining(['AnswerServiceOffer', 'SendServiceReferral', 'AnswerServiceReferral']))
  })
})
