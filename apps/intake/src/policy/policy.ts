/** A policy as it holds: every version that was ever activated stays in the log with its bytes. One version means one text. */
import type { CommandMeta, DraftEvent, PolicyActivatedV1 } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const POLICY_EVENTS = ['PolicyActivated'] as const

export type ActivatePolicy = Command<'ActivatePolicy', PolicyActivatedV1>

export interface Policy {
  /** hash by version, of all that were ever activated */
  readonly versions: Readonly<Record<string, string>>
  readonly active: PolicyActivatedV1 | null
}
export const initial: Policy = { versions: {}, active: null }

export const evolve = (state: Policy, event: { readonly type: string; readonly data: object }): Policy => {
  if (event.type !== 'PolicyActivated') return state
  const data = event.data as PolicyActivatedV1
  return { versions: { ...state.versions, [String(data.version)]: data.hash }, active: data }
}

export const activate = ({ data, meta }: ActivatePolicy, state: Policy): Decision => {
  const known = state.versions[data.version]
  if (known !== undefined && known !== data.hash) {
    return refused('policy_version_reused', `Version ${data.version} of ${data.policyId} was active before with another text. Give the changed file a new version.`, { kind: 'conflict' })
  }
  if (data.status === 'APPROVED' && data.approvers.length === 0) return refused('policy_not_approved', 'An approved policy names who approved it. Name them, or activate it as a draft.')
  if (data.status === 'APPROVED' && data.approvers.every(account => account === meta.actor.id)) return refused('policy_approved_alone', 'An approved policy was approved by somebody else than who activates it. Name that account, too.')
  if (state.active?.version === data.version && state.active.status === data.status) return []
  return [activated(data, meta)]
}

const activated = (data: PolicyActivatedV1, meta: CommandMeta): DraftEvent<PolicyActivatedV1> =>
  ({ type: 'PolicyActivated', schemaVersion: 1, data, ...atNow(meta), policyVersion: `${data.policyId}@${data.version}` })

export const policy: Decider<Policy, ActivatePolicy> = { category: 'policy', initial, knows: POLICY_EVENTS, evolve, decide: activate }
