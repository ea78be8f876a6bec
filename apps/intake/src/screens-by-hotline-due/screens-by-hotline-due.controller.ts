import { Controller, Get, Query, Req } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { casesSeenBy } from '@chorus/contracts'
import { contextOf, oneOf, QueryRoute, uuid, wholeNumber, type ChorusRequest } from '@chorus/platform'
import { HOTLINE_STATES } from './screens-by-hotline-due'
import { ScreensByHotlineDue, type ScreenList } from './screens-by-hotline-due.query'

@ApiTags('lethality screens')
@Controller('v1/lethality-screens')
export class ScreensByHotlineDueController {
  constructor(private readonly screens: ScreensByHotlineDue) {}

  @Get()
  @QueryRoute({ summary: 'Lethality screens, and which still call for the hotline, longest due first', reads: { person: 'screenId' }, ...casesSeenBy('prosecutor', 'systemAdvocate') })
  @ApiQuery({ name: 'state', required: false, enum: HOTLINE_STATES })
  @ApiQuery({ name: 'incidentId', required: false, description: 'id of an incident' })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Req() request: ChorusRequest, @Query('state') state?: string, @Query('incidentId') incidentId?: string, @Query('after') after?: string, @Query('limit') limit?: string, @Query('from') from?: string): Promise<ScreenList> {
    const asked = { state: oneOf('state', state, HOTLINE_STATES), incidentId: uuid('incidentId', incidentId), limit: wholeNumber('limit', limit, 50, 1, 500), from: wholeNumber('from', from, 0, 0, 1_000_000) }
    await this.screens.seen(after)
    return this.screens.list(asked, contextOf(request).actor!)
  }
}
