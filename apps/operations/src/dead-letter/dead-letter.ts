/**
 * A dead letter: one event that one consumer of the bus could not work, told by reference. What waits stands in the
 * consumer's own table; this is the record of what people did about it. It is settled once, with a reason, and never
 * edited or deleted: the consumers read the settlements from the log whenever they start, so a rebuild passes over the same events.
 */
import type { DeadLetterKind, DeadLetterResolvedV1, DraftEvent, RecordedEvent } from '@chorus/contracts'
import { atNow, derivedId, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
const DeadLetterRetryRequested = 'DeadLetterRetryRequested'
const DeadLetterResolved = 'DeadLetterResolved'

/** What is parked at this moment, by reference. */
export interface Parked {
  readonly consumer: string
  readonly topic: string
  readonly stream: string
  readonly revision: number
  /** absent for a hole */
  readonly eventId?: string
  readonly kind: DeadLetterKind
  readonly cause: string
}

/** `parked`: what waits under this id, as looked up; absent: nothing does. */
export type Retry = Command<'RetryDeadLetter', { readonly deadLetterId: string; readonly parked?: Parked; readonly note: string }>
export type Resolve = Command<'ResolveDeadLetter', { readonly deadLetterId: string; readonly parked?: Parked; readonly note: string } & Pick<DeadLetterResolvedV1, 'reasonCode'>>
export type DeadLetterCommand = Retry | Resolve

/** Fixed by what it is about: parked again after a rebuild, it is the same one, and its history goes on. */
export const deadLetterId = ({ consumer, topic, stream, revision }: Pick<Parked, 'consumer' | 'topic' | 'stream' | 'revision'>): string =>
  derivedId('dead-letter', consumer, topic, stream, String(revision))

export interface DeadLetter { readonly status: 'untouched' | 'retried' | 'resolved'; readonly retries: number }

export const initial: DeadLetter = { status: 'untouched', retries: 0 }

export const evolve = (state: DeadLetter, event: RecordedEvent): DeadLetter => {
  switch (event.type) {
    case DeadLetterRetryRequested: return { status: state.status === 'resolved' ? 'resolved' : 'retried', retries: state.retries + 1 }
    case DeadLetterResolved: return { ...state, status: 'resolved' }
    default: return state
  }
}

const said = (c: DeadLetterCommand, type: string, data: object): DraftEvent => ({ type, schemaVersion: 1, data, ...atNow(c.meta) })
export const unknown = refused('dead_letter_unknown', 'No parked event has this id. It may have been worked meanwhile. The list: chorus dead-letters list.', { kind: 'not-found' })
const resolved = refused('dead_letter_resolved', 'This dead letter is resolved already: its consumer passes the event over. Nothing was recorded.', { kind: 'conflict' })
const worked = refused('dead_letter_worked', 'This event is not parked any more: its consumer has worked it since it was last tried. Nothing is left to do.', { kind: 'conflict' })

export const decide = (c: DeadLetterCommand, state: DeadLetter): Decision => {
  if (state.status === 'resolved') return resolved
  const { deadLetterId, parked, note } = c.data
  if (!parked) return state.status === 'untouched' ? unknown : worked
  const { consumer, topic, stream, revision, eventId, kind, cause } = parked
  const reference = { deadLetterId, consumer, topic, stream, revision, ...(eventId && { eventId }), kind, cause }
  switch (c.type) {
    case 'RetryDeadLetter': return [said(c, DeadLetterRetryRequested, { ...reference, note })]
    case 'ResolveDeadLetter': return [said(c, DeadLetterResolved, { ...reference, reasonCode: c.data.reasonCode, note })]
  }
}

export const deadLetter: Decider<DeadLetter, DeadLetterCommand> = {
  category: 'deadLetter', initial, evolve, decide,
  knows: [DeadLetterRetryRequested, DeadLetterResolved],
}
