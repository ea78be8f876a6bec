/** The policy that holds, from the log: never from the file, which may be newer than what was activated. */
import type { Basis, CommandMeta, RecordedEvent } from '@chorus/contracts'
import { derivedId, fold, handle, isRefusal, streamOf, type DeciderLog } from '@chorus/decider'
import { heldAt } from './held'
import type { PolicyHead } from './kinds'
import { initial, policy } from './policy'
import { policyVersionOf, readPolicy } from './read-policy'

export interface PolicyInForce<Content extends PolicyHead> { readonly policyVersion: string; readonly hash: string; readonly policy: Content; /** how far its stream was read */ readonly basis: Basis }

/** What held at `moment` (RFC 3339), as far as its stream was read. @throws Error where none was activated yet: a start of Chorus does that */
export const policyIn = <Content extends PolicyHead>(policyId: string, events: readonly RecordedEvent[], moment: string): PolicyInForce<Content> => {
  const held = heldAt(fold(policy, events, initial).activations, moment)
  if (!held) throw new Error(`no version of the policy ${policyId} is active yet: it is activated when Chorus starts`)
  return {
    policyVersion: policyVersionOf(held.value), hash: held.value.hash, policy: readPolicy<Content>(held.value.text, `the active version of ${policyId}`, policyId).policy,
    basis: { stream: streamOf(policy, policyId), revision: events.length - 1 },
  }
}
export const policyInForce = async <Content extends PolicyHead>(log: Pick<DeciderLog, 'load'>, policyId: string, moment: string): Promise<PolicyInForce<Content>> =>
  policyIn(policyId, await log.load(streamOf(policy, policyId)), moment)

/** At the first start the shipped text becomes active, as the draft that it is. Later versions are activated by people. */
export const activateShipped = async (log: DeciderLog, shipped: string, now: string): Promise<void> => {
  const { hash, kind, policy: { policyId, version } } = readPolicy(shipped, 'the policy that comes with Chorus')
  if (fold(policy, await log.load(streamOf(policy, policyId)), initial).activations.length > 0) return
  const commandId = derivedId('activate-policy', policyId, hash)
  const meta: CommandMeta = { commandId, correlationId: commandId, causationId: null, now, actor: { id: 'chorus:start', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } }
  const answer = await handle(log, policy, policyId, { type: 'ActivatePolicy', data: { policyId, version, status: 'DRAFT', hash, text: shipped, approverRoles: kind.approvers }, meta })
  if (isRefusal(answer)) throw new Error(`the policy ${policyId} could not be activated: ${answer.text}`)
}
