import { Controller, Get, Query } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { Problem, QueryRoute } from '@chorus/platform'
import { REVIEW_STATES, type ReviewState } from './incidents-by-review-state'
import { IncidentsByReviewState, type IncidentList } from './incidents-by-review-state.query'

/** How long a query waits for the read model to have seen what its asker has done, in ms. */
const PATIENCE = 5000

@ApiTags('incidents')
@Controller('v1/incidents')
export class IncidentsByReviewStateController {
  constructor(private readonly incidents: IncidentsByReviewState) {}

  @Get()
  @QueryRoute({ summary: 'Intimate-partner incidents and what each still lacks before a case can be opened', roles: ['intakeAnalyst', 'detective', 'prosecutor'], agencies: ['KCPD', 'JCPO'] })
  @ApiQuery({ name: 'state', required: false, enum: REVIEW_STATES })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Query('state') state?: string, @Query('after') after?: string, @Query('limit') limit?: string, @Query('from') from?: string): Promise<IncidentList> {
    if (state !== undefined && !(REVIEW_STATES as readonly string[]).includes(state)) throw bad('state', `must be one of ${REVIEW_STATES.join(', ')}`)
    const ordinal = whole('after', after, 0, 0, Number.MAX_SAFE_INTEGER)
    const seen = await this.incidents.seen(ordinal, PATIENCE)
    if (seen === 'nowhere') throw bad('after', 'is beyond the end of the log: take the ordinal of a reply to a command')
    if (seen === 'later') throw new Problem('retry-later', 'This list has not seen yet what you ask for. Ask again in a few seconds.')
    return this.incidents.list(state as ReviewState | undefined, whole('limit', limit, 50, 1, 500), whole('from', from, 0, 0, 1_000_000))
  }
}

const bad = (name: string, detail: string): Problem => new Problem('bad-parameter', `The parameter ${name} ${detail}.`, { errors: [{ pointer: `/query/${name}`, rule: 'range', detail }] })
const whole = (name: string, text: string | undefined, otherwise: number, min: number, max: number): number => {
  if (text === undefined || text === '') return otherwise
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (!(value >= min && value <= max)) throw bad(name, `must be a whole number from ${min} to ${max}`)
  return value
}
