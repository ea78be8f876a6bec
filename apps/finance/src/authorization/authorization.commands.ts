import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllotAuthority, AllowedTo, AuthorizeSpending, rightOf, type CommandMeta } from '@chorus/contracts'
import { derivedId, handle, isRefusal, streamOf, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { ReceiveAuthorityConsumer } from '../on-authority-allotted/receive-authority.consumer'
import { authorization } from './authorization'

@AllowedTo(rightOf(AuthorizeSpending)!)
export class AuthorizeSpendingCommand { constructor(readonly body: AuthorizeSpending, readonly meta: CommandMeta) {} }

@CommandHandler(AuthorizeSpendingCommand)
export class AuthorizeSpendingHandler implements ICommandHandler<AuthorizeSpendingCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ body, meta }: AuthorizeSpendingCommand): Promise<Handled | Refusal> { return handle(this.log, authorization, body.ordinanceNo, { type: 'AuthorizeSpending', data: body, meta }) }
}

@AllowedTo(rightOf(AllotAuthority)!)
export class AllotAuthorityCommand { constructor(readonly ordinanceNo: string, readonly body: AllotAuthority, readonly meta: CommandMeta) {} }

@CommandHandler(AllotAuthorityCommand)
export class AllotAuthorityHandler implements ICommandHandler<AllotAuthorityCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly accounts: ReceiveAuthorityConsumer) {}

  /** Answers where the account took it in, so that `after=` of that place sees it; the same request again answers the same. */
  async execute({ ordinanceNo, body, meta }: AllotAuthorityCommand): Promise<Handled | Refusal> {
    const allotmentId = derivedId('allotment', meta.commandId)
    const answer = await handle(this.log, authorization, ordinanceNo, { type: 'AllotAuthority', data: { ...body, allotmentId }, meta })
    if (isRefusal(answer)) return answer
    const allotted = (await this.log.load(streamOf(authorization, ordinanceNo))).find((event) => event.commandId === meta.commandId)
    const received = allotted && await this.accounts.atOnce(allotted)
    return received ? { ...received, repeated: answer.repeated } : answer
  }
}

export const authorizationHandlers = [AuthorizeSpendingHandler, AllotAuthorityHandler]
