import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common'
import { ApiQuery } from '@nestjs/swagger'
import type { Response } from 'express'
import { verifyChain, type EventStore } from '@chorus/event-store'
import { CLOCK, Problem, progressStream, QueryRoute, STORE, type ChorusRequest, type Clock } from '@chorus/platform'

@Controller('v1/log')
export class LogVerificationController {
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(CLOCK) private readonly clock: Clock) {}

  @Get('verification')
  @QueryRoute({ summary: 'Walks the chain of the log and names the first event that is wrong, as NDJSON with progress', reads: { noPerson: 'ordinals and links' }, roles: ['operator', 'privacyOfficer', 'evaluator'] })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal to start after; left out: the whole log' })
  verify(@Req() request: ChorusRequest, @Res() response: Response, @Query('after') after?: string): Promise<void> {
    if (after !== undefined && !/^\d{1,15}$/.test(after)) throw new Problem('bad-parameter', 'after is an ordinal: a whole number, 0 or more.', { errors: [{ pointer: '/query/after', rule: 'ordinal', detail: 'a whole number, 0 or more' }] })
    return progressStream(request, response, this.clock, (report, signal) =>
      verifyChain(this.store, { after: Number(after ?? 0), signal, onProgress: (events, of) => report({ events, of }) }))
  }

  @Get('head')
  @QueryRoute({ summary: 'Where the log stands', reads: { noPerson: 'ordinals and links' }, roles: ['operator', 'privacyOfficer', 'evaluator', 'intakeAnalyst', 'prosecutor', 'detective', 'healthProgram'] })
  head() {
    return this.store.head()
  }
}
