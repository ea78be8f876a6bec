import { Body, Controller, Get, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import {
  ApproveException, CompleteSafetyReview, HoldNotification, LiftHold, LiftStop, RequestSafetyReview, RevokeClearance, SAFETY_ROLES, StopEverything, type CommandMeta,
} from '@chorus/contracts'
import { CommandRoute, Meta, Problem, QueryRoute, receiptOf, UuidParam, type Receipt } from '@chorus/platform'
import { discreet } from '../discreet'
import { NotificationLookUp } from '../notification/look-up'
import {
  ApproveExceptionCommand, CompleteSafetyReviewCommand, HoldNotificationCommand, LiftHoldCommand, LiftStopCommand, RequestSafetyReviewCommand, RevokeClearanceCommand, StopEverythingCommand,
} from './safety-review.commands'
import { safetyView, type SafetyView } from './safety-view'

@ApiTags('safety')
@Controller('v1')
export class SafetyReviewController {
  constructor(private readonly commands: CommandBus, private readonly lookUp: NotificationLookUp) {}

  @Post('notifications/:id/hold') @CommandRoute(HoldNotification)
  async hold(@Param('id', UuidParam) id: string, @Body() body: HoldNotification, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new HoldNotificationCommand(id, body, meta)))) }

  @Post('stops') @CommandRoute(StopEverything)
  async stop(@Body() body: StopEverything, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new StopEverythingCommand(body, meta))), `pchCase-${body.caseId}`) }

  @Post('stops/:id/lift') @CommandRoute(LiftStop)
  async liftStop(@Param('id', UuidParam) caseId: string, @Body() body: LiftStop, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new LiftStopCommand(caseId, body, meta))) }

  @Post('notifications/:id/clearance-revocation') @CommandRoute(RevokeClearance)
  async revoke(@Param('id', UuidParam) id: string, @Body() body: RevokeClearance, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new RevokeClearanceCommand(id, body, meta))), `notification-${id}`) }

  @Get('safety-reviews/:id')
  @QueryRoute({ summary: 'The safety of one notification: its reviews, holds and what is cleared; id is the notification\'s', reads: { person: 'notificationId' }, roles: SAFETY_ROLES })
  async view(@Param('id', UuidParam) id: string): Promise<SafetyView> {
    const state = await this.lookUp.stateOf(id)
    if (state.status === 'none') throw new Problem('not-found', 'There is no notification of this number. Look its number up again.')
    return safetyView(id, state.plan.caseId, await this.lookUp.safetyOf(id, state.plan.caseId))
  }

  @Post('safety-reviews/:id/request') @CommandRoute(RequestSafetyReview)
  async request(@Param('id', UuidParam) id: string, @Body() body: RequestSafetyReview, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RequestSafetyReviewCommand(id, body, meta))) }

  @Post('safety-reviews/:id/completion') @CommandRoute(CompleteSafetyReview)
  async complete(@Param('id', UuidParam) id: string, @Body() body: CompleteSafetyReview, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new CompleteSafetyReviewCommand(id, body, meta))) }

  @Post('safety-reviews/:id/hold-lift') @CommandRoute(LiftHold)
  async lift(@Param('id', UuidParam) id: string, @Body() body: LiftHold, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new LiftHoldCommand(id, body, meta))) }

  @Post('safety-reviews/:id/exception') @CommandRoute(ApproveException)
  async except(@Param('id', UuidParam) id: string, @Body() body: ApproveException, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ApproveExceptionCommand(id, body, meta))) }
}
