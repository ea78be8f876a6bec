/**
 * The program case of one person who causes harm. Protects: it rests on a confirmed relationship and a determined primary
 * aggressor who is this person (I1), is the person's only open one (I2: the stream is fixed by person and count, and a closed
 * case is either succeeded by another or opened again), is levelled once in each open period and then changed (I3, I5), at A by approvals of two people of two agencies (I4), is about an adult (I6), whose partner was of age too, and never, unreviewed, about
 * a victim of record of the same pair (I7). Levels are decided by people; the policy only proposes, and a contest is decided by
 * somebody else. The program is left by a panel of two agencies, after the time without an offence that the policy names.
 */
import {
  rankOf, type ApproveExit, type ApproveLevel, type AssignLevel, type Basis, type CaseClosedV1, type CaseDeferredV1, type CaseOpenedV1, type CaseReopenReason, type CaseSucceededV1, type ChangeLevel, type CloseCase, type CloseCode, type ContestLevel,
  type DecideLevelContest, type DeclineLevelProposal, type DeferCase, type ExitApprovedV1, type Level, type LevelApprovedV1, type LevelAssignedV1, type LevelChangedV2, type LevelContestedV1, type LevelProposedV1, type OpenCase, type RecordedEvent, type ReopenCase, type ReviewLevel,
} from '@chorus/contracts'
import { dayOf, refused, type Command, type Decider, type Decision, type Refusal } from '@chorus/decider'
import { ANOTHER_PERSON, BASIS_EXPUNGED, draft, notOpen, OTHER_OPEN, VICTIM_MINOR, VICTIM_OF_RECORD } from './answers'
import { approve, approveExit, assign, beforeExit, change, contest, decideContest, decline, exitsOf, panelProblem, propose, reviewLevel } from './decide-level'
import type { ReferenceFacts } from './references'

// Stored names. Changing one needs a new version and an upcaster.
export const CASE_EVENTS = ['CaseOpened', 'LevelProposed', 'LevelProposalDeclined', 'LevelApproved', 'LevelAssigned', 'LevelChanged', 'LevelReviewed', 'LevelContested', 'LevelContestDecided', 'ExitApproved', 'CaseDeferred', 'CaseClosed', 'CaseReopened', 'CaseSucceeded', 'DeadlineMissed'] as const

/** What the edge looked up for opening; `basis` says how far it had looked. */
export interface OpenFacts {
  readonly caseId: string
  readonly count: number
  readonly referral: { readonly status: 'none' | 'received' | 'excluded' | 'deferred'; readonly subjectRef: string; readonly incidentIds: readonly string[] }
  readonly incident: { readonly status: 'unknown' | 'known' | 'retracted'; readonly relationshipConfirmed: boolean; /** token in the incident */ readonly aggressorRef: string | null }
  readonly adultAtIndex: { readonly answer: 'yes' | 'no' | 'unknown'; readonly from: 'BIRTH_DATE' | 'REPORTED_AGE' }
  /** the victim was younger than 18 at the index incident, by the referral or by the report */
  readonly victimMinor: boolean
  /** I7, of the pair of the referral, and of the reports that name one of the two */
  readonly mayBecomeSubject: boolean
  /** by what is recorded, the referred person is another one of the report than is said, or the partner */
  readonly isAnother: boolean
  /** another case stands open of whoever the subject is in reports (I2) */
  readonly otherOpen: boolean
  /** closed cases of this person that may yet be opened again: the new one succeeds them first (I2) */
  readonly closedBefore: readonly string[]
  readonly basis: readonly Basis[]
}
/** What the record says about the end of a case. */
export interface CloseFacts { readonly referralExcluded: boolean; /** another open case of the person is the one that stays */ readonly otherStays: boolean; readonly basisExpunged: boolean; /** instant from which the person may leave by panel: so long after the last qualifying event as the policy says; null: it says nothing */ readonly exitFrom: string | null; /** instant at which the last qualifying event became known here: a panel that met before has not seen it */ readonly offenseToldAt: string | null; readonly basis: readonly Basis[] }
/** What the record says of a case that is to be taken up again; `otherOpen`: another case of this person is open. */
export interface ReopenFacts { readonly otherOpen: boolean; readonly referralExcluded: boolean; readonly incident: OpenFacts['incident']; readonly basisExpunged: boolean; readonly victimMinor: boolean; /** I7 */ readonly mayBecomeSubject: boolean; readonly isAnother: boolean; readonly closedBefore: readonly string[]; readonly basis: readonly Basis[] }
/** The policy in force, and what it says of the level in question. */
export interface PolicyInForce { readonly policyVersion: string; readonly hash: string }
export interface ProposeFacts {
  readonly policy: PolicyInForce & { readonly lookbackYears: number }
  /** null: no criminal history was reviewed */
  readonly reviewedYears: number | null
  readonly incidentCurrent: boolean
  /** what the case rests on, or the case itself, is closed by order of a court */
  readonly basisExpunged?: boolean
  readonly assessment: { readonly level: Level | null; readonly matched: readonly string[]; readonly unknown: readonly string[] }
  /** he was told, and offended afterwards */
  readonly afterNotice: boolean
  readonly evidenceRefs: readonly string[]
  readonly basis: readonly Basis[]
}
export interface LevelFacts { readonly policy: PolicyInForce; /** agencies that must sit on the panel for the wished level; 0: no panel */ readonly panelAgencies: number; /** a court ordered closed what the case rests on */ readonly basisExpunged?: boolean; readonly basis: readonly Basis[] }
/** `assessment`: what would be proposed now. */
export interface AssignFacts extends LevelFacts, Pick<ProposeFacts, 'incidentCurrent' | 'assessment'> {}

