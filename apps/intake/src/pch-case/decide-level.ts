/** How the level of a case is proposed, approved, assigned, moved, looked at again and contested, and who approves an exit. Pure; a part of pch-case.ts. */
import { AGENCIES, PATTERNS, rankOf, STEP_DOWN_REASONS, type Agency, type ChangeReason, type CommandMeta, type Level, type LevelApprovedV1, type PanelMember } from '@chorus/contracts'
import { dayOf, isRefusal, refused, type Decision, type Refusal } from '@chorus/decider'
import { draft, BASIS_EXPUNGED, NO_LEVEL, NO_PROPOSAL, notOpen } from './answers'
import { againstReferences, FURTHER } from './references'
import type { Approve, Assign, Change, CloseFacts, Contest, DecideContest, Decline, Exit, GivenExit, PchCase, Propose, Review } from './pch-case'

const INDEX_TAKEN_BACK = refused('incident_retracted', 'The agency took its report of the index incident back. No level rests on it.', { rules: ['I1'] })

export const propose = ({ data: { facts, policyVersion, onlyIfNew }, meta }: Propose, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  const { policy, assessment } = facts
  if (policyVersion !== undefined && policyVersion !== policy.policyVersion) return refused('other_policy_in_force', `The policy in force is ${policy.policyVersion}. Look at it, then ask for the proposal again.`, { kind: 'conflict' })
  // On a case that has a level the policy proposes upwards, and only what follows from an offence after a notice: all else was before whoever decided it.
  const higher = state.level === null || (facts.afterNotice && assessment.level !== null && rankOf(assessment.level) > rankOf(state.level))
  if (!higher) return refused('level_already_assigned', 'This case has a level already. It is moved by changing the level, with the event that leads to it.', { rules: ['I3'] })
  if (!facts.incidentCurrent) return INDEX_TAKEN_BACK
  if (facts.basisExpunged) return BASIS_EXPUNGED
  if (facts.reviewedYears === null) return refused('history_not_reviewed', 'No criminal history has been reviewed for this case. Type in the review first.')
  if (facts.reviewedYears !== policy.lookbackYears) return refused('other_lookback', `The review looked back ${facts.reviewedYears} years; the policy in force counts ${policy.lookbackYears}. Type in a review over ${policy.lookbackYears} years.`)
  if (assessment.level === null) return refused('no_level_met', `The criteria of no level are met.${assessment.unknown.length > 0 ? ` Not decidable from what is recorded: ${assessment.unknown.join(', ')}.` : ''} Have the review of the history checked.`)
  const before = state.proposal
  const same = before?.level === assessment.level && before.policyHash === policy.hash && list(before.matched) === list(assessment.matched) && list(before.evidenceRefs) === list(facts.evidenceRefs)
  if (same && (before.declined ? onlyIfNew : list(before.unknown) === list(assessment.unknown))) return []
  return [draft('LevelProposed', {
    caseId: state.opened.caseId, level: assessment.level, rank: rankOf(assessment.level), matchedCriteria: [...assessment.matched], unknownCriteria: [...assessment.unknown],
    evidenceRefs: [...facts.evidenceRefs], policyHash: policy.hash,
  }, meta, { policyVersion: policy.policyVersion, basis: facts.basis })]
}

export const decline = ({ data, meta }: Decline, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  if (!state.proposal) return NO_PROPOSAL
  if (state.level !== null && rankOf(state.proposal.level) <= rankOf(state.level)) return refused('level_already_assigned', 'A person has assigned the level already: there is no proposal left to decline.', { rules: ['I3'] })
  if (state.proposal.declined) return []
  return [draft('LevelProposalDeclined', { caseId: state.opened.caseId, level: state.proposal.level, reasonCode: data.reasonCode }, meta)]
}

/** Each member approves under an account of his or her own: nobody can do it for another. */
export const approve = ({ data: { level, panelId }, meta }: Approve, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  if (state.level === null && !state.proposal) return NO_PROPOSAL
  if (state.level === level) return refused('level_unchanged', `The level is ${level} already.`)
  const member = memberOf(meta, membersOf(state.approvals, level, panelId))
  return 'again' in member ? [] : isRefusal(member) ? member : [draft('LevelApproved', { caseId: state.opened.caseId, level, panelId, ...member }, meta)]
}

/** Who approves, beside those who did before in the same matter and meeting. */
const memberOf = ({ actor: { id: memberId, agency } }: CommandMeta, before: readonly PanelMember[]): PanelMember | Refusal | { readonly again: true } => {
  if (!(AGENCIES as readonly string[]).includes(agency)) return refused('agency_not_on_panel', 'A panel is of the program\'s own agencies. Ask a member of one of them.', { rules: ['I4'] })
  if (!ACCOUNT.test(memberId)) return refused('account_not_a_name', 'The account of your token does not begin with a letter or a digit, so that it cannot stand on an approval. Ask for another account.')
  const own = before.filter((one) => one.memberId === memberId)
  if (own.some((one) => one.agency === agency)) return { again: true }
  if (own.length > 0) return refused('panel_member_twice', 'You have approved this for another agency. Each person sits for one agency.', { rules: ['I4'] })
  return { agency: agency as Agency, memberId }
}

