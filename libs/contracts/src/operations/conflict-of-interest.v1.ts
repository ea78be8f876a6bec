/** Walls between somebody who works here and a person of whom records are kept (domain reference §3.13, rule 9). */
import { Event } from '../event'
import { Code, Name, Token } from '../fields'

const conflictOfInterest = { version: 1, categories: ['conflictOfInterest'], classification: 'OPS', context: 'case', producer: 'operations', consumers: ['intake', 'deterrence', 'services', 'finance', 'evaluation', 'operations'] } as const

/** What the one who works here is to the person: no more than whom to keep apart. */
export const CONFLICT_RELATIONS = ['SELF', 'RELATED', 'OTHER'] as const
export type ConflictRelation = (typeof CONFLICT_RELATIONS)[number]
export const CONFLICT_ENDINGS = ['RECORDED_IN_ERROR', 'NO_LONGER_SO'] as const
export type ConflictEnding = (typeof CONFLICT_ENDINGS)[number]

@Event({ ...conflictOfInterest, type: 'ConflictOfInterestRecorded', time: 'when it was recorded', summary: 'Somebody who works here is, or is related to, a person of whom records are kept: from now on that account neither sees them nor acts on them.' })
export class ConflictOfInterestRecordedV1 {
  @Name({ doc: 'the account of the one who works here' }) account!: string
  @Token({ kind: 'per', about: 'anyone', doc: 'the person' }) personRef!: string
  @Code(CONFLICT_RELATIONS, { doc: 'what the one is to the other' }) relation!: ConflictRelation
}

@Event({ ...conflictOfInterest, type: 'ConflictOfInterestEnded', time: 'when it was recorded', summary: 'The wall between an account and a person is down again.' })
export class ConflictOfInterestEndedV1 {
  @Name({ doc: 'the account of the one who works here' }) account!: string
  @Token({ kind: 'per', about: 'anyone', doc: 'the person' }) personRef!: string
  @Code(CONFLICT_ENDINGS, { doc: 'why' }) reason!: ConflictEnding
}
