import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, CompleteWarning, rightOf, type CommandMeta } from '@chorus/contracts'
import { handle, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { safetyWarning } from './safety-warning'

@AllowedTo(rightOf(CompleteWarning)!)
export class CompleteWarningCommand { constructor(readonly taskId: string, readonly body: CompleteWarning, readonly meta: CommandMeta) {} }

@CommandHandler(CompleteWarningCommand)
export class CompleteWarningHandler implements ICommandHandler<CompleteWarningCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder) {}
  execute({ taskId, body, meta }: CompleteWarningCommand): Promise<Handled | Refusal> { return handle(this.log, safetyWarning, taskId, { type: 'CompleteWarning', data: body, meta }) }
}
