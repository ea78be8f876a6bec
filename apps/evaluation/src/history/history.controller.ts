import { Controller, Get, Query, Req } from '@nestjs/common'
import { ApiQuery } from '@nestjs/swagger'
import { casesSeenBy } from '@chorus/contracts'
import { contextOf, Problem, QueryRoute, type ChorusRequest } from '@chorus/platform'
import { HistoryReader, type HistoryAnswer } from './read-history'
import { HISTORY_READERS } from './who-sees-what'

@Controller('v1/history')
export class HistoryController {
  constructor(private readonly reader: HistoryReader) {}

  @Get()
  @QueryRoute({ summary: 'The history of a case, an incident, an account or an ordinance, as it was and as it was known', reads: { person: 'of' }, ...casesSeenBy(...HISTORY_READERS) })
  @ApiQuery({ name: 'of', description: 'id of a case or incident, ORI/number of a report, code of an account, or number of an ordinance' })
  @ApiQuery({ name: 'asOfRecorded', required: false, description: 'as it was known at this moment: a date, a local time (America/Chicago) or an instant' })
  @ApiQuery({ name: 'asOfOccurred', required: false, description: 'only what had happened by this moment' })
  @ApiQuery({ name: 'newestFirst', required: false, enum: ['true', 'false'] })
  async read(@Req() request: ChorusRequest, @Query('of') of?: string, @Query('asOfRecorded') asOfRecorded?: string, @Query('asOfOccurred') asOfOccurred?: string, @Query('newestFirst') newestFirst?: string): Promise<HistoryAnswer> {
    const { actor } = contextOf(request)
    if (!actor) throw new Error('a history was asked for on a public route')
    if (typeof of !== 'string' || of.length === 0 || of.length > 200 || /[\p{Cs}\0]/u.test(of)) throw new Problem('bad-parameter', 'Say whose history: ?of=ID of a case or an incident, ORI/number of a report, code of an account, or number of an ordinance.', { errors: [{ pointer: '/query/of', rule: 'required', detail: 'an id of 1 to 200 characters' }] })
    const answer = await this.reader.read({
      of,
      ...(typeof asOfRecorded === 'string' && { asOfRecorded }),
      ...(typeof asOfOccurred === 'string' && { asOfOccurred }),
      newestFirst: newestFirst === 'true',
    }, actor)
    if (!('refused' in answer)) return answer
    const errors = answer.field ? [{ pointer: `/query/${answer.field}`, rule: answer.refused, detail: answer.text }] : undefined
    const problem = answer.refused === 'not-found' ? 'not-found' : answer.refused === 'log-not-there-yet' ? 'retry-later' : 'bad-parameter'
    throw new Problem(problem, answer.text, { refused: answer.refused, ...(errors && { errors }) }, answer.withheld && { withheld: answer.withheld })
  }
}
