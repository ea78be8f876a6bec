import { CommandBody } from '../commands'
import { Code, LocalDate, Name, StreamRefs, Token, Uuid } from '../fields'
import { CLOSE_CODES, type CloseCode } from './case-closed.v1'
import { CASE_REOPEN_REASONS, type CaseReopenReason } from './case-reopened.v1'
import { DEFERRAL_CODES, type DeferralCode } from './exclusions'
import { CONTEST_GROUNDS, CONTEST_OUTCOMES, CONTESTED_BY, type ContestedBy, type ContestGround, type ContestOutcome } from './level-contested.v1'
import { CHANGE_REASONS, DECLINE_REASONS, LEVELS, OVERRIDE_REASONS, type ChangeReason, type DeclineReason, type Level, type OverrideReason } from './levels'

@CommandBody({ type: 'OpenCase', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Open a case on a referral and its index incident (I1, I2, I6, I7)' })
export class OpenCase {
  @Uuid({ doc: 'the referral' }) referralId!: string
  @Uuid({ doc: 'the incident on which the case rests; one of the referral\'s' }) indexIncidentId!: string
  @Token({ kind: 'per', doc: 'the person in the report of the index incident who is the referred person' }) subjectInIncident!: string
}

@CommandBody({ type: 'ProposeLevel', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Apply the policy in force to what is recorded; the answer is a proposal' })
export class ProposeLevel {
  @Name({ optional: true, doc: 'the version of the policy that the analyst looked at; refused where another is in force' }) policyVersion?: string
}

@CommandBody({ type: 'DeclineLevelProposal', roles: ['intakeAnalyst', 'prosecutor', 'panelMember'], agencies: ['KCPD', 'JCPO'], summary: 'Decline the proposed level' })
export class DeclineLevelProposal {
  @Code(DECLINE_REASONS, { doc: 'why' }) reasonCode!: DeclineReason
}

@CommandBody({ type: 'AssignLevel', roles: ['intakeAnalyst', 'prosecutor', 'panelMember'], agencies: ['KCPD', 'JCPO'], summary: 'Assign the level; a person decides, level A needs the approvals of two agencies (I3, I4)' })
export class AssignLevel {
  @Code(LEVELS, { doc: 'the level' }) level!: Level
  @Code(OVERRIDE_REASONS, { optional: true, doc: 'needed where the level differs from the proposal' }) overrideReason?: OverrideReason
  @Name({ optional: true, doc: 'the panel\'s meeting, whose members have approved the level' }) panelId?: string
}

@CommandBody({ type: 'ApproveLevel', roles: ['prosecutor', 'panelMember'], agencies: ['KCPD', 'JCPO'], summary: 'Approve a level as a member of a panel, under one\'s own account; level A and a step down need two people of two agencies (I4)' })
export class ApproveLevel {
  @Code(LEVELS, { doc: 'the level' }) level!: Level
  @Name({ doc: 'the panel\'s meeting' }) panelId!: string
}

@CommandBody({ type: 'ChangeLevel', roles: ['prosecutor', 'panelMember'], agencies: ['KCPD', 'JCPO'], summary: 'Move the level: up by a named event, down only by panel, correction or expungement (I5)' })
export class ChangeLevel {
  @Code(LEVELS, { doc: 'the level from now on' }) to!: Level
  @Uuid({ doc: 'the event that led to it: one that stands here and is of this person, and of a kind that leads to this reason (decision 0065)' }) triggerEventId!: string
  @StreamRefs({ max: 40, doc: 'the records on which it rests, by their streams; each is here, and of this person' }) evidenceRefs!: string[]
  @Code(CHANGE_REASONS, { doc: 'why' }) reasonCode!: ChangeReason
  @Name({ optional: true, doc: 'the panel\'s meeting, whose members have approved the level' }) panelId?: string
}

@CommandBody({ type: 'CloseCase', roles: ['prosecutor', 'panelMember'], agencies: ['KCPD', 'JCPO'], summary: 'Close a case; EXCLUDED_LATER, MERGED and BASIS_EXPUNGED only where the record says so, EXIT_24M by a panel of two agencies once its time has come' })
export class CloseCase {
  @Code(CLOSE_CODES, { doc: 'why' }) code!: CloseCode
  @Name({ optional: true, doc: 'for EXIT_24M: the panel\'s meeting, whose members have approved the exit' }) panelId?: string
}

// DRAFT rights, as for referrals.
@CommandBody({ type: 'DeferCase', roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Put an open case off: nobody is told anything in it meanwhile, and what was cleared is void; why is kept apart' })
export class DeferCase {
  @Code(DEFERRAL_CODES, { doc: 'why' }) code!: DeferralCode
  @LocalDate({ doc: 'the day by which it is looked at again' }) until!: string
}

@CommandBody({ type: 'ReopenCase', roles: ['prosecutor'], agencies: ['JCPO'], summary: 'Take up again a case that was put off, or open again one that was closed (I2, I7)' })
export class ReopenCase {
  @Code(CASE_REOPEN_REASONS, { doc: 'why' }) reasonCode!: CaseReopenReason
  @Token({ kind: 'per', optional: true, doc: 'needed where it was closed: the person in the report of the index incident who is its subject (I1)' }) subjectInIncident?: string
}

@CommandBody({ type: 'ApproveExit', roles: ['prosecutor', 'panelMember'], agencies: ['KCPD', 'JCPO'], summary: 'Approve, as a member of a panel, under one\'s own account, that the person leaves the program (EXIT_24M)' })
export class ApproveExit {
  @Name({ doc: 'the panel\'s meeting' }) panelId!: string
}

@CommandBody({ type: 'ReviewLevel', roles: ['prosecutor', 'panelMember'], agencies: ['KCPD', 'JCPO'], summary: 'Record that a level was looked at again and stands; its review is due anew from then on' })
export class ReviewLevel {
  @Code(LEVELS, { doc: 'the level that was looked at; refused where the case has another by now' }) level!: Level
}

// DRAFT rights: any officer who is told writes it down; the decision is for those who decide levels.
@CommandBody({ type: 'ContestLevel', roles: ['intakeAnalyst', 'detective', 'prosecutor'], agencies: ['KCPD', 'JCPO'], summary: 'Record that the person of a case, or counsel, contests the level; it stands meanwhile' })
export class ContestLevel {
  @Code(CONTESTED_BY, { doc: 'who contests it' }) by!: ContestedBy
  @Code(CONTEST_GROUNDS, { doc: 'on what ground' }) ground!: ContestGround
}

@CommandBody({ type: 'DecideLevelContest', roles: ['prosecutor', 'panelMember'], agencies: ['KCPD', 'JCPO'], summary: 'Decide on a contest, as somebody who had not decided the level' })
export class DecideLevelContest {
  @Code(CONTEST_OUTCOMES, { doc: 'the outcome' }) outcome!: ContestOutcome
}
