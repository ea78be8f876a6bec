import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AdministerLethalityScreen, AllowedTo, RecordHotlineContact, rightOf, type CommandMeta } from '@chorus/contracts'
import { derivedId, fold, handle, streamOf, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { beganAt } from '../incident/began-at'
import { incident, initial as noIncident } from '../incident/incident'
import { policyInForce } from '../policy/policy-in-force'
import { lethalityScreen, receivedAt } from './lethality-screen'

@AllowedTo(rightOf(AdministerLethalityScreen)!)
export class AdministerLethalityScreenCommand { constructor(readonly body: AdministerLethalityScreen, readonly meta: CommandMeta) {} }

@CommandHandler(AdministerLethalityScreenCommand)
export class AdministerLethalityScreenHandler implements ICommandHandler<AdministerLethalityScreenCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  async execute({ body, meta }: AdministerLethalityScreenCommand): Promise<Handled | Refusal> {
    const stream = streamOf(incident, body.incidentId)
    const events = await this.log.load(stream)
    const reported = fold(incident, events, noIncident)
    const people = reported.status === 'known' ? reported.report : { victims: [], offenders: [] }
    const victims = people.victims.map(({ token }) => token)
    // The screen's number comes from the command's id: the same request again is the same screen.
    const screenId = derivedId('lethality-screen', meta.commandId)
    return handle(this.log, lethalityScreen, screenId, { type: 'AdministerLethalityScreen', meta, data: {
      ...body, screenId, facts: { incident: reported.status, victims, persons: [...victims, ...people.offenders.map(({ token }) => token)], began: beganAt(reported), basis: events.length === 0 ? [] : [{ stream, revision: events.length - 1 }] },
    } })
  }
}

@AllowedTo(rightOf(RecordHotlineContact)!)
export class RecordHotlineContactCommand { constructor(readonly screenId: string, readonly body: RecordHotlineContact, readonly meta: CommandMeta) {} }

@CommandHandler(RecordHotlineContactCommand)
export class RecordHotlineContactHandler implements ICommandHandler<RecordHotlineContactCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  async execute({ screenId, body, meta }: RecordHotlineContactCommand): Promise<Handled | Refusal> {
    // Its due date is that of the policy which held when the screen came: a later one holds for later screens.
    const screened = receivedAt(await this.log.load(streamOf(lethalityScreen, screenId)))
    const { policy, policyVersion, basis } = await policyInForce(this.log, screened ?? meta.now)
    const withinMinutes = policy.lethalityScreens?.hotlineWithinMinutes
    return handle(this.log, lethalityScreen, screenId, { type: 'RecordHotlineContact', meta, data: { ...body, facts: { policyVersion, basis: [basis], ...(withinMinutes === undefined ? {} : { withinMinutes }) } } })
  }
}

export const lethalityScreenHandlers = [AdministerLethalityScreenHandler, RecordHotlineContactHandler]
