import { CommandBody } from '../commands'
import { Code, Name, Token } from '../fields'
import { CONFLICT_ENDINGS, CONFLICT_RELATIONS, type ConflictEnding, type ConflictRelation } from './conflict-of-interest.v1'

/** DRAFT: the program has not named who answers for this; until then the one who answers for who sees what. */
const roles = ['privacyOfficer'] as const

@CommandBody({ type: 'RecordConflictOfInterest', roles: [...roles], summary: 'Put a wall between an account and a person: whoever works here and is, or is related to, that person neither sees nor acts on the records' })
export class RecordConflictOfInterest {
  @Name({ doc: 'the account of the one who works here, as the tokens name it (claim sub)' }) account!: string
  @Token({ kind: 'per', doc: 'the person, by the token of a case, a referral or their history' }) personRef!: string
  @Code(CONFLICT_RELATIONS, { doc: 'what the one is to the other' }) relation!: ConflictRelation
}

@CommandBody({ type: 'EndConflictOfInterest', roles: [...roles], summary: 'Take a wall down; never one\'s own' })
export class EndConflictOfInterest {
  @Name({ doc: 'the account of the one who works here' }) account!: string
  @Token({ kind: 'per', doc: 'the person' }) personRef!: string
  @Code(CONFLICT_ENDINGS, { doc: 'why' }) reason!: ConflictEnding
}
