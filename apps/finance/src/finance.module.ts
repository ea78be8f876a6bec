/** Finance: what an ordinance authorises, what an account holds, and what is encumbered under both. It knows no case and no person. */
import { Module } from '@nestjs/common'
import { OfService } from '@chorus/platform'
import { accountHandlers } from './account/account.commands'
import { AccountController } from './account/account.controller'
import { authorizationHandlers } from './authorization/authorization.commands'
import { AuthorizationController } from './authorization/authorization.controller'
import { BalancesByAccountController } from './balances-by-account/balances-by-account.controller'
import { BalancesByAccount } from './balances-by-account/balances-by-account.query'
import { ReceiveAuthorityConsumer } from './on-authority-allotted/receive-authority.consumer'

@OfService('finance')
@Module({
  controllers: [AuthorizationController, AccountController, BalancesByAccountController],
  providers: [...authorizationHandlers, ...accountHandlers, ReceiveAuthorityConsumer, BalancesByAccount],
})
export class FinanceModule {}
