import { Controller, Get, Query, Req } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { casesSeenBy } from '@chorus/contracts'
import { contextOf, QueryRoute, wholeNumber, type ChorusRequest } from '@chorus/platform'
import { TimersByDueDate, type TimerCounts, type TimerList } from './timers-by-due-date.query'

@ApiTags('timers')
@Controller('v1/timers/intake')
export class TimersByDueDateController {
  constructor(private readonly timers: TimersByDueDate) {}

  @Get()
  @QueryRoute({ summary: 'How many timers of intake run, were missed, or are past due without that on record', reads: { noPerson: 'counts by timer' }, roles: ['operator', 'privacyOfficer', 'intakeAnalyst', 'prosecutor'] })
  counts(): Promise<TimerCounts> { return this.timers.counts() }

  @Get('due')
  @QueryRoute({ summary: 'What is due, soonest first: referrals to be decided, hotlines to be called, levels to be looked at again; of the records that the reader may see', reads: { person: 'stream' }, ...casesSeenBy('intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate') })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async due(@Req() request: ChorusRequest, @Query('after') after?: string, @Query('limit') limit?: string, @Query('from') from?: string): Promise<TimerList> {
    const page = { limit: wholeNumber('limit', limit, 50, 1, 500), from: wholeNumber('from', from, 0, 0, 1_000_000) }
    await this.timers.seen(after)
    return this.timers.list(contextOf(request).actor!, page)
  }
}
