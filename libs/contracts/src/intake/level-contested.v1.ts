/** The person whom a level is about says that it is wrong; somebody who did not decide it decides that. */
import { Event } from '../event'
import { Code, Uuid } from '../fields'

const contest = { version: 1, tells: 'level', categories: ['pchCase'], classification: 'CJI', context: 'case', producer: 'intake', consumers: ['intake', 'evaluation'] } as const

/** Never a partner: that she spoke must not be read from it. */
export const CONTESTED_BY = ['SUBJECT', 'COUNSEL'] as const
export type ContestedBy = (typeof CONTESTED_BY)[number]
export const CONTEST_GROUNDS = ['NOT_THE_PERSON', 'COUNTS_WRONG', 'CRITERION_NOT_MET', 'NOT_THE_AGGRESSOR', 'NOT_INTIMATE_PARTNER', 'RECORD_CLOSED'] as const
export type ContestGround = (typeof CONTEST_GROUNDS)[number]
export const CONTEST_OUTCOMES = ['UPHELD', 'TO_BE_CORRECTED'] as const
export type ContestOutcome = (typeof CONTEST_OUTCOMES)[number]

@Event({ type: 'LevelContested', ...contest, time: 'when it was recorded', summary: 'The person of a case, or counsel, contests the level. It stands until that is decided.' })
export class LevelContestedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(CONTESTED_BY, { doc: 'who contests it' }) by!: ContestedBy
  @Code(CONTEST_GROUNDS, { doc: 'on what ground' }) ground!: ContestGround
}

@Event({ type: 'LevelContestDecided', ...contest, time: 'when it was decided', summary: 'A person who had not decided the level decided on the contest. What is to be corrected is corrected by a change of the level.' })
export class LevelContestDecidedV1 {
  @Uuid({ of: 'pchCase', doc: 'the case' }) caseId!: string
  @Code(CONTEST_OUTCOMES, { doc: 'the outcome' }) outcome!: ContestOutcome
}
