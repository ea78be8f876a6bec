import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { PublishMetric, type CommandMeta, type MetricPublishedV1 } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { EventStore, Recorder } from '@chorus/event-store'
import { CommandRoute, Meta, Problem, QueryRoute, receiptOf, RECORDER, STORE, UuidParam, type Receipt } from '@chorus/platform'
import { erasuresSince } from './compute'
import { initial, publishedMetric } from './published-metric'
import { PublishMetricCommand } from './published-metric.commands'

export interface PublishedView extends MetricPublishedV1 { readonly publishedAt: string; /** records and persons destroyed by order since: the figures stand as they were published */ readonly erasuresSince: number }

@ApiTags('metrics')
@Controller('v1/metrics')
export class PublishedMetricController {
  constructor(private readonly commands: CommandBus, @Inject(RECORDER) private readonly log: Recorder, @Inject(STORE) private readonly store: EventStore) {}

  @Post('publications') @CommandRoute(PublishMetric)
  async publish(@Body() body: PublishMetric, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new PublishMetricCommand(body, meta))) }

  @Get('publications/:id')
  @QueryRoute({ summary: 'A metric as it was published, with its digests, and how many erasures have come since', reads: { noPerson: 'counts, with small ones left out' }, roles: ['evaluator', 'healthProgram', 'privacyOfficer'] })
  async published(@Param('id', UuidParam) id: string): Promise<PublishedView> {
    const events = await this.log.load(streamOf(publishedMetric, id))
    const state = fold(publishedMetric, events, initial)
    if (state.status === 'none') throw new Problem('not-found', 'There is no such publication. Take its number from the answer that published it.')
    return { ...state.metric, publishedAt: events[0]!.recordedtime, erasuresSince: await erasuresSince(this.store, events[0]!.ordinal) }
  }
}
