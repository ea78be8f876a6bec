import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, EndConflictOfInterest, RecordConflictOfInterest, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { conflictOfInterest, wallsIdOf } from '@chorus/record-access'

@AllowedTo(rightOf(RecordConflictOfInterest)!)
export class RecordConflictOfInterestCommand { constructor(readonly body: RecordConflictOfInterest, readonly meta: CommandMeta) {} }
@AllowedTo(rightOf(EndConflictOfInterest)!)
export class EndConflictOfInterestCommand { constructor(readonly body: EndConflictOfInterest, readonly meta: CommandMeta) {} }

@CommandHandler(RecordConflictOfInterestCommand)
export class RecordConflictOfInterestHandler implements ICommandHandler<RecordConflictOfInterestCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ body, meta }: RecordConflictOfInterestCommand): Promise<Handled | Refusal> { return handle(this.log, conflictOfInterest, wallsIdOf(body.account), { type: 'RecordConflictOfInterest', data: body, meta }) }
}
@CommandHandler(EndConflictOfInterestCommand)
export class EndConflictOfInterestHandler implements ICommandHandler<EndConflictOfInterestCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ body, meta }: EndConflictOfInterestCommand): Promise<Handled | Refusal> { return handle(this.log, conflictOfInterest, wallsIdOf(body.account), { type: 'EndConflictOfInterest', data: body, meta }) }
}

export const conflictHandlers = [RecordConflictOfInterestHandler, EndConflictOfInterestHandler]
