/** Policies as they are shown: which version holds, where the others stand. */
import type { RecordedEvent, Role } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { heldAt, initial, kindOf, policy, standingOf, type PolicyKind, type Standing } from '@chorus/policy'

export interface VersionView {
  readonly version: string
  readonly hash: string
  /** what its file says of itself */
  readonly status: 'DRAFT' | 'APPROVED'
  readonly standing: Standing
  readonly approvals: readonly { readonly role: Role; readonly account: string }[]
  /** instants at which it began or is to begin, in the order of their recording */
  readonly activeFrom: readonly string[]
  readonly retiredBecause?: string
}
export interface PolicyView { readonly policyId: string; readonly about: string; readonly approvers: readonly Role[]; /** null: none yet */ readonly holds: string | null; readonly versions: readonly VersionView[] }
export interface PolicyShown extends PolicyView { /** of the version that was asked for, else of the one that holds */ readonly shown: VersionView; readonly text: string }

/** As its stream stood with these events, at `moment` (RFC 3339). */
export const viewOf = ({ policyId, about, approvers }: PolicyKind, events: readonly RecordedEvent[], moment: string): PolicyView => {
  const state = fold(policy, events, initial)
  const versions = Object.values(state.versions).map(({ version, hash, status, approvals, retired }): VersionView => ({
    version, hash, status, standing: standingOf(state, version, moment), approvals, activeFrom: state.activations.filter((one) => one.version === version).map(({ from }) => from), ...(retired ? { retiredBecause: retired } : {}),
  }))
  return { policyId, about, approvers, holds: heldAt(state.activations, moment)?.version ?? null, versions }
}

/** One version with its text; null where there is no such policy, or version, at that moment. */
export const shownOf = (policyId: string, version: string | undefined, events: readonly RecordedEvent[], moment: string): PolicyShown | null => {
  const kind = kindOf(policyId)
  if (!kind) return null
  const view = viewOf(kind, events, moment)
  const shown = view.versions.find((one) => one.version === (version ?? view.holds))
  return shown ? { ...view, shown, text: fold(policy, events, initial).versions[shown.version]!.text } : null
}

/** Versions that were activated for a later day than this one begins: each takes over on its day, whichever was activated last. */
export const takingOver = (events: readonly RecordedEvent[], version: string): readonly { readonly version: string; readonly from: string }[] => {
  const { activations } = fold(policy, events, initial)
  const own = activations.findLast((one) => one.version === version)
  return own === undefined ? [] : activations.filter((one) => one.version !== version && Date.parse(one.from) > Date.parse(own.from)).map((one) => ({ version: one.version, from: one.from }))
}
