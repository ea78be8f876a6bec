import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, ReplaceContextKey, rightOf, type CommandMeta, type Context } from '@chorus/contracts'
import { handle, isRefusal, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { KEY_LIFE, RECORDER } from '@chorus/platform'
import type { KeyLife, Rotated } from '@chorus/privacy'
import { contextKey } from './context-key'

@AllowedTo(rightOf(ReplaceContextKey)!)
export class ReplaceContextKeyCommand {
  constructor(readonly context: Context, readonly body: ReplaceContextKey, readonly meta: CommandMeta, readonly report: (progress: { readonly keys: number; readonly of: number }) => void, readonly signal: AbortSignal) {}
}
export type Replaced = Rotated & { /** where it is recorded; absent: it was stopped */ readonly ordinal?: number }

@CommandHandler(ReplaceContextKeyCommand)
export class ReplaceContextKeyHandler implements ICommandHandler<ReplaceContextKeyCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(KEY_LIFE) private readonly life: KeyLife) {}

  async execute({ context, body, meta, report, signal }: ReplaceContextKeyCommand): Promise<Replaced | Refusal> {
    const rotated = await this.life.rotate(context, (keys, of) => report({ keys, of }), signal)
    if (!rotated.complete) return rotated
    const { from, to, keys } = rotated
    const answer = await handle(this.log, contextKey, context, { type: 'TellReplaced', data: { context, from: [...from], to, keys, note: body.reason }, meta })
    return isRefusal(answer) ? answer : { ...rotated, ordinal: answer.ordinal }
  }
}

export const contextKeyHandlers = [ReplaceContextKeyHandler]
