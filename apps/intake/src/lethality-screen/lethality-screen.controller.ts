import { Body, Controller, Get, Inject, Param, Post, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { AdministerLethalityScreen, RecordHotlineContact, categoryNamed, type CommandMeta, type LethalityScreenAdministeredV1 } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CLOCK, CommandRoute, contextOf, Meta, Problem, QueryRoute, receiptOf, RECORDER, UuidParam, type Aside, type ChorusRequest, type Clock, type Receipt } from '@chorus/platform'
import { isGone } from '@chorus/record-access'
import { policyInForce } from '../policy/policy-in-force'
import { hotlineDueAt, initial, lethalityScreen, receivedAt } from './lethality-screen'
import { AdministerLethalityScreenCommand, RecordHotlineContactCommand } from './lethality-screen.commands'

export interface ScreenView extends LethalityScreenAdministeredV1 { readonly hotlineDueAt?: string; readonly contact: { readonly calledAt: string; readonly victimSpoke: boolean } | null }

// Somebody else's screen looks like one that is not there.
const NOT_THERE = (aside: Aside = {}): Problem => new Problem('not-found', 'There is no such screen, or it is not for you. Look its number up again.', {}, aside)

@ApiTags('lethality screens')
@Controller('v1/lethality-screens')
export class LethalityScreenController {
  constructor(private readonly commands: CommandBus, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock) {}

  @Post() @CommandRoute(AdministerLethalityScreen)
  async administer(@Body() body: AdministerLethalityScreen, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new AdministerLethalityScreenCommand(body, meta))) }

  @Post(':id/hotline-contact') @CommandRoute(RecordHotlineContact)
  async contact(@Param('id', UuidParam) id: string, @Body() body: RecordHotlineContact, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RecordHotlineContactCommand(id, body, meta))) }

  @Get(':id')
  @QueryRoute({ summary: 'A screen: for the prosecutor, the safety context, and whoever took it', reads: { person: 'screenId' }, roles: ['prosecutor', 'systemAdvocate', 'detective', 'intakeAnalyst'], agencies: ['KCPD', 'JCPO', 'HEALTH'] })
  async get(@Param('id', UuidParam) id: string, @Req() request: ChorusRequest): Promise<ScreenView> {
    const { actor } = contextOf(request)
    const stored = await this.log.load(streamOf(lethalityScreen, id))
    const state = fold(lethalityScreen, stored, initial)
    if (state.status === 'none' || !actor) throw NOT_THERE()
    if (await isGone(this.log, `incident-${state.screen.incidentId}`)) throw NOT_THERE({ withheld: 'closed' })
    if (!(state.by === actor.id || actor.role in categoryNamed('lethalityScreen')!.sight)) throw NOT_THERE({ withheld: 'not-for-role' })
    const due = hotlineDueAt(state.screen, (await policyInForce(this.log, receivedAt(stored) ?? this.clock.now())).policy.lethalityScreens?.hotlineWithinMinutes)
    const [open] = await this.log.unseal(stored, ({ pointer }) => pointer === '/data/answers')
    return { ...open!.data as LethalityScreenAdministeredV1, ...(due ? { hotlineDueAt: due } : {}), contact: state.contact && { calledAt: state.contact.calledAt, victimSpoke: state.contact.victimSpoke } }
  }
}
