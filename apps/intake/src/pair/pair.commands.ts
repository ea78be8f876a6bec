import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, ReviewCrossComplaint, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { pair } from './pair'

@AllowedTo(rightOf(ReviewCrossComplaint)!)
export class ReviewCrossComplaintCommand { constructor(readonly pairId: string, readonly body: ReviewCrossComplaint, readonly meta: CommandMeta) {} }

@CommandHandler(ReviewCrossComplaintCommand)
export class ReviewCrossComplaintHandler implements ICommandHandler<ReviewCrossComplaintCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ pairId, body, meta }: ReviewCrossComplaintCommand): Promise<Handled | Refusal> {
    return handle(this.log, pair, pairId, { type: 'ReviewCrossComplaint', data: { ...body, pairId }, meta })
  }
}
