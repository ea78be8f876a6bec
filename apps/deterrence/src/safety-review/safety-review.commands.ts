import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import {
  AllowedTo, ApproveException, CompleteSafetyReview, HoldNotification, LiftHold, LiftStop, RequestSafetyReview, RevokeClearance, rightOf, StopEverything, type CommandMeta, type NotificationPlannedV1,
} from '@chorus/contracts'
import { derivedId, handle, isRefusal, refused, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { later } from '../notification-policy/clock'
import { policyInForce } from '../notification-policy/policy-in-force'
import { safetyIdOf } from '../notification/case-standing'
import { NotificationLookUp } from '../notification/look-up'
import { Holds, partOf } from './holds'
import { safetyReview, type SafetyCommand } from './safety-review'

type Answer = Promise<Handled | Refusal>
const NO_NOTIFICATION = refused('notification_unknown', 'There is no notification of this number. Look its number up again.', { kind: 'not-found' })
const NO_CASE = refused('case_unknown', 'There is no case of this number. Nothing was stopped: look its number up again.', { kind: 'not-found' })
/** How long a stop of everything asks for, before somebody must look at it. */
const STOP = 'PT24H'

/** What every command about one notification needs: its plan, and the stream of its safety. */
abstract class OfNotification {
  constructor(protected readonly log: Recorder, protected readonly lookUp: NotificationLookUp) {}
  protected async planned(notificationId: string): Promise<NotificationPlannedV1 | null> {
    const state = await this.lookUp.stateOf(notificationId)
    return state.status === 'none' ? null : state.plan
  }
  protected decide(notificationId: string, command: SafetyCommand): Answer { return handle(this.log, safetyReview, safetyIdOf(notificationId), command) }
}

@AllowedTo(rightOf(HoldNotification)!)
export class HoldNotificationCommand { constructor(readonly notificationId: string, readonly body: HoldNotification, readonly meta: CommandMeta) {} }

@CommandHandler(HoldNotificationCommand)
export class HoldNotificationHandler implements ICommandHandler<HoldNotificationCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: NotificationLookUp, private readonly holds: Holds) {}
  async execute({ notificationId, body, meta }: HoldNotificationCommand): Answer {
    const state = await this.lookUp.stateOf(notificationId)
    if (state.status === 'none') return NO_NOTIFICATION
    const reviewAt = body.reviewAt ?? later(meta.now, (await policyInForce(this.log, meta.now)).rules.holdReviewWithin)
    return this.holds.raise({ holdId: derivedId('hold', meta.commandId, notificationId), notificationId, caseId: state.plan.caseId, code: body.code, reviewAt }, meta)
  }
}

@AllowedTo(rightOf(StopEverything)!)
export class StopEverythingCommand { constructor(readonly body: StopEverything, readonly meta: CommandMeta) {} }

@CommandHandler(StopEverythingCommand)
export class StopEverythingHandler implements ICommandHandler<StopEverythingCommand> {
  constructor(private readonly lookUp: NotificationLookUp, private readonly holds: Holds) {}
  async execute({ body: { caseId }, meta }: StopEverythingCommand): Answer {
    if ((await this.lookUp.caseStanding(caseId)).status === 'none') return NO_CASE
    return this.holds.stopCase({ holdId: derivedId('stop', meta.commandId, caseId), caseId, reviewAt: later(meta.now, STOP) }, meta)
  }
}

@AllowedTo(rightOf(RequestSafetyReview)!)
export class RequestSafetyReviewCommand { constructor(readonly notificationId: string, readonly body: RequestSafetyReview, readonly meta: CommandMeta) {} }

@CommandHandler(RequestSafetyReviewCommand)
export class RequestSafetyReviewHandler extends OfNotification implements ICommandHandler<RequestSafetyReviewCommand> {
  constructor(@Inject(RECORDER) log: Recorder, lookUp: NotificationLookUp) { super(log, lookUp) }
  async execute({ notificationId, body, meta }: RequestSafetyReviewCommand): Answer {
    const plan = await this.planned(notificationId)
    if (!plan) return NO_NOTIFICATION
    return this.decide(notificationId, { type: 'RequestReview', data: { reviewId: derivedId('review', notificationId, meta.commandId), notificationId, caseId: plan.caseId, dueAt: body.dueAt }, meta })
  }
}

@AllowedTo(rightOf(CompleteSafetyReview)!)
export class CompleteSafetyReviewCommand { constructor(readonly notificationId: string, readonly body: CompleteSafetyReview, readonly meta: CommandMeta) {} }

