/**
 * One policy and its versions. Protects: one version means one text for ever; what holds as APPROVED was approved by a person of
 * each role that must, under his or her own account; a version holds from now on or from a day to come, never for the past; the
 * version that holds is retired by nothing but its successor. Every version that was put forward stays in the log with its bytes. Pure.
 */
import { DateTime } from 'luxon'
import { PATTERNS, type CommandMeta, type DraftEvent, type IncidentsScreenedV1, type PolicyActivatedV1, type PolicyApprovedV1, type PolicyDraftedV1, type PolicyRetiredV1, type RecordedEvent, type RetirementReason, type Role } from '@chorus/contracts'
import { atNow, dayOf, PROGRAM_ZONE, refused, type Command, type Decider, type Decision, type Refusal } from '@chorus/decider'
import { activatedToo, heldAt, withdrawn, type Activation } from './held'
import type { PolicyHead } from './kinds'

// Stored names. Changing one needs a new version and an upcaster.
export const POLICY_EVENTS = ['PolicyDrafted', 'PolicyApproved', 'PolicyActivated', 'PolicyRetired', 'IncidentsScreened'] as const

/** A file that was read: its head, its bytes, and who must have approved it. */
export interface PolicyText extends PolicyHead { readonly hash: string; readonly text: string; readonly approverRoles: readonly Role[] }

export type Draft = Command<'DraftPolicy', PolicyText>
export type Approve = Command<'ApprovePolicy', Omit<PolicyText, 'text'>>
export type Activate = Command<'ActivatePolicy', PolicyText & { /** day in Kansas City with whose beginning it holds; absent: from now on */ readonly activeFrom?: string }>
export type Retire = Command<'RetirePolicy', { readonly policyId: string; readonly version: string; readonly reasonCode: RetirementReason }>
/** All that is reported was held against what began to hold. */
export type Screened = Command<'RecordScreening', Pick<PolicyHead, 'policyId' | 'version'> & { readonly hash: string; readonly activationId: string }>
export type PolicyCommand = Draft | Approve | Activate | Retire | Screened

export interface Approval { readonly role: Role; readonly account: string }
export interface Version { readonly version: string; readonly hash: string; readonly status: PolicyHead['status']; readonly text: string; readonly draftedAt?: string; readonly approvals: readonly Approval[]; readonly retired: RetirementReason | null }
export interface Policy { readonly versions: Readonly<Record<string, Version>>; readonly activations: readonly Activation<PolicyActivatedV1>[]; /** activations, by the ids of their events, whose screening is through */ readonly screened: readonly string[] }
export const initial: Policy = { versions: {}, activations: [], screened: [] }

export const evolve = (state: Policy, event: Pick<RecordedEvent, 'type' | 'data' | 'time' | 'receivedtime'>): Policy => {
  const put = (version: string, more: Partial<Version>): Policy['versions'] =>
    ({ ...state.versions, [version]: { version, hash: '', status: 'DRAFT', text: '', approvals: [], retired: null, ...state.versions[version], ...more } })
  switch (event.type) {
    case 'PolicyDrafted': {
      const { version, hash, status, text } = event.data as PolicyDraftedV1
      return { ...state, versions: put(version, { hash, status, text, draftedAt: event.time }) }
    }
    case 'PolicyApproved': {
      const { version, role, approverId } = event.data as PolicyApprovedV1
      return { ...state, versions: put(version, { approvals: [...(state.versions[version]?.approvals ?? []), { role, account: approverId }] }) }
    }
    case 'PolicyActivated': {
      const data = event.data as PolicyActivatedV1
      return { ...state, versions: put(data.version, { hash: data.hash, status: data.status, text: data.text }), activations: activatedToo(state.activations, { version: data.version, from: event.time, value: data }, event.receivedtime) }
    }
    case 'PolicyRetired': {
      const { version, reasonCode } = event.data as PolicyRetiredV1
      return { ...state, versions: put(version, { retired: reasonCode }), activations: withdrawn(state.activations, version, event.time) }
    }
    case 'IncidentsScreened': return { ...state, screened: [...state.screened, (event.data as IncidentsScreenedV1).activationId] }
    default: return state
  }
}

export const draft = ({ data: { policyId, version, status, hash, text }, meta }: Draft, state: Policy): Decision => {
  const wrong = otherText(state, { policyId, version, hash }) ?? isRetired(state, version)
  if (wrong) return wrong
  return state.versions[version] ? [] : [event('PolicyDrafted', { policyId, version, status, hash, text }, meta)]
}

