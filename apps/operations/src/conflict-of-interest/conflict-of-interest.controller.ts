import { Body, Controller, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { EndConflictOfInterest, RecordConflictOfInterest, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, type Receipt } from '@chorus/platform'
import { EndConflictOfInterestCommand, RecordConflictOfInterestCommand } from './conflict-of-interest.commands'

@ApiTags('walls')
@Controller('v1/conflicts-of-interest')
export class ConflictOfInterestController {
  constructor(private readonly commands: CommandBus) {}

  @Post() @CommandRoute(RecordConflictOfInterest)
  async record(@Body() body: RecordConflictOfInterest, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RecordConflictOfInterestCommand(body, meta))) }

  @Post('endings') @CommandRoute(EndConflictOfInterest)
  async end(@Body() body: EndConflictOfInterest, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new EndConflictOfInterestCommand(body, meta))) }
}
