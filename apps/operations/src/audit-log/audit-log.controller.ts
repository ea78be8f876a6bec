import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import type { Response } from 'express'
import { AUDIT, auditEntries, AUDIT_DATABASE, CLOCK, isUuid, progressStream, QueryRoute, textOf, verifyAudit, wholeNumber, type AuditEntry, type AuditReport, type AuditTrail, type ChorusRequest, type Clock, type Streamed } from '@chorus/platform'
import type { Sql } from 'postgres'

/** Most entries of one answer. */
const MOST = 1000

@ApiTags('audit')
@Controller('v1/audit')
export class AuditLogController {
  constructor(@Inject(AUDIT_DATABASE) private readonly database: Sql, @Inject(AUDIT) private readonly trail: AuditTrail, @Inject(CLOCK) private readonly clock: Clock) {}

  @Get()
  @QueryRoute({ summary: 'Who read which person\'s record and what for, who searched for what, and who was refused; the newest first', reads: { person: 'correlationId' }, roles: ['privacyOfficer'] })
  @ApiQuery({ name: 'about', required: false, description: 'entries that showed this record (its id), or that searched for this text' })
  @ApiQuery({ name: 'actor', required: false, description: 'entries of this user' })
  @ApiQuery({ name: 'before', required: false, description: 'entries before this ordinal: the last one of an answer gives the next page' })
  @ApiQuery({ name: 'limit', required: false, description: `1 to ${MOST}, default 100` })
  async list(@Query('about') about?: string, @Query('actor') actor?: string, @Query('before') before?: string, @Query('limit') limit?: string): Promise<{ readonly entries: readonly AuditEntry[] }> {
    const [of, by] = [textOf('about', about), textOf('actor', actor)]
    return {
      entries: await auditEntries(this.database, {
        ...(of !== undefined && { about: isUuid(of) ? of.toLowerCase() : this.trail.fingerprint(of) }), ...(by !== undefined && { actor: by }),
        before: wholeNumber('before', before, Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER), limit: wholeNumber('limit', limit, 100, 1, MOST),
      }),
    }
  }

  @Get('verification')
  @QueryRoute({ summary: 'Walks the chain of the audit log and names the first entry that is wrong, as NDJSON with progress', reads: { noPerson: 'ordinals and links' }, roles: ['privacyOfficer', 'operator'] })
  verify(@Req() request: ChorusRequest, @Res() response: Response): Promise<Streamed<{ readonly entries: number; readonly of: number }, AuditReport>> {
    return progressStream(request, response, this.clock, (report, signal) => verifyAudit(this.database, { signal, onProgress: (entries, of) => report({ entries, of }) }))
  }
}