/** `matched`: the criteria of the wished level that the record meets. */
export interface ChangeFacts extends Omit<LevelFacts, 'basisExpunged'>, ReferenceFacts { readonly matched: readonly string[] }

export type Open = Command<'OpenCase', OpenCase & { readonly facts: OpenFacts }>
export type Propose = Command<'ProposeLevel', { readonly policyVersion?: string; /** nobody asked: what was declined is not proposed again on the same record */ readonly onlyIfNew?: boolean; readonly facts: ProposeFacts }>
export type Decline = Command<'DeclineLevelProposal', DeclineLevelProposal>
export type Approve = Command<'ApproveLevel', ApproveLevel>
export type Assign = Command<'AssignLevel', AssignLevel & { readonly facts: AssignFacts }>
export type Change = Command<'ChangeLevel', ChangeLevel & { readonly facts: ChangeFacts }>
export type Close = Command<'CloseCase', CloseCase & { readonly facts: CloseFacts }>
/** Why is said elsewhere. */
export type Defer = Command<'DeferCase', Pick<DeferCase, 'until'>>
export type Reopen = Command<'ReopenCase', ReopenCase & { readonly facts: ReopenFacts }>
export type Succeed = Command<'SucceedCase', { readonly nextCaseId: string }>
export type Exit = Command<'ApproveExit', ApproveExit & { readonly facts: Pick<CloseFacts, 'exitFrom' | 'offenseToldAt' | 'basis'> }>
export type Review = Command<'ReviewLevel', ReviewLevel>
export type Contest = Command<'ContestLevel', ContestLevel>
export type DecideContest = Command<'DecideLevelContest', DecideLevelContest>
export type CaseCommand = Open | Propose | Decline | Approve | Assign | Change | Review | Contest | DecideContest | Exit | Close | Defer | Reopen | Succeed

export interface Proposal { readonly level: Level; readonly matched: readonly string[]; readonly unknown: readonly string[]; readonly evidenceRefs: readonly string[]; readonly policyHash: string; readonly declined: boolean }
export interface GivenExit extends ExitApprovedV1 { /** RFC 3339 instant */ readonly at: string }
export type PchCase =
  | { readonly status: 'none' }
  | { readonly status: 'open'; readonly opened: CaseOpenedV1; readonly proposal: Proposal | null; readonly level: Level | null; readonly maxLevelEver: Level | null; /** given since the last proposal or level */ readonly approvals: readonly LevelApprovedV1[]; /** given since the last level, and when */ readonly exits: readonly GivenExit[]; /** accounts of those who decided the level */ readonly decidedBy: readonly string[]; readonly contest: LevelContestedV1 | null; readonly deferredUntil: string | null }
  | { readonly status: 'closed'; readonly opened: CaseOpenedV1; readonly code: CloseCode; readonly maxLevelEver: Level | null; readonly succeededBy: string | null }
