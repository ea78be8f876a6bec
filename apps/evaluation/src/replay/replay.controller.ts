import { Controller, Get, Inject, Req, Res } from '@nestjs/common'
import type { Response } from 'express'
import type { EventStore } from '@chorus/event-store'
import { CLOCK, progressStream, QueryRoute, STORE, type ChorusRequest, type Clock } from '@chorus/platform'
import { replayLog } from './replay-log'

@Controller('v1/replay')
export class ReplayController {
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(CLOCK) private readonly clock: Clock) {}

  @Get()
  @QueryRoute({ summary: 'Folds the whole log: counts and a digest, as NDJSON with progress', reads: { noPerson: 'counts and a digest' }, roles: ['evaluator', 'operator', 'privacyOfficer'] })
  replay(@Req() request: ChorusRequest, @Res() response: Response): Promise<void> {
    return progressStream(request, response, this.clock, (report, signal) => replayLog(this.store, { report, signal }))
  }
}
