import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { RepairQuarantinedRecord, ResolveQuarantinedRecord, RetryQuarantinedRecord, type CommandMeta } from '@chorus/contracts'
import { isRefusal, type Refusal } from '@chorus/decider'
import { CommandRoute, contextOf, Meta, Problem, problemOfRefusal, QueryRoute, receiptOf, type ChorusRequest, type Receipt } from '@chorus/platform'
import { UuidPipe } from '../uuid-pipe'
import { QuarantineList, STATUSES, type QuarantinedDetail, type QuarantinedRow, type Status } from './quarantine-list'
import { RepairQuarantinedRecordCommand, ResolveQuarantinedRecordCommand, RetryQuarantinedRecordCommand } from './quarantined-record.commands'
import type { Retried } from './retry'

/** Most rows of one answer. */
const MOST = 1000

@ApiTags('quarantine')
@Controller('v1/quarantine')
export class QuarantinedRecordController {
  constructor(private readonly commands: CommandBus, private readonly list: QuarantineList) {}

  @Get()
  @QueryRoute({ summary: 'Quarantined records, newest first: where they stood, and why they could not be accepted', roles: ['intakeAnalyst', 'agencyFeed', 'operator', 'privacyOfficer'] })
  @ApiQuery({ name: 'status', required: false, enum: STATUSES, description: 'default open' })
  @ApiQuery({ name: 'cause', required: false })
  @ApiQuery({ name: 'limit', required: false, description: `1 to ${MOST}, default 100` })
  async rows(@Req() request: ChorusRequest, @Query('status') status = 'open', @Query('cause') cause?: string, @Query('limit') limit = '100'): Promise<{ readonly total: number; readonly byCause: Readonly<Record<string, number>>; readonly records: readonly QuarantinedRow[] }> {
    if (!(STATUSES as readonly string[]).includes(status)) throw new Problem('bad-parameter', `status is one of ${STATUSES.join(', ')}.`, { errors: [{ pointer: '/query/status', rule: 'enum', detail: `one of ${STATUSES.join(', ')}` }] })
    const most = Number(limit)
    if (!Number.isInteger(most) || most < 1 || most > MOST) throw new Problem('bad-parameter', `limit is a whole number from 1 to ${MOST}.`, { errors: [{ pointer: '/query/limit', rule: 'range', detail: `a whole number from 1 to ${MOST}` }] })
    return this.list.rows({ status: status as Status, ...(typeof cause === 'string' && { cause }), limit: most }, actorOf(request))
  }

  @Get(':id')
  @QueryRoute({ summary: 'One quarantined record with its bytes: what is wrong, and what to do', roles: ['intakeAnalyst', 'agencyFeed'] })
  async one(@Req() request: ChorusRequest, @Param('id', UuidPipe) id: string): Promise<QuarantinedDetail> {
    return outOf(await this.list.detail(id, actorOf(request)))
  }

  @Post(':id/repair') @CommandRoute(RepairQuarantinedRecord)
  async repair(@Param('id', UuidPipe) id: string, @Body() body: RepairQuarantinedRecord, @Meta() meta: CommandMeta): Promise<Retried> {
    return outOf(await this.commands.execute<RepairQuarantinedRecordCommand, Retried | Refusal>(new RepairQuarantinedRecordCommand(id, body, meta)))
  }

  @Post(':id/retry') @CommandRoute(RetryQuarantinedRecord)
  async retry(@Param('id', UuidPipe) id: string, @Body() body: RetryQuarantinedRecord, @Meta() meta: CommandMeta): Promise<Retried> {
    return outOf(await this.commands.execute<RetryQuarantinedRecordCommand, Retried | Refusal>(new RetryQuarantinedRecordCommand(id, body, meta)))
  }

  @Post(':id/resolve') @CommandRoute(ResolveQuarantinedRecord)
  async resolve(@Param('id', UuidPipe) id: string, @Body() body: ResolveQuarantinedRecord, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new ResolveQuarantinedRecordCommand(id, body, meta)))
  }
}

const actorOf = (request: ChorusRequest) => {
  const { actor } = contextOf(request)
  if (!actor) throw new Error('the quarantine was asked for on a public route')
  return actor
}
const outOf = <T extends object>(answer: T | Refusal): T => { if (isRefusal(answer)) throw problemOfRefusal(answer); return answer }
