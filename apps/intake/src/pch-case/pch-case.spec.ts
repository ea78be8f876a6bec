import * as fc from 'fast-check'
import { CASE_REOPEN_REASONS, CLOSE_CODES, type AssignLevel, type CaseReopenReason, type ChangeLevel, type ChangeReason, type CloseCode, type DraftEvent, type Level, type PanelMember } from '@chorus/contracts'
import { isRefusal, type Decision } from '@chorus/decider'
import { given, metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { INCIDENT, OFFENDER, STRANGER, VICTIM } from '../testing/incident-report'
import { pchCase, type Approve, type Assign, type AssignFacts, type CaseCommand, type Change, type Close, type CloseFacts, type Contest, type DecideContest, type Decline, type Defer, type Exit, type LevelFacts, type Open, type OpenFacts, type Propose, type ProposeFacts, type Reopen, type ReopenFacts, type Review, type Succeed } from './pch-case'
import type { ReferenceFacts, Trigger } from './references'

const CASE = '018f0000-0000-7000-8000-000000000006'
const REFERRAL = '018f0000-0000-7000-8000-000000000002'
const NEXT = '018f0000-0000-7000-8000-000000000008'
const TRIGGER = '018f0000-0000-7000-8000-000000000007'
const HASH = 'a'.repeat(64)
const POLICY = { policyVersion: 'kc-ipvi-levels@1.0.0', hash: HASH, lookbackYears: 5 }
const PANEL: PanelMember[] = [{ agency: 'KCPD', memberId: 'sample-one' }, { agency: 'JCPO', memberId: 'sample-two' }]

const open = (facts: Partial<OpenFacts> = {}, subjectInIncident = OFFENDER): Open => ({
  type: 'OpenCase', meta: metaOf({ name: 'open' }),
  data: { referralId: REFERRAL, indexIncidentId: INCIDENT, subjectInIncident, facts: {
    caseId: CASE, count: 1, referral: { status: 'received', subjectRef: STRANGER, incidentIds: [INCIDENT] },
    incident: { status: 'known', relationshipConfirmed: true, aggressorRef: OFFENDER }, adultAtIndex: { answer: 'yes', from: 'BIRTH_DATE' },
    victimMinor: false, mayBecomeSubject: true, isAnother: false, otherOpen: false, closedBefore: [], basis: [{ stream: `incident-${INCIDENT}`, revision: 2 }], ...facts,
  } },
})
const propose = (facts: Partial<ProposeFacts> = {}, policyVersion?: string): Propose => ({
  type: 'ProposeLevel', meta: metaOf({ name: `propose ${JSON.stringify(facts)}` }),
  data: { ...(policyVersion ? { policyVersion } : {}), facts: {
    policy: POLICY, reviewedYears: 5, incidentCurrent: true, assessment: { level: 'C', matched: ['ipvArrestOrCharge.equals=1'], unknown: ['weaponUsedInIpv'] }, afterNotice: false,
    evidenceRefs: [`historyReview-${CASE}`, `incident-${INCIDENT}`], basis: [{ stream: `historyReview-${CASE}`, revision: 0 }], ...facts,
  } },
})
const facts = (panelAgencies = 0, hash = HASH): LevelFacts => ({ policy: { policyVersion: POLICY.policyVersion, hash }, panelAgencies, basis: [{ stream: 'policy-kc-ipvi-levels', revision: 0 }] })
/** What the record says is as it was proposed. */
const assign = (body: AssignLevel = { level: 'C' }, looked: Partial<AssignFacts> = {}): Assign => ({
  type: 'AssignLevel', meta: metaOf({ name: `assign ${JSON.stringify(body)}` }),
  data: { ...body, facts: { ...facts(), incidentCurrent: true, assessment: { level: body.level, matched: ['ipvArrestOrCharge.equals=1', 'ipvIncidentReport'], unknown: [] }, ...looked } },
})
const decline = (): Decline => ({ type: 'DeclineLevelProposal', meta: metaOf({ name: 'decline' }), data: { reasonCode: 'COUNTS_DISPUTED' } })
const ARREST: Trigger = { type: 'ArrestRecorded', data: {}, stands: true, arrest: false, holds: true, counted: false, afterNotice: true }
const change = (body: Partial<ChangeLevel> = {}, looked = facts(), references: Partial<ReferenceFacts> = {}): Change => ({
  type: 'ChangeLevel', meta: metaOf({ name: `change ${JSON.stringify(body)}` }),
  data: { to: 'B', triggerEventId: TRIGGER, evidenceRefs: [`incident-${INCIDENT}`], reasonCode: 'FURTHER_ARREST', ...body, facts: { ...looked, matched: ['ipvArrestOrCharge.atLeast=2'], unknown: [], expunged: [], basisExpunged: false, trigger: ARREST, ...references } },
})
const [KCPD, JCPO] = PANEL as [PanelMember, PanelMember]
const approve = (by: PanelMember, level: Level = 'A', panelId = 'panel-1'): Approve => {
  return { type: 'ApproveLevel', meta: byMember(by, `approve ${level} ${panelId}`), data: { level, panelId } }
}
const close = (code: CloseCode = 'MOVED', said: Partial<CloseFacts> = {}, panelId?: string): Close => ({
  type: 'CloseCase', meta: metaOf({ name: `close ${code}` }), data: { code, ...(panelId ? { panelId } : {}), facts: { referralExcluded: true, otherStays: true, basisExpunged: true, exitFrom: '2026-07-02T15:10:00.000Z', offenseToldAt: null, basis: [], ...said } },
})
const byMember = (by: PanelMember, name: string) => ({ ...metaOf({ name: `${name} ${JSON.stringify(by)}` }), actor: { id: by.memberId, role: 'panelMember', agency: by.agency } })
const exit = (by: PanelMember, panelId = 'panel-3', exitFrom: string | null = NOW, now = NOW): Exit => ({ type: 'ApproveExit', meta: { ...byMember(by, `exit ${panelId} ${now}`), now }, data: { panelId, facts: { exitFrom, offenseToldAt: null, basis: [] } } })
const review = (level: Level = 'C'): Review => ({ type: 'ReviewLevel', meta: metaOf({ name: `review ${level}` }), data: { level } })
const contest = (ground: 'COUNTS_WRONG' | 'NOT_THE_PERSON' = 'COUNTS_WRONG'): Contest => ({ type: 'ContestLevel', meta: metaOf({ name: `contest ${ground}` }), data: { by: 'COUNSEL', ground } })
const decideContest = (by: PanelMember, outcome: 'UPHELD' | 'TO_BE_CORRECTED' = 'UPHELD'): DecideContest => ({ type: 'DecideLevelContest', meta: byMember(by, `decide ${outcome}`), data: { outcome } })
const defer = (until = '2026-10-01'): Defer => ({ type: 'DeferCase', meta: metaOf({ name: `defer ${until}` }), data: { until } })
const KNOWN: OpenFacts['incident'] = { status: 'known', relationshipConfirmed: true, aggressorRef: OFFENDER }
const reopen = (reasonCode: CaseReopenReason = 'RETURNED', said: Partial<ReopenFacts> = {}, subjectInIncident: string | undefined = OFFENDER): Reopen => ({
  type: 'ReopenCase', meta: metaOf({ name: `reopen ${reasonCode}` }),
  data: { reasonCode, ...(subjectInIncident ? { subjectInIncident } : {}), facts: { otherOpen: false, referralExcluded: false, incident: KNOWN, basisExpunged: false, victimMinor: false, mayBecomeSubject: true, isAnother: false, closedBefore: [], basis: [], ...said } },
})
const succeed = (nextCaseId = NEXT): Succeed => ({ type: 'SucceedCase', meta: metaOf({ name: `succeed ${nextCaseId}` }), data: { nextCaseId } })

const first = (command: CaseCommand, ...before: DraftEvent[]): DraftEvent => given(pchCase, ...before).when(command).then({ type: EVENT[command.type] })[0]!
const EVENT = { OpenCase: 'CaseOpened', ProposeLevel: 'LevelProposed', DeclineLevelProposal: 'LevelProposalDeclined', ApproveLevel: 'LevelApproved', AssignLevel: 'LevelAssigned', ChangeLevel: 'LevelChanged', CloseCase: 'CaseClosed', DeferCase: 'CaseDeferred', ReopenCase: 'CaseReopened', SucceedCase: 'CaseSucceeded', ApproveExit: 'ExitApproved', ReviewLevel: 'LevelReviewed', ContestLevel: 'LevelContested', DecideLevelContest: 'LevelContestDecided' } as const
const opened = first(open())
const proposed = first(propose(), opened)
const declined = first(decline(), opened, proposed)
const assigned = first(assign(), opened, proposed)

describe('a case is opened', () => {
  it('on a confirmed relationship and a determined aggressor, with what the decision had seen', () => {
    given(pchCase).when(open()).then({ type: 'CaseOpened', data: { caseId: CASE, subjectRef: STRANGER, indexIncidentId: INCIDENT, count: 1, subjectAdultAtIndex: true, adultBasis: 'BIRTH_DATE' }, basis: [{ stream: `incident-${INCIDENT}`, revision: 2 }] })
  })
  it('never tells which person of the incident the subject is', () => { expect(JSON.stringify(opened)).not.toContain(OFFENDER) })

  describe('I1: relationship confirmed, primary aggressor determined, and the subject is the aggressor', () => {
    const known = { status: 'known', relationshipConfirmed: true, aggressorRef: OFFENDER } as const
    it('refuses without a confirmed relationship', () => { given(pchCase).when(open({ incident: { ...known, relationshipConfirmed: false } })).refused('relationship_not_confirmed', 'I1') })
    it('refuses without a determined aggressor', () => { given(pchCase).when(open({ incident: { ...known, aggressorRef: null } })).refused('aggressor_not_determined', 'I1') })
    it('refuses where another is the aggressor', () => { given(pchCase).when(open({}, VICTIM)).refused('subject_not_aggressor', 'I1') })
    it('refuses on a report that was taken back, or has not come', () => {
      given(pchCase).when(open({ incident: { ...known, status: 'retracted' } })).refused('incident_retracted', 'I1')
      expect(given(pchCase).when(open({ incident: { ...known, status: 'unknown' } })).refused('incident_unknown').kind).toBe('not-found')
    })
  })

  it('I2: a person has one open case', () => { expect(given(pchCase, opened).when(open()).refused('case_already_open', 'I2').kind).toBe('conflict') })
  it('I2: a stream whose case was closed takes no second one', () => { given(pchCase, opened, first(close(), opened)).when(open()).refused('case_closed', 'I2') })
  it('I6: the subject was an adult at the index incident, and that is known', () => {
    given(pchCase).when(open({ adultAtIndex: { answer: 'no', from: 'BIRTH_DATE' } })).refused('subject_minor', 'I6')
    given(pchCase).when(open({ adultAtIndex: { answer: 'unknown', from: 'REPORTED_AGE' } })).refused('age_unknown', 'I6')
  })
  it('the victim was no minor; where she was, it says where the referral goes instead', () => {
    expect(given(pchCase).when(open({ victimMinor: true })).refused('victim_minor').text).toMatch(/VICTIM_MINOR.*CHILD_PROTECTION, YOUTH_SERVICES/)
  })
  it('I7: the subject is no victim of record of the pair, unless that was reviewed', () => { given(pchCase).when(open({ mayBecomeSubject: false })).refused('victim_of_record', 'I7') })
  it('on a referral that is there, stands, and names the incident', () => {
    const referral = { status: 'received', subjectRef: STRANGER, incidentIds: [INCIDENT] } as const
    given(pchCase).when(open({ referral: { ...referral, status: 'none' } })).refused('referral_unknown')
    given(pchCase).when(open({ referral: { ...referral, status: 'excluded' } })).refused('referral_excluded')
    given(pchCase).when(open({ referral: { ...referral, status: 'deferred' } })).refused('referral_deferred')
    given(pchCase).when(open({ referral: { ...referral, incidentIds: [] } })).refused('incident_not_in_referral')
  })
})

describe('the policy proposes a level', () => {
  it('with its version and hash, the criteria that were met, those that were not decidable, and the evidence', () => {
    given(pchCase, opened).when(propose()).then({
      type: 'LevelProposed', policyVersion: 'kc-ipvi-levels@1.0.0', basis: [{ stream: `historyReview-${CASE}`, revision: 0 }],
      data: { caseId: CASE, level: 'C', rank: 2, matchedCriteria: ['ipvArrestOrCharge.equals=1'], unknownCriteria: ['weaponUsedInIpv'], evidenceRefs: [`historyReview-${CASE}`, `incident-${INCIDENT}`], policyHash: HASH },
    })
  })
  it('needs a reviewed history over the policy\'s years, a standing report, and a level that is met', () => {
    given(pchCase, opened).when(propose({ reviewedYears: null })).refused('history_not_reviewed')
    given(pchCase, opened).when(propose({ reviewedYears: 3 })).refused('other_lookback')
    given(pchCase, opened).when(propose({ incidentCurrent: false })).refused('incident_retracted')
    expect(given(pchCase, opened).when(propose({ assessment: { level: null, matched: [], unknown: ['strangulation.charged=true'] } })).refused('no_level_met').text).toContain('strangulation.charged=true')
  })
  it('is the policy that the analyst looked at', () => { given(pchCase, opened).when(propose({}, 'kc-ipvi-levels@0.9.0')).refused('other_policy_in_force') })
  it('once; what changed in between is a new proposal, and so is one after a declined one', () => {
    given(pchCase, opened, proposed).when(propose()).nothing()
    given(pchCase, opened, proposed).when(propose({ assessment: { level: 'B', matched: ['ipvArrestOrCharge.atLeast=2'], unknown: [] } })).then({ type: 'LevelProposed', data: { level: 'B' } })
    given(pchCase, opened, proposed, declined).when(propose()).then({ type: 'LevelProposed' })
  })
  it('unasked, a declined one comes back where level, criteria, evidence or policy is another, and not otherwise', () => {
    const unasked = (facts: Partial<ProposeFacts> = {}): Propose => { const command = propose(facts); return { ...command, data: { ...command.data, onlyIfNew: true } } }
    given(pchCase, opened, proposed, declined).when(unasked()).nothing()
    given(pchCase, opened, proposed, declined).when(unasked({ evidenceRefs: [`historyReview-${CASE}`] })).then({ type: 'LevelProposed' })
    given(pchCase, opened, proposed, declined).when(unasked({ assessment: { level: 'B', matched: ['ipvArrestOrCharge.atLeast=2'], unknown: [] } })).then({ type: 'LevelProposed', data: { level: 'B' } })
  })
  it('can be declined while no level is assigned', () => {
    given(pchCase, opened).when(decline()).refused('proposal_missing')
    given(pchCase, opened, proposed, declined).when(decline()).nothing()
    given(pchCase, opened, proposed, assigned).when(decline()).refused('level_already_assigned', 'I3')
  })
})

describe('a person assigns the level', () => {
  it('as proposed, naming policy, criteria and evidence', () => {
    given(pchCase, opened, proposed).when(assign()).then({
      type: 'LevelAssigned', policyVersion: 'kc-ipvi-levels@1.0.0', basis: [{ stream: 'policy-kc-ipvi-levels', revision: 0 }],
      data: { level: 'C', rank: 2, proposedLevel: 'C', matchedCriteria: ['ipvArrestOrCharge.equals=1'], evidenceRefs: [`historyReview-${CASE}`, `incident-${INCIDENT}`], decidedBy: 'human', policyHash: HASH },
    })
  })
  it('otherwise than proposed only with a reason, and then claims no criteria', () => {
    given(pchCase, opened, proposed).when(assign({ level: 'B' })).refused('override_reason_missing')
    given(pchCase, opened, proposed).when(assign({ level: 'B', overrideReason: 'PANEL_JUDGEMENT' })).then({ type: 'LevelAssigned', data: { level: 'B', rank: 3, proposedLevel: 'C', overrideReason: 'PANEL_JUDGEMENT', matchedCriteria: [] } })
    given(pchCase, opened, proposed).when(assign({ level: 'C', overrideReason: 'PANEL_JUDGEMENT' })).refused('nothing_overridden')
    given(pchCase, opened, proposed, declined).when(assign({ level: 'C' })).refused('override_reason_missing')
  })
  it('only on a proposal of the policy in force', () => {
    given(pchCase, opened).when(assign()).refused('proposal_missing')
    given(pchCase, opened, proposed).when(assign({ level: 'C' }, facts(0, 'b'.repeat(64)))).refused('proposal_outdated')
    given(pchCase, opened, proposed).when(assign({ level: 'C' }, { basisExpunged: true })).refused('basis_expunged')
  })
  it.each<[string, AssignFacts['assessment']]>([
    ['another level', { level: 'D', matched: ['ipvIncidentReport'], unknown: [] }], ['no level', { level: null, matched: [], unknown: ['ipvArrestOrCharge.equals=1'] }], ['this level for another reason', { level: 'C', matched: ['another'], unknown: [] }],
  ])('not as proposed where the record was corrected since, so that it says %s; who overrides it says why', (_, assessment) => {
    expect(given(pchCase, opened, proposed).when(assign({ level: 'C' }, { assessment })).refused('proposal_outdated').kind).toBe('conflict')
    given(pchCase, opened, proposed).when(assign({ level: 'D', overrideReason: 'PANEL_JUDGEMENT' }, { assessment })).then({ type: 'LevelAssigned' })
  })
  it('not on an index report that was taken back since, whoever decides it', () => {
    given(pchCase, opened, proposed).when(assign({ level: 'C' }, { incidentCurrent: false })).refused('incident_retracted', 'I1')
    given(pchCase, opened, proposed).when(assign({ level: 'D', overrideReason: 'PANEL_JUDGEMENT' }, { incidentCurrent: false })).refused('incident_retracted', 'I1')
  })
  it('I3: once in an open period', () => { given(pchCase, opened, proposed, assigned).when(assign({ level: 'D', overrideReason: 'SAFETY_CONCERN' })).refused('level_already_assigned', 'I3') })

  describe('I4: level A needs the approvals of two people of two agencies', () => {
    const before = [opened, proposed]
    const approved = (...by: Approve[]): DraftEvent[] => by.reduce((events, one) => [...events, first(one, ...before, ...events)], [] as DraftEvent[])
    const a = assign({ level: 'A', overrideReason: 'PANEL_JUDGEMENT', panelId: 'panel-1' })
    it('also where a policy forgot to say so', () => { given(pchCase, ...before).when(assign({ level: 'A', overrideReason: 'PANEL_JUDGEMENT' })).refused('panel_missing', 'I4') })
    it('each under an account of its own, whose agency and name the event bears', () => {
      given(pchCase, ...before).when(approve(JCPO)).then({ type: 'LevelApproved', data: { caseId: CASE, level: 'A', panelId: 'panel-1', agency: 'JCPO', memberId: 'sample-two' } })
      given(pchCase, ...before, ...approved(approve(JCPO))).when(approve(JCPO)).nothing()
    })
    it('not of nobody, nor of one, nor of two of one agency', () => {
      for (const by of [[], [approve(KCPD)], [approve(KCPD), approve({ agency: 'KCPD', memberId: 'sample-three' })]]) given(pchCase, ...before, ...approved(...by)).when(a).refused('panel_agencies_missing', 'I4')
    })
    it('not of one person for two agencies', () => { given(pchCase, ...before, ...approved(approve(KCPD))).when(approve({ agency: 'JCPO', memberId: KCPD.memberId })).refused('panel_member_twice', 'I4') })
    it('not of an agency that only feeds records in', () => { given(pchCase, ...before).when(approve({ agency: 'MOZZ99900' as PanelMember['agency'], memberId: 'feed' })).refused('agency_not_on_panel', 'I4') })
    it('not under an account that no event can bear', () => { given(pchCase, ...before).when(approve({ agency: 'JCPO', memberId: '-' })).refused('account_not_a_name') })
    it('not for another level, nor of another meeting', () => {
      for (const other of [approve(JCPO, 'B'), approve(JCPO, 'A', 'panel-0')]) given(pchCase, ...before, ...approved(approve(KCPD), other)).when(a).refused('panel_agencies_missing', 'I4')
    })
    it('and is then assigned, with who has approved it', () => { given(pchCase, ...before, ...approved(approve(KCPD), approve(JCPO))).when(a).then({ type: 'LevelAssigned', data: { level: 'A', rank: 4, panelId: 'panel-1', panelMembers: PANEL } }) })
    it('given since the proposal: what was approved before it is void', () => {
      const again = first(propose({ assessment: { level: 'B', matched: ['ipvArrestOrCharge.atLeast=2'], unknown: [] } }), ...before)
      given(pchCase, ...before, ...approved(approve(KCPD), approve(JCPO)), again).when(a).refused('panel_agencies_missing', 'I4')
    })
    it('a policy may ask for more', () => { given(pchCase, ...before, ...approved(approve(KCPD), approve(JCPO))).when(assign({ level: 'A', overrideReason: 'PANEL_JUDGEMENT', panelId: 'panel-1' }, facts(3))).refused('panel_agencies_missing', 'I4') })
    it('on a proposal, and of a level that the case has not', () => {
      given(pchCase, opened).when(approve(KCPD)).refused('proposal_missing')
      given(pchCase, ...before, assigned).when(approve(KCPD, 'C')).refused('level_unchanged')
    })
  })
})

describe('the level is changed', () => {
  /** on a case of level C */
  const decided = (command: Change): Decision => pchCase.decide(command, given(pchCase, opened, proposed, assigned).state)
  const panel = (level: Level): DraftEvent[] => {
    const one = first(approve(KCPD, level, 'panel-2'), opened, proposed, assigned)
    return [one, first(approve(JCPO, level, 'panel-2'), opened, proposed, assigned, one)]
  }
  it('upwards by a named event, with evidence', () => {
    given(pchCase, opened, proposed, assigned).when(change()).then({ type: 'LevelChanged', schemaVersion: 2, data: { from: 'C', to: 'B', rank: 3, triggerEventId: TRIGGER, matchedCriteria: ['ipvArrestOrCharge.atLeast=2'], reasonCode: 'FURTHER_ARREST', decidedBy: 'human' } })
    given(pchCase, opened, proposed, assigned).when(change({ evidenceRefs: [] })).refused('evidence_missing')
  })
  it('never on an event or a record that is not known here as of this person: each is named', () => {
    const refusal = given(pchCase, opened, proposed, assigned).when(change({}, facts(), { unknown: ['triggerEventId', 'evidenceRefs[1]'], trigger: null }))
    refusal.refused('reference_unknown')
    expect(decided(change({}, facts(), { unknown: ['triggerEventId', 'evidenceRefs[1]'], trigger: null }))).toMatchObject({ text: expect.stringContaining('triggerEventId, evidenceRefs[1]') as string })
  })
  it.each<[ChangeReason, string, object, boolean, boolean]>([
    ['FURTHER_ARREST', 'IncidentReported', {}, true, true], ['FURTHER_ARREST', 'IncidentReported', {}, false, false], ['FIRST_ARREST', 'CustodyStatusChanged', { status: 'IN', reason: 'ARREST' }, false, true], ['FIRST_ARREST', 'CustodyStatusChanged', { status: 'OUT', reason: 'BOND' }, false, false],
    ['FURTHER_ARREST', 'ChargingDecisionMade', { decision: 'FILED' }, false, true], ['FURTHER_ARREST', 'ChargingDecisionMade', { decision: 'DECLINED' }, false, false], ['FIRST_ARREST', 'CriminalHistoryReviewed', { counts: { ipvArrests: 1, ipvCharges: 0 } }, false, true], ['FIRST_ARREST', 'CriminalHistoryReviewed', { counts: { ipvArrests: 0, ipvCharges: 0 } }, false, false],
    ['FURTHER_ARREST', 'ReferralReceived', {}, false, false], ['PROHIBITED_BEHAVIOR', 'ProtectionOrderStatusChanged', { status: 'VIOLATED', respondent: 'SUBJECT' }, false, true], ['PROHIBITED_BEHAVIOR', 'ProtectionOrderStatusChanged', { status: 'VIOLATED', respondent: 'PARTNER' }, false, false],
    ['PROHIBITED_BEHAVIOR', 'IncidentLinkedToCase', { side: 'REFERRED' }, true, true], ['PROHIBITED_BEHAVIOR', 'IncidentLinkedToCase', { side: 'REFERRED' }, false, false], ['PROHIBITED_BEHAVIOR', 'SupervisionComplianceReported', { compliance: 'VIOLATION' }, false, true], ['PROHIBITED_BEHAVIOR', 'SupervisionComplianceReported', { compliance: 'COMPLIANT' }, false, false],
    ['PROHIBITED_BEHAVIOR', 'LevelProposed', { level: 'B' }, false, true], ['PROHIBITED_BEHAVIOR', 'LevelProposed', { level: 'C' }, false, false], ['PANEL_DECISION', 'ReferralReceived', {}, false, true], ['CORRECTION', 'PersonIdentitiesUnlinked', {}, false, true], ['BASIS_EXPUNGED', 'RecordAccessRestricted', {}, false, true], ['BASIS_EXPUNGED', 'ReferralReceived', {}, false, false], ['BASIS_EXPUNGED', 'EventRetracted', {}, false, true],
    ['BASIS_EXPUNGED', 'ChargingDecisionMade', { decision: 'FILED' }, false, false], ['BASIS_EXPUNGED', 'ChargingDecisionMade', { decision: 'DECLINED' }, false, false], ['BASIS_EXPUNGED', 'DispositionEntered', { results: ['GUILTY'] }, false, false], ['BASIS_EXPUNGED', 'DispositionEntered', { results: ['NOLLE', 'SIS'] }, false, false], ['BASIS_EXPUNGED', 'DispositionEntered', { results: ['NOLLE', 'DISMISSED'] }, false, true],
  ])('%s by %s %j (an arrest: %s): %s', (reasonCode, type, data, arrest, leads) => {
    const answer = decided(change({ to: reasonCode === 'BASIS_EXPUNGED' ? 'D' : 'B', reasonCode }, facts(), { trigger: { ...ARREST, type, data, arrest } }))
    expect(isRefusal(answer) ? answer.refused : 'changed').toBe(leads ? 'changed' : 'trigger_does_not_fit')
  })
  it.each<[ChangeReason, Level, string, object]>([['BASIS_EXPUNGED', 'D', 'RecordAccessRestricted', {}], ['BASIS_EXPUNGED', 'D', 'DispositionEntered', { results: ['NOLLE'] }], ['FURTHER_ARREST', 'B', 'LevelProposed', { level: 'B' }], ['PROHIBITED_BEHAVIOR', 'B', 'LevelProposed', { level: 'B' }]])('%s to %s not by %s that lasts no more', (reasonCode, to, type, data) => {
    given(pchCase, opened, proposed, assigned).when(change({ reasonCode, to }, facts(), { trigger: { ...ARREST, type, data, holds: false } })).refused('trigger_does_not_fit')
  })
  it('not upwards on what a court ordered closed, whatever the reason; downwards that may be named', () => {
    for (const reasonCode of ['FURTHER_ARREST', 'PANEL_DECISION', 'CORRECTION'] as const) {
      given(pchCase, opened, proposed, assigned).when(change({ reasonCode }, facts(), { expunged: ['evidenceRefs[0]'] })).refused('reference_expunged')
      given(pchCase, opened, proposed, assigned).when(change({ reasonCode }, facts(), { basisExpunged: true })).refused('basis_expunged')
    }
    expect(decided(change({}, facts(), { expunged: ['triggerEventId', 'evidenceRefs[0]'] }))).toMatchObject({ text: expect.stringContaining('triggerEventId, evidenceRefs[0]') as string })
    given(pchCase, opened, proposed, assigned).when(change({ to: 'D', reasonCode: 'CORRECTION' }, facts(), { expunged: ['triggerEventId'], basisExpunged: true })).then({ type: 'LevelChanged' })
  })
  it('an arrest on which the level rests already is no further one; a panel may decide on it, and it may lower', () => {
    for (const reasonCode of ['FIRST_ARREST', 'FURTHER_ARREST', 'PROHIBITED_BEHAVIOR'] as const) given(pchCase, opened, proposed, assigned).when(change({ reasonCode }, facts(), { trigger: { ...ARREST, counted: true } })).refused('trigger_counted')
    given(pchCase, opened, proposed, assigned).when(change({ reasonCode: 'PANEL_DECISION' }, facts(), { trigger: { ...ARREST, counted: true } })).then({ type: 'LevelChanged' })
    given(pchCase, opened, proposed, assigned).when(change({ to: 'D', reasonCode: 'CORRECTION' }, facts(), { trigger: { ...ARREST, counted: true, afterNotice: false } })).then({ type: 'LevelChanged' })
  })
  it('what is new leads one step; further up it is the criteria of the level, or a panel', () => {
    const low = first(assign({ level: 'D', overrideReason: 'PANEL_JUDGEMENT' }), opened, proposed)
    const jump = (body: Partial<ChangeLevel>, matched: string[] = []): Change => { const { data, ...said } = change({ to: 'B', ...body }); return { ...said, data: { ...data, facts: { ...data.facts, matched } } } }
    for (const reasonCode of ['FIRST_ARREST', 'FURTHER_ARREST', 'PROHIBITED_BEHAVIOR'] as const) {
      given(pchCase, opened, proposed, low).when(jump({ reasonCode })).refused('criteria_not_met')
      given(pchCase, opened, proposed, low).when(jump({ reasonCode, to: 'C' })).then({ type: 'LevelChanged' })
      given(pchCase, opened, proposed, low).when(jump({ reasonCode }, ['ipvArrestOrCharge.atLeast=2.years=5'])).then({ type: 'LevelChanged' })
    }
    given(pchCase, opened, proposed, low).when(jump({ reasonCode: 'PANEL_DECISION' })).then({ type: 'LevelChanged' })
  })
  it('a prohibited behaviour is one after notice alone; an arrest counts without', () => {
    given(pchCase, opened, proposed, assigned).when(change({ reasonCode: 'PROHIBITED_BEHAVIOR' }, facts(), { trigger: { ...ARREST, afterNotice: false } })).refused('not_after_notice')
    given(pchCase, opened, proposed, assigned).when(change({}, facts(), { trigger: { ...ARREST, afterNotice: false } })).then({ type: 'LevelChanged' })
  })
  it('an expungement only lowers', () => { given(pchCase, opened, proposed, assigned).when(change({ reasonCode: 'BASIS_EXPUNGED' }, facts(), { trigger: { ...ARREST, type: 'RecordAccessRestricted' } })).refused('reason_does_not_fit', 'I5') })
  it('upwards only by what nobody has taken back or corrected since', () => {
    given(pchCase, opened, proposed, assigned).when(change({}, facts(), { trigger: { ...ARREST, stands: false } })).refused('trigger_replaced')
    given(pchCase, opened, proposed, assigned).when(change({ to: 'D', reasonCode: 'CORRECTION' }, facts(), { trigger: { ...ARREST, stands: false } })).then({ type: 'LevelChanged' })
    given(pchCase, opened, proposed, assigned, ...panel('D')).when(change({ to: 'D', reasonCode: 'PANEL_STEPDOWN', panelId: 'panel-2' }, facts(), { trigger: { ...ARREST, stands: false } })).then({ type: 'LevelChanged' })
    const PROPOSAL: Trigger = { ...ARREST, type: 'LevelProposed', data: { level: 'B' } }
    for (const [matched, answer] of [[[], 'trigger_replaced'], [['prohibitedBehaviorAfterNotice.levels=D+C'], 'changed']] as const) {
      const { data, ...said } = change({ reasonCode: 'PROHIBITED_BEHAVIOR' }, facts(), { trigger: PROPOSAL })
      const is = decided({ ...said, data: { ...data, facts: { ...data.facts, matched } } })
      expect(isRefusal(is) ? is.refused : 'changed').toBe(answer)
    }
    given(pchCase, opened, proposed, assigned).when(change({ reasonCode: 'PANEL_DECISION' }, facts(), { trigger: { ...ARREST, stands: false } })).refused('trigger_replaced')
  })
  it('I5: never downwards but by panel, correction or expungement; D is the lowest, A the highest', () => {
    given(pchCase, opened, proposed, assigned).when(change({ to: 'D' })).refused('level_moves_up_only', 'I5')
    given(pchCase, opened, proposed, assigned).when(change({ to: 'D', reasonCode: 'CORRECTION' })).then({ type: 'LevelChanged', data: { from: 'C', to: 'D', rank: 1 } })
    given(pchCase, opened, proposed, assigned).when(change({ to: 'D', reasonCode: 'PANEL_STEPDOWN' })).refused('panel_missing')
    given(pchCase, opened, proposed, assigned).when(change({ to: 'D', reasonCode: 'PANEL_STEPDOWN', panelId: 'panel-2' })).refused('panel_agencies_missing', 'I4')
    given(pchCase, opened, proposed, assigned, ...panel('D')).when(change({ to: 'D', reasonCode: 'PANEL_STEPDOWN', panelId: 'panel-2' })).then({ type: 'LevelChanged', data: { panelMembers: PANEL } })
    given(pchCase, opened, proposed, assigned, ...panel('B')).when(change({ to: 'B', reasonCode: 'PANEL_STEPDOWN', panelId: 'panel-2' })).refused('reason_does_not_fit', 'I5')
  })
  it('to A by a panel of two agencies', () => {
    given(pchCase, opened, proposed, assigned).when(change({ to: 'A' })).refused('panel_missing', 'I4')
    const changed = given(pchCase, opened, proposed, assigned, ...panel('A')).when(change({ to: 'A', panelId: 'panel-2' })).then({ type: 'LevelChanged', data: { to: 'A', rank: 4, panelId: 'panel-2', panelMembers: PANEL } })
    // Spent: the next change has approvals of its own.
    expect(given(pchCase, opened, proposed, assigned, ...panel('A'), ...changed).state).toMatchObject({ level: 'A', approvals: [] })
  })
  it('only after it was assigned, and to another one', () => {
    given(pchCase, opened, proposed).when(change()).refused('level_not_assigned', 'I3')
    given(pchCase, opened, proposed, assigned).when(change({ to: 'C' })).refused('level_unchanged')
  })
  it('remembers the highest level ever', () => {
    const up = first(change(), opened, proposed, assigned)
    const down = first(change({ to: 'D', reasonCode: 'CORRECTION' }), opened, proposed, assigned, up)
    expect(given(pchCase, opened, proposed, assigned, up, down).state).toMatchObject({ level: 'D', maxLevelEver: 'B' })
  })
})

describe('a case is closed', () => {
  it('once, and then decides nothing more', () => {
    const closed = first(close(), opened)
    given(pchCase, opened, closed).when(close()).nothing()
    given(pchCase, opened, closed).when(close('DECEASED')).refused('case_closed')
    for (const command of [propose(), decline(), approve(KCPD), assign(), change(), defer(), exit(KCPD), review(), contest(), decideContest(KCPD)]) given(pchCase, opened, closed).when(command).refused('case_closed')
  })
  it('of a case that is there', () => {
    for (const command of [propose(), decline(), approve(KCPD), assign(), change(), close(), defer(), reopen(), succeed(), exit(KCPD), review(), contest(), decideContest(KCPD)]) expect(given(pchCase).when(command).refused('case_unknown').kind).toBe('not-found')
  })
})

describe('a case is closed with the code that the record bears out', () => {
  it.each([['EXCLUDED_LATER', { referralExcluded: false }, 'referral_not_excluded'], ['MERGED', { otherStays: false }, 'no_other_case'], ['BASIS_EXPUNGED', { basisExpunged: false }, 'basis_not_expunged']] as const)('%s', (code, said, refusal) => {
    given(pchCase, opened).when(close(code, said)).refused(refusal)
    given(pchCase, opened).when(close(code)).then({ type: 'CaseClosed', data: { code } })
  })
})

/** Two of two agencies approve the exit. */
const panelExit = (): DraftEvent[] => { const one = first(exit(KCPD), opened, proposed, assigned); return [one, first(exit(JCPO), opened, proposed, assigned, one)] }

describe('the program is left by panel', () => {
  const before = [opened, proposed, assigned]
  it('once the time without an offence has passed, with the approvals of two people of two agencies', () => {
    given(pchCase, ...before, ...panelExit()).when(close('EXIT_24M', {}, 'panel-3')).then({ type: 'CaseClosed', data: { code: 'EXIT_24M' } })
    const refused = given(pchCase, ...before, ...panelExit()).when(close('EXIT_24M', { exitFrom: '2026-07-02T15:10:00.001Z' }, 'panel-3')).refused('exit_too_early')
    expect(refused.text).toContain('2026-07-02')
    given(pchCase, ...before, ...panelExit()).when(close('EXIT_24M', { exitFrom: null }, 'panel-3')).refused('exit_not_in_policy')
  })
  it('not without a panel, of one agency, of another meeting, or approved before the level it now has', () => {
    given(pchCase, ...before, ...panelExit()).when(close('EXIT_24M')).refused('panel_missing', 'I4')
    given(pchCase, ...before, first(exit(KCPD), ...before)).when(close('EXIT_24M', {}, 'panel-3')).refused('panel_agencies_missing', 'I4')
    given(pchCase, ...before, ...panelExit()).when(close('EXIT_24M', {}, 'panel-4')).refused('panel_agencies_missing', 'I4')
    given(pchCase, ...before, ...panelExit(), first(change(), ...before, ...panelExit())).when(close('EXIT_24M', {}, 'panel-3')).refused('panel_agencies_missing', 'I4')
  })
  it('not with approvals from before an offence that has moved the exit; the same panel may approve anew', () => {
    const [moved, then] = ['2028-09-01T12:00:00.000Z', '2028-09-02T12:00:00.000Z']
    const closeThen = (): Close => { const one = close('EXIT_24M', { exitFrom: moved }, 'panel-3'); return { ...one, meta: { ...one.meta, now: then } } }
    given(pchCase, ...before, ...panelExit()).when(closeThen()).refused('panel_agencies_missing', 'I4')
    const one = first(exit(KCPD, 'panel-3', moved, then), ...before, ...panelExit())
    given(pchCase, ...before, ...panelExit(), one).when(closeThen()).refused('panel_agencies_missing', 'I4')
    given(pchCase, ...before, ...panelExit(), one, first(exit(JCPO, 'panel-3', moved, then), ...before, ...panelExit(), one)).when(closeThen()).then({ type: 'CaseClosed' })
  })
  it('not with approvals from before an older offence was told: the panel had not seen it', () => {
    given(pchCase, ...before, ...panelExit()).when(close('EXIT_24M', { offenseToldAt: '2026-07-02T15:10:00.001Z' }, 'panel-3')).refused('panel_agencies_missing', 'I4')
  })
  it('nobody approves it before its time', () => {
    expect(given(pchCase, ...before).when(exit(KCPD, 'panel-3', '2028-09-01T12:00:00.000Z')).refused('exit_too_early').text).toContain('2028-09-01')
    given(pchCase, ...before).when(exit(KCPD, 'panel-3', null)).refused('exit_not_in_policy')
  })
  it('each member once, for one agency', () => {
    given(pchCase, ...before, first(exit(KCPD), ...before)).when(exit(KCPD)).nothing()
    given(pchCase, ...before, first(exit(KCPD), ...before)).when(exit({ agency: 'JCPO', memberId: KCPD.memberId })).refused('panel_member_twice', 'I4')
  })
})

describe('after an offence that followed a notice', () => {
  const offended = (one: Level) => propose({ assessment: { level: one, matched: ['prohibitedBehaviorAfterNotice.levels=D+C'], unknown: [] }, afterNotice: true })
  const again = first(offended('B'), opened, proposed, assigned)
  it('a higher level is proposed on a case that has one; a person moves it, or declines', () => {
    expect(given(pchCase, opened, proposed, assigned, again).state).toMatchObject({ level: 'C', proposal: { level: 'B', declined: false } })
    given(pchCase, opened, proposed, assigned, again).when(change({ reasonCode: 'PROHIBITED_BEHAVIOR' })).then({ type: 'LevelChanged', data: { to: 'B' } })
    given(pchCase, opened, proposed, assigned, again).when(decline()).then({ type: 'LevelProposalDeclined', data: { level: 'B' } })
    given(pchCase, opened, proposed, assigned, again, first(change(), opened, proposed, assigned, again)).when(decline()).refused('level_already_assigned', 'I3')
  })
  it('neither the same level nor a lower one, and nothing without a notice before it', () => {
    for (const one of ['C', 'D'] as const) given(pchCase, opened, proposed, assigned).when(offended(one)).refused('level_already_assigned', 'I3')
    given(pchCase, opened, proposed, assigned).when(propose({ assessment: { level: 'B', matched: [], unknown: [] } })).refused('level_already_assigned', 'I3')
  })
  it('what a panel approved before is void: it had not seen the offence', () => {
    const approvals = [first(approve(KCPD, 'D', 'panel-2'), opened, proposed, assigned), first(approve(JCPO, 'D', 'panel-2'), opened, proposed, assigned)]
    given(pchCase, opened, proposed, assigned, ...approvals, again).when(change({ to: 'D', reasonCode: 'PANEL_STEPDOWN', panelId: 'panel-2' })).refused('panel_agencies_missing', 'I4')
  })
})

describe('a level is looked at again', () => {
  it('and stands; it is the one that was looked at', () => {
    given(pchCase, opened, proposed, assigned).when(review()).then({ type: 'LevelReviewed', data: { caseId: CASE, level: 'C' } })
    given(pchCase, opened, proposed, assigned).when(review('B')).refused('other_level')
    given(pchCase, opened, proposed).when(review()).refused('level_not_assigned', 'I3')
  })
})

describe('a level is contested', () => {
  const contested = first(contest(), opened, proposed, assigned)
  it('by the person or counsel, once until it is decided; it stands meanwhile', () => {
    given(pchCase, opened, proposed).when(contest()).refused('level_not_assigned')
    expect(given(pchCase, opened, proposed, assigned, contested).state).toMatchObject({ level: 'C', contest: { by: 'COUNSEL', ground: 'COUNTS_WRONG' } })
    given(pchCase, opened, proposed, assigned, contested).when(contest()).nothing()
    given(pchCase, opened, proposed, assigned, contested).when(contest('NOT_THE_PERSON')).refused('contest_pending')
  })
  it('and decided by somebody who had no part in the level', () => {
    given(pchCase, opened, proposed, assigned).when(decideContest(KCPD)).refused('contest_missing')
    // whoever assigned it
    given(pchCase, opened, proposed, assigned, contested).when(decideContest({ agency: 'KCPD', memberId: 'sample-person' })).refused('decided_by_yourself')
    const [decided] = given(pchCase, opened, proposed, assigned, contested).when(decideContest(KCPD, 'TO_BE_CORRECTED')).then({ type: 'LevelContestDecided', data: { outcome: 'TO_BE_CORRECTED' } })
    expect(given(pchCase, opened, proposed, assigned, contested, decided!).state).toMatchObject({ level: 'C', contest: null })
  })
  it('nor by a member of the panel that approved it', () => {
    const approvals = [first(approve(KCPD), opened, proposed), first(approve(JCPO), opened, proposed)]
    const before = [opened, proposed, ...approvals, first(assign({ level: 'A', overrideReason: 'PANEL_JUDGEMENT', panelId: 'panel-1' }), opened, proposed, ...approvals)]
    given(pchCase, ...before, first(contest(), ...before)).when(decideContest(JCPO)).refused('decided_by_yourself')
  })
  it('a level that is changed meanwhile is another one: the contest is over', () => {
    const changed = first(change({ to: 'D', reasonCode: 'CORRECTION' }), opened, proposed, assigned, contested)
    given(pchCase, opened, proposed, assigned, contested, changed).when(decideContest(KCPD)).refused('contest_missing')
  })
})

describe('a case is put off', () => {
  it('at its level, without a word of why, and stays the person\'s open one', () => {
    const [deferred] = given(pchCase, opened, proposed, assigned).when(defer()).then({ type: 'CaseDeferred', data: { caseId: CASE, until: '2026-10-01' } })
    expect(JSON.stringify(deferred)).not.toContain('SAFETY')
    given(pchCase, opened, deferred!).when(open()).refused('case_already_open', 'I2')
    given(pchCase, opened, deferred!).when(defer()).nothing()
    given(pchCase, opened).when(defer('2026-07-01')).refused('review_date_past')
    const [again] = given(pchCase, opened, proposed, assigned, deferred!).when(reopen('GROUND_ENDED')).then({ type: 'CaseReopened' })
    expect(given(pchCase, opened, proposed, assigned, deferred!, again!).state).toMatchObject({ status: 'open', level: 'C', deferredUntil: null })
  })
  it('and taken up again for a reason of its own', () => {
    given(pchCase, opened).when(reopen('GROUND_ENDED')).refused('nothing_to_reopen')
    given(pchCase, opened, first(defer(), opened)).when(reopen('RETURNED')).refused('reason_does_not_fit')
    given(pchCase, opened, first(defer(), opened)).when(reopen('REVIEW', { referralExcluded: true })).refused('referral_excluded')
  })
})

describe('a closed case is opened again', () => {
  const closedAs = (code: CloseCode): DraftEvent[] => { const before = [opened, proposed, assigned, ...panelExit()]; return [...before, first(close(code, {}, 'panel-3'), ...before)] }
  it('as an open period of its own: without a level, levelled once, its highest level known', () => {
    const again = first(reopen(), ...closedAs('MOVED'))
    expect(given(pchCase, ...closedAs('MOVED'), again).state).toMatchObject({ status: 'open', level: null, proposal: null, maxLevelEver: 'C' })
    const anew = first(propose({ assessment: { level: 'D', matched: [], unknown: [] } }), ...closedAs('MOVED'), again)
    given(pchCase, ...closedAs('MOVED'), again, anew).when(assign({ level: 'D' })).then({ type: 'LevelAssigned' })
    expect(given(pchCase, ...closedAs('MOVED'), again, anew, first(assign({ level: 'D' }), ...closedAs('MOVED'), again, anew)).state).toMatchObject({ level: 'D', maxLevelEver: 'C' })
  })
  it('by a reason that fits how it was closed', () => {
    const fitting: Record<CloseCode, CaseReopenReason[]> = { EXIT_24M: ['DECIDED_IN_ERROR'], DECEASED: ['DECIDED_IN_ERROR'], MOVED: ['DECIDED_IN_ERROR', 'RETURNED'], EXCLUDED_LATER: ['EXCLUSION_LIFTED'], BASIS_EXPUNGED: ['DECIDED_IN_ERROR'], MERGED: ['DECIDED_IN_ERROR', 'PERSONS_TOLD_APART'] }
    for (const code of CLOSE_CODES) for (const reason of CASE_REOPEN_REASONS) {
      const when = given(pchCase, ...closedAs(code)).when(reopen(reason))
      if (fitting[code].includes(reason)) when.then({ type: 'CaseReopened' })
      else when.refused('reason_does_not_fit')
    }
  })
  it.each([
    ['case_already_open', 'I2', { otherOpen: true }], ['referral_excluded', undefined, { referralExcluded: true }], ['incident_retracted', 'I1', { incident: { ...KNOWN, status: 'retracted' } }], ['relationship_not_confirmed', 'I1', { incident: { ...KNOWN, relationshipConfirmed: false } }], ['subject_not_aggressor', 'I1', { incident: { ...KNOWN, aggressorRef: VICTIM } }],
    ['basis_expunged', undefined, { basisExpunged: true }], ['victim_of_record', 'I7', { mayBecomeSubject: false }],
  ] as const)('not where it could not be opened: %s', (code, rule, said) => { given(pchCase, ...closedAs('MOVED')).when(reopen('RETURNED', said)).refused(code, ...(rule ? [rule] : [])) })
  it('only with who in the incident the subject is', () => { given(pchCase, ...closedAs('MOVED')).when({ ...reopen(), data: { reasonCode: 'RETURNED', facts: reopen().data.facts } }).refused('subject_missing', 'I1') })
  it('I2: not once another followed, nor does another follow once it is open again', () => {
    const succeeded = first(succeed(), ...closedAs('MOVED'))
    given(pchCase, ...closedAs('MOVED'), succeeded).when(reopen()).refused('case_succeeded', 'I2')
    given(pchCase, ...closedAs('MOVED'), succeeded).when(succeed()).nothing()
    given(pchCase, ...closedAs('MOVED'), succeeded).when(succeed(TRIGGER)).refused('case_succeeded', 'I2')
    given(pchCase, ...closedAs('MOVED'), first(reopen(), ...closedAs('MOVED'))).when(succeed()).refused('case_already_open', 'I2')
  })
})

const level = fc.constantFrom<Level>('D', 'C', 'B', 'A')
aggregateProperties(pchCase, fc.oneof(
  fc.constant<CaseCommand>(open()),
  level.map((one): CaseCommand => propose({ assessment: { level: one, matched: [], unknown: [] } })),
  fc.constant<CaseCommand>(decline()),
  level.map((one): CaseCommand => assign({ level: one })),
  level.map((one): CaseCommand => assign({ level: one, overrideReason: 'PANEL_JUDGEMENT', panelId: 'panel-1' })),
  fc.tuple(fc.constantFrom(KCPD, JCPO), level).map(([by, one]): CaseCommand => approve(by, one)),
  fc.tuple(level, fc.constantFrom('FURTHER_ARREST' as const, 'CORRECTION' as const)).map(([to, reasonCode]): CaseCommand => change({ to, reasonCode, panelId: 'panel-1' })),
  fc.constant<CaseCommand>(close()),
  fc.constantFrom('2026-10-01', '2026-11-01').map((until): CaseCommand => defer(until)),
  fc.constantFrom('RETURNED' as const, 'GROUND_ENDED' as const).map((reason): CaseCommand => reopen(reason)),
  fc.constant<CaseCommand>(succeed()),
  fc.constantFrom(KCPD, JCPO).map((by): CaseCommand => exit(by)),
  fc.constant<CaseCommand>(close('EXIT_24M', {}, 'panel-3')),
  level.map((one): CaseCommand => review(one)),
  fc.constantFrom<CaseCommand>(contest(), decideContest(JCPO)),
))
