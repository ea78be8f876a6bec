/**
 * The screening of one incident: an assessment for every intimate-partner incident, and for each that may be one, a new one that corrects it when the
 * report changes or is taken back, and another one beside it when a policy begins to hold by which another outcome follows.
 * So who was screened and not enrolled is on record, and by which policy.
 */
import type { Basis, DraftEvent, EligibilityAssessedV2, EligibilityOutcome } from '@chorus/contracts'
import { atNow, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const ELIGIBILITY_EVENTS = ['EligibilityAssessed'] as const

/** `partners` false: no intimate partners in the report (any more), nor anybody of whom that is to be confirmed, or it was taken back; then only an earlier assessment is followed by another. */
interface Found { readonly partners: boolean; readonly assessment: EligibilityAssessedV2; readonly basis: readonly Basis[] }
/** A report came, changed or was taken back. */
export type AssessEligibility = Command<'AssessEligibility', Found>
/** Another policy holds; the report is as it was. */
export type ScreenAnew = Command<'ScreenAnew', Found>

export interface Eligibility { readonly latest: { readonly id: string; readonly outcome: EligibilityOutcome; readonly policyVersion: string } | null }
export const initial: Eligibility = { latest: null }

export const evolve = (state: Eligibility, event: { readonly type: string; readonly id: string; readonly data: object }): Eligibility => {
  if (event.type !== 'EligibilityAssessed') return state
  const { outcome, policyVersion } = event.data as EligibilityAssessedV2
  return { latest: { id: event.id, outcome, policyVersion } }
}

export const assess = (command: AssessEligibility, { latest }: Eligibility): Decision =>
  !command.data.partners && latest === null ? [] : [{ ...assessed(command), ...(latest === null ? {} : { corrects: latest.id }) }]

/** Only where the outcome is another one. The earlier assessment was right by the policy of its time: it stands, and is not corrected. */
export const screenAnew = (command: ScreenAnew, { latest }: Eligibility): Decision => {
  const { partners, assessment: { outcome, policyVersion } } = command.data
  if (latest === null) return partners ? [assessed(command)] : []
  return latest.policyVersion === policyVersion || latest.outcome === outcome ? [] : [assessed(command)]
}

const assessed = ({ data: { assessment, basis }, meta }: AssessEligibility | ScreenAnew): DraftEvent<EligibilityAssessedV2> =>
  ({ type: 'EligibilityAssessed', schemaVersion: 2, data: assessment, ...atNow(meta), policyVersion: assessment.policyVersion, partitionkey: `incident-${assessment.incidentId}`, basis })

export const eligibility: Decider<Eligibility, AssessEligibility | ScreenAnew> = {
  category: 'eligibility', initial, knows: ELIGIBILITY_EVENTS, evolve,
  decide: (command, state) => command.type === 'ScreenAnew' ? screenAnew(command, state) : assess(command, state),
}
