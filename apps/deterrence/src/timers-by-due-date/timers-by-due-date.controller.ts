import { Controller, Get } from '@nestjs/common'
import { ApiTags } from '@nestjs/swagger'
import { QueryRoute } from '@chorus/platform'
import { TimersByDueDate, type TimerCounts } from './timers-by-due-date.query'

@ApiTags('timers')
@Controller('v1/timers/deterrence')
export class TimersByDueDateController {
  constructor(private readonly timers: TimersByDueDate) {}

  @Get()
  @QueryRoute({ summary: 'Timers of the safety context that are past due without that on record; how many run is not told', reads: { noPerson: 'counts by timer' }, roles: ['operator', 'privacyOfficer'] })
  counts(): Promise<TimerCounts> { return this.timers.counts() }
}