@CommandHandler(CompleteSafetyReviewCommand)
export class CompleteSafetyReviewHandler extends OfNotification implements ICommandHandler<CompleteSafetyReviewCommand> {
  constructor(@Inject(RECORDER) log: Recorder, lookUp: NotificationLookUp, private readonly holds: Holds) { super(log, lookUp) }
  async execute({ notificationId, body, meta }: CompleteSafetyReviewCommand): Answer {
    const plan = await this.planned(notificationId)
    if (!plan) return NO_NOTIFICATION
    const { caseId, level } = plan
    const holdId = derivedId('hold', meta.commandId, notificationId)
    const holdReviewAt = later(meta.now, (await policyInForce(this.log, meta.now)).rules.holdReviewWithin)
    const answered = await this.decide(notificationId, { type: 'CompleteReview', data: { ...body, notificationId, caseId, level, holdId, holdReviewAt, seen: await this.lookUp.circumstancesSeen(caseId) }, meta })
    if (isRefusal(answered) || body.outcome !== 'HOLD') return answered
    const stopped = await this.holds.stop({ holdId, notificationId, caseId, reviewAt: holdReviewAt }, partOf(meta, 'stop'))
    return isRefusal(stopped) ? stopped : answered
  }
}

@AllowedTo(rightOf(LiftHold)!)
export class LiftHoldCommand { constructor(readonly notificationId: string, readonly body: LiftHold, readonly meta: CommandMeta) {} }

@CommandHandler(LiftHoldCommand)
export class LiftHoldHandler extends OfNotification implements ICommandHandler<LiftHoldCommand> {
  constructor(@Inject(RECORDER) log: Recorder, lookUp: NotificationLookUp) { super(log, lookUp) }
  async execute({ notificationId, body, meta }: LiftHoldCommand): Answer {
    const plan = await this.planned(notificationId)
    return plan ? this.decide(notificationId, { type: 'LiftHold', data: { ...body, caseId: plan.caseId }, meta }) : NO_NOTIFICATION
  }
}

@AllowedTo(rightOf(LiftStop)!)
export class LiftStopCommand { constructor(readonly caseId: string, readonly body: LiftStop, readonly meta: CommandMeta) {} }

@CommandHandler(LiftStopCommand)
export class LiftStopHandler implements ICommandHandler<LiftStopCommand> {
  constructor(private readonly holds: Holds) {}
  execute({ caseId, body, meta }: LiftStopCommand): Answer { return this.holds.liftStop({ caseId, ...body }, meta) }
}

@AllowedTo(rightOf(RevokeClearance)!)
export class RevokeClearanceCommand { constructor(readonly notificationId: string, readonly body: RevokeClearance, readonly meta: CommandMeta) {} }

@CommandHandler(RevokeClearanceCommand)
export class RevokeClearanceHandler extends OfNotification implements ICommandHandler<RevokeClearanceCommand> {
  constructor(@Inject(RECORDER) log: Recorder, lookUp: NotificationLookUp) { super(log, lookUp) }
  async execute({ notificationId, body, meta }: RevokeClearanceCommand): Answer {
    const plan = await this.planned(notificationId)
    return plan ? this.decide(notificationId, { type: 'RevokeClearance', data: { notificationId, caseId: plan.caseId, cause: body.cause }, meta }) : NO_NOTIFICATION
  }
}

@AllowedTo(rightOf(ApproveException)!)
export class ApproveExceptionCommand { constructor(readonly notificationId: string, readonly body: ApproveException, readonly meta: CommandMeta) {} }

@CommandHandler(ApproveExceptionCommand)
export class ApproveExceptionHandler extends OfNotification implements ICommandHandler<ApproveExceptionCommand> {
  constructor(@Inject(RECORDER) log: Recorder, lookUp: NotificationLookUp) { super(log, lookUp) }
  async execute({ notificationId, body, meta }: ApproveExceptionCommand): Answer {
    const plan = await this.planned(notificationId)
    if (!plan) return NO_NOTIFICATION
    const { rules: { exceptionAttempts } } = await policyInForce(this.log, meta.now)
    return this.decide(notificationId, { type: 'ApproveException', data: { ...body, notificationId, caseId: plan.caseId, attemptsNeeded: exceptionAttempts, seen: await this.lookUp.circumstancesSeen(plan.caseId) }, meta })
  }
}

export const safetyHandlers = [
  HoldNotificationHandler, StopEverythingHandler, RequestSafetyReviewHandler, CompleteSafetyReviewHandler, LiftHoldHandler, LiftStopHandler, RevokeClearanceHandler, ApproveExceptionHandler,
]
