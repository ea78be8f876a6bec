import { Controller, Get, Param, Query } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { Problem, QueryRoute, wholeNumber } from '@chorus/platform'
import { AccountPipe } from '../name.pipe'
import { FINANCE_READERS } from '../readers'
import type { AccountView } from './balances-by-account'
import { BalancesByAccount, type AccountList } from './balances-by-account.query'

const AFTER = { name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' }

@ApiTags('finance')
@Controller('v1/accounts')
export class BalancesByAccountController {
  constructor(private readonly balances: BalancesByAccount) {}

  @Get()
  @QueryRoute({ summary: 'Accounts, what is left in each and what is held; amounts in whole cents', reads: { noPerson: 'money: an open record without a link to a case' }, roles: FINANCE_READERS })
  @ApiQuery(AFTER)
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Query('after') after?: string, @Query('limit') limit?: string, @Query('from') from?: string): Promise<AccountList> {
    const [most, skip] = [wholeNumber('limit', limit, 50, 1, 500), wholeNumber('from', from, 0, 0, 1_000_000)]
    await this.balances.seen(after)
    return this.balances.list(most, skip)
  }

  @Get(':account')
  @QueryRoute({ summary: 'The balances of an account, its open requisitions with their numbers, its encumbrances; amounts in whole cents', reads: { noPerson: 'money: an open record without a link to a case' }, roles: FINANCE_READERS })
  @ApiQuery(AFTER)
  async one(@Param('account', AccountPipe) account: string, @Query('after') after?: string): Promise<AccountView & { readonly through: number }> {
    await this.balances.seen(after)
    const found = await this.balances.one(account)
    if (!found) throw new Problem('not-found', 'Nothing is recorded of this account. Correct its code.')
    return found
  }
}