export const initial: PchCase = { status: 'none' }

export const evolve = (state: PchCase, event: Pick<RecordedEvent, 'type' | 'data' | 'actor' | 'time'>): PchCase => {
  if (event.type === 'CaseOpened') return openPeriod(event.data as CaseOpenedV1, null)
  if (state.status === 'closed') {
    if (event.type === 'CaseReopened') return openPeriod(state.opened, state.maxLevelEver)
    return event.type === 'CaseSucceeded' ? { ...state, succeededBy: (event.data as CaseSucceededV1).nextCaseId } : state
  }
  if (state.status === 'none') return state
  switch (event.type) {
    case 'LevelProposed': {
      const { level, matchedCriteria, unknownCriteria, evidenceRefs, policyHash } = event.data as LevelProposedV1
      return { ...state, proposal: { level, matched: matchedCriteria, unknown: unknownCriteria, evidenceRefs, policyHash, declined: false }, approvals: [] }
    }
    case 'LevelProposalDeclined': return { ...state, proposal: state.proposal && { ...state.proposal, declined: true } }
    case 'LevelApproved': return { ...state, approvals: [...state.approvals, event.data as LevelApprovedV1] }
    case 'LevelAssigned': return levelled(state, (event.data as LevelAssignedV1).level, event)
    case 'LevelChanged': return levelled(state, (event.data as LevelChangedV2).to, event)
    case 'LevelContested': return { ...state, contest: event.data as LevelContestedV1 }
    case 'LevelContestDecided': return { ...state, contest: null }
    case 'ExitApproved': return { ...state, exits: [...state.exits, { ...event.data as ExitApprovedV1, at: event.time }] }
    case 'CaseDeferred': return { ...state, deferredUntil: (event.data as CaseDeferredV1).until }
    case 'CaseReopened': return { ...state, deferredUntil: null }
    case 'CaseClosed': return { status: 'closed', opened: state.opened, code: (event.data as CaseClosedV1).code, maxLevelEver: state.maxLevelEver, succeededBy: null }
    default: return state
  }
}
/** Opened or opened again, a case has no level until it is levelled (I3); how high it ever was stays known. */
const openPeriod = (opened: CaseOpenedV1, maxLevelEver: Level | null): PchCase => ({ status: 'open', opened, proposal: null, level: null, maxLevelEver, approvals: [], exits: [], decidedBy: [], contest: null, deferredUntil: null })
const levelled = (state: Extract<PchCase, { status: 'open' }>, level: Level, { data, actor }: Pick<RecordedEvent, 'data' | 'actor'>): PchCase =>
  ({ ...state, level, approvals: [], exits: [], contest: null, decidedBy: [actor.id, ...((data as LevelAssignedV1 | LevelChangedV2).panelMembers ?? []).map(({ memberId }) => memberId)], maxLevelEver: state.maxLevelEver && rankOf(state.maxLevelEver) > rankOf(level) ? state.maxLevelEver : level })

