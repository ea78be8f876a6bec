import { Body, Controller, Get, Inject, Param, Post, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { AdministerLethalityScreen, RecordHotlineContact, casesSeenBy, categoryNamed, type CommandMeta, type LethalityScreenAdministeredV1, type RecordedEvent } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CLOCK, CommandRoute, contextOf, Meta, Problem, QueryRoute, receiptOf, RECORDER, UuidParam, type Aside, type ChorusRequest, type Clock, type Receipt } from '@chorus/platform'
import { isGone } from '@chorus/record-access'
import { policyInForce } from '../policy/policy-in-force'
import { hotlineDueAt, initial, lethalityScreen, receivedAt } from './lethality-screen'
import { AdministerLethalityScreenCommand, RecordHotlineContactCommand } from './lethality-screen.commands'

export interface ScreenView extends Omit<LethalityScreenAdministeredV1, 'answers'> { /** absent for whoever took it, who may be the one to stand before the other of the two */ readonly answers?: LethalityScreenAdministeredV1['answers']; readonly hotlineDueAt?: string; readonly contact: { readonly calledAt: string; readonly victimSpoke: boolean } | null }

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
  @QueryRoute({ summary: 'A screen: for the prosecutor and the safety context; its outcome, without the answers, for whoever took it', reads: { person: 'screenId' }, ...casesSeenBy('prosecutor', 'systemAdvocate', 'detective', 'intakeAnalyst') })
  async get(@Param('id', UuidParam) id: string, @Req() request: ChorusRequest): Promise<ScreenView> {
    const { actor } = contextOf(request)
    const stored = await this.log.load(streamOf(lethalityScreen, id))
    const state = fold(lethalityScreen, stored, initial)
    if (state.status === 'none' || !actor) throw NOT_THERE()
    if (await isGone(this.log, `incident-${state.screen.incidentId}`)) throw NOT_THERE({ withheld: 'closed' })
    const reads = actor.role in categoryNamed('lethalityScreen')!.sight
    if (!reads && state.by !== actor.id) throw NOT_THERE({ withheld: 'not-for-role' })
    const due = hotlineDueAt(state.screen, (await policyInForce(this.log, receivedAt(stored) ?? this.clock.now())).policy.lethalityScreens?.hotlineWithinMinutes)
    const { answers: _, ...outcome } = state.screen
    return { ...outcome, ...(reads ? { answers: await this.answersOf(stored) } : {}), ...(due ? { hotlineDueAt: due } : {}), contact: state.contact && { calledAt: state.contact.calledAt, victimSpoke: state.contact.victimSpoke } }
  }

  /** Of the screen as it stands. */
  private async answersOf(stored: readonly RecordedEvent[]): Promise<LethalityScreenAdministeredV1['answers']> {
    const open = await this.log.unseal(stored, ({ pointer }) => pointer === '/data/answers')
    return (open.findLast(({ type }) => type === 'LethalityScreenAdministered')!.data as LethalityScreenAdministeredV1).answers
  }
}
