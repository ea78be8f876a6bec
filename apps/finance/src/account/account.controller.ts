import { Body, Controller, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { CertifyFunds, CertifyOrdinance, RecordAppropriation, SubmitRequisition, type CommandMeta } from '@chorus/contracts'
import { CommandRoute, Meta, receiptOf, type Receipt } from '@chorus/platform'
import { AccountPipe } from '../name.pipe'
import { CertifyFundsCommand, CertifyOrdinanceCommand, RecordAppropriationCommand, SubmitRequisitionCommand } from './account.commands'

@ApiTags('finance')
@Controller('v1/accounts/:account')
export class AccountController {
  constructor(private readonly commands: CommandBus) {}

  @Post('ordinance-certificates') @CommandRoute(CertifyOrdinance)
  async certifyOrdinance(@Param('account', AccountPipe) account: string, @Body() body: CertifyOrdinance, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new CertifyOrdinanceCommand(account, body, meta))) }

  @Post('appropriations') @CommandRoute(RecordAppropriation)
  async appropriate(@Param('account', AccountPipe) account: string, @Body() body: RecordAppropriation, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RecordAppropriationCommand(account, body, meta))) }

  @Post('requisitions') @CommandRoute(SubmitRequisition)
  async submit(@Param('account', AccountPipe) account: string, @Body() body: SubmitRequisition, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new SubmitRequisitionCommand(account, body, meta))) }

  @Post('certificates') @CommandRoute(CertifyFunds)
  async certify(@Param('account', AccountPipe) account: string, @Body() body: CertifyFunds, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new CertifyFundsCommand(account, body, meta))) }
}
