import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import {
  AbandonNotification, AllowedTo, AuthorizeDelivery, CancelNotification, PlanRepeat, RecordAttempt, RecordDelivery, RecordMisdelivery, rightOf, ScheduleNotification, type CommandMeta,
} from '@chorus/contracts'
import { handle, isRefusal, refused, streamOf, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { policyInForce } from '../notification-policy/policy-in-force'
import { planOf } from '../on-level-assigned/plan-notification'
import { partOf } from '../safety-review/holds'
import { safetyReview } from '../safety-review/safety-review'
import { currentStretch, safetyIdOf } from './case-standing'
import { NotificationLookUp, type Planned } from './look-up'
import { authorizationNow, isChange, NOT_CLEARED, notification } from './notification'

type Answer = Promise<Handled | Refusal>

@AllowedTo(rightOf(PlanRepeat)!)
export class PlanRepeatCommand { constructor(readonly body: PlanRepeat, readonly meta: CommandMeta) {} }

@CommandHandler(PlanRepeatCommand)
export class PlanRepeatHandler implements ICommandHandler<PlanRepeatCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: NotificationLookUp) {}
  async execute({ body, meta }: PlanRepeatCommand): Answer {
    const { caseId } = body
    const standing = await this.lookUp.caseStanding(caseId)
    const stretch = currentStretch(standing)
    if (standing.status === 'none') return refused('case_unknown', 'There is no case of this number. Look its number up again.', { kind: 'not-found' })
    if (standing.status === 'closed') return refused('case_closed', 'The case is closed. Nobody is told any more in it.', { rules: ['M6'] })
    if (!stretch) return refused('level_not_assigned', 'This case has no level yet. The first notification is planned by itself once it has.')
    const before = await this.lookUp.ofStretches(caseId, [stretch])
    // Sent again: the notification that this very command planned answers as the first time, whatever became of it since.
    const number = (await this.plannedBy(meta.commandId, before)) ?? before.length + 1
    if (before.length === 0) return refused('first_not_planned', 'The first notification of this level is about to be planned by itself. Try again in a moment.', { kind: 'retry-later' })
    if (number > before.length && before.some(({ phase }) => phase === 'open')) return refused('still_planned', 'A notification of this level is planned and not delivered yet. Work with that one, or take it back first.', { kind: 'conflict', rules: ['M8'] })
    const policy = await policyInForce(this.log, meta.now)
    const wish = { caseId, subjectRef: standing.subjectRef, stretch, from: meta.now, number, repeatReason: body.reason, ...(body.mode ? { mode: body.mode } : {}), ...(body.language ? { language: body.language } : {}) }
    const planned = planOf(wish, policy, standing.basis, meta)
    if (!planned) return refused('mode_not_allowed', `The policy in force (${policy.policyVersion}) does not have this way of telling at level ${stretch.level}. Choose another.`, { rules: ['M5'] })
    return handle(this.log, notification, planned.id, planned.command)
  }

  private async plannedBy(commandId: string, planned: readonly Planned[]): Promise<number | undefined> {
    for (const { plan: { notificationId, number } } of planned.slice(1)) {
      const [first] = await this.log.load(streamOf(notification, notificationId))
      if (first?.commandId === commandId) return number
    }
    return undefined
  }
}

@AllowedTo(rightOf(ScheduleNotification)!)
export class ScheduleNotificationCommand { constructor(readonly notificationId: string, readonly body: ScheduleNotification, readonly meta: CommandMeta) {} }

@CommandHandler(ScheduleNotificationCommand)
export class ScheduleNotificationHandler implements ICommandHandler<ScheduleNotificationCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: NotificationLookUp) {}
  async execute({ notificationId, body, meta }: ScheduleNotificationCommand): Answer {
    const facts = await this.lookUp.forPermission(notificationId, meta.now)
    const state = await this.lookUp.stateOf(notificationId)
    const command = { type: 'ScheduleNotification' as const, data: { ...body, facts }, meta }
    // Another place or day voids the clearance first: a crash before the new schedule leaves the notification not cleared.
    if (state.status === 'planned' && isChange(state, body) && !isRefusal(notification.decide(command, state))) {
      const voided = await handle(this.log, safetyReview, safetyIdOf(notificationId), { type: 'RevokeClearance', data: { notificationId, caseId: state.plan.caseId, cause: 'PLACE' }, meta: partOf(meta, 'void-for-place') })
      if (isRefusal(voided)) return voided
    }
    return handle(this.log, notification, notificationId, command)
  }
}

