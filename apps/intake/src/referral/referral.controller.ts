import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { ExcludeReferral, ReceiveReferral, type CommandMeta } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CommandRoute, Meta, Problem, QueryRoute, receiptOf, RECORDER, UuidParam, VAULT, type Receipt } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { pairIdOf } from '../pair/pair-id'
import { initial, referral } from './referral'
import { ExcludeReferralCommand, ReceiveReferralCommand } from './referral.commands'

/** A referral without names: who is who stays sealed here. */
export interface ReferralView { readonly referralId: string; readonly status: 'received' | 'excluded'; readonly source: string; readonly incidentIds: readonly string[]; readonly subjectRef: string; readonly victimRef: string; readonly pairId: string; readonly exclusion?: string }

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

  @Get(':id') @QueryRoute({ summary: 'A referral: its persons as tokens, its incidents, its pair', reads: { person: 'referralId' }, roles: ['intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate'], agencies: ['KCPD', 'JCPO', 'HEALTH'] })
  async get(@Param('id', UuidParam) id: string): Promise<ReferralView> {
    const state = fold(referral, await this.log.load(streamOf(referral, id)), initial)
    if (state.status === 'none') throw new Problem('not-found', 'There is no such referral. Look its number up again.')
    const { referralId, source, incidentIds, subjectRef, victimRef } = state.received
    return { referralId, status: state.status, source, incidentIds, subjectRef, victimRef, pairId: pairIdOf(this.vault, subjectRef, victimRef), ...(state.status === 'excluded' ? { exclusion: state.code } : {}) }
  }
}
