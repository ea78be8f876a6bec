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
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const events = await log.load(stream)
    const step = next(decider, stream, events, command)
    if ('answer' in step) return step.answer
    const outcome = await log.record(stream, events.length - 1, step.drafts, command.meta)
    const answer = answerOf(stream, outcome)
    // The same command, decided elsewhere at the same moment, has these ids and another time: then it is known by now.
    if (answer === 'known-id') return known(stream, await log.load(stream), command) ?? REUSED
    if (answer !== 'again') return answer
  }
  return busy(stream)
}

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
    const events = histories.get(stream) ?? []
    const step = next(decider, stream, events, command)
    if ('answer' in step) answers[at] = step.answer
    else appends.push({ at, stream, expected: events.length - 1, drafts: step.drafts, meta: command.meta })
  }
  const outcomes = appends.length > 0 ? await log.recordEach(appends.map(({ at: _, ...append }) => append)) : []
  for (const [i, { at, stream }] of appends.entries()) {
    const answer = answerOf(stream, outcomes[i]!)
    answers[at] = answer === 'again' || answer === 'known-id' ? await handle(log, decider, items[at]!.id, items[at]!.command) : answer
  }
}

/** What the history says to this command: an answer at once, or what is to be appended. Shared by both ways of handling. */
function next<State, C extends Command>(
  decider: Decider<State, C>, stream: string, events: readonly RecordedEvent[], command: C,
): { answer: Handled | Refusal } | { drafts: readonly DraftEvent[] } {
  const first = known(stream, events, command)
  if (first) return { answer: first }
  const unknown = events.find((event) => !decider.knows.includes(event.type))
  if (unknown) {
    return { answer: refused('history_not_understood',
      `This record holds an entry of type ${unknown.type}, which this version of Chorus does not know. Nothing was decided. Try again once Chorus has been updated.`,
      { kind: 'retry-later' }) }
  }
  const decision = decider.decide(command, fold(decider, events, decider.initial))
  if (isRefusal(decision)) return { answer: decision }
  return decision.length === 0 ? { answer: standing(stream, events, false) } : { drafts: decision }
}

/** The answer of the first time, where the stream knows the command; a refusal where it knows another under the same id. */
const known = (stream: string, events: readonly RecordedEvent[], command: Command): Handled | Refusal | undefined => {
  const earlier = events.filter((event) => event.commandId === command.meta.commandId)
  // Only where both say what they were: what Chorus commands itself, and what was recorded before this was kept, says nothing.
  const { fingerprint } = command.meta
  if (fingerprint !== undefined && earlier.some((event) => event.command !== undefined && event.command !== fingerprint)) return REUSED
  return earlier.length > 0 ? standing(stream, earlier, true) : undefined
}

const standing = (stream: string, events: readonly RecordedEvent[], repeated: boolean): Handled => {
  const last = events.at(-1)
  return { stream, ordinal: last?.ordinal ?? 0, revision: last?.revision ?? -1, recordedtime: last?.recordedtime ?? null, ids: repeated ? events.map((event) => event.id) : [], repeated }
}

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
