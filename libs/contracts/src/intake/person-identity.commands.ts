import { CommandBody } from '../commands'
import { Code, Token } from '../fields'
import type { LinkBasis } from './person-identities.v1'
import { MATCH_SCOPES, type MatchScope } from './persons-matched.v1'

const BY_PEOPLE = ['REVIEW_OF_RECORDS', 'IDENTITY_DOCUMENT', 'FINGERPRINTS', 'OWN_STATEMENT'] as const
const REASONS = ['DIFFERENT_PEOPLE', 'LINKED_BY_MISTAKE', 'NOT_ENOUGH_EVIDENCE'] as const

@CommandBody({ type: 'LinkPersons', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Say that two tokens are one person; refused for two who stand on opposite sides of an incident or an order' })
export class LinkPersons {
  @Token({ kind: 'per', doc: 'the person under whose token later cases are counted' }) keepRef!: string
  @Token({ kind: 'per', doc: 'the other token of the same person' }) mergedRef!: string
  @Code(BY_PEOPLE, { doc: 'what it rests on' }) basis!: Exclude<LinkBasis, 'MATCHER'>
}

@CommandBody({ type: 'UnlinkPersons', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Say that two tokens are two people: takes their link back, or answers the matcher\'s question with no, for good' })
export class UnlinkPersons {
  @Token({ kind: 'per', doc: 'one of the two' }) oneRef!: string
  @Token({ kind: 'per', doc: 'the other' }) otherRef!: string
  @Code(REASONS, { doc: 'why' }) reason!: (typeof REASONS)[number]
}

@CommandBody({ type: 'MatchPersons', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Look for records that are one person\'s among all referrals: names, birth dates and addresses are opened for this one run, which is entered in the audit log' })
export class MatchPersons {
  @Code(['dataQuality', 'caseWork'], { doc: 'what the records are opened for' }) purpose!: 'dataQuality' | 'caseWork'
  @Code(MATCH_SCOPES, { optional: true, doc: 'ALL: everybody with everybody; NEW: those of whom a referral has told since the last run, with everybody. Under a policy that has changed since, NEW is ALL. Default ALL' }) scope?: MatchScope
}
