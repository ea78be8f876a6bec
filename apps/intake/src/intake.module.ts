/** Intake: agency events come in, are checked and recorded; incidents, lethality screens, referrals, cases, levels. */
import { Module } from '@nestjs/common'
import type { Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, OfService, RECORDER, VAULT, WALLS, type Clock, type WallsOf } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import type { Sql } from 'postgres'
import { RecordArrestHandler } from './arrest/arrest.commands'
import { ArrestController } from './arrest/arrest.controller'
import { chargingHandlers } from './charging/charging.commands'
import { ChargingController } from './charging/charging.controller'
import { circumstanceHandlers } from './circumstance/circumstance.commands'
import { CircumstanceController } from './circumstance/circumstance.controller'
import { WatchDropFolder } from './drop-folder/watch-drop-folder.consumer'
import { ReviewCriminalHistoryHandler } from './history-review/history-review.commands'
import { DeclareFeedCoverageHandler } from './feed-coverage/feed-coverage.commands'
import { FeedCoverageController } from './feed-coverage/feed-coverage.controller'
import { HistoryReviewController } from './history-review/history-review.controller'
import { incidentHandlers } from './incident/incident.commands'
import { IncidentController } from './incident/incident.controller'
import { IncidentsByReviewStateController } from './incidents-by-review-state/incidents-by-review-state.controller'
import { IncidentsByReviewState } from './incidents-by-review-state/incidents-by-review-state.query'
import { KcpdImport } from './import-run/import-kcpd'
import { NibrsImport } from './import-run/import-nibrs'
import { ImportRunController } from './import-run/import-run.controller'
import { MappedImport } from './mapped-import/import-extract'
import { MappedImportController } from './mapped-import/mapped-import.controller'
import { ExtractRows } from './mapped-import/retry-row'
import { AssessEligibilityConsumer } from './on-incident-reported/assess-eligibility.consumer'
import { RestrictRecordConsumer } from './on-disposition-entered/restrict-record.consumer'
import { RestrictCaseConsumer } from './on-record-access-restricted/restrict-case.consumer'
import { ScreenAnewConsumer } from './on-policy-activated/screen-anew.consumer'
import { LinkedPersonsConsumer } from './on-identities-linked/linked-persons.consumer'
import { CloseExcludedConsumer } from './on-referral-excluded/close-excluded.consumer'
import { ProposeAfterNoticeConsumer } from './on-incident-linked/propose-after-notice.consumer'
import { WalledCasesConsumer } from './on-wall-recorded/walled-cases.consumer'
import { LinkIncidentsConsumer } from './on-referral-received/link-incidents.consumer'
import { RecordPairSidesConsumer } from './on-referral-received/record-pair-sides.consumer'
import { ReviewCrossComplaintHandler } from './pair/pair.commands'
import { PairController } from './pair/pair.controller'
import { OpenReportsByDayController } from './open-reports-by-day/open-reports-by-day.controller'
import { OpenReportsByDay } from './open-reports-by-day/open-reports-by-day.query'
import { CaseLookUp } from './pch-case/look-up'
import { oneAtATime } from './pch-case/one-at-a-time'
import { lethalityScreenHandlers } from './lethality-screen/lethality-screen.commands'
import { LethalityScreenController } from './lethality-screen/lethality-screen.controller'
import { caseHandlers } from './pch-case/pch-case.commands'
import { PchCaseController } from './pch-case/pch-case.controller'
import { IdentityLookUp } from './person-identity/identity-look-up'
import { personIdentityHandlers } from './person-identity/person-identity.commands'
import { PersonIdentityController } from './person-identity/person-identity.controller'
import { PolicyCheck } from './policy/check-policy'
import { policyHandlers } from './policy/policy.commands'
import { PolicyController } from './policy/policy.controller'
import { Quarantine } from './quarantined-record/quarantine'
import { QuarantineList } from './quarantined-record/quarantine-list'
import { QuarantinedBytes } from './quarantined-record/quarantined-bytes'
import { quarantineHandlers } from './quarantined-record/quarantined-record.commands'
import { QuarantinedRecordController } from './quarantined-record/quarantined-record.controller'
import { QuarantineRetry } from './quarantined-record/retry'
import { referralHandlers } from './referral/referral.commands'
import { RecordsByMention } from './records-by-mention/records-by-mention.query'
import { ReferralController } from './referral/referral.controller'
import { ScreensByHotlineDueController } from './screens-by-hotline-due/screens-by-hotline-due.controller'
import { ScreensByHotlineDue } from './screens-by-hotline-due/screens-by-hotline-due.query'
import { TimersByDueDateController } from './timers-by-due-date/timers-by-due-date.controller'
import { TimersByDueDate } from './timers-by-due-date/timers-by-due-date.query'

