import { Body, Controller, Get, Inject, Param, Post, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { AnswerServiceOffer, AnswerServiceReferral, SendServiceReferral, type CommandMeta } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CommandRoute, contextOf, Meta, Problem, QueryRoute, RECORDER, receiptOf, UuidParam, type ChorusRequest, type Receipt } from '@chorus/platform'
import { closedTo } from '@chorus/record-access'
import { shownTo, type OfferShown } from '../offers-by-state/offers-by-state'
import { initial, pchService } from './pch-service'
import { AnswerServiceOfferCommand, AnswerServiceReferralCommand, SendServiceReferralCommand } from './pch-service.commands'

@ApiTags('services')
@Controller('v1/service-offers')
export class PchServiceController {
  constructor(private readonly commands: CommandBus, @Inject(RECORDER) private readonly log: Recorder) {}

  @Post(':id/answer') @CommandRoute(AnswerServiceOffer)
  async answer(@Param('id', UuidParam) id: string, @Body() body: AnswerServiceOffer, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new AnswerServiceOfferCommand(id, body, meta)))
  }

  @Post(':id/referrals') @CommandRoute(SendServiceReferral)
  async refer(@Param('id', UuidParam) id: string, @Body() body: SendServiceReferral, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new SendServiceReferralCommand(id, body, meta)))
  }

  @Post(':id/referrals/:referral/answer') @CommandRoute(AnswerServiceReferral)
  async answerReferral(@Param('id', UuidParam) id: string, @Param('referral', UuidParam) referral: string, @Body() body: AnswerServiceReferral, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new AnswerServiceReferralCommand(id, referral, body, meta)))
  }

  @Get(':id') @QueryRoute({ summary: 'An offer of services: what he said, and the referrals to providers with their numbers and answers', reads: { person: 'offerId' }, roles: ['healthProgram'], agencies: ['HEALTH'] })
  async get(@Req() request: ChorusRequest, @Param('id', UuidParam) id: string): Promise<OfferShown> {
    const state = fold(pchService, await this.log.load(streamOf(pchService, id)), initial)
    const theCase = state.status === 'none' ? '' : `pchCase-${state.caseId}`
    const closed = await closedTo(this.log, theCase === '' ? [] : [theCase], contextOf(request).actor!)
    const gone = closed.isGone(theCase)
    if (state.status === 'none' || gone) throw new Problem('not-found', 'There is no such offer of services. Look its number up again.', {}, gone ? { withheld: 'closed' } : {})
    return shownTo(state, closed.has(theCase))
  }
}
