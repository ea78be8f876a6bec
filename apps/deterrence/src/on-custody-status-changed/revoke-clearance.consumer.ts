/**
 * Subscription: all of justice.circumstances.v1; one consumer, since a case's entries are of one stream. Every permission reads
 * that stream itself: this records in the safety context what is void already, and what was done too late to be stopped.
 * Idempotency: command ids derived from the event's. Errors: a refusal parks the case's stream by its cause; it stays void.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { BusEvent } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { Consumer, failureOf, type EventBus } from '@chorus/event-bus'
import type { EventStore, Recorder } from '@chorus/event-store'
import { BUS, CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { safetyIdOf } from '../notification/case-standing'
import { NotificationLookUp } from '../notification/look-up'
import { notification } from '../notification/notification'
import { safetyReview } from '../safety-review/safety-review'
import { causeOf } from '../safety-review/voids'
import { detectBreach, revokeClearance } from './revoke-clearance'

@Injectable()
export class RevokeClearanceConsumer {
  private readonly consumer: Consumer

  constructor(
    @Inject(BUS) bus: EventBus, @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly lookUp: NotificationLookUp, followers: Followers,
  ) {
    this.consumer = followers.add(new Consumer({
      name: 'deterrence.on-custody-status-changed', topics: ['justice.circumstances.v1'], types: ['CustodyStatusChanged', 'ProtectionOrderStatusChanged', 'IncidentLinkedToCase'], bus, store, database, clock,
      logger: new Logger('on-custody-status-changed'), react: (event) => this.react(event),
    }))
  }

  /** Waits until every entry through `ordinal` was worked, or parked; false when that takes longer than `ms`. */
  reached(ordinal: number, ms = 10_000): Promise<boolean> { return this.consumer.reached(ordinal, ms) }

  private async react(event: BusEvent): Promise<void> {
    const cause = causeOf(event)
    if (cause === null) return
    const { caseId } = event.data as { caseId: string }
    const { stretches } = await this.lookUp.caseStanding(caseId)
    for (const { phase, plan } of await this.lookUp.ofStretches(caseId, stretches)) {
      const { notificationId } = plan
      if (phase === 'open') {
        const answer = await handle(this.log, safetyReview, safetyIdOf(notificationId), revokeClearance(event, plan, cause, this.clock.now()))
        if (isRefusal(answer)) throw failureOf(answer)
      }
      for (const found of await this.lookUp.deliveredUncleared(plan)) {
        const answer = await handle(this.log, notification, notificationId, detectBreach(event, found, this.clock.now()))
        if (isRefusal(answer)) throw failureOf(answer)
      }
    }
  }
}
