import { Body, Controller, Inject, Param, Post, Req, Res } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import type { Response } from 'express'
import { CONTEXTS, ReplaceContextKey, type CommandMeta } from '@chorus/contracts'
import type { Refusal } from '@chorus/decider'
import { CLOCK, CommandRoute, Meta, oneOf, outOf, progressStream, type ChorusRequest, type Clock, type Streamed } from '@chorus/platform'
import { ReplaceContextKeyCommand, type Replaced } from './context-key.commands'

interface KeysDone { readonly keys: number; readonly of: number }

@ApiTags('keys')
@Controller('v1/context-keys')
export class ContextKeyController {
  constructor(private readonly commands: CommandBus, @Inject(CLOCK) private readonly clock: Clock) {}

  @Post(':context/replacement') @CommandRoute(ReplaceContextKey)
  replace(@Param('context') context: string, @Body() body: ReplaceContextKey, @Meta() meta: CommandMeta, @Req() request: ChorusRequest, @Res() response: Response): Promise<Streamed<KeysDone, Replaced>> {
    const of = oneOf('context', context, CONTEXTS)!
    return progressStream(request, response, this.clock, async (report: (progress: KeysDone) => void, signal) =>
      outOf(await this.commands.execute<ReplaceContextKeyCommand, Replaced | Refusal>(new ReplaceContextKeyCommand(of, body, meta, report, signal))))
  }
}