@OfService('intake')
@Module({
  controllers: [ImportRunController, FeedCoverageController, OpenReportsByDayController, MappedImportController, QuarantinedRecordController, IncidentsByReviewStateController, IncidentController, ReferralController, PairController, PersonIdentityController, PchCaseController, CircumstanceController, ArrestController, ChargingController, HistoryReviewController, PolicyController, LethalityScreenController, ScreensByHotlineDueController, TimersByDueDateController],
  providers: [
    { provide: CaseLookUp, inject: [RECORDER, VAULT, RecordsByMention, DATABASE], useFactory: (log: Recorder, vault: Vault, mentions: RecordsByMention, database: Sql) => new CaseLookUp(log, vault, mentions, oneAtATime(database)) },
    { provide: IdentityLookUp, inject: [RECORDER, VAULT, CaseLookUp], useFactory: (log: Recorder, vault: Vault, cases: CaseLookUp) => new IdentityLookUp(log, vault, cases) },
    { provide: PolicyCheck, inject: [RECORDER, CaseLookUp, TimersByDueDate, IdentityLookUp, WALLS], useFactory: (log: Recorder, cases: CaseLookUp, timers: TimersByDueDate, identities: IdentityLookUp, walls: WallsOf) => new PolicyCheck(log, cases, () => timers.all(), identities, walls) },
    { provide: QuarantinedBytes, inject: [DATABASE, VAULT], useFactory: (database: Sql, vault: Vault) => new QuarantinedBytes(database, vault) },
    { provide: Quarantine, inject: [RECORDER, QuarantinedBytes], useFactory: (log: Recorder, bytes: QuarantinedBytes) => new Quarantine(log, bytes) },
    { provide: ExtractRows, inject: [RECORDER, VAULT, CaseLookUp, CLOCK], useFactory: (recorder: Recorder, vault: Vault, lookUp: CaseLookUp, clock: Clock) => new ExtractRows({ recorder, vault, lookUp, clock }) },
    { provide: QuarantineList, inject: [RECORDER, QuarantinedBytes, ExtractRows], useFactory: (recorder: Recorder, bytes: QuarantinedBytes, extracts: ExtractRows) => new QuarantineList({ recorder, bytes, extracts }) },
    { provide: QuarantineRetry, inject: [RECORDER, VAULT, QuarantinedBytes, ExtractRows], useFactory: (recorder: Recorder, vault: Vault, bytes: QuarantinedBytes, extracts: ExtractRows) => new QuarantineRetry({ recorder, vault, bytes, extracts }) },
    { provide: MappedImport, inject: [RECORDER, VAULT, CaseLookUp, CLOCK, Quarantine, QuarantineRetry], useFactory: (recorder: Recorder, vault: Vault, lookUp: CaseLookUp, clock: Clock, quarantine: Quarantine, retry: QuarantineRetry) => new MappedImport({ recorder, vault, lookUp, clock, quarantine, retry }) },
    { provide: NibrsImport, inject: [RECORDER, VAULT, Quarantine, QuarantineRetry, CLOCK], useFactory: (recorder: Recorder, vault: Vault, quarantine: Quarantine, retry: QuarantineRetry, clock: Clock) => new NibrsImport({ recorder, vault, quarantine, retry, clock }) },
    { provide: KcpdImport, inject: [RECORDER, VAULT, Quarantine, QuarantineRetry, CLOCK], useFactory: (recorder: Recorder, vault: Vault, quarantine: Quarantine, retry: QuarantineRetry, clock: Clock) => new KcpdImport({ recorder, vault, quarantine, retry, clock }) },
    ...quarantineHandlers, ...incidentHandlers, ...referralHandlers, ...personIdentityHandlers, ...caseHandlers, ...circumstanceHandlers, ...chargingHandlers, ...policyHandlers, ReviewCrossComplaintHandler, ReviewCriminalHistoryHandler, DeclareFeedCoverageHandler, RecordArrestHandler, ...lethalityScreenHandlers,
    AssessEligibilityConsumer, ScreenAnewConsumer, CloseExcludedConsumer, ProposeAfterNoticeConsumer, RecordPairSidesConsumer, LinkIncidentsConsumer, LinkedPersonsConsumer, RestrictRecordConsumer, RestrictCaseConsumer, WalledCasesConsumer, IncidentsByReviewState, OpenReportsByDay, RecordsByMention, ScreensByHotlineDue, TimersByDueDate,
    WatchDropFolder,
  ],
})
export class IntakeModule {}
