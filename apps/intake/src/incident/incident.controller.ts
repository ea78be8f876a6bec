import { Body, Controller, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { ConfirmRelationship, DetermineAggressor, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, UuidParam, type Receipt } from '@chorus/platform'
import { ConfirmRelationshipCommand, DetermineAggressorCommand } from './incident.commands'

@ApiTags('incidents')
@Controller('v1/incidents')
export class IncidentController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/relationship') @CommandRoute(ConfirmRelationship)
  async confirm(@Param('id', UuidParam) id: string, @Body() body: ConfirmRelationship, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new ConfirmRelationshipCommand(id, body, meta)))
  }

  @Post(':id/primary-aggressor') @CommandRoute(DetermineAggressor)
  async determine(@Param('id', UuidParam) id: string, @Body() body: DetermineAggressor, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new DetermineAggressorCommand(id, body, meta)))
  }
}
