/**
 * Subscription: ReferralReceived in referral streams. Idempotency: command ids derived from the event's id, the case and the
 * incident. Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { circumstance } from '../circumstance/circumstance'
import { CaseLookUp } from '../pch-case/look-up'
import { linkIncidents, sidesOf } from './link-incidents'

@Injectable()
export class LinkIncidentsConsumer {
  private readonly logger = new Logger('on-referral-received')

  constructor(
    @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly lookUp: CaseLookUp, followers: Followers,
  ) {
    followers.add(new Reaction({
      name: 'intake.on-referral-received.link-incidents', store, database, decode, filter: { categories: ['referral'], types: ['ReferralReceived'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Called when a referral was received here, so that a clearance is void with the referral's own answer. What fails here the subscription makes good. */
  async atOnce(events: readonly RecordedEvent[]): Promise<void> {
    await this.react(events).catch((error: unknown) => this.logger.warn({ err: error, note: 'the incidents of a referral are linked to a case a little later' }))
  }

  private async react(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) {
      for (const { person, side } of sidesOf(event)) {
        const open = await this.lookUp.openCaseOf(person)
        for (const { id, command } of open ? linkIncidents(event, side, open, this.clock.now()) : []) {
          const answer = await handle(this.log, circumstance, id, command)
          if (isRefusal(answer)) throw new Error(`an incident could not be linked to its case: ${answer.refused}`)
        }
      }
    }
  }
}
