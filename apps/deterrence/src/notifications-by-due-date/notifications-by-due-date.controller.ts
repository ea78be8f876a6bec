import { Controller, Get, Param, Query } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { LEVELS, SAFETY_ROLES, type Level } from '@chorus/contracts'
import { isUuid, Problem, QueryRoute } from '@chorus/platform'
import { UuidPipe } from '../uuid-pipe'
import { PHASES, type ListedPhase } from './notifications-by-due-date'
import { NotificationsByDueDate, type Listed, type NotificationList, type Wanted } from './notifications-by-due-date.query'

/** How long a query waits for the read model to have seen what its asker has done, in ms. */
const PATIENCE = 5000

@ApiTags('notifications')
@Controller('v1')
export class NotificationsByDueDateController {
  constructor(private readonly notifications: NotificationsByDueDate) {}

  @Get('notifications')
  @QueryRoute({ summary: 'Notifications, soonest due first, each cleared for a window and classes of place, or not cleared', roles: ['detective', 'prosecutor', 'intakeAnalyst', 'systemAdvocate', 'panelMember', 'healthProgram', 'privacyOfficer'] })
  @ApiQuery({ name: 'phase', required: false, enum: PHASES })
  @ApiQuery({ name: 'level', required: false, enum: LEVELS })
  @ApiQuery({ name: 'caseId', required: false })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Query() query: Asked): Promise<NotificationList> { return this.notifications.list(await this.wanted(query)) }

  @Get('notifications/:id')
  @QueryRoute({ summary: 'One notification', roles: ['detective', 'prosecutor', 'intakeAnalyst', 'systemAdvocate', 'panelMember', 'healthProgram', 'privacyOfficer'] })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  async one(@Param('id', UuidPipe) notificationId: string, @Query('after') after?: string): Promise<Listed> {
    const { notifications: [found] } = await this.notifications.list({ ...(await this.wanted({ after })), notificationId })
    if (!found) throw new Problem('not-found', 'There is no notification of this number. Look its number up again.')
    return found
  }

  @Get('safety-reviews')
  @QueryRoute({ summary: 'What is to be reviewed in the safety context, soonest due first: reviews, holds, what is cleared', roles: SAFETY_ROLES })
  @ApiQuery({ name: 'phase', required: false, enum: PHASES })
  @ApiQuery({ name: 'caseId', required: false })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  async safety(@Query() query: Asked): Promise<Awaited<ReturnType<NotificationsByDueDate['safety']>>> { return this.notifications.safety(await this.wanted({ phase: 'open', ...query })) }

  private async wanted({ phase, level, caseId, after, limit, from }: Asked): Promise<Wanted> {
    if (phase !== undefined && !(PHASES as readonly string[]).includes(phase)) throw bad('phase', `must be one of ${PHASES.join(', ')}`)
    if (level !== undefined && !(LEVELS as readonly string[]).includes(level)) throw bad('level', `must be one of ${LEVELS.join(', ')}`)
    if (caseId !== undefined && (typeof caseId !== 'string' || !isUuid(caseId))) throw bad('caseId', 'must be a UUID')
    const wanted = {
      ...(phase ? { phase: phase as ListedPhase } : {}), ...(level ? { level: level as Level } : {}), ...(caseId ? { caseId } : {}), limit: whole('limit', limit, 50, 1, 200), from: whole('from', from, 0, 0, 1_000_000),
    }
    const seen = await this.notifications.seen(whole('after', after, 0, 0, Number.MAX_SAFE_INTEGER), PATIENCE)
    if (seen === 'nowhere') throw bad('after', 'is beyond the end of the log: take the ordinal of a reply to a command')
    if (seen === 'later') throw new Problem('retry-later', 'This list has not seen yet what you ask for. Ask again in a few seconds.')
    return wanted
  }
}

interface Asked { readonly phase?: string; readonly level?: string; readonly caseId?: string; readonly after?: string; readonly limit?: string; readonly from?: string }
const bad = (name: string, detail: string): Problem => new Problem('bad-parameter', `The parameter ${name} ${detail}.`, { errors: [{ pointer: `/query/${name}`, rule: 'range', detail }] })
const whole = (name: string, text: string | undefined, otherwise: number, min: number, max: number): number => {
  if (text === undefined || text === '') return otherwise
  const value = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (!(value >= min && value <= max)) throw bad(name, `must be a whole number from ${min} to ${max}`)
  return value
}
