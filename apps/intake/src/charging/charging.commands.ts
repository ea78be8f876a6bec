import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, RecordChargingDecision, RecordDisposition, rightOf, type CommandMeta } from '@chorus/contracts'
import { fold, handle, streamOf, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { toldAt } from '../circumstance/told-at'
import { incident, initial } from '../incident/incident'
import { charging, type ChargingFacts } from './charging'

abstract class Telling {
  constructor(protected readonly log: Recorder) {}
  /** Also of an incident whose report was taken back: what a prosecutor decided was decided. */
  protected async facts(incidentId: string, at: string): Promise<ChargingFacts> {
    const stream = streamOf(incident, incidentId)
    const events = await this.log.load(stream)
    return { incidentKnown: fold(incident, events, initial).status !== 'none', at: toldAt(at), basis: events.length > 0 ? [{ stream, revision: events.length - 1 }] : [] }
  }
}

@AllowedTo(rightOf(RecordChargingDecision)!)
export class RecordChargingDecisionCommand { constructor(readonly body: RecordChargingDecision, readonly meta: CommandMeta) {} }

@CommandHandler(RecordChargingDecisionCommand)
export class RecordChargingDecisionHandler extends Telling implements ICommandHandler<RecordChargingDecisionCommand> {
  constructor(@Inject(RECORDER) log: Recorder) { super(log) }
  async execute({ body: { at, ...said }, meta }: RecordChargingDecisionCommand): Promise<Handled | Refusal> {
    return handle(this.log, charging, said.incidentId, { type: 'RecordChargingDecision', data: { ...said, facts: await this.facts(said.incidentId, at) }, meta })
  }
}

@AllowedTo(rightOf(RecordDisposition)!)
export class RecordDispositionCommand { constructor(readonly body: RecordDisposition, readonly meta: CommandMeta) {} }

@CommandHandler(RecordDispositionCommand)
export class RecordDispositionHandler extends Telling implements ICommandHandler<RecordDispositionCommand> {
  constructor(@Inject(RECORDER) log: Recorder) { super(log) }
  async execute({ body: { at, ...said }, meta }: RecordDispositionCommand): Promise<Handled | Refusal> {
    return handle(this.log, charging, said.incidentId, { type: 'RecordDisposition', data: { ...said, facts: await this.facts(said.incidentId, at) }, meta })
  }
}

export const chargingHandlers = [RecordChargingDecisionHandler, RecordDispositionHandler]
