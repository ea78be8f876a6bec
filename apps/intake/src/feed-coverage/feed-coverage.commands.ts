import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { DateTime } from 'luxon'
import { AllowedTo, DeclareFeedCoverage, rightOf, type CommandMeta } from '@chorus/contracts'
import { derivedId, handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { feedCoverage } from './feed-coverage'

@AllowedTo(rightOf(DeclareFeedCoverage)!)
export class DeclareFeedCoverageCommand { constructor(readonly body: DeclareFeedCoverage, readonly meta: CommandMeta) {} }

@CommandHandler(DeclareFeedCoverageCommand)
export class DeclareFeedCoverageHandler implements ICommandHandler<DeclareFeedCoverageCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ body, meta }: DeclareFeedCoverageCommand): Promise<Handled | Refusal> {
    const coverageId = derivedId('feed-coverage', body.source, body.population)
    return handle(this.log, feedCoverage, coverageId, { type: 'DeclareFeedCoverage', data: { ...body, coverageId, today: DateTime.fromISO(meta.now, { zone: 'America/Chicago' }).toISODate()! }, meta })
  }
}
