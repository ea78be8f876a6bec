import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, EndConflictOfInterest, RecordConflictOfInterest, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, isRefusal, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER, WALLS, type WallsOf } from '@chorus/platform'
import { conflictOfInterest, keepWalledCases, wallsIdOf, type ConflictCommand } from '@chorus/record-access'

@AllowedTo(rightOf(RecordConflictOfInterest)!)
export class RecordConflictOfInterestCommand { constructor(readonly body: RecordConflictOfInterest, readonly meta: CommandMeta) {} }
@AllowedTo(rightOf(EndConflictOfInterest)!)
export class EndConflictOfInterestCommand { constructor(readonly body: EndConflictOfInterest, readonly meta: CommandMeta) {} }

/** The cases are told with the wall: services that may not know the persons hide by them. Where it ends between the two, intake makes it good. */
const decideAndTell = async (log: Recorder, walls: WallsOf, command: ConflictCommand): Promise<Handled | Refusal> => {
  const answer = await handle(log, conflictOfInterest, wallsIdOf(command.data.account), command)
  if (!isRefusal(answer)) await keepWalledCases(log, walls, command.data.account, command.meta)
  return answer
}

@CommandHandler(RecordConflictOfInterestCommand)
export class RecordConflictOfInterestHandler implements ICommandHandler<RecordConflictOfInterestCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(WALLS) private readonly walls: WallsOf) {}
  execute({ body, meta }: RecordConflictOfInterestCommand): Promise<Handled | Refusal> { return decideAndTell(this.log, this.walls, { type: 'RecordConflictOfInterest', data: body, meta }) }
}
@CommandHandler(EndConflictOfInterestCommand)
export class EndConflictOfInterestHandler implements ICommandHandler<EndConflictOfInterestCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(WALLS) private readonly walls: WallsOf) {}
  execute({ body, meta }: EndConflictOfInterestCommand): Promise<Handled | Refusal> { return decideAndTell(this.log, this.walls, { type: 'EndConflictOfInterest', data: body, meta }) }
}

export const conflictHandlers = [RecordConflictOfInterestHandler, EndConflictOfInterestHandler]
