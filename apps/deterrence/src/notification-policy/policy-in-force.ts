/** The policy of notifications that comes with this build, and the one that holds, from the log. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Basis } from '@chorus/contracts'
import type { DeciderLog } from '@chorus/decider'
import { repositoryRoot } from '@chorus/platform'
import { activateShipped, kindOf, NOTIFICATIONS_POLICY, policyInForce as inForce, readPolicy, type PolicyFile } from '@chorus/policy'
import type { Rules } from './notification-policy'

export interface PolicyInForce { readonly policyVersion: string; readonly hash: string; readonly rules: Rules; readonly basis: Basis }

/** `moment`: of the decision, RFC 3339. @throws Error where none was activated yet: a start of the service does that. */
export async function policyInForce(log: Pick<DeciderLog, 'load'>, moment: string): Promise<PolicyInForce> {
  const { policy: rules, ...held } = await inForce<Rules>(log, NOTIFICATIONS_POLICY, moment)
  return { ...held, rules }
}

export const shippedPolicy = (): PolicyFile<Rules> => { const { file } = kindOf(NOTIFICATIONS_POLICY)!; return readPolicy(readFileSync(join(repositoryRoot(), file), 'utf8'), file, NOTIFICATIONS_POLICY) }

/** The policy holds before the first plan is made. */
export const activateShippedPolicy = (log: DeciderLog, now: string): Promise<void> => activateShipped(log, shippedPolicy().text, now)
