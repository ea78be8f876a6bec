import { Controller, Get, Inject } from '@nestjs/common'
import { ApiTags } from '@nestjs/swagger'
import type { EventStore } from '@chorus/event-store'
import { DATABASE, QueryRoute, STORE } from '@chorus/platform'
import type { Sql } from 'postgres'
import { busConsumers, type BusConsumers } from './bus-consumer.query'

@ApiTags('consumers')
@Controller('v1/consumers')
export class BusConsumerController {
  constructor(@Inject(DATABASE) private readonly database: Sql, @Inject(STORE) private readonly store: EventStore) {}

  @Get()
  @QueryRoute({ summary: 'The consumers of the bus, in words: how each stands, what waits and since when', reads: { noPerson: 'counts and times of consumers' }, roles: ['operator'] })
  all(): Promise<BusConsumers> { return busConsumers(this.database, this.store) }
}
