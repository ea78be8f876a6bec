import { Controller, Get } from '@nestjs/common'
import { ApiTags } from '@nestjs/swagger'
import { QueryRoute } from '@chorus/platform'
import { TimersByDueDate, type TimerCounts } from './timers-by-due-date.query'

@ApiTags('timers')
@Controller('v1/timers/deterrence')
export class TimersByDueDateController {
  constructor(private readonly timers: TimersByDueDate) {}

  @Get()
  @QueryRoute({ summary: 'How many timers of notifications run, were missed, or are past due without that on record; of the safety context only the last', reads: { noPerson: 'counts by timer' }, roles: ['operator', 'privacyOfficer'] })
  counts(): Promise<TimerCounts> { return this.timers.counts() }
}
