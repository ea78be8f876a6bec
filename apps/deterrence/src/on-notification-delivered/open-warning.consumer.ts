/**
 * Subscription: NotificationDelivered and NotificationMisdelivered on program.notifications.v1. Idempotency: the task's and the
 * hold's numbers are fixed by the event. Errors: a refusal parks the notification's stream by its cause.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { BusEvent } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { Consumer, failureOf, type EventBus } from '@chorus/event-bus'
import type { EventStore, Recorder } from '@chorus/event-store'
import { BUS, CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Holds } from '../safety-review/holds'
import { safetyWarning } from '../safety-warning/safety-warning'
import { holdAfter, metaFor, openWarning } from './open-warning'

@Injectable()
export class OpenWarningConsumer {
  constructor(
    @Inject(BUS) bus: EventBus, @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly holds: Holds, followers: Followers,
  ) {
    followers.add(new Consumer({
      name: 'deterrence.on-notification-delivered', topics: ['program.notifications.v1'], types: ['NotificationDelivered', 'NotificationMisdelivered'], bus, store, database, clock,
      logger: new Logger('on-notification-delivered'), react: (event) => this.react(event),
    }))
  }

  private async react(event: BusEvent): Promise<void> {
    const now = this.clock.now()
    const warning = openWarning(event, now)
    const answer = warning && await handle(this.log, safetyWarning, warning.id, warning.command)
    if (answer && isRefusal(answer)) throw failureOf(answer)
    const hold = holdAfter(event)
    const held = hold && await this.holds.raise(hold, metaFor(event, 'hold-after-misdelivery', now))
    if (held && isRefusal(held)) throw failureOf(held)
  }
}
