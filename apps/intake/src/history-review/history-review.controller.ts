import { Body, Controller, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { ReviewCriminalHistory, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, type Receipt } from '@chorus/platform'
import { ReviewCriminalHistoryCommand } from './history-review.commands'

@ApiTags('history reviews')
@Controller('v1/history-reviews')
export class HistoryReviewController {
  constructor(private readonly commands: CommandBus) {}

  @Post() @CommandRoute(ReviewCriminalHistory)
  async review(@Body() body: ReviewCriminalHistory, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new ReviewCriminalHistoryCommand(body, meta))) }
}
