/**
 * Subscription: NotificationDelivered on program.notifications.v1. Idempotency: the offer's stream is fixed by the notification,
 * the command id by the event. Errors: a stream that others are writing, or that holds what this build does not know, comes
 * again; a way of delivery without a channel is parked for a person.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { BusEvent } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { Consumer, Permanent, Retriable, type EventBus } from '@chorus/event-bus'
import type { EventStore, Recorder } from '@chorus/event-store'
import { BUS, CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { pchService } from '../pch-service/pch-service'
import { offerServices } from './offer-services'

@Injectable()
export class OfferServicesConsumer {
  private readonly consumer: Consumer

  constructor(
    @Inject(BUS) bus: EventBus, @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql,
    @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, followers: Followers,
  ) {
    const logger = new Logger('on-notification-delivered')
    this.consumer = followers.add(new Consumer({
      name: 'services.on-notification-delivered', topics: ['program.notifications.v1'], types: ['NotificationDelivered'], bus, store, database, clock,
      logger: { warn: (details, message) => logger.warn({ ...details, note: message }) }, react: (event) => this.react(event),
    }))
  }

  /** Waits until every delivery through `ordinal` was worked, or parked; false when that takes longer than `ms`. */
  reached(ordinal: number, ms: number): Promise<boolean> { return this.consumer.reached(ordinal, ms) }

  private async react(event: BusEvent): Promise<void> {
    const asked = offerServices(event, this.clock.now())
    if (asked === 'unknown-mode') throw new Permanent('unknown-mode', 'The notification was delivered in a way for which this build knows no channel of services. Update Chorus, then retry.')
    const answer = await handle(this.log, pchService, asked.id, asked.command)
    if (!isRefusal(answer)) return
    throw answer.kind === 'retry-later' ? new Retriable(answer.refused, answer.text) : new Permanent(answer.refused, answer.text)
  }
}
