import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { DEAD_LETTER_KINDS, ResolveDeadLetter, ResolveDeadLetters, RetryDeadLetter, RetryDeadLetters, type CommandMeta } from '@chorus/contracts'
import type { Handled, Refusal } from '@chorus/decider'
import { CommandRoute, Meta, oneOf, outOf, QueryRoute, receiptOf, textOf, UuidParam, wholeNumber, type Receipt } from '@chorus/platform'
import { ResolveDeadLetterCommand, ResolveDeadLettersCommand, RetryDeadLetterCommand, RetryDeadLettersCommand, type Several } from './dead-letter.commands'
import { DeadLetterList, STATUSES, type LetterDetail, type LetterList } from './dead-letter-list'

/** Most rows of one answer. */
const MOST = 1000

@ApiTags('dead letters')
@Controller('v1/dead-letters')
export class DeadLetterController {
  constructor(private readonly commands: CommandBus, private readonly list: DeadLetterList) {}

  @Get()
  @QueryRoute({ summary: 'Events that a consumer of the bus could not work, by reference: counted by consumer and cause, the oldest first', reads: { noPerson: 'events by reference: which stream and revision, never what they say' }, roles: ['operator'] })
  @ApiQuery({ name: 'status', required: false, enum: STATUSES, description: 'default open' })
  @ApiQuery({ name: 'consumer', required: false })
  @ApiQuery({ name: 'cause', required: false })
  @ApiQuery({ name: 'kind', required: false, enum: DEAD_LETTER_KINDS, description: 'deferred and retriable are tried again by themselves, permanent and hole by a person alone' })
  @ApiQuery({ name: 'limit', required: false, description: `1 to ${MOST}, default 100` })
  rows(@Query('status') status?: string, @Query('consumer') consumer?: string, @Query('cause') cause?: string, @Query('kind') kind?: string, @Query('limit') limit?: string): Promise<LetterList> {
    const [ofConsumer, ofCause, ofKind] = [textOf('consumer', consumer), textOf('cause', cause), oneOf('kind', kind, DEAD_LETTER_KINDS)]
    return this.list.rows({
      status: oneOf('status', status, STATUSES) ?? 'open', limit: wholeNumber('limit', limit, 100, 1, MOST),
      ...(ofConsumer !== undefined && { consumer: ofConsumer }), ...(ofCause !== undefined && { cause: ofCause }), ...(ofKind !== undefined && { kind: ofKind }),
    })
  }

  @Get(':id')
  @QueryRoute({ summary: 'One dead letter: which event, why it waits, what to do, and what was done about it', reads: { noPerson: 'events by reference: which stream and revision, never what they say' }, roles: ['operator'] })
  async one(@Param('id', UuidParam) id: string): Promise<LetterDetail> { return outOf(await this.list.detail(id)) }

  @Post('retry') @CommandRoute(RetryDeadLetters)
  async retryAll(@Body() body: RetryDeadLetters, @Meta() meta: CommandMeta): Promise<Several> {
    return outOf(await this.commands.execute<RetryDeadLettersCommand, Several | Refusal>(new RetryDeadLettersCommand(body, meta)))
  }

  @Post('resolve') @CommandRoute(ResolveDeadLetters)
  async resolveAll(@Body() body: ResolveDeadLetters, @Meta() meta: CommandMeta): Promise<Several> {
    return outOf(await this.commands.execute<ResolveDeadLettersCommand, Several | Refusal>(new ResolveDeadLettersCommand(body, meta)))
  }

  @Post(':id/retry') @CommandRoute(RetryDeadLetter)
  async retry(@Param('id', UuidParam) id: string, @Body() body: RetryDeadLetter, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute<RetryDeadLetterCommand, Handled | Refusal>(new RetryDeadLetterCommand(id, body, meta)))
  }

  @Post(':id/resolve') @CommandRoute(ResolveDeadLetter)
  async resolve(@Param('id', UuidParam) id: string, @Body() body: ResolveDeadLetter, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute<ResolveDeadLetterCommand, Handled | Refusal>(new ResolveDeadLetterCommand(id, body, meta)))
  }
}
