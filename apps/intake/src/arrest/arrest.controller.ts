import { Body, Controller, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { RecordArrest, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, type Receipt } from '@chorus/platform'
import { RecordArrestCommand } from './arrest.commands'

@ApiTags('arrests')
@Controller('v1/arrests')
export class ArrestController {
  constructor(private readonly commands: CommandBus) {}

  @Post() @CommandRoute(RecordArrest)
  async record(@Body() body: RecordArrest, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RecordArrestCommand(body, meta))) }
}
