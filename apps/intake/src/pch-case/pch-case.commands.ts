import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, ApproveLevel, AssignLevel, ChangeLevel, CloseCase, DeclineLevelProposal, OpenCase, ProposeLevel, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { CaseLookUp } from './look-up'
import { pchCase } from './pch-case'

type Answer = Promise<Handled | Refusal>

@AllowedTo(rightOf(OpenCase)!)
export class OpenCaseCommand { constructor(readonly body: OpenCase, readonly meta: CommandMeta) {} }

@CommandHandler(OpenCaseCommand)
export class OpenCaseHandler implements ICommandHandler<OpenCaseCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ body, meta }: OpenCaseCommand): Answer {
    const facts = await this.lookUp.forOpening(body, meta.commandId)
    return handle(this.log, pchCase, facts.caseId, { type: 'OpenCase', data: { ...body, facts }, meta })
  }
}

@AllowedTo(rightOf(ProposeLevel)!)
export class ProposeLevelCommand { constructor(readonly caseId: string, readonly body: ProposeLevel, readonly meta: CommandMeta) {} }

@CommandHandler(ProposeLevelCommand)
export class ProposeLevelHandler implements ICommandHandler<ProposeLevelCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ caseId, body, meta }: ProposeLevelCommand): Answer {
    const facts = await this.lookUp.forProposal(await this.lookUp.stateOf(caseId), meta.now)
    return handle(this.log, pchCase, caseId, { type: 'ProposeLevel', data: { ...body, facts }, meta })
  }
}

@AllowedTo(rightOf(DeclineLevelProposal)!)
export class DeclineLevelProposalCommand { constructor(readonly caseId: string, readonly body: DeclineLevelProposal, readonly meta: CommandMeta) {} }

@CommandHandler(DeclineLevelProposalCommand)
export class DeclineLevelProposalHandler implements ICommandHandler<DeclineLevelProposalCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ caseId, body, meta }: DeclineLevelProposalCommand): Answer { return handle(this.log, pchCase, caseId, { type: 'DeclineLevelProposal', data: body, meta }) }
}

@AllowedTo(rightOf(AssignLevel)!)
export class AssignLevelCommand { constructor(readonly caseId: string, readonly body: AssignLevel, readonly meta: CommandMeta) {} }

@CommandHandler(AssignLevelCommand)
export class AssignLevelHandler implements ICommandHandler<AssignLevelCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ caseId, body, meta }: AssignLevelCommand): Answer {
    return handle(this.log, pchCase, caseId, { type: 'AssignLevel', data: { ...body, facts: await this.lookUp.forLevel(body.level, meta.now) }, meta })
  }
}

@AllowedTo(rightOf(ApproveLevel)!)
export class ApproveLevelCommand { constructor(readonly caseId: string, readonly body: ApproveLevel, readonly meta: CommandMeta) {} }

@CommandHandler(ApproveLevelCommand)
export class ApproveLevelHandler implements ICommandHandler<ApproveLevelCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ caseId, body, meta }: ApproveLevelCommand): Answer { return handle(this.log, pchCase, caseId, { type: 'ApproveLevel', data: body, meta }) }
}

@AllowedTo(rightOf(ChangeLevel)!)
export class ChangeLevelCommand { constructor(readonly caseId: string, readonly body: ChangeLevel, readonly meta: CommandMeta) {} }

@CommandHandler(ChangeLevelCommand)
export class ChangeLevelHandler implements ICommandHandler<ChangeLevelCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ caseId, body, meta }: ChangeLevelCommand): Answer {
    return handle(this.log, pchCase, caseId, { type: 'ChangeLevel', data: { ...body, facts: await this.lookUp.forLevel(body.to, meta.now) }, meta })
  }
}

@AllowedTo(rightOf(CloseCase)!)
export class CloseCaseCommand { constructor(readonly caseId: string, readonly body: CloseCase, readonly meta: CommandMeta) {} }

@CommandHandler(CloseCaseCommand)
export class CloseCaseHandler implements ICommandHandler<CloseCaseCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ caseId, body, meta }: CloseCaseCommand): Answer { return handle(this.log, pchCase, caseId, { type: 'CloseCase', data: body, meta }) }
}

export const caseHandlers = [OpenCaseHandler, ProposeLevelHandler, DeclineLevelProposalHandler, ApproveLevelHandler, AssignLevelHandler, ChangeLevelHandler, CloseCaseHandler]
