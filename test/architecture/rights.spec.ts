/**
 * Who may send which command, said a second time: widening a right must be seen twice. By the field-group matrix of the
 * domain (who owns what): notifiers confirm what happened and never see criminal histories; levels are justice's to
 * decide, up by evidence, down by panel; what agencies sent is mended by intake.
 */
import { ROLES, allCommands } from '@chorus/contracts'

const JUSTICE = ['KCPD', 'JCPO']
const ANY = null
/** Those with a jail's roster or a court's docket before them. */
const WHO_KNOW = ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION']
/** What lies in quarantine holds the names that the incidents hold. */
const ANALYSTS = { intakeAnalyst: JUSTICE }
/** Advocates of the system, wherever they sit: never those of victim services. */
const ADVOCATES = ['KCPD', 'JCPO', 'HEALTH']

const RIGHTS: Readonly<Record<string, readonly [roles: readonly string[], agencies: readonly string[] | null, of?: Readonly<Record<string, readonly string[]>>]>> = {
  AdministerLethalityScreen: [['detective', 'intakeAnalyst'], ['KCPD']],
  RecordChargingDecision: [['intakeAnalyst', 'prosecutor'], ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION']],
  RecordArrest: [['intakeAnalyst', 'detective'], ['KCPD']],
  RecordDisposition: [['intakeAnalyst', 'prosecutor'], ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION']],
  PublishMetric: [['evaluator'], ANY],
  RecordHotlineContact: [['detective', 'intakeAnalyst'], ['KCPD']],
  ActivatePolicy: [['prosecutor'], ['JCPO']],
  ApprovePolicy: [['prosecutor', 'healthProgram', 'systemAdvocate'], ['JCPO', 'HEALTH', 'KCPD']],
  DraftPolicy: [['prosecutor', 'healthProgram', 'systemAdvocate'], ['JCPO', 'HEALTH', 'KCPD']],
  RetirePolicy: [['prosecutor'], ['JCPO']],
  ApproveExit: [['panelMember', 'prosecutor'], JUSTICE],
  ContestLevel: [['intakeAnalyst', 'detective', 'prosecutor'], JUSTICE],
  DecideLevelContest: [['prosecutor', 'panelMember'], JUSTICE],
  ReviewLevel: [['prosecutor', 'panelMember'], JUSTICE],
  ApproveLevel: [['panelMember', 'prosecutor'], JUSTICE],
  AssignLevel: [['intakeAnalyst', 'prosecutor', 'panelMember'], JUSTICE],
  ChangeLevel: [['prosecutor', 'panelMember'], JUSTICE],
  CloseCase: [['prosecutor', 'panelMember'], JUSTICE],
  ConfirmRelationship: [['detective', 'intakeAnalyst', 'prosecutor'], JUSTICE],
  DeclineLevelProposal: [['intakeAnalyst', 'prosecutor', 'panelMember'], JUSTICE],
  DetermineAggressor: [['detective', 'intakeAnalyst', 'prosecutor'], JUSTICE],
  DeferCase: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  DeferReferral: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  ReopenCase: [['prosecutor'], ['JCPO']],
  ReopenReferral: [['prosecutor'], ['JCPO']],
  ExcludeReferral: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  LinkPersons: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  MatchPersons: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  OpenCase: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  ProposeLevel: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  ReceiveReferral: [['intakeAnalyst', 'detective', 'prosecutor', 'healthProgram'], ANY],
  RecordCustodyStatus: [['intakeAnalyst', 'detective', 'prosecutor'], WHO_KNOW],
  RecordProtectionOrderStatus: [['intakeAnalyst', 'detective', 'prosecutor'], WHO_KNOW],
  RepairQuarantinedRecord: [['intakeAnalyst'], ANY, ANALYSTS],
  ResolveQuarantinedRecord: [['intakeAnalyst', 'operator'], ANY, ANALYSTS],
  RetryQuarantinedRecord: [['intakeAnalyst', 'operator'], ANY, ANALYSTS],
  CloseRecord: [['privacyOfficer'], ANY],
  EndConflictOfInterest: [['privacyOfficer'], ANY],
  RecordConflictOfInterest: [['privacyOfficer'], ANY],
  DestroyKeys: [['privacyOfficer'], ANY],
  PlaceLegalHold: [['privacyOfficer'], ANY],
  ReplaceContextKey: [['operator', 'privacyOfficer'], ANY],
  ReleaseLegalHold: [['privacyOfficer'], ANY],
  ResolveDeadLetter: [['operator'], ANY],
  ResolveDeadLetters: [['operator'], ANY],
  RetryDeadLetter: [['operator'], ANY],
  RetryDeadLetters: [['operator'], ANY],
  DeclareFeedCoverage: [['intakeAnalyst', 'agencyFeed', 'operator'], ANY],
  ReviewCriminalHistory: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  ReviewCrossComplaint: [['prosecutor', 'systemAdvocate'], ['JCPO', 'KCPD', 'HEALTH']],
  AbandonNotification: [['detective', 'prosecutor'], JUSTICE],
  ApproveException: [['systemAdvocate'], ADVOCATES],
  AuthorizeDelivery: [['detective'], ['KCPD']],
  CancelNotification: [['detective', 'prosecutor'], JUSTICE],
  CompleteWarning: [['systemAdvocate'], ADVOCATES],
  CompleteSafetyReview: [['systemAdvocate'], ADVOCATES],
  HoldNotification: [ROLES, ANY],
  LiftHold: [['systemAdvocate'], ADVOCATES],
  LiftStop: [['systemAdvocate'], ADVOCATES],
  PlanRepeat: [['detective', 'prosecutor'], JUSTICE],
  RecordAttempt: [['detective'], ['KCPD']],
  RecordMisdelivery: [['detective'], ['KCPD']],
  RecordDelivery: [['detective'], ['KCPD']],
  RequestSafetyReview: [['systemAdvocate'], ADVOCATES],
  RevokeClearance: [['systemAdvocate', 'detective', 'prosecutor'], ADVOCATES],
  ScheduleNotification: [['detective'], ['KCPD']],
  UnlinkPersons: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  StopEverything: [ROLES, ANY],
  AnswerServiceOffer: [['healthProgram'], ['HEALTH']],
  AnswerServiceReferral: [['healthProgram', 'pchProvider'], ANY],
  SendServiceReferral: [['healthProgram'], ['HEALTH']],
  AllotAuthority: [['finance'], ['FINANCE']],
  AuthorizeSpending: [['finance'], ['FINANCE']],
  CertifyFunds: [['finance'], ['FINANCE']],
  CertifyOrdinance: [['finance'], ['FINANCE']],
  RecordAppropriation: [['finance'], ['FINANCE']],
  SubmitRequisition: [['healthProgram'], ['HEALTH']],
}

it('gives each command to these roles and agencies, and to no others', () => {
  expect(Object.fromEntries(allCommands().map(({ type, roles, agencies, agenciesOf }) => [type, [[...roles].sort(), agencies ? [...agencies].sort() : ANY, agenciesOf]])))
    .toEqual(Object.fromEntries(Object.entries(RIGHTS).map(([type, [roles, agencies, of]]) => [type, [[...roles].sort(), agencies ? [...agencies].sort() : ANY, of]])))
})
