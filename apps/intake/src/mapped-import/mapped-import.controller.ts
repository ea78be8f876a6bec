import { Controller, Inject, Post, Query, Req, Res, UploadedFiles, UseInterceptors } from '@nestjs/common'
import { FileFieldsInterceptor } from '@nestjs/platform-express'
import { ApiBody, type ApiBodyOptions, ApiConsumes, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger'
import type { Response } from 'express'
import { AllowedTo, whoMay } from '@chorus/contracts'
import { CLOCK, contextOf, newId, Problem, progressStream, UploadRoute, type ChorusRequest, type Clock, type Streamed } from '@chorus/platform'
import { SENDERS } from '../import-run/senders'
import { MappedImport, MAX_EXTRACT_BYTES, type ExtractReport } from './import-extract'

type Planned = Streamed<never, ExtractReport>
interface Part { readonly buffer: Buffer; readonly originalname: string }
interface Parts { readonly mapping?: readonly Part[]; readonly file?: readonly Part[] }
const parts = () => UseInterceptors(FileFieldsInterceptor([{ name: 'mapping', maxCount: 1 }, { name: 'file', maxCount: 1 }], { limits: { fileSize: MAX_EXTRACT_BYTES, files: 2, fields: 0 } }))
const BODY: ApiBodyOptions = { schema: { type: 'object', required: ['mapping', 'file'], properties: { mapping: { type: 'string', format: 'binary' }, file: { type: 'string', format: 'binary' } } } }

@ApiTags('imports')
@Controller('v1/imports/extract')
export class MappedImportController {
  constructor(private readonly extracts: MappedImport, @Inject(CLOCK) private readonly clock: Clock) {}

  @Post('plan')
  @AllowedTo(SENDERS)
  @UploadRoute('one line: {"result": …}, the plan row by row, or {"problem": …}')
  @ApiOperation({ operationId: 'PlanExtract', summary: 'Say what would become of each row of a records system\'s extract (CSV or JSON) by a mapping; records nothing', description: `For ${whoMay(SENDERS)}.` })
  @ApiConsumes('multipart/form-data') @ApiBody(BODY) @parts()
  plan(@Req() request: ChorusRequest, @Res() response: Response, @UploadedFiles() sent: Parts): Promise<Planned> { return this.run(request, response, sent, false) }

  @Post('commit')
  @AllowedTo(SENDERS)
  @UploadRoute('one line: {"result": …}, what became of each row, or {"problem": …}')
  @ApiOperation({ operationId: 'CommitExtract', summary: 'Import a records system\'s extract by a mapping: what the plan says, and nothing else', description: `For ${whoMay(SENDERS)}. The same file again adds nothing; a changed row is one correction.` })
  @ApiQuery({ name: 'plan', required: false, description: 'digest of the plan that was looked at: where it is another by now, nothing is recorded' })
  @ApiConsumes('multipart/form-data') @ApiBody(BODY) @parts()
  commit(@Req() request: ChorusRequest, @Res() response: Response, @UploadedFiles() sent: Parts, @Query('plan') plan?: string): Promise<Planned> {
    if (plan !== undefined && !(typeof plan === 'string' && /^[0-9a-f]{64}$/.test(plan))) throw new Problem('bad-parameter', 'plan is the digest that the plan was shown with (64 letters and digits), or left out.', { errors: [{ pointer: '/query/plan', rule: 'sha-256', detail: 'the digest of a plan' }] })
    return this.run(request, response, sent, true, plan)
  }

  private async run(request: ChorusRequest, response: Response, sent: Parts | undefined, commit: boolean, plan?: string): Promise<Planned> {
    const { actor } = contextOf(request)
    if (!actor) throw new Error('an import was sent on a public route')
    const mapping = sent?.mapping?.[0]
    const file = sent?.file?.[0]
    if (!mapping || !file) throw new Problem('unsupported-media-type', 'Send multipart/form-data with two parts: mapping, the mapping file, and file, the extract.')
    return progressStream<never, ExtractReport>(request, response, this.clock, (_report, signal) => this.extracts.run(
      { mapping: mapping.buffer.toString('utf8'), bytes: file.buffer, ...(/^[^\p{Cs}\0]+$/u.test(file.originalname) && { name: file.originalname }) },
      { runId: newId(this.clock), actor, commit, signal, ...(plan && { plan }) },
    ))
  }
}
