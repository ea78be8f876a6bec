import { Body, Controller, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { AbandonNotification, AuthorizeDelivery, CancelNotification, PlanRepeat, RecordAttempt, RecordDelivery, RecordMisdelivery, ScheduleNotification, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, UuidParam, type Receipt } from '@chorus/platform'
import { discreet } from '../discreet'
import {
  AbandonNotificationCommand, AuthorizeDeliveryCommand, CancelNotificationCommand, PlanRepeatCommand, RecordAttemptCommand, RecordDeliveryCommand, RecordMisdeliveryCommand, ScheduleNotificationCommand,
} from './notification.commands'

@ApiTags('notifications')
@Controller('v1/notifications')
export class NotificationController {
  constructor(private readonly commands: CommandBus) {}

  @Post() @CommandRoute(PlanRepeat)
  async repeat(@Body() body: PlanRepeat, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new PlanRepeatCommand(body, meta)))) }

  @Post(':id/schedule') @CommandRoute(ScheduleNotification)
  async schedule(@Param('id', UuidParam) id: string, @Body() body: ScheduleNotification, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new ScheduleNotificationCommand(id, body, meta)))) }

  @Post(':id/authorization') @CommandRoute(AuthorizeDelivery)
  async authorize(@Param('id', UuidParam) id: string, @Body() body: AuthorizeDelivery, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new AuthorizeDeliveryCommand(id, body, meta)))) }

  @Post(':id/attempts') @CommandRoute(RecordAttempt)
  async attempt(@Param('id', UuidParam) id: string, @Body() body: RecordAttempt, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new RecordAttemptCommand(id, body, meta)))) }

  @Post(':id/delivery') @CommandRoute(RecordDelivery)
  async deliver(@Param('id', UuidParam) id: string, @Body() body: RecordDelivery, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new RecordDeliveryCommand(id, body, meta)))) }

  @Post(':id/misdelivery') @CommandRoute(RecordMisdelivery)
  async misdeliver(@Param('id', UuidParam) id: string, @Body() body: RecordMisdelivery, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new RecordMisdeliveryCommand(id, body, meta)))) }

  @Post(':id/abandonment') @CommandRoute(AbandonNotification)
  async abandon(@Param('id', UuidParam) id: string, @Body() body: AbandonNotification, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new AbandonNotificationCommand(id, body, meta)))) }

  @Post(':id/cancellation') @CommandRoute(CancelNotification)
  async cancel(@Param('id', UuidParam) id: string, @Body() body: CancelNotification, @Meta() meta: CommandMeta): Promise<Receipt> { return discreet(receiptOf(await this.commands.execute(new CancelNotificationCommand(id, body, meta)))) }
}
