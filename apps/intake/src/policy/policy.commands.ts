import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { ActivatePolicy, AllowedTo, ApprovePolicy, DraftPolicy, RetirePolicy, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, refused, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { kindOf, policy, type PolicyText } from '@chorus/policy'
import { policyTextOf } from './policy-text'

type Answer = Promise<Handled | Refusal>

const dataOf = (text: string): PolicyText => {
  const { kind, hash, policy: { policyId, version, status } } = policyTextOf(text)
  return { policyId, version, status, hash, text, approverRoles: kind.approvers }
}

@AllowedTo(rightOf(DraftPolicy)!)
export class DraftPolicyCommand { constructor(readonly body: DraftPolicy, readonly meta: CommandMeta) {} }

@CommandHandler(DraftPolicyCommand)
export class DraftPolicyHandler implements ICommandHandler<DraftPolicyCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  async execute({ body, meta }: DraftPolicyCommand): Answer {
    const data = dataOf(body.text)
    return handle(this.log, policy, data.policyId, { type: 'DraftPolicy', data, meta })
  }
}

@AllowedTo(rightOf(ApprovePolicy)!)
export class ApprovePolicyCommand { constructor(readonly body: ApprovePolicy, readonly meta: CommandMeta) {} }

@CommandHandler(ApprovePolicyCommand)
export class ApprovePolicyHandler implements ICommandHandler<ApprovePolicyCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  async execute({ body, meta }: ApprovePolicyCommand): Answer {
    const data = dataOf(body.text)
    return handle(this.log, policy, data.policyId, { type: 'ApprovePolicy', data, meta })
  }
}

@AllowedTo(rightOf(ActivatePolicy)!)
export class ActivatePolicyCommand { constructor(readonly body: ActivatePolicy, readonly meta: CommandMeta) {} }

@CommandHandler(ActivatePolicyCommand)
export class ActivatePolicyHandler implements ICommandHandler<ActivatePolicyCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  async execute({ body: { text, activeFrom }, meta }: ActivatePolicyCommand): Answer {
    const data = dataOf(text)
    return handle(this.log, policy, data.policyId, { type: 'ActivatePolicy', data: { ...data, ...(activeFrom === undefined ? {} : { activeFrom }) }, meta })
  }
}

@AllowedTo(rightOf(RetirePolicy)!)
export class RetirePolicyCommand { constructor(readonly body: RetirePolicy, readonly meta: CommandMeta) {} }

@CommandHandler(RetirePolicyCommand)
export class RetirePolicyHandler implements ICommandHandler<RetirePolicyCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  async execute({ body, meta }: RetirePolicyCommand): Answer {
    if (!kindOf(body.policyId)) return refused('policy_unknown', 'There is no policy of this name. The list of policies says which there are.', { kind: 'not-found' })
    return handle(this.log, policy, body.policyId, { type: 'RetirePolicy', data: body, meta })
  }
}

export const policyHandlers = [DraftPolicyHandler, ApprovePolicyHandler, ActivatePolicyHandler, RetirePolicyHandler]