/** Under the account of who asks: nobody approves for another. */
export const approve = ({ data: { policyId, version, hash, approverRoles }, meta }: Approve, state: Policy): Decision => {
  const put = state.versions[version]
  if (!put) return refused('policy_not_drafted', `Version ${version} of ${policyId} has not been put forward. Draft it first, so that everybody approves the same bytes.`, { kind: 'not-found' })
  const wrong = otherText(state, { policyId, version, hash }) ?? isRetired(state, version)
  if (wrong) return wrong
  const { id: account, role } = meta.actor
  if (!(approverRoles as readonly string[]).includes(role)) return refused('not_an_approver', `${policyId} is approved by ${approverRoles.join(' and ')}. Ask one of them.`)
  if (!ACCOUNT.test(account)) return refused('account_not_a_name', 'The account of your token does not begin with a letter or a digit, so that it cannot stand on an approval. Ask for another account.')
  const mine = put.approvals.filter((one) => one.account === account)
  if (mine.some((one) => one.role === role)) return []
  if (mine.length > 0) return refused('approved_for_other_role', `You have approved this version as ${mine[0]!.role}. Each person approves for one role.`)
  return [event('PolicyApproved', { policyId, version, hash, role: role as Role, approverId: account }, meta)]
}

export const activate = ({ data: { policyId, version, status, hash, text, approverRoles, activeFrom }, meta }: Activate, state: Policy): Decision => {
  const wrong = otherText(state, { policyId, version, hash }) ?? isRetired(state, version)
  if (wrong) return wrong
  const approvals = state.versions[version]?.approvals ?? []
  const missing = approverRoles.filter((role) => !approvals.some((one) => one.role === role))
  if (status === 'APPROVED' && missing.length > 0) return refused('policy_not_approved', `Version ${version} of ${policyId} says APPROVED, and its approval by ${missing.join(' and ')} is not on record. Have it approved, or put it forward as a DRAFT.`)
  if (activeFrom !== undefined && activeFrom <= dayOf(meta.now)) return refused('active_from_past', 'A policy holds from now on, or from a day to come: what was decided until now was decided by another one. Name a day after today, or none.')
  const from = activeFrom === undefined ? meta.now : DateTime.fromISO(activeFrom, { zone: PROGRAM_ZONE }).startOf('day').toUTC().toISO()!
  const standing = activeFrom === undefined ? heldAt(state.activations, meta.now)?.version === version : state.activations.some((one) => one.version === version && Date.parse(one.from) === Date.parse(from))
  if (standing) return []
  return [{ ...event('PolicyActivated', { policyId, version, status, hash, text, approvers: approvals.map(({ account }) => account) }, meta), time: from }]
}

export const retire = ({ data: { policyId, version, reasonCode }, meta }: Retire, state: Policy): Decision => {
  // A number may be any name here, and those of an object's own members are no versions.
  const put = Object.hasOwn(state.versions, version) ? state.versions[version] : undefined
  if (!put) return refused('policy_version_unknown', `There is no version ${version} of ${policyId}. Look its number up again.`, { kind: 'not-found' })
  if (put.retired) return []
  if (heldAt(state.activations, meta.now)?.version === version) return refused('policy_holds', `Version ${version} of ${policyId} holds: without it nothing could be decided. Activate its successor first.`, { kind: 'conflict' })
  return [event('PolicyRetired', { policyId, version, hash: put.hash, reasonCode }, meta)]
}

/** Once for each activation, by whichever process was through first. */
export const recordScreening = ({ data, meta }: Screened, state: Policy): Decision => state.screened.includes(data.activationId) ? [] : [event('IncidentsScreened', data, meta)]

const ACCOUNT = new RegExp(PATTERNS.name, 'u')
const otherText = ({ versions }: Policy, { policyId, version, hash }: Pick<PolicyText, 'policyId' | 'version' | 'hash'>): Refusal | undefined =>
  versions[version] && versions[version].hash !== hash ? refused('policy_version_reused', `Version ${version} of ${policyId} is on record with another text. Give the changed file a new version.`, { kind: 'conflict' }) : undefined
const isRetired = ({ versions }: Policy, version: string): Refusal | undefined =>
  versions[version]?.retired ? refused('policy_retired', `Version ${version} was retired (${versions[version].retired}). Give the file a new version.`) : undefined

interface Data { PolicyDrafted: PolicyDraftedV1; PolicyApproved: PolicyApprovedV1; PolicyActivated: PolicyActivatedV1; PolicyRetired: PolicyRetiredV1; IncidentsScreened: IncidentsScreenedV1 }
const event = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent<Data[T]> => ({ type, schemaVersion: 1, data, ...atNow(meta), policyVersion: `${data.policyId}@${data.version}` })

export const policy: Decider<Policy, PolicyCommand> = {
  category: 'policy', initial, knows: POLICY_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'DraftPolicy': return draft(command, state)
      case 'ApprovePolicy': return approve(command, state)
      case 'ActivatePolicy': return activate(command, state)
      case 'RetirePolicy': return retire(command, state)
      case 'RecordScreening': return recordScreening(command, state)
    }
  },
}

export type Standing = 'DRAFTED' | 'SCHEDULED' | 'HOLDS' | 'SUPERSEDED' | 'RETIRED'
/** Where a version stands at a moment. */
export const standingOf = (state: Policy, version: string, moment: string): Standing => {
  if (state.versions[version]?.retired) return 'RETIRED'
  if (heldAt(state.activations, moment)?.version === version) return 'HOLDS'
  const own = state.activations.filter((one) => one.version === version)
  if (own.some(({ from }) => Date.parse(from) > Date.parse(moment))) return 'SCHEDULED'
  return own.length > 0 ? 'SUPERSEDED' : 'DRAFTED'
}
