/** A stream that many ask about, and that grows with all of them: what it folds to is kept, and each question reads on from where the last one ended. */
import type { RecordedEvent } from '@chorus/contracts'
import type { Command, Decider, DeciderLog, Handled, Refusal } from './decider'
import { handleOn, repeatedly, streamOf, type History, type Recorded } from './handle'

/** What can read a stream from a revision on. */
export interface StreamLog extends DeciderLog { load(stream: string, from?: number): Promise<readonly RecordedEvent[]> }

interface Kept<State> { readonly revision: number; readonly state: State; readonly last: Recorded | undefined; readonly unknown: string | undefined }

export class KeptStream<State, C extends Command> {
  readonly stream: string
  private kept: Kept<State>
  /** by command: of the events nothing is kept but where they stand */
  private readonly commands = new Map<string, readonly Recorded[]>()

  constructor(private readonly log: StreamLog, private readonly decider: Decider<State, C>, id: string) {
    this.stream = streamOf(decider, id)
    this.kept = { revision: -1, state: decider.initial, last: undefined, unknown: undefined }
  }

  /** As it stands at the log's head, whoever has appended to it. What is handed out does not change when it is read on. */
  async now(): Promise<Kept<State>> {
    const before = this.kept
    const events = (await this.log.load(this.stream, before.revision + 1)).filter(({ revision }) => revision > before.revision)
    const read = events.reduce<Kept<State>>((kept, event) => ({
      revision: event.revision, state: this.decider.evolve(kept.state, event), last: placeOf(event), unknown: kept.unknown ?? (this.decider.knows.includes(event.type) ? undefined : event.type),
    }), before)
    // Whoever read meanwhile may have read as far, or farther.
    for (const event of events) if (event.revision > this.kept.revision && event.commandId !== null) this.commands.set(event.commandId, [...this.commands.get(event.commandId) ?? [], placeOf(event)])
    if (read.revision > this.kept.revision) this.kept = read
    return read
  }

  /** What this command was answered; undefined: the stream does not know it. */
  async answered(commandId: string): Promise<Handled | undefined> {
    await this.now()
    const earlier = this.commands.get(commandId)
    return earlier && repeatedly(this.stream, earlier)
  }

  /** As handle(). */
  handle(command: C): Promise<Handled | Refusal> {
    const read = async (): Promise<History<State>> => { const { state, ...kept } = await this.now(); return { ...kept, state: () => state, by: (commandId) => this.commands.get(commandId) ?? [] } }
    return handleOn(this.log, this.decider, this.stream, command, read)
  }
}

const placeOf = ({ id, ordinal, revision, recordedtime, command }: RecordedEvent): Recorded => ({ id, ordinal, revision, recordedtime, ...(command !== undefined && { command }) })