export const open = ({ data: { facts, ...body }, meta }: Open, state: PchCase): Decision => {
  const { referral, incident, adultAtIndex } = facts
  if (referral.status === 'none') return refused('referral_unknown', 'There is no such referral. Look its number up again.', { kind: 'not-found' })
  if (state.status === 'open') return refused('case_already_open', 'This person has an open case already. Work in that case; a second one is never opened beside it.', { kind: 'conflict', rules: ['I2'] })
  if (state.status === 'closed') return refused('case_closed', 'A case of this person was closed at this moment. Send the request again: the next case is opened.', { kind: 'conflict', rules: ['I2'] })
  if (referral.status === 'excluded') return refused('referral_excluded', 'The referral was excluded. A case can be opened on it once the exclusion has been looked at again.')
  if (referral.status === 'deferred') return refused('referral_deferred', 'The referral is put off. A case can be opened on it once it is taken up again.')
  if (!referral.incidentIds.includes(body.indexIncidentId)) return refused('incident_not_in_referral', 'The referral does not name this incident. Choose one of its incidents as the index incident.')
  const ground = againstGround(incident, body.subjectInIncident)
  if (ground) return ground
  if (facts.isAnother) return ANOTHER_PERSON
  if (facts.otherOpen) return OTHER_OPEN
  if (adultAtIndex.answer === 'unknown') return refused('age_unknown', 'It is not known whether the referred person was 18 or older at the index incident: there is no birth date in the referral and no age in the report. Have a referral with the birth date sent.', { rules: ['I6'] })
  if (adultAtIndex.answer === 'no') return refused('subject_minor', 'The referred person was younger than 18 at the index incident. Exclude the referral with the code MINOR.', { rules: ['I6'] })
  if (facts.victimMinor) return VICTIM_MINOR
  if (!facts.mayBecomeSubject) return VICTIM_OF_RECORD
  return [draft('CaseOpened', {
    caseId: facts.caseId, referralId: body.referralId, subjectRef: referral.subjectRef, indexIncidentId: body.indexIncidentId, count: facts.count,
    subjectAdultAtIndex: true, adultBasis: adultAtIndex.from,
  }, meta, { basis: facts.basis })]
}

/** I1: what the index incident must say of the two, whenever a case is opened on it or opened again. */
const againstGround = (incident: OpenFacts['incident'], subjectInIncident: string): Refusal | null => {
  if (incident.status === 'unknown') return refused('incident_unknown', 'The index incident has not been reported here yet. Open the case once its report has come.', { kind: 'not-found' })
  if (incident.status === 'retracted') return refused('incident_retracted', 'The agency took its report of the index incident back. Choose another incident.', { rules: ['I1'] })
  if (!incident.relationshipConfirmed) return refused('relationship_not_confirmed', 'Nobody has confirmed yet that the two were intimate partners in the index incident. Have the relationship confirmed first.', { rules: ['I1'] })
  if (incident.aggressorRef === null) return refused('aggressor_not_determined', 'Nobody has determined the primary aggressor of the index incident yet. Have it determined first.', { rules: ['I1'] })
  if (incident.aggressorRef !== subjectInIncident) return refused('subject_not_aggressor', 'The referred person is not the one who was determined as the primary aggressor of the index incident. A case is opened on the primary aggressor only.', { rules: ['I1'] })
  return null
}

export const close = ({ data: { code, panelId, facts }, meta }: Close, state: PchCase): Decision => {
  if (state.status === 'closed' && state.code === code) return []
  if (state.status !== 'open') return notOpen(state)
  if (code === 'EXCLUDED_LATER' && !facts.referralExcluded) return refused('referral_not_excluded', 'The referral of this case is not excluded. Exclude it, with the code that says why: that closes the case.')
  if (code === 'MERGED' && !facts.otherStays) return refused('no_other_case', 'No other open case of this person is there to go on with, or this one is the case that stays. Look up which tokens are linked, and close the other one.', { rules: ['I2'] })
  if (code === 'BASIS_EXPUNGED' && !facts.basisExpunged) return refused('basis_not_expunged', 'No order of a court closed or destroyed the record on which this case rests. Have the order recorded first, or give another reason.')
  const early = code === 'EXIT_24M' ? beforeExit(facts.exitFrom, meta.now) ?? panelProblem('exit', 2, panelId, exitsOf(state.exits, facts, panelId)) : null
  return early ?? [draft('CaseClosed', { caseId: state.opened.caseId, code }, meta, { basis: facts.basis })]
}

export const defer = ({ data: { until }, meta }: Defer, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  if (until < dayOf(meta.now)) return refused('review_date_past', 'The day by which it is looked at again is past. Name a later one.')
  return state.deferredUntil === until ? [] : [draft('CaseDeferred', { caseId: state.opened.caseId, until }, meta)]
}

