import { Controller, Inject, Post, Query, Req, Res } from '@nestjs/common'
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger'
import type { Response } from 'express'
import { IANAZone } from 'luxon'
import { AllowedTo, whoMay } from '@chorus/contracts'
import { CLOCK, contextOf, newId, Problem, progressStream, SETTINGS, UploadRoute, type ChorusRequest, type Clock, type Settings, type Streamed } from '@chorus/platform'
import { SENDERS } from './senders'
import type { ImportFile, ImportOptions, ImportProgress, RunReport } from './import-file'
import { KcpdImport, type KcpdReport } from './import-kcpd'
import { NibrsImport, type ImportReport } from './import-nibrs'

const CONTENT_TYPES = ['application/octet-stream', 'text/plain', 'application/xml', 'text/xml']
const CSV_TYPES = ['application/octet-stream', 'text/csv', 'text/plain', 'application/json']

@ApiTags('imports')
@Controller('v1/imports')
export class ImportRunController {
  constructor(private readonly nibrs: NibrsImport, private readonly kcpd: KcpdImport, @Inject(CLOCK) private readonly clock: Clock, @Inject(SETTINGS) private readonly settings: Settings) {}

  @Post('nibrs')
  @AllowedTo(SENDERS)
  @UploadRoute('a line each: {"progress": …} while it is read, at the end {"result": …}, the report, or {"problem": …}')
  @ApiOperation({ operationId: 'ImportNibrs', summary: 'Import a NIBRS file, flat or XML, as a stream; answers NDJSON: progress, then the report', description: `For ${whoMay(SENDERS)}. Whether it is the fixed-width flat file or the NIEM XML submission, its first character tells; one incident in both formats is one record. The same file again adds nothing; a run that was cut short is finished by sending the file again.` })
  @ApiConsumes(...CONTENT_TYPES)
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary' } })
  @ApiQuery({ name: 'dryRun', required: false, enum: ['true', 'false'], description: 'say what would become of it, record nothing' })
  @ApiQuery({ name: 'zone', required: false, description: 'IANA zone of the local times; left out: by the state in the ORI' })
  @ApiQuery({ name: 'name', required: false, description: 'name of the file' })
  @ApiHeader({ name: 'Content-Digest', required: false, description: 'sha-256=:BASE64: of the whole file (RFC 9530); with it a run that was cut short is recognised' })
  async importNibrs(@Req() request: ChorusRequest, @Res() response: Response, @Query('dryRun') dryRun?: string, @Query('zone') zone?: string, @Query('name') name?: string): Promise<Streamed<ImportProgress, ImportReport>> {
    return this.upload<ImportReport>(request, response, CONTENT_TYPES, { dryRun, zone, name }, (file, options) => this.nibrs.run(file, options))
  }

  @Post('kcpd')
  @AllowedTo({ roles: ['agencyFeed', 'intakeAnalyst'], agencies: ['KCPD', 'HEALTH', 'CITY'] })
  @UploadRoute('a line each: {"progress": …} while it is read, at the end {"result": …}, the report, or {"problem": …}')
  @ApiOperation({ operationId: 'ImportKcpd', summary: 'Import a file of the Kansas City open crime data (CSV, or the portal\'s JSON), as a stream; answers NDJSON: progress, then the report', description: 'For agencyFeed, intakeAnalyst. Any year from 2010 on: told by its columns, refused with their names where one is unknown. It names no person and opens no case. The same file again adds nothing.' })
  @ApiConsumes(...CSV_TYPES)
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary' } })
  @ApiQuery({ name: 'dryRun', required: false, enum: ['true', 'false'], description: 'say what would become of it, record nothing' })
  @ApiQuery({ name: 'name', required: false, description: 'name of the file' })
  @ApiHeader({ name: 'Content-Digest', required: false, description: 'sha-256=:BASE64: of the whole file (RFC 9530); with it a run that was cut short is recognised' })
  async importKcpd(@Req() request: ChorusRequest, @Res() response: Response, @Query('dryRun') dryRun?: string, @Query('name') name?: string): Promise<Streamed<ImportProgress, KcpdReport>> {
    return this.upload<KcpdReport>(request, response, CSV_TYPES, { dryRun, name, zone: undefined }, (file, options) => this.kcpd.run(file, options))
  }

  private async upload<R extends RunReport>(
    request: ChorusRequest, response: Response, contentTypes: readonly string[], { dryRun, zone, name }: { readonly dryRun: unknown; readonly zone: unknown; readonly name: unknown }, run: (file: ImportFile, options: ImportOptions) => Promise<R>,
  ): Promise<Streamed<ImportProgress, R>> {
    const { actor } = contextOf(request)
    if (!actor) throw new Error('an import was sent on a public route')
    const type = (request.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
    if (!contentTypes.includes(type)) throw new Problem('unsupported-media-type', `Send the file itself as the body, with Content-Type: ${contentTypes.join(' or ')}.`)
    if (zone !== undefined && !(typeof zone === 'string' && IANAZone.isValidZone(zone))) throw wrong('zone', 'zone is no IANA time zone: write for example America/Chicago, or leave it out')
    if (dryRun !== undefined && dryRun !== 'true' && dryRun !== 'false') throw wrong('dryRun', 'dryRun is true or false')
    if (name !== undefined && !(typeof name === 'string' && /^[^\p{Cs}\0]*$/u.test(name))) throw wrong('name', 'name is one text, without NUL')
    const length = request.header('content-length')
    const bytes = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined
    const { maxUpload } = this.settings
    if (bytes !== undefined && bytes > maxUpload) throw tooLarge(maxUpload)
    const sha256 = digestOf(request.header('content-digest'))
    return progressStream<ImportProgress, R>(request, response, this.clock, (report, signal) => run(
      { source: within(request, maxUpload), ...(bytes !== undefined && { bytes }), ...(sha256 && { sha256 }), ...(zone && { zone }), ...(name && { name }) },
      { runId: newId(this.clock), actor, dryRun: dryRun === 'true', signal, report },
    ))
  }
}

const wrong = (parameter: string, detail: string) => new Problem('bad-parameter', `${detail}.`, { errors: [{ pointer: `/query/${parameter}`, rule: parameter, detail }] })
const tooLarge = (limit: number) => new Problem('too-large', `The file is over the limit of ${limit} bytes (CHORUS_MAX_UPLOAD). Send it in parts: whole records each, in their order.`)

/** The hex SHA-256 of a Content-Digest header, or undefined where there is none. */
const digestOf = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined
  const found = /(?:^|[,\s])sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header)
  if (!found) throw new Problem('bad-parameter', 'The header Content-Digest must name sha-256=:BASE64: (RFC 9530), or be left out.', { errors: [{ pointer: '/headers/content-digest', rule: 'sha-256', detail: 'sha-256=:BASE64:' }] })
  return Buffer.from(found[1]!, 'base64').toString('hex')
}

/** A file that says no length is counted as it comes: what was read up to the limit is settled, the rest is not taken. */
async function* within(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > limit) throw tooLarge(limit)
    yield chunk
  }
}