/** A panel that met earlier has not seen what has moved the exit since, or what was told since of an offence before: its approvals do not count, and may be given anew. */
export const exitsOf = (exits: readonly GivenExit[], { exitFrom, offenseToldAt }: Pick<CloseFacts, 'exitFrom' | 'offenseToldAt'>, panelId: string | undefined): readonly GivenExit[] =>
  exits.filter((one) => one.panelId === panelId && [exitFrom, offenseToldAt].every((since) => since === null || Date.parse(one.at) >= Date.parse(since)))
export const beforeExit = (exitFrom: string | null, now: string): Refusal | null => {
  if (exitFrom === null) return refused('exit_not_in_policy', 'The policy in force does not say when somebody may leave (T-VAL). Have it say so first.')
  return Date.parse(now) >= Date.parse(exitFrom) ? null : refused('exit_too_early', `Nobody leaves, and no panel approves it, before the time without an offence that the policy names has passed: here on ${dayOf(exitFrom)}.`)
}
export const approveExit = ({ data: { panelId, facts }, meta }: Exit, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  const early = beforeExit(facts.exitFrom, meta.now)
  if (early) return early
  const member = memberOf(meta, exitsOf(state.exits, facts, panelId))
  return 'again' in member ? [] : isRefusal(member) ? member : [draft('ExitApproved', { caseId: state.opened.caseId, panelId, ...member }, meta, { basis: facts.basis })]
}

/** A level that stands: looked at, not left to age. */
export const reviewLevel = ({ data: { level }, meta }: Review, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  if (state.level === null) return NO_LEVEL
  if (state.level !== level) return refused('other_level', `The level of this case is ${state.level} by now. Look at it again.`, { kind: 'conflict' })
  return [draft('LevelReviewed', { caseId: state.opened.caseId, level }, meta)]
}

/** It stands until somebody decides. */
export const contest = ({ data: { by, ground }, meta }: Contest, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  if (state.level === null) return NO_LEVEL
  if (state.contest) return state.contest.by === by && state.contest.ground === ground ? [] : refused('contest_pending', 'The level is contested already, and nobody has decided that yet. Have it decided first.', { kind: 'conflict' })
  return [draft('LevelContested', { caseId: state.opened.caseId, by, ground }, meta)]
}

export const decideContest = ({ data: { outcome }, meta }: DecideContest, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  if (!state.contest) return refused('contest_missing', 'Nobody contests the level of this case, or that was decided already.')
  if (state.decidedBy.includes(meta.actor.id)) return refused('decided_by_yourself', 'You had a part in deciding this level. Somebody who had none decides on the contest.', { kind: 'forbidden' })
  return [draft('LevelContestDecided', { caseId: state.opened.caseId, outcome }, meta)]
}

export const assign = ({ data: { facts, ...body }, meta }: Assign, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  if (state.level !== null) return refused('level_already_assigned', `The level of this case was assigned already (${state.level}). It is moved by changing the level, with the event that leads to it.`, { kind: 'conflict', rules: ['I3'] })
  if (facts.basisExpunged) return BASIS_EXPUNGED
  if (!facts.incidentCurrent) return INDEX_TAKEN_BACK
  const { proposal } = state
  if (!proposal) return NO_PROPOSAL
  if (proposal.policyHash !== facts.policy.hash) return refused('proposal_outdated', `Another policy is in force since the proposal (${facts.policy.policyVersion}). Ask for a new proposal.`, { kind: 'conflict' })
  const differs = body.level !== proposal.level || proposal.declined
  if (differs && body.overrideReason === undefined) return refused('override_reason_missing', proposal.declined ? 'The proposal was declined. Say by overrideReason why this level is assigned, or ask for a new proposal.' : `The policy proposes ${proposal.level}. Say by overrideReason why ${body.level} is assigned instead.`)
  // Corrected since, taken back, or said to be somebody else's: nobody has seen what would be proposed by now.
  const { level: now, matched } = facts.assessment
  if (!differs && (now !== proposal.level || !proposal.matched.every((one) => matched.includes(one)))) return refused('proposal_outdated', `What is recorded has changed since the proposal: by now the policy proposes ${now === proposal.level ? `${now} for another reason` : now ?? 'no level'}. Ask for a new proposal, or assign a level of your own judgement, with overrideReason.`, { kind: 'conflict' })
  if (!differs && body.overrideReason !== undefined) return refused('nothing_overridden', `The policy proposes ${proposal.level} too: leave overrideReason out.`)
  const wrong = panelProblem(body.level, facts.panelAgencies, body.panelId, membersOf(state.approvals, body.level, body.panelId))
  if (wrong) return wrong
  return [draft('LevelAssigned', {
    caseId: state.opened.caseId, level: body.level, rank: rankOf(body.level), proposedLevel: proposal.level, ...(differs ? { overrideReason: body.overrideReason! } : {}),
    matchedCriteria: differs ? [] : [...proposal.matched], evidenceRefs: [...proposal.evidenceRefs], decidedBy: 'human', ...panelOf(body.panelId, membersOf(state.approvals, body.level, body.panelId)), policyHash: facts.policy.hash,
  }, meta, { policyVersion: facts.policy.policyVersion, basis: facts.basis })]
}

