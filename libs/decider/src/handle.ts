/** From a command to the log: load, decide, append at the exact revision, and again where somebody was faster. */
import type { CommandMeta, DraftEvent, RecordedEvent } from '@chorus/contracts'
import { isRefusal, refused, type Command, type Decider, type DeciderLog, type Handled, type RecordOutcome, type Refusal } from './decider'

/** How often a command is decided anew when other writers were faster; then it is refused retriably. */
const ATTEMPTS = 8

export const streamOf = (decider: { readonly category: string }, id: string): string => `${decider.category}-${id}`

export const fold = <State>(decider: Pick<Decider<State, never>, 'evolve'>, events: readonly RecordedEvent[], from: State): State =>
  events.reduce((state, event) => decider.evolve(state, event), from)

/**
 * Decides one command on the stream `category-id` and appends what was decided.
 * Answers where the events stand, or a refusal. A command id that the stream knows is answered as the first time,
 * before anything is decided. A decision of no events appends nothing and answers the stream's last place (revision -1
 * where there is none). Throws only what the log throws (it is down, or a draft breaks its schema).
 */
export async function handle<State, C extends Command>(log: DeciderLog, decider: Decider<State, C>, id: string, command: C): Promise<Handled | Refusal> {
  const stream = streamOf(decider, id)
  return handleOn(log, decider, stream, command, async () => historyIn(decider, await log.load(stream)))
}

/** What a command asks of the stream, as it stood when it was read. */
export interface History<State> {
  /** -1 where there is none */
  readonly revision: number
  readonly state: () => State
  readonly last: Recorded | undefined
  /** type of an event that the decider does not know */
  readonly unknown: string | undefined
  by(commandId: string): readonly Recorded[]
}
/** Where an event stands, and what says it was recorded by which command. */
export type Recorded = Pick<RecordedEvent, 'id' | 'ordinal' | 'revision' | 'recordedtime' | 'command'>

/** As handle(), of a stream that `read` knows at the log's head. */
export async function handleOn<State, C extends Command>(log: DeciderLog, decider: Decider<State, C>, stream: string, command: C, read: () => Promise<History<State>>): Promise<Handled | Refusal> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const history = await read()
    const step = next(decider, stream, history, command)
    if ('answer' in step) return step.answer
    const outcome = await log.record(stream, history.revision, step.drafts, command.meta)
    const answer = answerOf(stream, outcome)
    // The same command, decided elsewhere at the same moment, has these ids and another time: then it is known by now.
    if (answer === 'known-id') return known(stream, await read(), command) ?? REUSED
    if (answer !== 'again') return answer
  }
  return busy(stream)
}

const historyIn = <State, C extends Command>(decider: Decider<State, C>, events: readonly RecordedEvent[]): History<State> => ({
  revision: events.length - 1, state: () => fold(decider, events, decider.initial), last: events.at(-1),
  unknown: events.find((event) => !decider.knows.includes(event.type))?.type, by: (commandId) => events.filter((event) => event.commandId === commandId),
})

/** A log that can load and append many streams at once: same rules, fewer round trips. */
export interface DeciderBatchLog extends DeciderLog {
  loadMany(streams: string[]): Promise<ReadonlyMap<string, readonly RecordedEvent[]>>
  recordEach(items: { stream: string; expected: number; drafts: readonly DraftEvent[]; meta: CommandMeta }[]): Promise<RecordOutcome[]>
}

/**
 * Many commands of one kind with one load and one append for all; the answers in the order of the items. Where a stream occurs
 * again, its second item is handled with the second ones of the others, and so on; where somebody was faster, an item is
 * handled by itself, before what comes after it in its stream.
 */
export async function handleEach<State, C extends Command>(
  log: DeciderBatchLog, decider: Decider<State, C>, items: readonly { readonly id: string; readonly command: C }[],
): Promise<(Handled | Refusal)[]> {
  const answers = new Array<Handled | Refusal>(items.length)
  for (const round of roundsOf(items.map(({ id }) => streamOf(decider, id)))) await handleRound(log, decider, items, round, answers)
  return answers
}

