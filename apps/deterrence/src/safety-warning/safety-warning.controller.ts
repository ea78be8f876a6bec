import { Body, Controller, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { CompleteWarning, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, UuidParam, type Receipt } from '@chorus/platform'
import { CompleteWarningCommand } from './safety-warning.commands'

@ApiTags('safety')
@Controller('v1/safety-warnings')
export class SafetyWarningController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/completion') @CommandRoute(CompleteWarning)
  async complete(@Param('id', UuidParam) id: string, @Body() body: CompleteWarning, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new CompleteWarningCommand(id, body, meta))) }
}
