/**
 * Deciding, without Nest and without I/O. A decider protects one kind of stream.
 * `decide` answers events, nothing (a repeated wish), or a refusal; `evolve` never throws.
 */
import type { CommandMeta, DraftEvent, RecordedEvent } from '@chorus/contracts'

/** A rule said no. Named, and worded for a caseworker; never an HTTP number (the edge maps kinds to status). */
export interface Refusal {
  readonly refused: string
  readonly kind: 'rule' | 'not-found' | 'conflict' | 'retry-later' | 'forbidden'
  /** what the caseworker reads: what is wrong and what to do; no confidential value */
  readonly text: string
  /** ids of rules of the domain reference, e.g. I2 */
  readonly rules?: readonly string[]
}
export const refused = (code: string, text: string, more: Partial<Pick<Refusal, 'kind' | 'rules'>> = {}): Refusal => ({ refused: code, kind: 'rule', text, ...more })
export const isRefusal = (x: unknown): x is Refusal => typeof x === 'object' && x !== null && 'refused' in x

export interface Command<Type extends string = string, Data extends object = object> { readonly type: Type; readonly data: Data; readonly meta: CommandMeta }

export type Decision = readonly DraftEvent[] | Refusal

export interface Decider<State, C extends Command> {
  /** stream category; the stream is `${category}-${id}` */
  readonly category: string
  readonly initial: State
  /** event types (latest versions) that evolve knows; any other in the stream makes handle() refuse to decide, retriably */
  readonly knows: readonly string[]
  evolve(state: State, event: RecordedEvent): State
  decide(command: C, state: State): Decision
}

/** What handle() needs of the log; the recorder (libs/event-store/with-sealing) is one. */
export interface DeciderLog {
  /** the stream's events, upcast to their latest version, sealed fields still sealed; [] where there is none */
  load(stream: string): Promise<readonly RecordedEvent[]>
  /** appends at exactly this revision (-1: the stream must not exist) */
  record(stream: string, expected: number, drafts: readonly DraftEvent[], meta: CommandMeta): Promise<RecordOutcome>
}
export type RecordOutcome =
  | { readonly ok: true; readonly repeated: boolean; readonly ordinal: number; readonly revision: number; readonly recordedtime: string; readonly ids: readonly string[] }
  | { readonly ok: false; readonly conflict: 'wrong-revision' | 'partly-known' | 'content-differs' | 'erased'; readonly text: string }

export interface Handled { readonly stream: string; readonly ordinal: number; readonly revision: number; readonly recordedtime: string | null; readonly ids: readonly string[]; /** the command was known: this is the first answer */ readonly repeated: boolean }
