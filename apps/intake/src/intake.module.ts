/** Intake: agency events come in, are checked and recorded; incidents, referrals, cases, levels. */
import { Module } from '@nestjs/common'
import type { Recorder } from '@chorus/event-store'
import { RECORDER, VAULT } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { ReviewCriminalHistoryHandler } from './history-review/history-review.commands'
import { HistoryReviewController } from './history-review/history-review.controller'
import { incidentHandlers } from './incident/incident.commands'
import { IncidentController } from './incident/incident.controller'
import { IncidentsByReviewStateController } from './incidents-by-review-state/incidents-by-review-state.controller'
import { IncidentsByReviewState } from './incidents-by-review-state/incidents-by-review-state.query'
import { AssessEligibilityConsumer } from './on-incident-reported/assess-eligibility.consumer'
import { RecordPairSidesConsumer } from './on-referral-received/record-pair-sides.consumer'
import { ReviewCrossComplaintHandler } from './pair/pair.commands'
import { PairController } from './pair/pair.controller'
import { CaseLookUp } from './pch-case/look-up'
import { caseHandlers } from './pch-case/pch-case.commands'
import { PchCaseController } from './pch-case/pch-case.controller'
import { referralHandlers } from './referral/referral.commands'
import { ReferralController } from './referral/referral.controller'

@Module({
  controllers: [IncidentsByReviewStateController, IncidentController, ReferralController, PairController, PchCaseController, HistoryReviewController],
  providers: [
    { provide: CaseLookUp, inject: [RECORDER, VAULT], useFactory: (log: Recorder, vault: Vault) => new CaseLookUp(log, vault) },
    ...incidentHandlers, ...referralHandlers, ...caseHandlers, ReviewCrossComplaintHandler, ReviewCriminalHistoryHandler,
    AssessEligibilityConsumer, RecordPairSidesConsumer, IncidentsByReviewState,
  ],
})
export class IntakeModule {}
