import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { AllotAuthority, AuthorizeSpending, type CommandMeta, type SpendingAuthorizedV1 } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CommandRoute, Meta, Problem, QueryRoute, RECORDER, receiptOf, type Receipt } from '@chorus/platform'
import { NamePipe } from '../name.pipe'
import { FINANCE_READERS } from '../readers'
import { authorization, initial, unallotted, type Allotment } from './authorization'
import { AllotAuthorityCommand, AuthorizeSpendingCommand } from './authorization.commands'

export interface AuthorizationView extends SpendingAuthorizedV1 { readonly allotments: readonly Allotment[]; /** cents that are allotted to no account yet */ readonly unallottedCents: number }

@ApiTags('finance')
@Controller('v1/authorizations')
export class AuthorizationController {
  constructor(private readonly commands: CommandBus, @Inject(RECORDER) private readonly log: Recorder) {}

  @Post() @CommandRoute(AuthorizeSpending)
  async authorize(@Body() body: AuthorizeSpending, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new AuthorizeSpendingCommand(body, meta))) }

  @Post(':ordinance/allotments') @CommandRoute(AllotAuthority)
  async allot(@Param('ordinance', NamePipe) ordinance: string, @Body() body: AllotAuthority, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new AllotAuthorityCommand(ordinance, body, meta))) }

  @Get(':ordinance') @QueryRoute({ summary: 'What an ordinance authorises, and to which accounts it is allotted', reads: { noPerson: 'money: an open record without a link to a case' }, roles: FINANCE_READERS })
  async get(@Param('ordinance', NamePipe) ordinance: string): Promise<AuthorizationView> {
    const state = fold(authorization, await this.log.load(streamOf(authorization, ordinance)), initial)
    if (state.status === 'none') throw new Problem('not-found', 'There is no such ordinance here. Correct its number.')
    return { ...state.authorized, allotments: state.allotments, unallottedCents: unallotted(state) }
  }
}
