/**
 * The screening of one incident: an assessment for every intimate-partner incident, and a new one that corrects it when
 * the report changes or is taken back. So who was screened and not enrolled is on record.
 */
import type { Basis, EligibilityAssessedV1 } from '@chorus/contracts'
import { atNow, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const ELIGIBILITY_EVENTS = ['EligibilityAssessed'] as const

/** `partners` false: no intimate partners in the report (any more), or it was taken back; then only an earlier assessment is corrected. */
export type AssessEligibility = Command<'AssessEligibility', { readonly partners: boolean; readonly assessment: EligibilityAssessedV1; readonly basis: readonly Basis[] }>

export interface Eligibility { readonly latest: string | null }
export const initial: Eligibility = { latest: null }

export const evolve = (state: Eligibility, event: { readonly type: string; readonly id: string }): Eligibility =>
  event.type === 'EligibilityAssessed' ? { latest: event.id } : state

export const assess = ({ data, meta }: AssessEligibility, state: Eligibility): Decision => {
  if (!data.partners && state.latest === null) return []
  return [{
    type: 'EligibilityAssessed', schemaVersion: 1, data: data.assessment, ...atNow(meta), policyVersion: data.assessment.policyVersion,
    partitionkey: `incident-${data.assessment.incidentId}`, basis: data.basis, ...(state.latest === null ? {} : { corrects: state.latest }),
  }]
}

export const eligibility: Decider<Eligibility, AssessEligibility> = { category: 'eligibility', initial, knows: ELIGIBILITY_EVENTS, evolve, decide: assess }
