import { Body, Controller, Get, Inject, Param, Post, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { DeferReferral, ExcludeReferral, ReceiveReferral, ReopenReferral, casesSeenBy, type CommandMeta } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CommandRoute, contextOf, Meta, Problem, QueryRoute, receiptOf, RECORDER, UuidParam, VAULT, type Aside, type ChorusRequest, type Receipt } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { closedTo } from '@chorus/record-access'
import { pairIdOf } from '../pair/pair-id'
import { initial, referral, type Referral } from './referral'
import { DeferReferralCommand, ExcludeReferralCommand, ReceiveReferralCommand, ReopenReferralCommand } from './referral.commands'

/** A referral without names: who is who stays sealed here. */
export interface ReferralView { readonly referralId: string; readonly status: 'received' | 'excluded' | 'deferred'; readonly source: string; readonly incidentIds: readonly string[]; readonly subjectRef: string; readonly victimRef: string; readonly pairId: string; readonly exclusion?: string; readonly reviewableUntil?: string; readonly route?: string; readonly deferredUntil?: string }

/** Why it was put off stands elsewhere. */
const statedOf = (state: Referral): Partial<ReferralView> => {
  if (state.status === 'deferred') return { deferredUntil: state.until }
  if (state.status !== 'excluded') return {}
  const { code, reviewableUntil, route } = state.exclusion
  return { exclusion: code, reviewableUntil, ...(route === null ? {} : { route }) }
}

const NOT_THERE = (aside: Aside = {}): Problem => new Problem('not-found', 'There is no such referral. Look its number up again.', {}, aside)

@ApiTags('referrals')
@Controller('v1/referrals')
export class ReferralController {
  constructor(private readonly commands: CommandBus, @Inject(RECORDER) private readonly log: Recorder, @Inject(VAULT) private readonly vault: Vault) {}

  @Post() @CommandRoute(ReceiveReferral)
  async receive(@Body() body: ReceiveReferral, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new ReceiveReferralCommand(body, meta)))
  }

  @Post(':id/exclusion') @CommandRoute(ExcludeReferral)
  async exclude(@Param('id', UuidParam) id: string, @Body() body: ExcludeReferral, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new ExcludeReferralCommand(id, body, meta)))
  }

  @Post(':id/deferral') @CommandRoute(DeferReferral)
  async defer(@Param('id', UuidParam) id: string, @Body() body: DeferReferral, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new DeferReferralCommand(id, body, meta)))
  }

  @Post(':id/reopening') @CommandRoute(ReopenReferral)
  async reopen(@Param('id', UuidParam) id: string, @Body() body: ReopenReferral, @Meta() meta: CommandMeta): Promise<Receipt> {
    return receiptOf(await this.commands.execute(new ReopenReferralCommand(id, body, meta)))
  }

  @Get(':id') @QueryRoute({ summary: 'A referral: its persons as tokens, its incidents, its pair', reads: { person: 'referralId' }, ...casesSeenBy('intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate') })
  async get(@Req() request: ChorusRequest, @Param('id', UuidParam) id: string): Promise<ReferralView> {
    const state = fold(referral, await this.log.load(streamOf(referral, id)), initial)
    if (state.status === 'none') throw NOT_THERE()
    const { referralId, source, subjectRef, victimRef } = state.received
    const closed = await closedTo(this.log, [streamOf(referral, id), ...state.received.incidentIds.map((incidentId) => `incident-${incidentId}`)], contextOf(request).actor!)
    // What is closed to the reader looks the same as what is not there.
    if (closed.has(streamOf(referral, id))) throw NOT_THERE({ withheld: 'closed' })
    const incidentIds = state.received.incidentIds.filter((incidentId) => !closed.has(`incident-${incidentId}`))
    return { referralId, status: state.status, source, incidentIds, subjectRef, victimRef, pairId: pairIdOf(this.vault, subjectRef, victimRef), ...statedOf(state) }
  }
}
