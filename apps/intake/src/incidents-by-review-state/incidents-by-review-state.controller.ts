import { Controller, Get, Query, Req } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { contextOf, oneOf, QueryRoute, wholeNumber, type ChorusRequest } from '@chorus/platform'
import { REVIEW_STATES } from './incidents-by-review-state'
import { IncidentsByReviewState, type IncidentList } from './incidents-by-review-state.query'

@ApiTags('incidents')
@Controller('v1/incidents')
export class IncidentsByReviewStateController {
  constructor(private readonly incidents: IncidentsByReviewState) {}

  @Get()
  @QueryRoute({ summary: 'Intimate-partner incidents and what each still lacks before a case can be opened', reads: { person: 'incidentId' }, roles: ['intakeAnalyst', 'detective', 'prosecutor'], agencies: ['KCPD', 'JCPO'] })
  @ApiQuery({ name: 'state', required: false, enum: REVIEW_STATES })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Req() request: ChorusRequest, @Query('state') state?: string, @Query('after') after?: string, @Query('limit') limit?: string, @Query('from') from?: string): Promise<IncidentList> {
    const asked = oneOf('state', state, REVIEW_STATES)
    await this.incidents.seen(after)
    return this.incidents.list(asked, wholeNumber('limit', limit, 50, 1, 500), wholeNumber('from', from, 0, 0, 1_000_000), contextOf(request).actor!)
  }
}
