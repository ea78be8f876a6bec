/**
 * Subscription: HoldRaised on safety.reviews.v1. Completes a hold whose second entry a crash left out; else it finds it there.
 * Idempotency: the hold's own number. Errors: a refusal parks the stream by its cause; every permission reads the hold itself.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { BusEvent } from '@chorus/contracts'
import { isRefusal } from '@chorus/decider'
import { Consumer, failureOf, type EventBus } from '@chorus/event-bus'
import type { EventStore } from '@chorus/event-store'
import { BUS, CLOCK, DATABASE, Followers, STORE, type Clock } from '@chorus/platform'
import { Holds } from '../safety-review/holds'
import { metaFor, stopOf } from './hold-notification'

@Injectable()
export class HoldNotificationConsumer {
  constructor(@Inject(BUS) bus: EventBus, @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(CLOCK) private readonly clock: Clock, private readonly holds: Holds, followers: Followers) {
    followers.add(new Consumer({
      name: 'deterrence.on-hold-raised', topics: ['safety.reviews.v1'], types: ['HoldRaised'], bus, store, database, clock,
      logger: new Logger('on-hold-raised'), react: (event) => this.react(event),
    }))
  }

  private async react(event: BusEvent): Promise<void> {
    const stop = stopOf(event)
    const meta = metaFor(event, this.clock.now())
    const answer = stop.scope === 'NOTIFICATION' ? await this.holds.stop(stop, meta) : await this.holds.holdPlans(stop.caseId, stop.holdId, stop.reviewAt, meta)
    if (isRefusal(answer)) throw failureOf(answer)
  }
}
