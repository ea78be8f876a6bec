import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, AnswerServiceOffer, AnswerServiceReferral, SendServiceReferral, rightOf, type CommandMeta } from '@chorus/contracts'
import { derivedId, handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { pchService } from './pch-service'

type Answer = Promise<Handled | Refusal>

@AllowedTo(rightOf(AnswerServiceOffer)!)
export class AnswerServiceOfferCommand { constructor(readonly offerId: string, readonly body: AnswerServiceOffer, readonly meta: CommandMeta) {} }

@CommandHandler(AnswerServiceOfferCommand)
export class AnswerServiceOfferHandler implements ICommandHandler<AnswerServiceOfferCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ offerId, body, meta }: AnswerServiceOfferCommand): Answer { return handle(this.log, pchService, offerId, { type: 'AnswerServiceOffer', data: body, meta }) }
}

@AllowedTo(rightOf(SendServiceReferral)!)
export class SendServiceReferralCommand { constructor(readonly offerId: string, readonly body: SendServiceReferral, readonly meta: CommandMeta) {} }

@CommandHandler(SendServiceReferralCommand)
export class SendServiceReferralHandler implements ICommandHandler<SendServiceReferralCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  /** The referral's number comes from the command's id: the same request again is the same referral. */
  execute({ offerId, body, meta }: SendServiceReferralCommand): Answer {
    return handle(this.log, pchService, offerId, { type: 'SendServiceReferral', data: { ...body, referralId: derivedId('service-referral', meta.commandId) }, meta })
  }
}

@AllowedTo(rightOf(AnswerServiceReferral)!)
export class AnswerServiceReferralCommand { constructor(readonly offerId: string, readonly referralId: string, readonly body: AnswerServiceReferral, readonly meta: CommandMeta) {} }

@CommandHandler(AnswerServiceReferralCommand)
export class AnswerServiceReferralHandler implements ICommandHandler<AnswerServiceReferralCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ offerId, referralId, body, meta }: AnswerServiceReferralCommand): Answer {
    return handle(this.log, pchService, offerId, { type: 'AnswerServiceReferral', data: { ...body, referralId }, meta })
  }
}

export const serviceHandlers = [AnswerServiceOfferHandler, SendServiceReferralHandler, AnswerServiceReferralHandler]