const DOWN_ONLY: readonly ChangeReason[] = ['PANEL_STEPDOWN', 'BASIS_EXPUNGED']
export const change = ({ data: { facts, ...body }, meta }: Change, state: PchCase): Decision => {
  if (state.status !== 'open') return notOpen(state)
  if (state.level === null) return NO_LEVEL
  const from = state.level
  if (from === body.to) return refused('level_unchanged', `The level is ${from} already.`)
  const down = rankOf(body.to) < rankOf(from)
  const mayGoDown = STEP_DOWN_REASONS.includes(body.reasonCode)
  if (down && !mayGoDown) return refused('level_moves_up_only', `From ${from} to ${body.to} is a step down. A level goes down only by panel (PANEL_STEPDOWN), correction or expungement.`, { rules: ['I5'] })
  if (!down && DOWN_ONLY.includes(body.reasonCode)) return refused('reason_does_not_fit', `From ${from} to ${body.to} is a step up: ${body.reasonCode} is no reason for it.`, { rules: ['I5'] })
  const wrong = againstReferences(body, facts, down) ?? tooFar(from, body, facts.matched) ?? panelProblem(body.to, body.reasonCode === 'PANEL_STEPDOWN' ? Math.max(2, facts.panelAgencies) : facts.panelAgencies, body.panelId, membersOf(state.approvals, body.to, body.panelId))
  if (wrong) return wrong
  return [draft('LevelChanged', {
    caseId: state.opened.caseId, from, to: body.to, rank: rankOf(body.to), triggerEventId: body.triggerEventId, matchedCriteria: [...facts.matched], evidenceRefs: body.evidenceRefs, reasonCode: body.reasonCode,
    decidedBy: 'human', ...panelOf(body.panelId, membersOf(state.approvals, body.to, body.panelId)), policyHash: facts.policy.hash,
  }, meta, { schemaVersion: 2, policyVersion: facts.policy.policyVersion, basis: facts.basis })]
}

/** One thing that is new leads one step up (§1.2): first arrest D to C, second C to B. More than that is by the criteria of the level. */
const tooFar = (from: Level, { to, reasonCode }: Pick<Change['data'], 'to' | 'reasonCode'>, matched: readonly string[]): Refusal | null =>
  rankOf(to) - rankOf(from) <= 1 || !FURTHER.includes(reasonCode) || matched.length > 0 ? null
    : refused('criteria_not_met', `From ${from} to ${to} is more than one step, and what is recorded meets none of the criteria of ${to}. Go one step; record what is missing, for instance a newer review of the history; or have a panel decide (PANEL_DECISION).`)

const ACCOUNT = new RegExp(PATTERNS.name, 'u')
/** Who has approved this level for this meeting. */
const membersOf = (approvals: readonly LevelApprovedV1[], level: Level, panelId: string | undefined): PanelMember[] =>
  approvals.filter((one) => one.level === level && one.panelId === panelId).map(({ agency, memberId }) => ({ agency, memberId }))
const panelOf = (panelId: string | undefined, members: PanelMember[]): { panelId?: string; panelMembers?: PanelMember[] } =>
  ({ ...(panelId === undefined ? {} : { panelId }), ...(members.length === 0 ? {} : { panelMembers: members }) })

/** I4: level A always needs two agencies, whatever the policy says; other levels what the policy says. */
export const panelProblem = (what: Level | 'exit', needed: number, panelId: string | undefined, members: readonly PanelMember[]): Refusal | null => {
  const agencies = what === 'A' ? Math.max(2, needed) : needed
  if (agencies === 0) return null
  const it = what === 'exit' ? 'the exit' : 'the level'
  if (panelId === undefined) return refused('panel_missing', `This needs the approvals of a panel of ${agencies} agencies. Have its members approve ${it}, then name the panel's meeting.`, { rules: ['I4'] })
  const sitting = new Set(members.map((member) => member.agency))
  if (sitting.size < agencies) return refused('panel_agencies_missing', `This needs approvals of at least ${agencies} agencies, each given by its own member; members of ${sitting.size} have approved ${it} for this meeting ${what === 'exit' ? 'since the person may leave and the last offence became known' : 'since the last proposal'}.`, { rules: ['I4'] })
  return null
}

const list = (texts: readonly string[]): string => JSON.stringify(texts)
