import { Body, Controller, Get, Inject, Param, Post, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import {
  ApproveException, CompleteSafetyReview, HoldNotification, LiftHold, LiftStop, RequestSafetyReview, RevokeClearance, SAFETY_ROLES, StopEverything, type CommandMeta,
} from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { CommandRoute, contextOf, Meta, Problem, QueryRoute, receiptOf, RECORDER, UuidParam, type ChorusRequest, type Receipt } from '@chorus/platform'
import { closedTo } from '@chorus/record-access'
import { discreet } from '../discreet'
import { NotificationLookUp } from '../notification/look-up'
import {
  ApproveExceptionCommand, CompleteSafetyReviewCommand, HoldNotificationCommand, LiftHoldCommand, LiftStopCommand, RequestSafetyReviewCommand, RevokeClearanceCommand, StopEverythingCommand,
} from './safety-review.commands'
import { safetyView, type SafetyView } from './safety-view'

@ApiTags('safety')
@Controller('v1')
export class SafetyReviewController {
  constructor(private readonly commands: CommandBus, private readonly lookUp: NotificationLookUp, @Inject(RECORDER) private readonly log: Recorder) {}

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
  async view(@Req() request: ChorusRequest, @Param('id', UuidParam) id: string): Promise<SafetyView> {
    const state = await this.lookUp.stateOf(id)
    const theCase = state.status === 'none' ? undefined : `pchCase-${state.plan.caseId}`
    const closed = await closedTo(this.log, theCase === undefined ? [] : [theCase], contextOf(request).actor!)
    if (state.status === 'none' || closed.isGone(theCase!)) throw new Problem('not-found', 'There is no notification of this number. Look its number up again.', {}, state.status === 'none' ? {} : { withheld: 'closed' })
    return safetyView(id, state.plan.caseId, await this.lookUp.safetyOf(id, state.plan.caseId), closed.has(theCase!))
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
