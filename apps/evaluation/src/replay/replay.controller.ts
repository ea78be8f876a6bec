import { Controller, Get, Inject, Req, Res } from '@nestjs/common'
import type { Response } from 'express'
import { PURPOSES_OF, type Role } from '@chorus/contracts'
import type { EventStore, ReplayResult } from '@chorus/event-store'
import { AUDIT, CLOCK, contextOf, progressStream, QueryRoute, STORE, type AuditTrail, type ChorusRequest, type Clock, type Streamed } from '@chorus/platform'
import { replayLog, type ReplayProgress } from './replay-log'

@Controller('v1/replay')
export class ReplayController {
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(CLOCK) private readonly clock: Clock, @Inject(AUDIT) private readonly trail: AuditTrail) {}

  @Get()
  @QueryRoute({ summary: 'Folds the whole log: counts and a digest, as NDJSON with progress', reads: { noPerson: 'counts and a digest' }, roles: ['evaluator', 'operator', 'privacyOfficer'] })
  async replay(@Req() request: ChorusRequest, @Res() response: Response): Promise<Streamed<ReplayProgress, ReplayResult>> {
    const { actor, correlationId } = contextOf(request)
    // it shows nobody, and reads everything
    await this.trail.record({ actor: actor!, purpose: PURPOSES_OF[actor!.role as Role][0], correlationId, route: 'GET /v1/replay', asked: {}, found: true, records: [] })
    return progressStream(request, response, this.clock, (report, signal) => replayLog(this.store, { report, signal }))
  }
}