/** Places of the items, the first of each stream in the first round, the second in the second. */
const roundsOf = (streams: readonly string[]): number[][] => {
  const rounds: number[][] = []
  const times = new Map<string, number>()
  for (const [at, stream] of streams.entries()) {
    const before = times.get(stream) ?? 0
    times.set(stream, before + 1)
    const round = rounds[before]
    if (round) round.push(at)
    else rounds.push([at])
  }
  return rounds
}

async function handleRound<State, C extends Command>(
  log: DeciderBatchLog, decider: Decider<State, C>, items: readonly { readonly id: string; readonly command: C }[], round: readonly number[], answers: (Handled | Refusal)[],
): Promise<void> {
  const appends: { at: number; stream: string; expected: number; drafts: readonly DraftEvent[]; meta: CommandMeta }[] = []
  const histories = await log.loadMany(round.map((at) => streamOf(decider, items[at]!.id)))
  for (const at of round) {
    const { id, command } = items[at]!
    const stream = streamOf(decider, id)
    const history = historyIn(decider, histories.get(stream) ?? [])
    const step = next(decider, stream, history, command)
    if ('answer' in step) answers[at] = step.answer
    else appends.push({ at, stream, expected: history.revision, drafts: step.drafts, meta: command.meta })
  }
  const outcomes = appends.length > 0 ? await log.recordEach(appends.map(({ at: _, ...append }) => append)) : []
  for (const [i, { at, stream }] of appends.entries()) {
    const answer = answerOf(stream, outcomes[i]!)
    answers[at] = answer === 'again' || answer === 'known-id' ? await handle(log, decider, items[at]!.id, items[at]!.command) : answer
  }
}

/** What the history says to this command: an answer at once, or what is to be appended. Shared by both ways of handling. */
function next<State, C extends Command>(
  decider: Decider<State, C>, stream: string, history: History<State>, command: C,
): { answer: Handled | Refusal } | { drafts: readonly DraftEvent[] } {
  const first = known(stream, history, command)
  if (first) return { answer: first }
  if (history.unknown !== undefined) {
    return { answer: refused('history_not_understood',
      `This record holds an entry of type ${history.unknown}, which this version of Chorus does not know. Nothing was decided. Try again once Chorus has been updated.`,
      { kind: 'retry-later' }) }
  }
  const decision = decider.decide(command, history.state())
  if (isRefusal(decision)) return { answer: decision }
  return decision.length === 0 ? { answer: standing(stream, history.last) } : { drafts: decision }
}

/** The answer of the first time, where the stream knows the command; a refusal where it knows another under the same id. */
const known = (stream: string, history: Pick<History<unknown>, 'by'>, command: Command): Handled | Refusal | undefined => {
  const earlier = history.by(command.meta.commandId)
  // Only where both say what they were: what Chorus commands itself, and what was recorded before this was kept, says nothing.
  const { fingerprint } = command.meta
  if (fingerprint !== undefined && earlier.some((event) => event.command !== undefined && event.command !== fingerprint)) return REUSED
  return earlier.length > 0 ? repeatedly(stream, earlier) : undefined
}

const standing = (stream: string, last: Recorded | undefined): Handled =>
  ({ stream, ordinal: last?.ordinal ?? 0, revision: last?.revision ?? -1, recordedtime: last?.recordedtime ?? null, ids: [], repeated: false })
/** What a known command is answered: as the first time. */
export const repeatedly = (stream: string, earlier: readonly Recorded[]): Handled => ({ ...standing(stream, earlier.at(-1)), ids: earlier.map(({ id }) => id), repeated: true })

function answerOf(stream: string, outcome: RecordOutcome): Handled | Refusal | 'again' | 'known-id' {
  if (outcome.ok) {
    const { ordinal, revision, recordedtime, ids, repeated } = outcome
    return { stream, ordinal, revision, recordedtime, ids, repeated }
  }
  if (outcome.conflict === 'wrong-revision') return 'again'
  if (outcome.conflict === 'erased') return refused('erased', 'What this is about was erased by order. Nothing more is recorded about it.', { kind: 'forbidden' })
  return 'known-id'
}

const REUSED = refused('command_id_reused',
  'This command id was used before with other content. Send a changed request under a new Idempotency-Key; send an unchanged one again as it was.',
  { kind: 'conflict' })
const busy = (stream: string): Refusal => refused('record_busy',
  `Others are changing ${stream} at this moment. Nothing was recorded. Send the same request again.`, { kind: 'retry-later' })
