/**
 * One offer of services to the person who causes harm, what he says to it, and the referrals to providers that follow.
 * Protects: he is referred only while he accepts, with his written consent (P3), and that declining has no consequence (P1):
 * no event here can say more than that he declined. A provider answers what was sent to its own organization, as its token proves. Whether he answered, and what a provider answered, are facts: recorded
 * whenever they are told, and the latest counts.
 */
import type { AnswerServiceOffer, AnswerServiceReferral, CommandMeta, DraftEvent, OfferChannel, OfferResponse, ReferralAnswer, SendServiceReferral, ServiceOfferAnsweredV1, ServiceOfferedV1, ServiceReferralAnsweredV1, ServiceReferralSentV1, TimePrecision } from '@chorus/contracts'
import { atNow, dayOf, PROGRAM_ZONE, refused, type Command, type Decider, type Decision, type Refusal } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const SERVICE_EVENTS = ['ServiceOffered', 'ServiceOfferAnswered', 'ServiceReferralSent', 'ServiceReferralAnswered'] as const

/** When something was told to have happened, cut to its precision. */
export interface At { readonly time: string; readonly timePrecision: TimePrecision; readonly timeZone: string }

export type Offer = Command<'OfferServices', ServiceOfferedV1 & { readonly at: At }>
export type AnswerOffer = Command<'AnswerServiceOffer', AnswerServiceOffer>
export type SendReferral = Command<'SendServiceReferral', SendServiceReferral & { readonly referralId: string }>
export type AnswerReferral = Command<'AnswerServiceReferral', AnswerServiceReferral & { readonly referralId: string }>
export type ServiceCommand = Offer | AnswerOffer | SendReferral | AnswerReferral

export interface SentReferral extends Pick<ServiceReferralSentV1, 'referralId' | 'providerOrgId' | 'hsdsServiceId' | 'domain' | 'consentRef'> {
  /** null: the provider has not answered */
  readonly answer: ReferralAnswer | null
  readonly reasonCode: string | null
  readonly firstAppointmentAt: string | null
  /** when the provider answered, as told */
  readonly answeredAt: string | null
}
export type PchService =
  | { readonly status: 'none' }
  | { readonly status: 'offered'; readonly offerId: string; readonly caseId: string; readonly notificationId: string; readonly channel: OfferChannel; readonly offeredAt: string; readonly response: OfferResponse | null; readonly answeredAt: string | null; readonly referrals: readonly SentReferral[] }
export const initial: PchService = { status: 'none' }

export const evolve = (state: PchService, event: { readonly type: string; readonly data: object; readonly time: string }): PchService => {
  if (event.type === 'ServiceOffered') {
    const { offerId, caseId, notificationId, channel } = event.data as ServiceOfferedV1
    return { status: 'offered', offerId, caseId, notificationId, channel, offeredAt: event.time, response: null, answeredAt: null, referrals: [] }
  }
  if (state.status === 'none') return state
  switch (event.type) {
    case 'ServiceOfferAnswered': return { ...state, response: (event.data as ServiceOfferAnsweredV1).response, answeredAt: event.time }
    case 'ServiceReferralSent': {
      const { referralId, providerOrgId, hsdsServiceId, domain, consentRef } = event.data as ServiceReferralSentV1
      return { ...state, referrals: [...state.referrals, { referralId, providerOrgId, hsdsServiceId, domain, consentRef, answer: null, reasonCode: null, firstAppointmentAt: null, answeredAt: null }] }
    }
    case 'ServiceReferralAnswered': {
      const { referralId, answer, reasonCode, firstAppointmentAt } = event.data as ServiceReferralAnsweredV1
      return { ...state, referrals: state.referrals.map((one) => one.referralId === referralId ? { ...one, answer, reasonCode: reasonCode ?? null, firstAppointmentAt: firstAppointmentAt ?? null, answeredAt: event.time } : one) }
    }
    default: return state
  }
}

/** The first delivery makes the offer; one that is told again, or corrected, makes no second one. */
export const offer = ({ data: { at, ...data }, meta }: Offer, state: PchService): Decision =>
  state.status === 'none' ? [draft('ServiceOffered', data, meta, data.caseId, at)] : []

export const answerOffer = ({ data: { response, answeredOn }, meta }: AnswerOffer, state: PchService): Decision => {
  if (state.status === 'none') return UNKNOWN
  const at = dayOrNow(answeredOn, meta)
  if (!at) return IN_FUTURE
  if (state.response === response && (answeredOn === undefined || answeredOn === state.answeredAt)) return []
  return [draft('ServiceOfferAnswered', { offerId: state.offerId, caseId: state.caseId, response }, meta, state.caseId, at)]
}

