/** Deterrence: who is told what, by when, and only once it is safe. Notifications, and the safety context as streams of its own. */
import { Module } from '@nestjs/common'
import type { Recorder } from '@chorus/event-store'
import { OfService, RECORDER, VAULT } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { NotificationLookUp } from './notification/look-up'
import { notificationHandlers } from './notification/notification.commands'
import { NotificationController } from './notification/notification.controller'
import { NotificationsByDueDateController } from './notifications-by-due-date/notifications-by-due-date.controller'
import { NotificationsByDueDate } from './notifications-by-due-date/notifications-by-due-date.query'
import { RevokeClearanceConsumer } from './on-custody-status-changed/revoke-clearance.consumer'
import { HoldNotificationConsumer } from './on-hold-raised/hold-notification.consumer'
import { PlanNotificationConsumer } from './on-level-assigned/plan-notification.consumer'
import { OpenWarningConsumer } from './on-notification-delivered/open-warning.consumer'
import { RequestReviewConsumer } from './on-notification-planned/request-review.consumer'
import { Holds } from './safety-review/holds'
import { safetyHandlers } from './safety-review/safety-review.commands'
import { SafetyReviewController } from './safety-review/safety-review.controller'
import { CompleteWarningHandler } from './safety-warning/safety-warning.commands'
import { SafetyWarningController } from './safety-warning/safety-warning.controller'
import { TimersByDueDateController } from './timers-by-due-date/timers-by-due-date.controller'
import { TimersByDueDate } from './timers-by-due-date/timers-by-due-date.query'
import { WarningsByDueDateController } from './warnings-by-due-date/warnings-by-due-date.controller'
import { WarningsByDueDate } from './warnings-by-due-date/warnings-by-due-date.query'

@OfService('deterrence')
@Module({
  controllers: [NotificationController, SafetyReviewController, NotificationsByDueDateController, SafetyWarningController, WarningsByDueDateController, TimersByDueDateController],
  providers: [
    { provide: NotificationLookUp, inject: [RECORDER, VAULT], useFactory: (log: Recorder, vault: Vault) => new NotificationLookUp(log, vault) },
    { provide: Holds, inject: [RECORDER, NotificationLookUp], useFactory: (log: Recorder, lookUp: NotificationLookUp) => new Holds(log, lookUp) },
    ...notificationHandlers, ...safetyHandlers, CompleteWarningHandler,
    PlanNotificationConsumer, RequestReviewConsumer, HoldNotificationConsumer, RevokeClearanceConsumer, OpenWarningConsumer, NotificationsByDueDate, WarningsByDueDate, TimersByDueDate,
  ],
})
export class DeterrenceModule {}
