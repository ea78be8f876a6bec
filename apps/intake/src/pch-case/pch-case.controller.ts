import { Body, Controller, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { ApproveExit, ApproveLevel, AssignLevel, ChangeLevel, CloseCase, ContestLevel, DecideLevelContest, DeclineLevelProposal, DeferCase, OpenCase, ProposeLevel, ReopenCase, ReviewLevel, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, UuidParam, type Receipt } from '@chorus/platform'
import { ApproveExitCommand, ApproveLevelCommand, AssignLevelCommand, ChangeLevelCommand, CloseCaseCommand, ContestLevelCommand, DecideLevelContestCommand, DeclineLevelProposalCommand, DeferCaseCommand, OpenCaseCommand, ProposeLevelCommand, ReopenCaseCommand, ReviewLevelCommand } from './pch-case.commands'

@ApiTags('cases')
@Controller('v1/cases')
export class PchCaseController {
  constructor(private readonly commands: CommandBus) {}

  @Post() @CommandRoute(OpenCase)
  async open(@Body() body: OpenCase, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new OpenCaseCommand(body, meta))) }

  @Post(':id/level-proposal') @CommandRoute(ProposeLevel)
  async propose(@Param('id', UuidParam) id: string, @Body() body: ProposeLevel, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ProposeLevelCommand(id, body, meta))) }

  @Post(':id/level-proposal/decline') @CommandRoute(DeclineLevelProposal)
  async decline(@Param('id', UuidParam) id: string, @Body() body: DeclineLevelProposal, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new DeclineLevelProposalCommand(id, body, meta))) }

  @Post(':id/level-approvals') @CommandRoute(ApproveLevel)
  async approve(@Param('id', UuidParam) id: string, @Body() body: ApproveLevel, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ApproveLevelCommand(id, body, meta))) }

  @Post(':id/level') @CommandRoute(AssignLevel)
  async assign(@Param('id', UuidParam) id: string, @Body() body: AssignLevel, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new AssignLevelCommand(id, body, meta))) }

  @Post(':id/level-change') @CommandRoute(ChangeLevel)
  async change(@Param('id', UuidParam) id: string, @Body() body: ChangeLevel, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ChangeLevelCommand(id, body, meta))) }

  @Post(':id/level-review') @CommandRoute(ReviewLevel)
  async review(@Param('id', UuidParam) id: string, @Body() body: ReviewLevel, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ReviewLevelCommand(id, body, meta))) }

  @Post(':id/level-contest') @CommandRoute(ContestLevel)
  async contest(@Param('id', UuidParam) id: string, @Body() body: ContestLevel, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ContestLevelCommand(id, body, meta))) }

  @Post(':id/level-contest/decision') @CommandRoute(DecideLevelContest)
  async decideContest(@Param('id', UuidParam) id: string, @Body() body: DecideLevelContest, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new DecideLevelContestCommand(id, body, meta))) }

  @Post(':id/exit-approvals') @CommandRoute(ApproveExit)
  async approveExit(@Param('id', UuidParam) id: string, @Body() body: ApproveExit, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ApproveExitCommand(id, body, meta))) }

  @Post(':id/closure') @CommandRoute(CloseCase)
  async close(@Param('id', UuidParam) id: string, @Body() body: CloseCase, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new CloseCaseCommand(id, body, meta))) }

  @Post(':id/deferral') @CommandRoute(DeferCase)
  async defer(@Param('id', UuidParam) id: string, @Body() body: DeferCase, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new DeferCaseCommand(id, body, meta))) }

  @Post(':id/reopening') @CommandRoute(ReopenCase)
  async reopen(@Param('id', UuidParam) id: string, @Body() body: ReopenCase, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ReopenCaseCommand(id, body, meta))) }
}
