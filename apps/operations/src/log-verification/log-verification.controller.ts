import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common'
import { ApiQuery } from '@nestjs/swagger'
import type { Response } from 'express'
import type { EventStore } from '@chorus/event-store'
import { oneOf, progressStream, CLOCK, Problem, QueryRoute, STORE, textOf, type ChorusRequest, type Clock, type Streamed } from '@chorus/platform'
import { readVerifier, type LogReport } from '@chorus/tamper-evidence'
import { LogVerification } from './verification'

@Controller('v1/log')
export class LogVerificationController {
  constructor(@Inject(STORE) private readonly store: EventStore, @Inject(LogVerification) private readonly verification: LogVerification, @Inject(CLOCK) private readonly clock: Clock) {}

  @Get('verification')
  @QueryRoute({ summary: 'Walks the chain of the log, compares it with what was signed, and names the first ordinal that is wrong, as NDJSON with progress', reads: { noPerson: 'ordinals and links' }, roles: ['operator', 'privacyOfficer', 'evaluator'] })
  @ApiQuery({ name: 'full', required: false, description: 'true: also what was verified before' })
  @ApiQuery({ name: 'key', required: false, description: 'the public key that must have signed, as somebody has kept it; left out: the one that the second place began with' })
  verify(@Req() request: ChorusRequest, @Res() response: Response, @Query('full') full?: string, @Query('key') key?: string): Promise<Streamed<{ readonly events: number; readonly of: number }, LogReport>> {
    const all = oneOf('full', full, ['true', 'false']) === 'true'
    const verifier = asked(textOf('key', key))
    return progressStream(request, response, this.clock, (report, signal) =>
      this.verification.run({ full: all, ...(verifier && { verifier }), signal, onProgress: (events, of) => report({ events, of }) }))
  }

  @Get('head')
  @QueryRoute({ summary: 'Where the log stands', reads: { noPerson: 'ordinals and links' }, roles: ['operator', 'privacyOfficer', 'evaluator', 'intakeAnalyst', 'prosecutor', 'detective', 'healthProgram'] })
  head() {
    return this.store.head()
  }
}

const asked = (key: string | undefined): ReturnType<typeof readVerifier> | undefined => {
  try { return key === undefined ? undefined : readVerifier(key) } catch (error) {
    throw new Problem('bad-parameter', `${(error as Error).message}.`, { errors: [{ pointer: '/query/key', rule: 'public-key', detail: 'must be a public key as "chorus public-key" prints it' }] })
  }
}
