/** The policy that holds, from the log: never from the file, which may be newer than what was activated. */
import type { Basis, CommandMeta } from '@chorus/contracts'
import { derivedId, fold, handle, isRefusal, streamOf, type DeciderLog } from '@chorus/decider'
import type { LevelPolicy } from './criteria'
import { initial, policy } from './policy'
import { readPolicy, shippedPolicy } from './policy-file'

export const LEVELS_POLICY = 'kc-ipvi-levels'

export interface PolicyInForce { readonly policyVersion: string; readonly hash: string; readonly policy: LevelPolicy; readonly basis: Basis }

/** @throws Error where none was activated yet: a start of Chorus does that. */
export async function policyInForce(log: Pick<DeciderLog, 'load'>): Promise<PolicyInForce> {
  const events = await log.load(streamOf(policy, LEVELS_POLICY))
  const { active } = fold(policy, events, initial)
  if (!active) throw new Error(`no version of the policy ${LEVELS_POLICY} is active yet: it is activated when Chorus starts`)
  return {
    policyVersion: `${active.policyId}@${active.version}`, hash: active.hash, policy: readPolicy(active.text, `the active version of ${LEVELS_POLICY}`).policy,
    basis: { stream: streamOf(policy, LEVELS_POLICY), revision: events.length - 1 },
  }
}

/** At the first start the shipped policy becomes active, as the draft that it is. Later versions are activated by people. */
export async function activateShippedPolicy(log: DeciderLog, now: string): Promise<void> {
  if ((await log.load(streamOf(policy, LEVELS_POLICY))).length > 0) return
  const { text, hash, policy: shipped } = shippedPolicy()
  const commandId = derivedId('activate-policy', shipped.policyId, hash)
  const meta: CommandMeta = { commandId, correlationId: commandId, causationId: null, now, actor: { id: 'chorus:start', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } }
  const answer = await handle(log, policy, LEVELS_POLICY, { type: 'ActivatePolicy', data: { policyId: shipped.policyId, version: shipped.version, status: 'DRAFT', hash, text, approvers: [] }, meta })
  if (isRefusal(answer)) throw new Error(`the policy ${LEVELS_POLICY} could not be activated: ${answer.text}`)
}
