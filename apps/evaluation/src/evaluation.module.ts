/** Evaluation reads the log and nothing else: no read model, no setting decides a figure. It records what was published, and nothing more. */
import { Module } from '@nestjs/common'
import type { EventStore, Recorder } from '@chorus/event-store'
import { CLOCK, OfService, RECORDER, STORE, VAULT, type Clock } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { HistoryController } from './history/history.controller'
import { HistoryReader } from './history/read-history'
import { publishedMetricHandlers } from './published-metric/published-metric.commands'
import { PublishedMetricController } from './published-metric/published-metric.controller'
import { ReplayController } from './replay/replay.controller'

@OfService('evaluation')
@Module({
  controllers: [HistoryController, ReplayController, PublishedMetricController],
  providers: [...publishedMetricHandlers, {
    provide: HistoryReader,
    inject: [STORE, RECORDER, VAULT, CLOCK],
    useFactory: (store: EventStore, recorder: Recorder, vault: Vault, clock: Clock) => new HistoryReader({ store, recorder, vault, clock }),
  }],
})
export class EvaluationModule {}
