/** Code lists of the services for the person who causes harm. */
export const OFFER_CHANNELS = ['CALL_IN', 'CUSTOM', 'LETTER', 'CUSTODY', 'OUTREACH'] as const
export type OfferChannel = (typeof OFFER_CHANNELS)[number]
export const OFFER_RESPONSES = ['ACCEPTED', 'DECLINED', 'NO_ANSWER'] as const
export type OfferResponse = (typeof OFFER_RESPONSES)[number]
/** Treatment of substance use is not in the list: that somebody was sent there is itself protected (42 CFR Part 2) and may not travel with the rest. */
export const SERVICE_DOMAINS = ['EMPLOYMENT', 'HOUSING', 'MH', 'FATHERHOOD', 'BIP', 'LEGAL'] as const
export type ServiceDomain = (typeof SERVICE_DOMAINS)[number]
export const REFERRAL_ANSWERS = ['ACCEPTED', 'REJECTED', 'WAITLISTED'] as const
export type ReferralAnswer = (typeof REFERRAL_ANSWERS)[number]
export const REFERRAL_REASONS = ['NO_CAPACITY', 'OUT_OF_AREA', 'NOT_ELIGIBLE', 'NOT_REACHED', 'SERVICE_ENDED', 'OTHER'] as const
export type ReferralReason = (typeof REFERRAL_REASONS)[number]
