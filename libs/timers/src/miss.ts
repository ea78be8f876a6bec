/** That a deadline was missed: recorded on the stream that the timer watches, once for each timer and due date. */
import type { DeadlineMissedV2, DraftEvent } from '@chorus/contracts'
import { atNow, type Command, type Decider } from '@chorus/decider'
import { DEADLINE_MISSED } from './watch'

export type MissDeadline = Command<'MissDeadline', DeadlineMissedV2>
/** `key`: the stream's own partition key, which all of its events share. */
export interface MissedThere { readonly known: readonly string[]; readonly key: string | null }

const keyOf = ({ timer, dueAt }: Pick<DeadlineMissedV2, 'timer' | 'dueAt'>): string => `${timer}|${Date.parse(dueAt)}`

/** The rule for the streams of one category. Whether the timer still runs was folded before, from the whole log through its head. */
export const missedIn = (category: string, knows: readonly string[]): Decider<MissedThere, MissDeadline> => ({
  category, knows: [...knows, DEADLINE_MISSED], initial: { known: [], key: null },
  evolve: (state, event) => ({ key: state.key ?? event.partitionkey, known: event.type === DEADLINE_MISSED ? [...state.known, keyOf(event.data as unknown as DeadlineMissedV2)] : state.known }),
  decide: ({ data, meta }, state) => {
    if (state.key === null || state.known.includes(keyOf(data)) || Date.parse(meta.now) <= Date.parse(data.dueAt)) return []
    return [{ type: DEADLINE_MISSED, schemaVersion: 2, data, ...atNow(meta), partitionkey: state.key } satisfies DraftEvent]
  },
})
