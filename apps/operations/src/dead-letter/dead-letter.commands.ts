import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import type { Sql } from 'postgres'
import { AllowedTo, ResolveDeadLetter, ResolveDeadLetters, RetryDeadLetter, RetryDeadLetters, rightOf, type CommandMeta, type DeadLetterReason, type RecordedEvent } from '@chorus/contracts'
import { derivedId, handle, handleEach, isRefusal, refused, type Handled, type Refusal } from '@chorus/decider'
import { requestRetry } from '@chorus/event-bus'
import type { Recorder } from '@chorus/event-store'

import { deadLetter, type DeadLetterCommand } from './dead-letter'
import { DeadLetterList, parkedOf, type OpenLetter } from './dead-letter-list'

@AllowedTo(rightOf(RetryDeadLetter)!)
export class RetryDeadLetterCommand { constructor(readonly id: string, readonly body: RetryDeadLetter, readonly meta: CommandMeta) {} }
@AllowedTo(rightOf(ResolveDeadLetter)!)
export class ResolveDeadLetterCommand { constructor(readonly id: string, readonly body: ResolveDeadLetter, readonly meta: CommandMeta) {} }
@AllowedTo(rightOf(RetryDeadLetters)!)
export class RetryDeadLettersCommand { constructor(readonly body: RetryDeadLetters, readonly meta: CommandMeta) {} }
@AllowedTo(rightOf(ResolveDeadLetters)!)
export class ResolveDeadLettersCommand { constructor(readonly body: ResolveDeadLetters, readonly meta: CommandMeta) {} }

/** What became of each of the dead letters of a cause. */
export interface Several {
  readonly done: number
  readonly letters: readonly { readonly id: string; readonly ordinal: number; readonly repeated: boolean }[]
  /** those where somebody was faster */
  readonly overtaken: readonly { readonly id: string; readonly refused: string; readonly text: string }[]
}

/** Appends of one go. */
const CHUNK = 500

/** What both wishes share: the row is looked up, the wish is recorded, then the consumer is woken; a wake-up that is lost comes with the command sent again. */
export class DeadLetters {
  constructor(private readonly deps: { readonly recorder: Recorder; readonly list: DeadLetterList; readonly database: Sql }) {}

  async one(id: string, wish: Wish, meta: CommandMeta): Promise<Handled | Refusal> {
    const found = (await this.deps.list.parked()).find(({ letter }) => letter.id === id)
    const answer = await handle(this.deps.recorder, deadLetter, id, commandOf(id, wish, found?.letter, meta))
    if (found && !isRefusal(answer)) await this.wake(found.row)
    return answer
  }

  async several({ cause, consumer, expected }: Selection, wish: Wish, meta: CommandMeta): Promise<Several | Refusal> {
    const earlier = await this.earlier(meta.commandId)
    if (earlier.some(({ command }) => meta.fingerprint !== undefined && command !== undefined && command !== meta.fingerprint)) return refused('command_id_reused', 'This command id was used before with other content. Send a changed request under a new Idempotency-Key; send an unchanged one again as it was.', { kind: 'conflict' })
    const known = new Set(earlier.map(({ data }) => (data as { deadLetterId: string }).deadLetterId))
    // Sent again, it goes on with what was there the first time: what was parked since, nobody has looked at.
    const [first] = earlier
    const parked = (await this.deps.list.parked({ cause, ...(consumer !== undefined && { consumer }) })).filter(({ letter }) => !first || known.has(letter.id) || letter.since <= first.time)
    if (!first && parked.length === 0) return refused('dead_letters_none', 'Nothing is parked by this cause. The causes: chorus dead-letters list.', { kind: 'not-found' })
    if (!first && expected !== undefined && parked.length !== expected) return refused('dead_letters_changed', `${parked.length} are parked by this cause now, not ${expected}. Nothing was recorded. Look at the list, then say the new number.`, { kind: 'conflict' })

    const letters = new Map(earlier.map(({ data, ordinal }) => { const id = (data as { deadLetterId: string }).deadLetterId; return [id, { id, ordinal, repeated: true }] }))
    const overtaken: { id: string; refused: string; text: string }[] = []
    for (let at = 0; at < parked.length; at += CHUNK) {
      const chunk = parked.slice(at, at + CHUNK)
      const answers = await handleEach(this.deps.recorder, deadLetter, chunk.map(({ letter }) => ({ id: letter.id, command: commandOf(letter.id, wish, letter, { ...meta, commandId: derivedId('dead-letter', meta.commandId, letter.id), causationId: meta.commandId }) })))
      for (const [i, answer] of answers.entries()) {
        const { row, letter: { id } } = chunk[i]!
        if (isRefusal(answer)) { overtaken.push({ id, refused: answer.refused, text: answer.text }); continue }
        letters.set(id, { id, ordinal: answer.ordinal, repeated: answer.repeated })
        await this.wake(row)
      }
    }
    return { done: letters.size, letters: [...letters.values()], overtaken }
  }

  private async wake(row: string): Promise<void> { await requestRetry(this.deps.database, { id: row }) }

  /** What this very command recorded when it was sent first. */
  private async earlier(commandId: string): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = []
    for await (const event of this.deps.recorder.read({ filter: { categories: ['deadLetter'] } })) if (event.causationId === commandId) events.push(event)
    return events
  }
}

interface Selection { readonly cause: string; readonly consumer?: string; readonly expected?: number }
type Wish = { readonly note: string; readonly reasonCode?: DeadLetterReason }

const commandOf = (id: string, { note, reasonCode }: Wish, letter: OpenLetter | undefined, meta: CommandMeta): DeadLetterCommand => {
  const data = { deadLetterId: id, note, ...(letter && { parked: parkedOf(letter) }) }
  return reasonCode ? { type: 'ResolveDeadLetter', data: { ...data, reasonCode }, meta } : { type: 'RetryDeadLetter', data, meta }
}

@CommandHandler(RetryDeadLetterCommand)
export class RetryDeadLetterHandler implements ICommandHandler<RetryDeadLetterCommand> {
  constructor(private readonly letters: DeadLetters) {}
  execute({ id, body, meta }: RetryDeadLetterCommand): Promise<Handled | Refusal> { return this.letters.one(id, { note: body.reason }, meta) }
}
@CommandHandler(ResolveDeadLetterCommand)
export class ResolveDeadLetterHandler implements ICommandHandler<ResolveDeadLetterCommand> {
  constructor(private readonly letters: DeadLetters) {}
  execute({ id, body, meta }: ResolveDeadLetterCommand): Promise<Handled | Refusal> { return this.letters.one(id, { note: body.reason, reasonCode: body.reasonCode }, meta) }
}
@CommandHandler(RetryDeadLettersCommand)
export class RetryDeadLettersHandler implements ICommandHandler<RetryDeadLettersCommand> {
  constructor(private readonly letters: DeadLetters) {}
  execute({ body, meta }: RetryDeadLettersCommand): Promise<Several | Refusal> { return this.letters.several(body, { note: body.reason }, meta) }
}
@CommandHandler(ResolveDeadLettersCommand)
export class ResolveDeadLettersHandler implements ICommandHandler<ResolveDeadLettersCommand> {
  constructor(private readonly letters: DeadLetters) {}
  execute({ body, meta }: ResolveDeadLettersCommand): Promise<Several | Refusal> { return this.letters.several(body, { note: body.reason, reasonCode: body.reasonCode }, meta) }
}

export const deadLetterHandlers = [RetryDeadLetterHandler, ResolveDeadLetterHandler, RetryDeadLettersHandler, ResolveDeadLettersHandler]
