import { Body, Controller, Get, Inject, Param, Post, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiTags } from '@nestjs/swagger'
import { RecordCustodyStatus, RecordProtectionOrderStatus, type CommandMeta } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { CommandRoute, contextOf, Meta, Problem, QueryRoute, RECORDER, receiptOf, UuidParam, type Aside, type ChorusRequest, type Receipt } from '@chorus/platform'
import { closedTo } from '@chorus/record-access'
import { CaseLookUp } from '../pch-case/look-up'
import { circumstance, initial, type Circumstance } from './circumstance'
import { RecordCustodyStatusCommand, RecordProtectionOrderStatusCommand } from './circumstance.commands'

/** Those with a roster or a docket before them, who also tell it. */
const WHO_TELL = ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION']
const NOT_THERE = (aside: Aside = {}): Problem => new Problem('not-found', 'There is no case of this number. Look its number up again.', {}, aside)

@ApiTags('circumstances')
@Controller('v1/cases')
export class CircumstanceController {
  constructor(private readonly commands: CommandBus, private readonly lookUp: CaseLookUp, @Inject(RECORDER) private readonly log: Recorder) {}

  @Post(':id/custody') @CommandRoute(RecordCustodyStatus)
  async custody(@Param('id', UuidParam) id: string, @Body() body: RecordCustodyStatus, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RecordCustodyStatusCommand(id, body, meta))) }

  @Post(':id/protection-orders') @CommandRoute(RecordProtectionOrderStatus)
  async order(@Param('id', UuidParam) id: string, @Body() body: RecordProtectionOrderStatus, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new RecordProtectionOrderStatusCommand(id, body, meta))) }

  @Get(':id/circumstances')
  @QueryRoute({ summary: 'Custody by hold, orders of protection, and further incidents of a case, each in the order in which it happened', reads: { person: 'caseId' }, roles: ['intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate'], agenciesOf: { intakeAnalyst: WHO_TELL, detective: WHO_TELL, prosecutor: WHO_TELL, systemAdvocate: ['KCPD', 'JCPO', 'HEALTH'] } })
  async get(@Req() request: ChorusRequest, @Param('id', UuidParam) id: string): Promise<Circumstance & { readonly caseId: string }> {
    if ((await this.lookUp.stateOf(id)).status === 'none') throw NOT_THERE()
    const state = fold(circumstance, await this.log.load(streamOf(circumstance, id)), initial)
    const closed = await closedTo(this.log, [`pchCase-${id}`, ...state.incidents.map((incidentId) => `incident-${incidentId}`)], contextOf(request).actor!)
    if (closed.isGone(`pchCase-${id}`)) throw NOT_THERE({ withheld: 'closed' })
    const holds = Object.fromEntries(Object.entries(state.holds).map(([hold, one]) => [hold, { ...one, entries: one.entries.map(({ time, status }) => ({ time, status })) }]))
    return { caseId: id, ...state, holds, incidents: state.incidents.filter((incidentId) => !closed.has(`incident-${incidentId}`)) }
  }
}
