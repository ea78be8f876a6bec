/** The policy of notifications that holds, from the log: never from the file, which may be newer than what was activated. */
import type { Basis, CommandMeta } from '@chorus/contracts'
import { derivedId, fold, handle, isRefusal, streamOf, type DeciderLog } from '@chorus/decider'
import { initial, notificationPolicy } from './notification-policy'
import { readPolicy, shippedPolicy, type PolicyFile, type Rules } from './policy-file'

export const NOTIFICATIONS_POLICY = 'kc-ipvi-notifications'

export interface PolicyInForce { readonly policyVersion: string; readonly hash: string; readonly rules: Rules; readonly basis: Basis }

/** The text read last: it is the same for months, and reading it takes longer than deciding by it. */
let lastRead: PolicyFile | undefined

/** @throws Error where none was activated yet: a start of the service does that. */
export async function policyInForce(log: Pick<DeciderLog, 'load'>): Promise<PolicyInForce> {
  const stream = streamOf(notificationPolicy, NOTIFICATIONS_POLICY)
  const events = await log.load(stream)
  const { active } = fold(notificationPolicy, events, initial)
  if (!active) throw new Error(`no version of the policy ${NOTIFICATIONS_POLICY} is active yet: it is activated when Chorus starts`)
  if (lastRead?.text !== active.text) lastRead = readPolicy(active.text, `the active version of ${NOTIFICATIONS_POLICY}`)
  return { policyVersion: `${active.policyId}@${active.version}`, hash: active.hash, rules: lastRead.rules, basis: { stream, revision: events.length - 1 } }
}

/** At the first start the shipped policy becomes active, as the draft that it is. Later versions are activated by people. */
export async function activateShippedPolicy(log: DeciderLog, now: string): Promise<void> {
  if ((await log.load(streamOf(notificationPolicy, NOTIFICATIONS_POLICY))).length > 0) return
  const { text, hash, rules } = shippedPolicy()
  const commandId = derivedId('activate-policy', rules.policyId, hash)
  const meta: CommandMeta = { commandId, correlationId: commandId, causationId: null, now, actor: { id: 'chorus:start', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } }
  const answer = await handle(log, notificationPolicy, NOTIFICATIONS_POLICY, { type: 'ActivatePolicy', data: { policyId: rules.policyId, version: rules.version, status: 'DRAFT', hash, text, approvers: [] }, meta })
  if (isRefusal(answer)) throw new Error(`the policy ${NOTIFICATIONS_POLICY} could not be activated: ${answer.text}`)
}
