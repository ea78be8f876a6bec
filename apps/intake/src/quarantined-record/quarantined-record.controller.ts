import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { JUSTICE_ALONE, RepairQuarantinedRecord, ResolveQuarantinedRecord, RetryQuarantinedRecord, type CommandMeta } from '@chorus/contracts'
import type { Refusal } from '@chorus/decider'
import { CommandRoute, contextOf, Meta, oneOf, outOf, QueryRoute, receiptOf, textOf, UuidParam, wholeNumber, type ChorusRequest, type Receipt } from '@chorus/platform'
import { QuarantineList, STATUSES, type QuarantinedDetail, type QuarantinedRow } from './quarantine-list'
import { RepairQuarantinedRecordCommand, ResolveQuarantinedRecordCommand, RetryQuarantinedRecordCommand } from './quarantined-record.commands'
import type { Retried } from './retry'

/** Most rows of one answer. */
const MOST = 1000

@ApiTags('quarantine')
@Controller('v1/quarantine')
export class QuarantinedRecordController {
  constructor(private readonly commands: CommandBus, private readonly list: QuarantineList) {}

  @Get()
  @QueryRoute({ summary: 'Quarantined records, newest first: where they stood, and why they could not be accepted', reads: { person: 'id' }, roles: ['intakeAnalyst', 'agencyFeed', 'operator', 'privacyOfficer'], agenciesOf: JUSTICE_ALONE })
  @ApiQuery({ name: 'status', required: false, enum: STATUSES, description: 'default open' })
  @ApiQuery({ name: 'cause', required: false })
  @ApiQuery({ name: 'limit', required: false, description: `1 to ${MOST}, default 100` })
  async rows(@Req() request: ChorusRequest, @Query('status') status?: string, @Query('cause') cause?: string, @Query('limit') limit?: string): Promise<{ readonly total: number; readonly byCause: Readonly<Record<string, number>>; readonly records: readonly QuarantinedRow[] }> {
    const ofCause = textOf('cause', cause)
    return this.list.rows({ status: oneOf('status', status, STATUSES) ?? 'open', ...(ofCause !== undefined && { cause: ofCause }), limit: wholeNumber('limit', limit, 100, 1, MOST) }, actorOf(request))
  }

  @Get(':id')
  @QueryRoute({ summary: 'One quarantined record with its bytes: what is wrong, and what to do', reads: { person: 'id' }, roles: ['intakeAnalyst', 'agencyFeed'], agenciesOf: JUSTICE_ALONE })
  async one(@Req() request: ChorusRequest, @Param('id', UuidParam) id: string): Promise<QuarantinedDetail> {
    return outOf(await this.list.detail(id, actorOf(request)))
  }

  @Post(':id/repair') @CommandRoute(RepairQuarantinedRecord)
  async repair(@Param('id', UuidParam) id: string, @Body() body: RepairQuarantinedRecord, @Meta() meta: CommandMeta): Promise<Retried> {
    return outOf(await this.commands.execute<RepairQuarantinedRecordCommand, Retried | Refusal>(new RepairQuarantinedRecordCommand(id, body, meta)))
  }

  @Post(':id/retry') @CommandRoute(RetryQuarantinedRecord)
  async retry(@Param('id', UuidParam) id: string, @Body() body: RetryQuarantinedRecord, @Meta() meta: CommandMeta): Promise<Retried> {
    return outOf(await this.commands.execute<RetryQuarantinedRecordCommand, Retried | Refusal>(new RetryQuarantinedRecordCommand(id, body, meta)))
  }

  @Post(':id/resolve') @CommandRoute(ResolveQuarantinedRecord)
  async resolve(@Param('id', UuidParam) id: string, @Body() body: ResolveQuarantinedRecord, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new ResolveQuarantinedRecordCommand(id, body, meta)))
  }
}

const actorOf = (request: ChorusRequest) => {
  const { actor } = contextOf(request)
  if (!actor) throw new Error('the quarantine was asked for on a public route')
  return actor
}
