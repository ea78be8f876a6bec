import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, ReviewCriminalHistory, rightOf, type CommandMeta } from '@chorus/contracts'
import { fold, handle, streamOf, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { initial, pchCase } from '../pch-case/pch-case'
import { historyReview } from './history-review'

@AllowedTo(rightOf(ReviewCriminalHistory)!)
export class ReviewCriminalHistoryCommand { constructor(readonly body: ReviewCriminalHistory, readonly meta: CommandMeta) {} }

@CommandHandler(ReviewCriminalHistoryCommand)
export class ReviewCriminalHistoryHandler implements ICommandHandler<ReviewCriminalHistoryCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  async execute({ body, meta }: ReviewCriminalHistoryCommand): Promise<Handled | Refusal> {
    const stream = streamOf(pchCase, body.caseId)
    const events = await this.log.load(stream)
    const facts = { caseStatus: fold(pchCase, events, initial).status, basis: events.length === 0 ? [] : [{ stream, revision: events.length - 1 }] }
    return handle(this.log, historyReview, body.caseId, { type: 'ReviewCriminalHistory', data: { ...body, facts }, meta })
  }
}
