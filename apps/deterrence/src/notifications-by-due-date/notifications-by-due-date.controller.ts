import { Controller, Get, Param, Query, Req } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { LEVELS, SAFETY_ROLES } from '@chorus/contracts'
import { contextOf, oneOf, Problem, QueryRoute, uuid, UuidParam, wholeNumber, type ChorusRequest } from '@chorus/platform'
import { PHASES } from './notifications-by-due-date'
import { NotificationsByDueDate, type Listed, type NotificationList, type Wanted } from './notifications-by-due-date.query'

@ApiTags('notifications')
@Controller('v1')
export class NotificationsByDueDateController {
  constructor(private readonly notifications: NotificationsByDueDate) {}

  @Get('notifications')
  @QueryRoute({ summary: 'Notifications, soonest due first, each cleared for a window and classes of place, or not cleared', reads: { person: 'notificationId' }, roles: ['detective', 'prosecutor', 'intakeAnalyst', 'systemAdvocate', 'panelMember', 'healthProgram', 'privacyOfficer'] })
  @ApiQuery({ name: 'phase', required: false, enum: PHASES })
  @ApiQuery({ name: 'level', required: false, enum: LEVELS })
  @ApiQuery({ name: 'caseId', required: false })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Req() request: ChorusRequest, @Query() query: Asked): Promise<NotificationList> { return this.notifications.list(await this.wanted(query), contextOf(request).actor!) }

  @Get('notifications/:id')
  @QueryRoute({ summary: 'One notification', reads: { person: 'notificationId' }, roles: ['detective', 'prosecutor', 'intakeAnalyst', 'systemAdvocate', 'panelMember', 'healthProgram', 'privacyOfficer'] })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  async one(@Req() request: ChorusRequest, @Param('id', UuidParam) notificationId: string, @Query('after') after?: string): Promise<Listed> {
    const { notifications: [found] } = await this.notifications.list({ ...(await this.wanted({ after })), notificationId }, contextOf(request).actor!)
    if (!found) throw new Problem('not-found', 'There is no notification of this number. Look its number up again.', {}, await this.notifications.isGone(notificationId) ? { withheld: 'closed' } : {})
    return found
  }

  @Get('safety-reviews')
  @QueryRoute({ summary: 'What is to be reviewed in the safety context, soonest due first: reviews, holds, what is cleared', reads: { person: 'notificationId' }, roles: SAFETY_ROLES })
  @ApiQuery({ name: 'phase', required: false, enum: PHASES, description: 'default open' })
  @ApiQuery({ name: 'level', required: false, enum: LEVELS })
  @ApiQuery({ name: 'caseId', required: false })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async safety(@Req() request: ChorusRequest, @Query() query: Asked): Promise<Awaited<ReturnType<NotificationsByDueDate['safety']>>> { return this.notifications.safety(await this.wanted({ phase: 'open', ...query }), contextOf(request).actor!) }

  private async wanted({ phase, level, caseId, after, limit, from }: Asked): Promise<Wanted> {
    const [ofPhase, ofLevel, ofCase] = [oneOf('phase', phase, PHASES), oneOf('level', level, LEVELS), uuid('caseId', caseId)]
    const wanted = {
      ...(ofPhase ? { phase: ofPhase } : {}), ...(ofLevel ? { level: ofLevel } : {}), ...(ofCase ? { caseId: ofCase } : {}), limit: wholeNumber('limit', limit, 50, 1, 200), from: wholeNumber('from', from, 0, 0, 1_000_000),
    }
    await this.notifications.seen(after)
    return wanted
  }
}

interface Asked { readonly phase?: string; readonly level?: string; readonly caseId?: string; readonly after?: string; readonly limit?: string; readonly from?: string }
