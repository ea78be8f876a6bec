import { Body, Controller, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { RecordChargingDecision, RecordDisposition, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, type Receipt } from '@chorus/platform'
import { RecordChargingDecisionCommand, RecordDispositionCommand } from './charging.commands'

@ApiTags('charges')
@Controller('v1/charges')
export class ChargingController {
  constructor(private readonly commands: CommandBus) {}

  @Post('decisions') @CommandRoute(RecordChargingDecision)
  async decision(@Body() body: RecordChargingDecision, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RecordChargingDecisionCommand(body, meta))) }

  @Post('dispositions') @CommandRoute(RecordDisposition)
  async disposition(@Body() body: RecordDisposition, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RecordDispositionCommand(body, meta))) }
}
