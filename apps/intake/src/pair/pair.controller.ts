import { Body, Controller, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { ReviewCrossComplaint, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, UuidParam, type Receipt } from '@chorus/platform'
import { ReviewCrossComplaintCommand } from './pair.commands'

@ApiTags('pairs')
@Controller('v1/pairs')
export class PairController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/cross-complaint-review') @CommandRoute(ReviewCrossComplaint)
  async review(@Param('id', UuidParam) id: string, @Body() body: ReviewCrossComplaint, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new ReviewCrossComplaintCommand(id, body, meta)))
  }
}