@AllowedTo(rightOf(AuthorizeDelivery)!)
export class AuthorizeDeliveryCommand { constructor(readonly notificationId: string, readonly body: AuthorizeDelivery, readonly meta: CommandMeta) {} }

@CommandHandler(AuthorizeDeliveryCommand)
export class AuthorizeDeliveryHandler implements ICommandHandler<AuthorizeDeliveryCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: NotificationLookUp) {}
  async execute({ notificationId, body, meta }: AuthorizeDeliveryCommand): Answer {
    const facts = await this.lookUp.forPermission(notificationId, meta.now)
    const answer = await handle(this.log, notification, notificationId, { type: 'AuthorizeDelivery', data: { ...body, facts }, meta })
    if (isRefusal(answer)) return answer
    // What is answered is what holds now: a revocation may have come beside it, or the request be one that is sent again after a hold.
    const state = await this.lookUp.stateOf(notificationId)
    const { clearance, liftedHolds } = await this.lookUp.forPermission(notificationId, meta.now)
    return authorizationNow(state, { clearance, liftedHolds }, meta.now) ? answer : NOT_CLEARED
  }
}

@AllowedTo(rightOf(RecordAttempt)!)
export class RecordAttemptCommand { constructor(readonly notificationId: string, readonly body: RecordAttempt, readonly meta: CommandMeta) {} }

@CommandHandler(RecordAttemptCommand)
export class RecordAttemptHandler implements ICommandHandler<RecordAttemptCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ notificationId, body, meta }: RecordAttemptCommand): Answer { return handle(this.log, notification, notificationId, { type: 'RecordAttempt', data: body, meta }) }
}

@AllowedTo(rightOf(RecordDelivery)!)
export class RecordDeliveryCommand { constructor(readonly notificationId: string, readonly body: RecordDelivery, readonly meta: CommandMeta) {} }

@CommandHandler(RecordDeliveryCommand)
export class RecordDeliveryHandler implements ICommandHandler<RecordDeliveryCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: NotificationLookUp) {}
  async execute({ notificationId, body, meta }: RecordDeliveryCommand): Answer {
    const facts = await this.lookUp.forDelivery(notificationId, body, meta.commandId)
    return handle(this.log, notification, notificationId, { type: 'RecordDelivery', data: { ...body, facts }, meta })
  }
}

@AllowedTo(rightOf(RecordMisdelivery)!)
export class RecordMisdeliveryCommand { constructor(readonly notificationId: string, readonly body: RecordMisdelivery, readonly meta: CommandMeta) {} }

@CommandHandler(RecordMisdeliveryCommand)
export class RecordMisdeliveryHandler implements ICommandHandler<RecordMisdeliveryCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ notificationId, body, meta }: RecordMisdeliveryCommand): Answer { return handle(this.log, notification, notificationId, { type: 'RecordMisdelivery', data: body, meta }) }
}

@AllowedTo(rightOf(AbandonNotification)!)
export class AbandonNotificationCommand { constructor(readonly notificationId: string, readonly body: AbandonNotification, readonly meta: CommandMeta) {} }

@CommandHandler(AbandonNotificationCommand)
export class AbandonNotificationHandler implements ICommandHandler<AbandonNotificationCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ notificationId, body, meta }: AbandonNotificationCommand): Answer { return handle(this.log, notification, notificationId, { type: 'AbandonNotification', data: body, meta }) }
}

@AllowedTo(rightOf(CancelNotification)!)
export class CancelNotificationCommand { constructor(readonly notificationId: string, readonly body: CancelNotification, readonly meta: CommandMeta) {} }

@CommandHandler(CancelNotificationCommand)
export class CancelNotificationHandler implements ICommandHandler<CancelNotificationCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ notificationId, body, meta }: CancelNotificationCommand): Answer { return handle(this.log, notification, notificationId, { type: 'CancelNotification', data: body, meta }) }
}

export const notificationHandlers = [PlanRepeatHandler, ScheduleNotificationHandler, AuthorizeDeliveryHandler, RecordAttemptHandler, RecordDeliveryHandler, RecordMisdeliveryHandler, AbandonNotificationHandler, CancelNotificationHandler]
