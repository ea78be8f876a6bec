import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, ApproveExit, ApproveLevel, AssignLevel, ChangeLevel, CloseCase, ContestLevel, DecideLevelContest, DeclineLevelProposal, DeferCase, OpenCase, ProposeLevel, ReopenCase, ReviewLevel, rightOf, type CommandMeta } from '@chorus/contracts'
import { derivedId, handle, isRefusal, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { explained } from '../deferral/explained'
import { CaseLookUp } from './look-up'
import { initial, open, pchCase, reopen } from './pch-case'

type Answer = Promise<Handled | Refusal>

@AllowedTo(rightOf(OpenCase)!)
export class OpenCaseCommand { constructor(readonly body: OpenCase, readonly meta: CommandMeta) {} }

@CommandHandler(OpenCaseCommand)
export class OpenCaseHandler implements ICommandHandler<OpenCaseCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  execute({ body, meta }: OpenCaseCommand): Answer { return this.lookUp.alone(() => this.opened(body, meta)) }
  private async opened(body: OpenCase, meta: CommandMeta): Answer {
    const facts = await this.lookUp.forOpening(body, meta.commandId)
    const command = { type: 'OpenCase' as const, data: { ...body, facts }, meta }
    // What would be refused succeeds nothing.
    const wished = facts.closedBefore.length > 0 ? open(command, initial) : []
    const problem = isRefusal(wished) ? wished : await succeedAll(this.log, facts.closedBefore, facts.caseId, meta)
    return problem ?? handle(this.log, pchCase, facts.caseId, command)
  }
}

/** I2: whoever opens a case, new or again, first says so in every closed one that could be opened again. */
async function succeedAll(log: Recorder, closed: readonly string[], nextCaseId: string, { fingerprint: _, ...meta }: CommandMeta): Promise<Refusal | null> {
  for (const caseId of closed) {
    const answer = await handle(log, pchCase, caseId, { type: 'SucceedCase', data: { nextCaseId }, meta: { ...meta, commandId: derivedId('succeed-case', meta.commandId, caseId) } })
    if (isRefusal(answer)) return answer
  }
  return null
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
    return handle(this.log, pchCase, caseId, { type: 'AssignLevel', data: { ...body, facts: await this.lookUp.forAssignment(caseId, body.level, meta.now) }, meta })
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
    return handle(this.log, pchCase, caseId, { type: 'ChangeLevel', data: { ...body, facts: await this.lookUp.forChange(caseId, body, meta.now, meta.actor) }, meta })
  }
}

@AllowedTo(rightOf(CloseCase)!)
export class CloseCaseCommand { constructor(readonly caseId: string, readonly body: CloseCase, readonly meta: CommandMeta) {} }

@CommandHandler(CloseCaseCommand)
export class CloseCaseHandler implements ICommandHandler<CloseCaseCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ caseId, body, meta }: CloseCaseCommand): Answer {
    return handle(this.log, pchCase, caseId, { type: 'CloseCase', data: { ...body, facts: await this.lookUp.forClosing(caseId, meta.now) }, meta })
  }
}

@AllowedTo(rightOf(DeferCase)!)
export class DeferCaseCommand { constructor(readonly caseId: string, readonly body: DeferCase, readonly meta: CommandMeta) {} }

@CommandHandler(DeferCaseCommand)
export class DeferCaseHandler implements ICommandHandler<DeferCaseCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ caseId, body, meta }: DeferCaseCommand): Answer {
    const deferred = await handle(this.log, pchCase, caseId, { type: 'DeferCase', data: { until: body.until }, meta })
    const state = await this.lookUp.stateOf(caseId)
    return state.status === 'none' ? deferred : explained(this.log, deferred, { referralId: state.opened.referralId, caseId, code: body.code, until: body.until }, meta)
  }
}

@AllowedTo(rightOf(ReopenCase)!)
export class ReopenCaseCommand { constructor(readonly caseId: string, readonly body: ReopenCase, readonly meta: CommandMeta) {} }

@CommandHandler(ReopenCaseCommand)
export class ReopenCaseHandler implements ICommandHandler<ReopenCaseCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  execute({ caseId, body, meta }: ReopenCaseCommand): Answer { return this.lookUp.alone(() => this.reopened(caseId, body, meta)) }
  private async reopened(caseId: string, body: ReopenCase, meta: CommandMeta): Answer {
    const facts = await this.lookUp.forReopeningCase(caseId, body.subjectInIncident)
    const command = { type: 'ReopenCase' as const, data: { ...body, facts }, meta }
    const wished = facts.closedBefore.length > 0 ? reopen(command, await this.lookUp.stateOf(caseId)) : []
    const problem = isRefusal(wished) ? null : await succeedAll(this.log, facts.closedBefore, caseId, meta)
    return problem ?? handle(this.log, pchCase, caseId, command)
  }
}

@AllowedTo(rightOf(ReviewLevel)!)
export class ReviewLevelCommand { constructor(readonly caseId: string, readonly body: ReviewLevel, readonly meta: CommandMeta) {} }

@CommandHandler(ReviewLevelCommand)
export class ReviewLevelHandler implements ICommandHandler<ReviewLevelCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ caseId, body, meta }: ReviewLevelCommand): Answer { return handle(this.log, pchCase, caseId, { type: 'ReviewLevel', data: body, meta }) }
}

@AllowedTo(rightOf(ContestLevel)!)
export class ContestLevelCommand { constructor(readonly caseId: string, readonly body: ContestLevel, readonly meta: CommandMeta) {} }

@CommandHandler(ContestLevelCommand)
export class ContestLevelHandler implements ICommandHandler<ContestLevelCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ caseId, body, meta }: ContestLevelCommand): Answer { return handle(this.log, pchCase, caseId, { type: 'ContestLevel', data: body, meta }) }
}

@AllowedTo(rightOf(DecideLevelContest)!)
export class DecideLevelContestCommand { constructor(readonly caseId: string, readonly body: DecideLevelContest, readonly meta: CommandMeta) {} }

@CommandHandler(DecideLevelContestCommand)
export class DecideLevelContestHandler implements ICommandHandler<DecideLevelContestCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ caseId, body, meta }: DecideLevelContestCommand): Answer { return handle(this.log, pchCase, caseId, { type: 'DecideLevelContest', data: body, meta }) }
}

@AllowedTo(rightOf(ApproveExit)!)
export class ApproveExitCommand { constructor(readonly caseId: string, readonly body: ApproveExit, readonly meta: CommandMeta) {} }

@CommandHandler(ApproveExitCommand)
export class ApproveExitHandler implements ICommandHandler<ApproveExitCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: CaseLookUp) {}
  async execute({ caseId, body, meta }: ApproveExitCommand): Answer {
    return handle(this.log, pchCase, caseId, { type: 'ApproveExit', data: { ...body, facts: await this.lookUp.forClosing(caseId, meta.now) }, meta })
  }
}

export const caseHandlers = [OpenCaseHandler, ProposeLevelHandler, DeclineLevelProposalHandler, ApproveLevelHandler, AssignLevelHandler, ChangeLevelHandler, CloseCaseHandler, DeferCaseHandler, ReopenCaseHandler, ReviewLevelHandler, ContestLevelHandler, DecideLevelContestHandler, ApproveExitHandler]
