import { Controller, Get, Query, Req } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { SAFETY_ROLES } from '@chorus/contracts'
import { contextOf, oneOf, QueryRoute, wholeNumber, type ChorusRequest } from '@chorus/platform'
import { WARNING_STATES } from './warnings-by-due-date'
import { WarningsByDueDate, type WarningList } from './warnings-by-due-date.query'

@ApiTags('safety')
@Controller('v1/safety-warnings')
export class WarningsByDueDateController {
  constructor(private readonly warnings: WarningsByDueDate) {}

  @Get()
  @QueryRoute({ summary: 'Whose partner is to be warned, soonest due first; what is overdue says so', reads: { person: 'taskId' }, roles: SAFETY_ROLES })
  @ApiQuery({ name: 'state', required: false, enum: WARNING_STATES, description: 'default open' })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Req() request: ChorusRequest, @Query('state') state?: string, @Query('after') after?: string, @Query('limit') limit?: string, @Query('from') from?: string): Promise<WarningList> {
    const asked = { state: oneOf('state', state, WARNING_STATES) ?? 'open', limit: wholeNumber('limit', limit, 50, 1, 200), from: wholeNumber('from', from, 0, 0, 1_000_000) }
    await this.warnings.seen(after)
    return this.warnings.list(asked, contextOf(request).actor!)
  }
}
