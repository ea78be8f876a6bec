import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, PublishMetric, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, refused, type Handled, type Refusal } from '@chorus/decider'
import { LogNotThereYet, type EventStore, type Recorder } from '@chorus/event-store'
import { RECORDER, STORE } from '@chorus/platform'
import { compute } from './compute'
import { METRIC_ID } from './program-counts'
import { publishedMetric } from './published-metric'

@AllowedTo(rightOf(PublishMetric)!)
export class PublishMetricCommand { constructor(readonly body: PublishMetric, readonly meta: CommandMeta) {} }

@CommandHandler(PublishMetricCommand)
export class PublishMetricHandler implements ICommandHandler<PublishMetricCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(STORE) private readonly store: EventStore) {}
  async execute({ body: { metricId, asOfRecorded }, meta }: PublishMetricCommand): Promise<Handled | Refusal> {
    if (metricId !== METRIC_ID) return refused('metric_unknown', `There is no such metric. This build computes ${METRIC_ID}.`, { kind: 'not-found' })
    try {
      return await handle(this.log, publishedMetric, meta.commandId, { type: 'PublishMetric', data: await compute(this.store, asOfRecorded, meta.now), meta })
    } catch (error) {
      if (error instanceof LogNotThereYet) return refused('log_not_there_yet', 'The log has not reached this moment yet. Ask for an earlier moment, or leave it out.', { kind: 'retry-later' })
      throw error
    }
  }
}

export const publishedMetricHandlers = [PublishMetricHandler]
