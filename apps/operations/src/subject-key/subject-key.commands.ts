import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, CloseRecord, DestroyKeys, PlaceLegalHold, ReleaseLegalHold, rightOf, type CommandMeta } from '@chorus/contracts'
import type { Handled, Refusal } from '@chorus/decider'
import { EndKeys, subjectOf, type Ended } from './end-keys'

@AllowedTo(rightOf(DestroyKeys)!)
export class DestroyKeysCommand { constructor(readonly subject: string, readonly body: DestroyKeys, readonly meta: CommandMeta) {} }
@AllowedTo(rightOf(CloseRecord)!)
export class CloseRecordCommand { constructor(readonly subject: string, readonly body: CloseRecord, readonly meta: CommandMeta) {} }
@AllowedTo(rightOf(PlaceLegalHold)!)
export class PlaceLegalHoldCommand { constructor(readonly subject: string, readonly body: PlaceLegalHold, readonly meta: CommandMeta) {} }
@AllowedTo(rightOf(ReleaseLegalHold)!)
export class ReleaseLegalHoldCommand { constructor(readonly subject: string, readonly body: ReleaseLegalHold, readonly meta: CommandMeta) {} }

@CommandHandler(DestroyKeysCommand)
export class DestroyKeysHandler implements ICommandHandler<DestroyKeysCommand> {
  constructor(private readonly keys: EndKeys) {}
  execute({ subject, body, meta }: DestroyKeysCommand): Promise<Ended | Refusal> { return this.keys.destroy(subject, body, meta) }
}
@CommandHandler(CloseRecordCommand)
export class CloseRecordHandler implements ICommandHandler<CloseRecordCommand> {
  constructor(private readonly keys: EndKeys) {}
  execute({ subject, body, meta }: CloseRecordCommand): Promise<Handled | Refusal> { return this.keys.close(subject, body, meta) }
}
@CommandHandler(PlaceLegalHoldCommand)
export class PlaceLegalHoldHandler implements ICommandHandler<PlaceLegalHoldCommand> {
  constructor(private readonly keys: EndKeys) {}
  execute({ subject, body, meta }: PlaceLegalHoldCommand): Promise<Handled | Refusal> { return this.keys.hold(subject, body, meta) }
}
@CommandHandler(ReleaseLegalHoldCommand)
export class ReleaseLegalHoldHandler implements ICommandHandler<ReleaseLegalHoldCommand> {
  constructor(private readonly keys: EndKeys) {}
  execute({ subject, body, meta }: ReleaseLegalHoldCommand): Promise<Handled | Refusal> { return this.keys.decide(subject, { type: 'ReleaseLegalHold', data: { ...body, subject: subjectOf(subject) }, meta }) }
}

export const subjectKeyHandlers = [DestroyKeysHandler, CloseRecordHandler, PlaceLegalHoldHandler, ReleaseLegalHoldHandler]
