import * as fc from 'fast-check'
import type { AnswerServiceReferral, DraftEvent, OfferResponse } from '@chorus/contracts'
import { given, metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { pchService, type AnswerOffer, type AnswerReferral, type Offer, type SendReferral, type ServiceCommand } from './pch-service'

const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [OFFER, CASE, NOTIFICATION, REFERRAL, PROVIDER, SERVICE] = [id(1), id(2), id(3), id(4), id(5), id(6)]

const offer = (): Offer => ({ type: 'OfferServices', meta: metaOf({ name: 'offer' }), data: { offerId: OFFER, caseId: CASE, notificationId: NOTIFICATION, channel: 'LETTER', at: { time: '2026-07-01T18:30', timePrecision: 'minute', timeZone: 'America/Chicago' } } })
const says = (response: OfferResponse, answeredOn?: string): AnswerOffer => ({ type: 'AnswerServiceOffer', meta: metaOf({ name: `says ${response}` }), data: { response, ...(answeredOn ? { answeredOn } : {}) } })
const refer = (more: Partial<SendReferral['data']> = {}): SendReferral => ({ type: 'SendServiceReferral', meta: metaOf({ name: `refer ${JSON.stringify(more)}` }), data: { referralId: REFERRAL, providerOrgId: PROVIDER, hsdsServiceId: SERVICE, domain: 'EMPLOYMENT', consentRef: 'consent-0001', ...more } })
const provider = (body: AnswerServiceReferral, referralId = REFERRAL): AnswerReferral => ({ type: 'AnswerServiceReferral', meta: metaOf({ name: `provider ${JSON.stringify(body)}` }), data: { ...body, referralId } })

const first = (command: ServiceCommand, ...before: DraftEvent[]): DraftEvent => given(pchService, ...before).when(command).then({ type: EVENT[command.type] })[0]!
const EVENT = { OfferServices: 'ServiceOffered', AnswerServiceOffer: 'ServiceOfferAnswered', SendServiceReferral: 'ServiceReferralSent', AnswerServiceReferral: 'ServiceReferralAnswered' } as const
const offered = first(offer())
const accepted = first(says('ACCEPTED'), offered)
const declined = first(says('DECLINED'), offered)
const sent = first(refer(), offered, accepted)

describe('services are offered', () => {
  it('with a delivery: when it was delivered, by which channel, in the case\'s order', () => {
    given(pchService).when(offer()).then({ type: 'ServiceOffered', time: '2026-07-01T18:30', timePrecision: 'minute', timeZone: 'America/Chicago', partitionkey: `pchCase-${CASE}`, data: { offerId: OFFER, caseId: CASE, notificationId: NOTIFICATION, channel: 'LETTER' } })
  })
  it('once for a notification, however often its delivery is told', () => given(pchService, offered).when(offer()).nothing())
})

describe('he answers', () => {
  it.each(['ACCEPTED', 'DECLINED', 'NO_ANSWER'] as const)('%s', (response) => {
    given(pchService, offered).when(says(response)).then({ type: 'ServiceOfferAnswered', data: { offerId: OFFER, caseId: CASE, response }, time: NOW, timePrecision: 'instant' })
  })
  it('on a day that was told, which is not in the future in Kansas City', () => {
    given(pchService, offered).when(says('ACCEPTED', '2026-07-01')).then({ type: 'ServiceOfferAnswered', time: '2026-07-01', timePrecision: 'day', timeZone: 'America/Chicago' })
    given(pchService, offered).when(says('ACCEPTED', '2026-07-02')).then({ type: 'ServiceOfferAnswered' })
    given(pchService, offered).when(says('ACCEPTED', '2026-07-03')).refused('day_in_future')
    const beforeMidnight = { ...says('ACCEPTED', '2026-07-03'), meta: metaOf({ now: '2026-07-03T04:59:59.999Z' }) }
    given(pchService, offered).when(beforeMidnight).refused('day_in_future')
    given(pchService, offered).when({ ...beforeMidnight, meta: metaOf({ now: '2026-07-03T05:00:00.000Z' }) }).then({ type: 'ServiceOfferAnswered' })
  })
  it('the same again is nothing', () => given(pchService, offered, declined).when(says('DECLINED')).nothing())
  it('and may change his mind, as often as he likes', () => {
    given(pchService, offered, declined).when(says('ACCEPTED')).then({ type: 'ServiceOfferAnswered', data: { response: 'ACCEPTED' } })
    given(pchService, offered, accepted, sent).when(says('DECLINED')).then({ type: 'ServiceOfferAnswered', data: { response: 'DECLINED' } })
  })
  it('to an offer that was made', () => { expect(given(pchService).when(says('ACCEPTED')).refused('offer_unknown').kind).toBe('not-found') })
})

describe('he is referred to a provider', () => {
  it('while he accepts, with his consent', () => {
    given(pchService, offered, accepted).when(refer()).then({ type: 'ServiceReferralSent', partitionkey: `pchCase-${CASE}`, data: { referralId: REFERRAL, offerId: OFFER, caseId: CASE, providerOrgId: PROVIDER, hsdsServiceId: SERVICE, domain: 'EMPLOYMENT', consentRef: 'consent-0001' } })
  })
  it('P1: never against his will, and the refusal says that nothing follows from it', () => {
    const said = given(pchService, offered, declined).when(refer()).refused('offer_declined', 'P1')
    expect(said.text).toContain('no consequence')
    expect(given(pchService, offered).when(refer()).refused('offer_not_accepted', 'P1').text).toContain('Nothing follows')
    given(pchService, offered, first(says('NO_ANSWER'), offered)).when(refer()).refused('offer_not_accepted', 'P1')
    given(pchService, offered, accepted, declined).when(refer()).refused('offer_declined', 'P1')
    given(pchService, offered, declined, accepted).when(refer()).then({ type: 'ServiceReferralSent' })
  })
  it('once to the same service, unless it said no', () => {
    expect(given(pchService, offered, accepted, sent).when(refer({ referralId: id(7) })).refused('already_referred').kind).toBe('conflict')
    given(pchService, offered, accepted, sent).when(refer({ referralId: id(7), hsdsServiceId: id(8) })).then({ type: 'ServiceReferralSent' })
    const no = first(provider({ answer: 'REJECTED', reasonCode: 'NO_CAPACITY' }), offered, accepted, sent)
    given(pchService, offered, accepted, sent, no).when(refer({ referralId: id(7) })).then({ type: 'ServiceReferralSent' })
  })
  it('on an offer that was made', () => { given(pchService).when(refer()).refused('offer_unknown') })
})

describe('a provider answers', () => {
  it('with a place and its first appointment', () => {
    given(pchService, offered, accepted, sent).when(provider({ answer: 'ACCEPTED', firstAppointmentAt: '2026-07-14T10:00', answeredOn: '2026-07-02' })).then({ type: 'ServiceReferralAnswered', time: '2026-07-02', data: { referralId: REFERRAL, offerId: OFFER, caseId: CASE, answer: 'ACCEPTED', firstAppointmentAt: '2026-07-14T10:00' } })
  })
  it('no with a reason; an appointment only where it accepts', () => {
    given(pchService, offered, accepted, sent).when(provider({ answer: 'REJECTED' })).refused('reason_missing')
    given(pchService, offered, accepted, sent).when(provider({ answer: 'ACCEPTED', reasonCode: 'NO_CAPACITY' })).refused('reason_does_not_fit')
    given(pchService, offered, accepted, sent).when(provider({ answer: 'WAITLISTED', firstAppointmentAt: '2026-07-14' })).refused('appointment_does_not_fit')
  })
  it('is a fact: recorded also when he has changed his mind, and when the provider does', () => {
    const waiting = first(provider({ answer: 'WAITLISTED' }), offered, accepted, sent)
    given(pchService, offered, accepted, sent, declined).when(provider({ answer: 'WAITLISTED' })).then({ type: 'ServiceReferralAnswered' })
    given(pchService, offered, accepted, sent, waiting).when(provider({ answer: 'WAITLISTED' })).nothing()
    given(pchService, offered, accepted, sent, waiting).when(provider({ answer: 'REJECTED', reasonCode: 'SERVICE_ENDED' })).then({ type: 'ServiceReferralAnswered', data: { answer: 'REJECTED', reasonCode: 'SERVICE_ENDED' } })
  })
  it('for its own organization alone; to others the referral is not there', () => {
    const by = (organization?: string): AnswerReferral => ({ ...provider({ answer: 'WAITLISTED' }), meta: metaOf({ actor: { id: 'sample-provider', role: 'pchProvider', agency: 'HEALTH' }, ...(organization ? { claims: { organization } } : {}) }) })
    given(pchService, offered, accepted, sent).when(by(PROVIDER)).then({ type: 'ServiceReferralAnswered' })
    expect(given(pchService, offered, accepted, sent).when(by(id(9))).refused('service_referral_unknown').kind).toBe('not-found')
    expect(given(pchService, offered, accepted, sent).when(by()).refused('organization_not_proven').kind).toBe('forbidden')
  })
  it('to a referral that was sent, not on a day to come', () => {
    expect(given(pchService, offered, accepted).when(provider({ answer: 'WAITLISTED' })).refused('service_referral_unknown').kind).toBe('not-found')
    given(pchService, offered, accepted, sent).when(provider({ answer: 'WAITLISTED' }, id(9))).refused('service_referral_unknown')
    given(pchService, offered, accepted, sent).when(provider({ answer: 'WAITLISTED', answeredOn: '2026-07-03' })).refused('day_in_future')
  })
})

aggregateProperties(pchService, fc.oneof(
  fc.constant<ServiceCommand>(offer()),
  fc.constantFrom<OfferResponse>('ACCEPTED', 'ACCEPTED', 'DECLINED', 'NO_ANSWER').map((response): ServiceCommand => says(response)),
  fc.constantFrom(REFERRAL, id(7)).map((referralId): ServiceCommand => refer({ referralId, hsdsServiceId: referralId })),
  fc.constantFrom<AnswerServiceReferral>({ answer: 'ACCEPTED', firstAppointmentAt: '2026-07-14' }, { answer: 'WAITLISTED' }, { answer: 'REJECTED', reasonCode: 'OTHER' }).map((body): ServiceCommand => provider(body)),
))
