import { CommandBody } from '../commands'
import { Code, Count, Name, Text } from '../fields'
import { DEAD_LETTER_REASONS, type DeadLetterReason } from './dead-letter.v1'

/** Who may bring back, or settle, what a consumer could not work: nobody decides a case by it, and nothing of a person is shown. */
const roles = ['operator'] as const

@CommandBody({ type: 'RetryDeadLetter', roles: [...roles], summary: 'Ask its consumer to try a parked event again; what waits behind it follows in order' })
export class RetryDeadLetter {
  @Text({ max: 400, privacy: 'narrative', doc: 'why' }) reason!: string
}

@CommandBody({ type: 'RetryDeadLetters', roles: [...roles], summary: 'Ask for all parked events of one cause to be tried again' })
export class RetryDeadLetters {
  @Name({ doc: 'the cause' }) cause!: string
  @Name({ optional: true, doc: 'of this consumer alone' }) consumer?: string
  @Count({ optional: true, min: 1, doc: 'how many were seen when this was decided: refused where it is another number by now' }) expected?: number
  @Text({ max: 400, privacy: 'narrative', doc: 'why' }) reason!: string
}

@CommandBody({ type: 'ResolveDeadLetter', roles: [...roles], summary: 'Settle a parked event without its being worked; nothing is deleted, the consumer passes it over and what waits behind it follows' })
export class ResolveDeadLetter {
  @Code(DEAD_LETTER_REASONS, { doc: 'why' }) reasonCode!: DeadLetterReason
  @Text({ max: 400, privacy: 'narrative', doc: 'why, in words' }) reason!: string
}

@CommandBody({ type: 'ResolveDeadLetters', roles: [...roles], summary: 'Settle all parked events of one cause without their being worked' })
export class ResolveDeadLetters {
  @Name({ doc: 'the cause' }) cause!: string
  @Name({ optional: true, doc: 'of this consumer alone' }) consumer?: string
  @Count({ optional: true, min: 1, doc: 'how many were seen when this was decided: refused where it is another number by now' }) expected?: number
  @Code(DEAD_LETTER_REASONS, { doc: 'why' }) reasonCode!: DeadLetterReason
  @Text({ max: 400, privacy: 'narrative', doc: 'why, in words' }) reason!: string
}
