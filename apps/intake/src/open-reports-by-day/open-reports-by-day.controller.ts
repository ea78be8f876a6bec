import { Controller, Get, Query, Req } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { PATTERNS } from '@chorus/contracts'
import { contextOf, Problem, QueryRoute, type ChorusRequest } from '@chorus/platform'
import { OpenReportsByDay, type DailyCounts } from './open-reports-by-day.query'

const DAY = new RegExp(PATTERNS.date, 'u')
const JUSTICE = ['KCPD', 'JCPO']

@ApiTags('imports')
@Controller('v1/open-reports/daily')
export class OpenReportsByDayController {
  constructor(private readonly reports: OpenReportsByDay) {}

  @Get()
  @QueryRoute({ summary: 'Domestic reports of the city by day, out of its open crime data, and by what they are domestic; outside justice numbers from 1 to 10 are suppressed', reads: { noPerson: 'counts of reports that name nobody' }, roles: ['intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate', 'healthProgram', 'evaluator'] })
  @ApiQuery({ name: 'from', description: 'first day, YYYY-MM-DD' })
  @ApiQuery({ name: 'to', description: 'last day, YYYY-MM-DD' })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  async daily(@Req() request: ChorusRequest, @Query('from') from?: string, @Query('to') to?: string, @Query('after') after?: string): Promise<DailyCounts> {
    for (const [name, day] of [['from', from], ['to', to]] as const) if (typeof day !== 'string' || !DAY.test(day)) throw new Problem('bad-parameter', `${name} is a day: YYYY-MM-DD.`, { errors: [{ pointer: `/query/${name}`, rule: name, detail: 'a day, YYYY-MM-DD' }] })
    await this.reports.seen(after)
    return this.reports.daily(from!, to!, !JUSTICE.includes(contextOf(request).actor!.agency))
  }
}