export const sendReferral = ({ data, meta }: SendReferral, state: PchService): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (state.response === 'DECLINED') return refused('offer_declined', 'He has declined the offer. He is not referred, and declining has no consequence for him. Should he change his mind, record his new answer first.', { rules: ['P1'] })
  if (state.response !== 'ACCEPTED') return refused('offer_not_accepted', 'He has not accepted the offer yet. Record that he accepts, then refer him. Nothing follows from his not answering.', { rules: ['P1'] })
  if (state.referrals.some((one) => one.providerOrgId === data.providerOrgId && one.hsdsServiceId === data.hsdsServiceId && one.answer !== 'REJECTED')) {
    return refused('already_referred', 'He has been referred to this service of this provider already, and it has not said no. Wait for its answer, or choose another service.', { kind: 'conflict' })
  }
  const { referralId, providerOrgId, hsdsServiceId, domain, consentRef } = data
  return [draft('ServiceReferralSent', { referralId, offerId: state.offerId, caseId: state.caseId, providerOrgId, hsdsServiceId, domain, consentRef }, meta, state.caseId)]
}

export const answerReferral = ({ data: { referralId, answer, reasonCode, firstAppointmentAt, answeredOn }, meta }: AnswerReferral, state: PchService): Decision => {
  const provider = meta.actor.role === 'pchProvider'
  if (provider && meta.claims?.organization === undefined) return NO_ORGANIZATION
  const sent = state.status === 'none' ? undefined : state.referrals.find((one) => one.referralId === referralId)
  // A referral to another organization is not there for this one: not even that it exists is told.
  if (state.status === 'none' || !sent || (provider && sent.providerOrgId !== meta.claims?.organization)) return refused('service_referral_unknown', 'There is no such referral to a provider in this offer. Look its number up again.', { kind: 'not-found' })
  if (answer === 'REJECTED' && reasonCode === undefined) return refused('reason_missing', 'A provider that says no says why. Add reasonCode.')
  if (answer === 'ACCEPTED' && reasonCode !== undefined) return refused('reason_does_not_fit', 'The provider accepts: leave reasonCode out.')
  if (answer !== 'ACCEPTED' && firstAppointmentAt !== undefined) return refused('appointment_does_not_fit', 'There is an appointment only where the provider accepts. Leave firstAppointmentAt out.')
  const at = dayOrNow(answeredOn, meta)
  if (!at) return IN_FUTURE
  if (sent.answer === answer && sent.reasonCode === (reasonCode ?? null) && sent.firstAppointmentAt === (firstAppointmentAt ?? null) && (answeredOn === undefined || answeredOn === sent.answeredAt)) return []
  return [draft('ServiceReferralAnswered', {
    referralId, offerId: state.offerId, caseId: state.caseId, answer, ...(reasonCode === undefined ? {} : { reasonCode }), ...(firstAppointmentAt === undefined ? {} : { firstAppointmentAt }),
  }, meta, state.caseId, at)]
}

const UNKNOWN: Refusal = refused('offer_unknown', 'There is no such offer of services. Look its number up again.', { kind: 'not-found' })
const NO_ORGANIZATION: Refusal = refused('organization_not_proven', 'Your token does not say for which organization you answer. Have the claim organization added to it: the organization\'s id in the provider directory.', { kind: 'forbidden' })
const IN_FUTURE: Refusal = refused('day_in_future', 'The day lies in the future. Correct it, or leave it out.')

/** The day that was told, or the instant of the command; undefined for a day that has not come. */
const dayOrNow = (day: string | undefined, meta: CommandMeta): At | undefined => {
  if (day === undefined) return atNow(meta)
  return day > dayOf(meta.now) ? undefined : { time: day, timePrecision: 'day', timeZone: PROGRAM_ZONE }
}

interface Data { ServiceOffered: ServiceOfferedV1; ServiceOfferAnswered: ServiceOfferAnsweredV1; ServiceReferralSent: ServiceReferralSentV1; ServiceReferralAnswered: ServiceReferralAnsweredV1 }
const draft = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta, caseId: string, at: At = atNow(meta)): DraftEvent =>
  ({ type, schemaVersion: 1, data, ...at, partitionkey: `pchCase-${caseId}` })

export const pchService: Decider<PchService, ServiceCommand> = {
  category: 'pchService', initial, knows: SERVICE_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'OfferServices': return offer(command, state)
      case 'AnswerServiceOffer': return answerOffer(command, state)
      case 'SendServiceReferral': return sendReferral(command, state)
      case 'AnswerServiceReferral': return answerReferral(command, state)
    }
  },
}
