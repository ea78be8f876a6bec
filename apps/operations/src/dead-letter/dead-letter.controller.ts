import { Body, Controller, Get, Injectable, Param, Post, Query, type PipeTransform } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { DEAD_LETTER_KINDS, ResolveDeadLetter, ResolveDeadLetters, RetryDeadLetter, RetryDeadLetters, type CommandMeta, type DeadLetterKind } from '@chorus/contracts'
import { isRefusal, type Handled, type Refusal } from '@chorus/decider'
import { CommandRoute, isUuid, Meta, Problem, problemOfRefusal, QueryRoute, receiptOf, type Receipt } from '@chorus/platform'
import { ResolveDeadLetterCommand, ResolveDeadLettersCommand, RetryDeadLetterCommand, RetryDeadLettersCommand, type Several } from './dead-letter.commands'
import { DeadLetterList, STATUSES, type LetterDetail, type LetterList, type Status } from './dead-letter-list'

/** Most rows of one answer. */
const MOST = 1000
const SEVERAL = {
  type: 'object', additionalProperties: false, required: ['done', 'letters', 'overtaken'],
  properties: {
    done: { type: 'integer', description: 'how many' },
    letters: { type: 'array', items: { type: 'object', properties: { id: { type: 'string', format: 'uuid' }, ordinal: { type: 'integer', description: 'where it is recorded' }, repeated: { type: 'boolean' } } } },
    overtaken: { type: 'array', description: 'those where somebody was faster', items: { type: 'object', properties: { id: { type: 'string', format: 'uuid' }, refused: { type: 'string' }, text: { type: 'string' } } } },
  },
}

const wrong = (name: string, rule: string, detail: string): Problem => new Problem('bad-parameter', `${name} is ${detail}.`, { errors: [{ pointer: `/query/${name}`, rule, detail }] })
const oneOf = <T extends string>(name: string, value: unknown, values: readonly T[]): T => {
  if (!values.includes(value as T)) throw wrong(name, 'enum', `one of ${values.join(', ')}`)
  return value as T
}
/** A parameter that came twice is none. */
const text = (name: string, value: unknown): string => { if (typeof value !== 'string' || value === '') throw wrong(name, 'text', 'one name'); return value }

/** The id of a dead letter in a path. */
@Injectable()
class LetterId implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw new Problem('bad-parameter', 'The id of a dead letter is a UUID. Take it from the list.', { errors: [{ pointer: '/path/id', rule: 'uuid', detail: 'must be a UUID' }] })
    return value.toLowerCase()
  }
}

@ApiTags('dead letters')
@Controller('v1/dead-letters')
export class DeadLetterController {
  constructor(private readonly commands: CommandBus, private readonly list: DeadLetterList) {}

  @Get()
  @QueryRoute({ summary: 'Events that a consumer of the bus could not work, by reference: counted by consumer and cause, the oldest first', roles: ['operator'] })
  @ApiQuery({ name: 'status', required: false, enum: STATUSES, description: 'default open' })
  @ApiQuery({ name: 'consumer', required: false })
  @ApiQuery({ name: 'cause', required: false })
  @ApiQuery({ name: 'kind', required: false, enum: DEAD_LETTER_KINDS, description: 'deferred and retriable are tried again by themselves, permanent and hole by a person alone' })
  @ApiQuery({ name: 'limit', required: false, description: `1 to ${MOST}, default 100` })
  rows(@Query('status') status: unknown = 'open', @Query('consumer') consumer?: unknown, @Query('cause') cause?: unknown, @Query('kind') kind?: unknown, @Query('limit') limit: unknown = '100'): Promise<LetterList> {
    const most = Number(limit)
    if (!Number.isInteger(most) || most < 1 || most > MOST) throw wrong('limit', 'range', `a whole number from 1 to ${MOST}`)
    return this.list.rows({
      status: oneOf<Status>('status', status, STATUSES), limit: most,
      ...(consumer !== undefined && { consumer: text('consumer', consumer) }), ...(cause !== undefined && { cause: text('cause', cause) }),
      ...(kind !== undefined && { kind: oneOf<DeadLetterKind>('kind', kind, DEAD_LETTER_KINDS) }),
    })
  }

  @Get(':id')
  @QueryRoute({ summary: 'One dead letter: which event, why it waits, what to do, and what was done about it', roles: ['operator'] })
  async one(@Param('id', LetterId) id: string): Promise<LetterDetail> { return outOf(await this.list.detail(id)) }

  @Post('retry') @CommandRoute(RetryDeadLetters, SEVERAL)
  async retryAll(@Body() body: RetryDeadLetters, @Meta() meta: CommandMeta): Promise<Several> {
    return outOf(await this.commands.execute<RetryDeadLettersCommand, Several | Refusal>(new RetryDeadLettersCommand(body, meta)))
  }

  @Post('resolve') @CommandRoute(ResolveDeadLetters, SEVERAL)
  async resolveAll(@Body() body: ResolveDeadLetters, @Meta() meta: CommandMeta): Promise<Several> {
    return outOf(await this.commands.execute<ResolveDeadLettersCommand, Several | Refusal>(new ResolveDeadLettersCommand(body, meta)))
  }

  @Post(':id/retry') @CommandRoute(RetryDeadLetter)
  async retry(@Param('id', LetterId) id: string, @Body() body: RetryDeadLetter, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute<RetryDeadLetterCommand, Handled | Refusal>(new RetryDeadLetterCommand(id, body, meta)))
  }

  @Post(':id/resolve') @CommandRoute(ResolveDeadLetter)
  async resolve(@Param('id', LetterId) id: string, @Body() body: ResolveDeadLetter, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute<ResolveDeadLetterCommand, Handled | Refusal>(new ResolveDeadLetterCommand(id, body, meta)))
  }
}

const outOf = <T extends object>(answer: T | Refusal): T => { if (isRefusal(answer)) throw problemOfRefusal(answer); return answer }
