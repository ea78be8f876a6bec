import { Event } from '../event'
import { Code, Count, Name } from '../fields'

/** ALL: everybody with everybody. NEW: those of whom a referral has told since the last run, with everybody. */
export const MATCH_SCOPES = ['ALL', 'NEW'] as const
export type MatchScope = (typeof MATCH_SCOPES)[number]

@Event({
  type: 'PersonsMatched', version: 1, categories: ['personIdentity'], classification: 'CJI', context: 'none', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the run ended',
  summary: 'A matching run came to its end: what it found stands before this, under the same correlation id. What it counts is everybody on record, never what was found.',
})
export class PersonsMatchedV1 {
  @Code(MATCH_SCOPES, { doc: 'whom it compared' }) scope!: MatchScope
  @Count({ doc: 'persons on record who could be compared' }) persons!: number
  @Count({ doc: 'those of them who were compared with all; all of them, or the new ones' }) compared!: number
  @Count({ doc: 'ordinal of the last referral that the run has seen: the next one takes what comes behind it for new' }) through!: number
  @Name({ doc: 'policy by which it matched, name@version' }) policyVersion!: string
}
