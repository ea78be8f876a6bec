/** The replacements of a context's key. What was done is recorded, whatever stood before: nothing here is decided. */
import type { ContextKeyReplacedV1, DraftEvent, RecordedEvent } from '@chorus/contracts'
import { atNow, type Command, type Decider } from '@chorus/decider'

// Stored name. Changing it needs a new version and an upcaster.
const ContextKeyReplaced = 'ContextKeyReplaced'

/** A fact: it is replaced. */
export type Tell = Command<'TellReplaced', ContextKeyReplacedV1>
/** Id of the context key that wraps now, as far as the log says. */
export interface ContextKey { readonly current: string | null }
export const initial: ContextKey = { current: null }

export const evolve = (state: ContextKey, event: RecordedEvent): ContextKey => event.type === ContextKeyReplaced ? { current: (event.data as ContextKeyReplacedV1).to } : state
/** Told twice is told. */
export const decide = ({ data, meta }: Tell, { current }: ContextKey): DraftEvent[] => current === data.to ? [] : [{ type: ContextKeyReplaced, schemaVersion: 1, data, ...atNow(meta) }]

export const contextKey: Decider<ContextKey, Tell> = { category: 'contextKey', initial, evolve, decide, knows: [ContextKeyReplaced] }
