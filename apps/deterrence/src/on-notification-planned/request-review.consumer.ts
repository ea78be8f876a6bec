/**
 * Subscription: NotificationPlanned on program.notifications.v1. Idempotency: command ids derived from the event's, the hold's
 * from the stop's. Errors: a refusal parks the notification's stream by its cause; it stays not cleared.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { BusEvent, NotificationPlannedV1 } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { Consumer, failureOf, type EventBus } from '@chorus/event-bus'
import type { EventStore, Recorder } from '@chorus/event-store'
import { BUS, CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { policyInForce } from '../notification-policy/policy-in-force'
import { Holds } from '../safety-review/holds'
import { safetyReview } from '../safety-review/safety-review'
import { metaFor, requestReview } from './request-review'

@Injectable()
export class RequestReviewConsumer {
  constructor(
    @Inject(BUS) bus: EventBus, @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly holds: Holds, followers: Followers,
  ) {
    followers.add(new Consumer({
      name: 'deterrence.on-notification-planned', topics: ['program.notifications.v1'], types: ['NotificationPlanned'], bus, store, database, clock,
      logger: new Logger('on-notification-planned'), react: (event) => this.react(event),
    }))
  }

  private async react(event: BusEvent): Promise<void> {
    const now = this.clock.now()
    const { rules } = await policyInForce(this.log, now)
    const { id, command } = requestReview(event, rules, now)
    const requested = await handle(this.log, safetyReview, id, command)
    if (isRefusal(requested)) throw failureOf(requested)
    const { caseId } = event.data as NotificationPlannedV1
    const held = await this.holds.underStops(caseId, metaFor(event, 'hold-under-stop', this.clock.now()))
    if (isRefusal(held)) throw failureOf(held)
  }
}
