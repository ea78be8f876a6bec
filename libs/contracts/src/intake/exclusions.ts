/** Why a referral leads to no case, or to none yet. Source: domain reference §1.7, §3.13 rules 8 and 9. */
import type { ExclusionCode } from './referral-excluded.v1'

/** These put a referral or a case off, and exclude nobody. */
export const DEFERRAL_CODES = ['IN_CUSTODY_LONG_TERM', 'SAFETY_HOLD'] as const
export type DeferralCode = (typeof DEFERRAL_CODES)[number]

export const ROUTES = ['JUVENILE_OFFICER', 'YOUTH_SERVICES', 'CHILD_PROTECTION', 'OUTSIDE_AGENCY'] as const
export type Route = (typeof ROUTES)[number]
/** Where else somebody is sent whom the program does not take. DRAFT: the program has not decided its routes. */
export const ROUTES_OF: Readonly<Partial<Record<ExclusionCode, readonly Route[]>>> = {
  MINOR: ['JUVENILE_OFFICER', 'YOUTH_SERVICES'],
  VICTIM_MINOR: ['CHILD_PROTECTION', 'YOUTH_SERVICES'],
  SUBJECT_IS_LAW_ENFORCEMENT: ['OUTSIDE_AGENCY'],
}
/** Nobody knows yet who of the two is the primary physical aggressor. */
export const AGGRESSOR_OPEN: readonly ExclusionCode[] = ['AGGRESSOR_UNDETERMINED', 'MUTUAL_UNRESOLVED']
/** Grounds that pass by themselves. The first two were recorded as exclusions before they could be deferrals. */
export const PASSING_GROUNDS: readonly ExclusionCode[] = [...DEFERRAL_CODES, 'ACTIVE_INVESTIGATION_CONFLICT', 'INCAPACITY']

/** A person has said that there was no offence of his against a partner, or that it is told of elsewhere. DRAFT: the program has not said which do. */
export const NO_OFFENSE: readonly ExclusionCode[] = ['NOT_INTIMATE_PARTNER', 'SELF_DEFENSE', 'DUPLICATE']

/**
 * Why a referral is looked at again. CORRECTION: something was recorded of its incidents since · REVIEW: within the time for it ·
 * DECIDED_IN_ERROR · GROUND_ENDED: what stood against it has passed.
 */
export const REFERRAL_REOPEN_REASONS = ['CORRECTION', 'REVIEW', 'DECIDED_IN_ERROR', 'GROUND_ENDED'] as const
export type ReferralReopenReason = (typeof REFERRAL_REOPEN_REASONS)[number]
