import type { Sealable } from '../envelope'
import { Event } from '../event'
import { Code, Count, Name, StreamRef, Text, Uuid } from '../fields'

const deadLetter = {
  version: 1, categories: ['deadLetter'], classification: 'OPS', context: 'intake', producer: 'operations', consumers: ['intake', 'deterrence', 'services', 'finance', 'operations'],
} as const

/** Why a consumer's event waits: a predecessor is missing, it may go by itself, only a person brings it back, or what should stand there never came. */
export const DEAD_LETTER_KINDS = ['deferred', 'retriable', 'permanent', 'hole'] as const
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number]

/** Why it is settled without being worked. */
export const DEAD_LETTER_REASONS = ['DONE_BY_HAND', 'NO_LONGER_NEEDED', 'SUPERSEDED', 'RECORDED_IN_ERROR', 'CANNOT_BE_WORKED', 'OTHER'] as const
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number]

@Event({ ...deadLetter, type: 'DeadLetterRetryRequested', time: 'when it was asked for', summary: 'An operator asked a consumer to try a parked event again, and said why. What becomes of it the consumer shows.' })
export class DeadLetterRetryRequestedV1 {
  @Uuid({ doc: 'the dead letter, fixed by consumer, topic, stream and revision; its stream is deadLetter-<this>' }) deadLetterId!: string
  @Name({ doc: 'the consumer that could not work the event' }) consumer!: string
  @Name({ doc: 'the topic that it came by' }) topic!: string
  @StreamRef({ doc: "the event's stream" }) stream!: string
  @Count({ doc: "the event's revision" }) revision!: number
  @Uuid({ optional: true, doc: 'the event; absent: it never came by the topic' }) eventId?: string
  @Code(DEAD_LETTER_KINDS, { doc: 'why it waits' }) kind!: DeadLetterKind
  @Name({ doc: 'the cause, by its name' }) cause!: string
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', doc: "the operator's reason" }) note!: Sealable
}

@Event({ ...deadLetter, type: 'DeadLetterResolved', time: 'when it was resolved', summary: 'An operator settled a parked event without its being worked by this consumer, and said why. The consumer passes it over, now and whenever it is rebuilt.' })
export class DeadLetterResolvedV1 {
  @Uuid({ doc: 'the dead letter, fixed by consumer, topic, stream and revision; its stream is deadLetter-<this>' }) deadLetterId!: string
  @Name({ doc: 'the consumer that passes the event over' }) consumer!: string
  @Name({ doc: 'the topic that it came by' }) topic!: string
  @StreamRef({ doc: "the event's stream" }) stream!: string
  @Count({ doc: "the event's revision" }) revision!: number
  @Uuid({ optional: true, doc: 'the event; absent: it never came by the topic' }) eventId?: string
  @Code(DEAD_LETTER_KINDS, { doc: 'why it waited' }) kind!: DeadLetterKind
  @Name({ doc: 'the cause, by its name' }) cause!: string
  @Code(DEAD_LETTER_REASONS, { doc: 'why it is settled without being worked' }) reasonCode!: DeadLetterReason
  @Text({ max: 400, privacy: 'narrative', about: 'anyone', doc: 'why, in words' }) note!: Sealable
}
