/** The policies of intake: their contents, what comes with this build, and what holds at a moment. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeciderLog } from '@chorus/decider'
import { repositoryRoot } from '@chorus/platform'
import { activateShipped, IDENTITY_POLICY, kindOf, LEVELS_POLICY, policyInForce as inForce, readPolicy, TIMERS_POLICY, type PolicyFile, type PolicyHead, type PolicyInForce } from '@chorus/policy'
import type { IdentityPolicy } from '../person-match/person-match'
import type { TimerPolicy } from '../timers-by-due-date/timer-policy'
import type { LevelPolicy } from './criteria'

type Log = Pick<DeciderLog, 'load'>
/** `moment`: of the decision, RFC 3339. */
export const policyInForce = (log: Log, moment: string): Promise<PolicyInForce<LevelPolicy>> => inForce(log, LEVELS_POLICY, moment)
export const identityPolicyInForce = (log: Log, moment: string): Promise<PolicyInForce<IdentityPolicy>> => inForce(log, IDENTITY_POLICY, moment)

export const timerPolicyInForce = (log: Log, moment: string): Promise<PolicyInForce<TimerPolicy>> => inForce(log, TIMERS_POLICY, moment)

const shipped = <Content extends PolicyHead>(policyId: string): PolicyFile<Content> => { const { file } = kindOf(policyId)!; return readPolicy(readFileSync(join(repositoryRoot(), file), 'utf8'), file, policyId) }
export const shippedPolicy = (): PolicyFile<LevelPolicy> => shipped(LEVELS_POLICY)
export const shippedTimerPolicy = (): PolicyFile<TimerPolicy> => shipped(TIMERS_POLICY)
export const shippedIdentityPolicy = (): PolicyFile<IdentityPolicy> => shipped(IDENTITY_POLICY)

/** Before the first report is screened, the first timer starts, and the first person is looked for. */
export const activateShippedPolicies = async (log: DeciderLog, now: string): Promise<void> => {
  for (const { text } of [shippedPolicy(), shippedTimerPolicy(), shippedIdentityPolicy()]) await activateShipped(log, text, now)
}
