/** What a verification asks of others. */
import type { Range, SealedSample, Walked } from '@chorus/event-store'

/** Walks ranges, in this thread or in others. */
export type Walk = (range: Range, onWalked: (events: number) => void) => Promise<Walked>
/** Tries a key: 'open', 'erased', or why what it sealed does not open. */
export type TryKeys = (samples: readonly SealedSample[]) => Promise<readonly ('open' | 'erased' | { readonly text: string })[]>

/** Looks whether what the events of a range say is kept beside the log is there: the first of which it is not, or why it could not look. */
export type TryKept = (range: { readonly after: number; readonly through: number; readonly signal?: AbortSignal }) => Promise<{ readonly ordinal: number; readonly text: string } | { readonly notLooked: string } | undefined>
