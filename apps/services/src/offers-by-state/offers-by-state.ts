/** What the program's staff need first: the offers of services, and what each waits for. The fold; nothing here is sealed in the log. */
import type { RecordedEvent } from '@chorus/contracts'
import { evolve as evolveService, initial, SERVICE_EVENTS, type PchService } from '../pch-service/pch-service'

/** unanswered: he has not said anything · accepted: he is to be referred · referred: a provider has to answer · placed: a provider takes him */
export const OFFER_STATES = ['unanswered', 'no-answer', 'declined', 'accepted', 'referred', 'placed'] as const
export type OfferState = (typeof OFFER_STATES)[number]
export const KNOWN = SERVICE_EVENTS

export type Offer = Exclude<PchService, { status: 'none' }>
/** An offer as it is shown: how he was told is absent where the level of his case is closed to the reader, since it would tell it. */
export type OfferShown = Omit<Offer, 'channel'> & Partial<Pick<Offer, 'channel'>>
export const shownTo = ({ channel, ...offer }: Offer, levelClosed: boolean): OfferShown => levelClosed ? offer : { ...offer, channel }

/** The offer that an event is about: streams pchService-<id>. */
export const offerOf = (event: Pick<RecordedEvent, 'stream'>): string => event.stream.slice(event.stream.indexOf('-') + 1)

export const evolve = (row: Offer | undefined, event: RecordedEvent): Offer | undefined => {
  const next = evolveService(row ?? initial, event)
  return next.status === 'none' ? undefined : next
}

/** What a provider is shown: its own referrals and its own answers. */
export type ProviderReferral = Pick<Offer, 'offerId'> & Omit<Offer['referrals'][number], 'providerOrgId'>
export const referredTo = ({ offerId, referrals }: Offer, organization: string): ProviderReferral[] =>
  referrals.filter((one) => one.providerOrgId === organization).map(({ providerOrgId: _, ...own }) => ({ offerId, ...own }))

export const stateOf = ({ response, referrals }: Pick<Offer, 'response' | 'referrals'>): OfferState => {
  if (response === null) return 'unanswered'
  if (response !== 'ACCEPTED') return response === 'DECLINED' ? 'declined' : 'no-answer'
  if (referrals.some((one) => one.answer === 'ACCEPTED')) return 'placed'
  return referrals.some((one) => one.answer !== 'REJECTED') ? 'referred' : 'accepted'
}
