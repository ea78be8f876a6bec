import { Controller, Get, Query, Req } from '@nestjs/common'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { contextOf, oneOf, QueryRoute, uuid, wholeNumber, type ChorusRequest } from '@chorus/platform'
import { OFFER_STATES } from './offers-by-state'
import { OffersByState, type OfferList } from './offers-by-state.query'

@ApiTags('services')
@Controller('v1/service-offers')
export class OffersByStateController {
  constructor(private readonly offers: OffersByState) {}

  @Get()
  @QueryRoute({ summary: 'Offers of services and what each waits for, newest first', reads: { person: 'offerId' }, roles: ['healthProgram'], agencies: ['HEALTH'] })
  @ApiQuery({ name: 'state', required: false, enum: OFFER_STATES })
  @ApiQuery({ name: 'caseId', required: false, description: 'id of a case' })
  @ApiQuery({ name: 'after', required: false, description: 'ordinal of a reply to a command: waits until it, and the offers that follow from it, are seen here' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Req() request: ChorusRequest, @Query('state') state?: string, @Query('caseId') caseId?: string, @Query('after') after?: string, @Query('limit') limit?: string, @Query('from') from?: string): Promise<OfferList> {
    const asked = { state: oneOf('state', state, OFFER_STATES), caseId: uuid('caseId', caseId), limit: wholeNumber('limit', limit, 50, 1, 500), from: wholeNumber('from', from, 0, 0, 1_000_000) }
    await this.offers.seen(after)
    return this.offers.list(asked, contextOf(request).actor!)
  }
}
