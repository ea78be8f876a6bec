/**
 * Subscription: ReferralReceived in referral streams. Idempotency: command ids derived from the event's id and the incident.
 * Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { handleEach, isRefusal } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, VAULT, type Clock } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { Reaction } from '@chorus/read-models'
import { pair } from '../pair/pair'
import { pairIdOf } from '../pair/pair-id'
import { recordPairSides } from './record-pair-sides'

@Injectable()
export class RecordPairSidesConsumer {
  private readonly logger = new Logger('on-referral-received')

  constructor(
    @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(VAULT) private readonly vault: Vault, @Inject(CLOCK) private readonly clock: Clock, followers: Followers,
  ) {
    followers.add(new Reaction({
      name: 'intake.on-referral-received', store, database, decode, filter: { categories: ['referral'], types: ['ReferralReceived'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Called when a referral was received here, so that the next command sees the pair. What fails here the subscription makes good; the same command ids make both harmless. */
  async atOnce(events: readonly RecordedEvent[]): Promise<void> {
    await this.react(events).catch((error: unknown) => this.logger.warn({ err: error, note: 'the sides of a pair come a little later' }))
  }

  private async react(events: readonly RecordedEvent[]): Promise<void> {
    const items = events.flatMap((event) => recordPairSides(event, (one, other) => pairIdOf(this.vault, one, other), this.clock.now()))
    const refusal = (await handleEach(this.log, pair, items)).find(isRefusal)
    if (refusal && refusal.kind !== 'forbidden') throw new Error(`the sides of a pair could not be recorded: ${refusal.refused}`)
  }
}
