/** Why a referral, or the case that was opened on it, was put off. Apart from the deferral itself: whoever sees that must not read from a code that she spoke. */
import type { DeferralExplainedV1 } from '@chorus/contracts'
import { atNow, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const DEFERRAL_EVENTS = ['DeferralExplained'] as const

export type Explain = Command<'ExplainDeferral', DeferralExplainedV1>
export interface Deferral { readonly last: DeferralExplainedV1 | null }
export const initial: Deferral = { last: null }

export const evolve = (state: Deferral, event: { readonly type: string; readonly data: object }): Deferral => event.type === 'DeferralExplained' ? { last: event.data as DeferralExplainedV1 } : state

export const explain = ({ data, meta }: Explain, { last }: Deferral): Decision =>
  last?.code === data.code && last.until === data.until && last.caseId === data.caseId ? [] : [{ type: 'DeferralExplained', schemaVersion: 1, data, ...atNow(meta) }]

export const deferral: Decider<Deferral, Explain> = { category: 'deferral', initial, knows: DEFERRAL_EVENTS, evolve, decide: explain }
