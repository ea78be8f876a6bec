import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, ConfirmRelationship, DetermineAggressor, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER, VAULT } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { incident } from './incident'

@AllowedTo(rightOf(ConfirmRelationship)!)
export class ConfirmRelationshipCommand { constructor(readonly incidentId: string, readonly body: ConfirmRelationship, readonly meta: CommandMeta) {} }

@CommandHandler(ConfirmRelationshipCommand)
export class ConfirmRelationshipHandler implements ICommandHandler<ConfirmRelationshipCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(VAULT) private readonly vault: Vault) {}
  execute({ incidentId, body, meta }: ConfirmRelationshipCommand): Promise<Handled | Refusal> {
    return handle(this.log, incident, incidentId, { type: 'ConfirmRelationship', data: { ...body, incidentId, newPairToken: this.vault.newToken('pair') }, meta })
  }
}

@AllowedTo(rightOf(DetermineAggressor)!)
export class DetermineAggressorCommand { constructor(readonly incidentId: string, readonly body: DetermineAggressor, readonly meta: CommandMeta) {} }

@CommandHandler(DetermineAggressorCommand)
export class DetermineAggressorHandler implements ICommandHandler<DetermineAggressorCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ incidentId, body, meta }: DetermineAggressorCommand): Promise<Handled | Refusal> {
    return handle(this.log, incident, incidentId, { type: 'DetermineAggressor', data: { ...body, incidentId }, meta })
  }
}

export const incidentHandlers = [ConfirmRelationshipHandler, DetermineAggressorHandler]
