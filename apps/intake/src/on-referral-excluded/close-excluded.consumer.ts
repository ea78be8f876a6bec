/**
 * Subscription: ReferralExcluded, and CaseOpened, which may have come while the exclusion was decided. Idempotency: command ids
 * derived from the event's id and the case. Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { handle, isRefusal, type Handled } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { CaseLookUp } from '../pch-case/look-up'
import { pchCase } from '../pch-case/pch-case'
import { closeExcluded, referralOf } from './close-excluded'

@Injectable()
export class CloseExcludedConsumer {
  private readonly logger = new Logger('on-referral-excluded')

  constructor(
    @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly lookUp: CaseLookUp, followers: Followers,
  ) {
    followers.add(new Reaction({
      name: 'intake.on-referral-excluded', store, database, decode, filter: { categories: ['referral', 'pchCase'], types: ['ReferralExcluded', 'CaseOpened'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Called when it was decided here, so that the case is closed with the exclusion's own answer. What fails here the subscription makes good. */
  async atOnce({ ids, stream }: Handled): Promise<void> {
    await this.log.load(stream).then((events) => this.react(events.filter(({ id, type }) => ids.includes(id) && type === 'ReferralExcluded')))
      .catch((error: unknown) => this.logger.warn({ err: error, note: 'the case of an excluded referral is closed a little later' }))
  }

  private async react(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) {
      const open = await this.lookUp.openCaseOn(referralOf(event))
      if (!open) continue
      const facts = await this.lookUp.forClosing(open.caseId, this.clock.now())
      if (!facts.referralExcluded) continue
      const answer = await handle(this.log, pchCase, open.caseId, closeExcluded(event, open.caseId, facts, this.clock.now()))
      // Closed by somebody else meanwhile, it stays as it was closed.
      if (isRefusal(answer) && answer.kind === 'retry-later') throw new Error(`the case of an excluded referral could not be closed: ${answer.refused}`)
    }
  }
}
