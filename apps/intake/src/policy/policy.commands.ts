import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { ActivateLevelPolicy, AllowedTo, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, refused, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { policy } from './policy'
import { readPolicy, type PolicyFile } from './policy-file'
import { LEVELS_POLICY } from './policy-in-force'

@AllowedTo(rightOf(ActivateLevelPolicy)!)
export class ActivateLevelPolicyCommand { constructor(readonly body: ActivateLevelPolicy, readonly meta: CommandMeta) {} }

@CommandHandler(ActivateLevelPolicyCommand)
export class ActivateLevelPolicyHandler implements ICommandHandler<ActivateLevelPolicyCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}

  /** What cannot be read, or is another policy, never holds: the proposals that rest on it could not be made. */
  async execute({ body: { text, approvers }, meta }: ActivateLevelPolicyCommand): Promise<Handled | Refusal> {
    let file: PolicyFile
    try { file = readPolicy(text, 'The text') } catch (error) {
      return refused('policy_unreadable', `${(error as Error).message} Nothing was activated.`)
    }
    const { policyId, version, status } = file.policy
    if (policyId !== LEVELS_POLICY) return refused('other_policy', `The text is of another policy than ${LEVELS_POLICY}: its policyId says so. Nothing was activated.`)
    return handle(this.log, policy, LEVELS_POLICY, { type: 'ActivatePolicy', data: { policyId, version, status, hash: file.hash, text, approvers }, meta })
  }
}

export const policyHandlers = [ActivateLevelPolicyHandler]