/** What may take up again a case that was put off, and one that was closed with this code. */
const PUT_OFF: readonly CaseReopenReason[] = ['GROUND_ENDED', 'REVIEW', 'DECIDED_IN_ERROR']
const REOPENED_BY: Readonly<Record<CloseCode, readonly CaseReopenReason[]>> = {
  EXIT_24M: ['DECIDED_IN_ERROR'], DECEASED: ['DECIDED_IN_ERROR'], MOVED: ['RETURNED', 'DECIDED_IN_ERROR'], EXCLUDED_LATER: ['EXCLUSION_LIFTED'], BASIS_EXPUNGED: ['DECIDED_IN_ERROR'], MERGED: ['PERSONS_TOLD_APART', 'DECIDED_IN_ERROR'],
}

export const reopen = ({ data: { facts, reasonCode, subjectInIncident }, meta }: Reopen, state: PchCase): Decision => {
  if (state.status === 'none') return notOpen(state)
  if (state.status === 'open' && state.deferredUntil === null) return refused('nothing_to_reopen', 'This case is open, and not put off.')
  const fitting = state.status === 'open' ? PUT_OFF : REOPENED_BY[state.code]
  if (!fitting.includes(reasonCode)) return refused('reason_does_not_fit', `As this case stands it is taken up again by ${fitting.join(', ')}.`)
  const against = state.status === 'closed' ? againstReopening(state.succeededBy, facts, subjectInIncident) : facts.referralExcluded ? REFERRAL_NOT_TAKEN_UP : null
  return against ?? [draft('CaseReopened', { caseId: state.opened.caseId, reasonCode }, meta, { basis: facts.basis })]
}
const REFERRAL_NOT_TAKEN_UP = refused('referral_excluded', 'The referral of this case is excluded or put off. Take the referral up again first.')
const againstReopening = (succeededBy: string | null, facts: ReopenFacts, subjectInIncident: string | undefined): Refusal | null => {
  if (succeededBy !== null) return refused('case_succeeded', 'Another case of this person was opened, or was about to be, since this one was closed. Work in that one, or open a new one.', { kind: 'conflict', rules: ['I2'] })
  if (facts.otherOpen) return OTHER_OPEN
  if (facts.referralExcluded) return REFERRAL_NOT_TAKEN_UP
  if (subjectInIncident === undefined) return refused('subject_missing', 'To open a closed case again, say which person in the report of the index incident its subject is (subjectInIncident).', { rules: ['I1'] })
  const ground = againstGround(facts.incident, subjectInIncident)
  if (ground) return ground
  if (facts.isAnother) return ANOTHER_PERSON
  if (facts.basisExpunged) return BASIS_EXPUNGED
  if (facts.victimMinor) return VICTIM_MINOR
  return facts.mayBecomeSubject ? null : VICTIM_OF_RECORD
}

/** Said in the closed case's own stream before another is opened, so that it meets whoever opens this one again there. */
export const succeed = ({ data: { nextCaseId }, meta }: Succeed, state: PchCase): Decision => {
  if (state.status === 'none') return notOpen(state)
  if (state.status === 'open') return refused('case_already_open', 'A closed case of this person was opened again at this moment. Work in that case.', { kind: 'conflict', rules: ['I2'] })
  if (state.succeededBy !== null) return state.succeededBy === nextCaseId ? [] : refused('case_succeeded', 'Another case of this person was opened at this moment. Look up which.', { kind: 'conflict', rules: ['I2'] })
  return [draft('CaseSucceeded', { caseId: state.opened.caseId, nextCaseId }, meta)]
}

export const pchCase: Decider<PchCase, CaseCommand> = {
  category: 'pchCase', initial, knows: CASE_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'OpenCase': return open(command, state)
      case 'ProposeLevel': return propose(command, state)
      case 'DeclineLevelProposal': return decline(command, state)
      case 'ApproveLevel': return approve(command, state)
      case 'AssignLevel': return assign(command, state)
      case 'ChangeLevel': return change(command, state)
      case 'ReviewLevel': return reviewLevel(command, state)
      case 'ContestLevel': return contest(command, state)
      case 'DecideLevelContest': return decideContest(command, state)
      case 'ApproveExit': return approveExit(command, state)
      case 'CloseCase': return close(command, state)
      case 'DeferCase': return defer(command, state)
      case 'ReopenCase': return reopen(command, state)
      case 'SucceedCase': return succeed(command, state)
    }
  },
}
