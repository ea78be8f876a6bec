import { Controller, Get, Query, Req } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import type { Claims } from '@chorus/contracts'
import { contextOf, Problem, Proven, QueryRoute, wholeNumber, type ChorusRequest } from '@chorus/platform'
import { OffersByState, type ProviderReferrals } from './offers-by-state.query'

@ApiTags('services')
@Controller('v1/service-referrals')
export class ProviderReferralsController {
  constructor(private readonly offers: OffersByState) {}

  @Get()
  @QueryRoute({ summary: 'What was referred to the provider\'s own organization, as its token proves: nothing of other providers, of the case, or of what he answered', reads: { person: 'referralId' }, roles: ['pchProvider'] })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it is seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Req() request: ChorusRequest, @Proven() { organization }: Claims, @Query('after') after?: string, @Query('limit') limit?: string, @Query('from') from?: string): Promise<ProviderReferrals> {
    if (organization === undefined) throw new Problem('not-allowed', 'Your token does not say for which organization you ask. Have the claim organization added to it: the organization\'s id in the provider directory.')
    const asked = { organization, limit: wholeNumber('limit', limit, 50, 1, 500), from: wholeNumber('from', from, 0, 0, 1_000_000) }
    await this.offers.seen(after)
    return this.offers.referredTo(asked, contextOf(request).actor!)
  }
}
