/**
 * Subscription: ReferralExcluded, ReferralDeferred, and CaseOpened and CaseReopened, which may have come while either was decided. Idempotency: command
 * ids derived from the event's id and the case. Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { CaseReopenedV1, RecordedEvent } from '@chorus/contracts'
import { handle, isRefusal, type Handled } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { CaseLookUp } from '../pch-case/look-up'
import { pchCase } from '../pch-case/pch-case'
import { closeExcluded, deferToo, referralOf } from './close-excluded'

const FOLLOWED = ['ReferralExcluded', 'ReferralDeferred', 'CaseOpened', 'CaseReopened']

@Injectable()
export class CloseExcludedConsumer {
  private readonly logger = new Logger('on-referral-excluded')

  constructor(
    @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly lookUp: CaseLookUp, followers: Followers,
  ) {
    followers.add(new Reaction({
      name: 'intake.on-referral-excluded', store, database, decode, filter: { categories: ['referral', 'pchCase'], types: FOLLOWED },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Called when it was decided here, so that the case is closed with the exclusion's own answer. What fails here the subscription makes good. */
  async atOnce({ ids, stream }: Handled): Promise<void> {
    await this.log.load(stream).then((events) => this.react(events.filter(({ id, type }) => ids.includes(id) && type === 'ReferralExcluded')))
      .catch((error: unknown) => this.logger.warn({ err: error, note: 'the case of an excluded referral is closed a little later' }))
  }

  /** What the subscription brings; of other events nothing follows. */
  async react(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events.filter(({ type }) => FOLLOWED.includes(type))) {
      const referralId = await this.referralOf(event)
      const open = referralId === null ? null : await this.lookUp.openCaseOn(referralId)
      if (!open) continue
      const now = this.clock.now()
      const facts = await this.lookUp.forClosing(open.caseId, now)
      const command = facts.referralExcluded ? closeExcluded(event, open.caseId, facts, now) : open.deferredUntil === null ? null : deferToo(event, open.caseId, open.deferredUntil, now)
      const answer = command && await handle(this.log, pchCase, open.caseId, command)
      // Closed by somebody else meanwhile, it stays as it was closed.
      if (answer && isRefusal(answer) && answer.kind === 'retry-later') throw new Error(`the case of a referral that was excluded or put off could not follow it: ${answer.refused}`)
    }
  }

  /** A case that is opened again names itself alone. */
  private async referralOf(event: RecordedEvent): Promise<string | null> {
    if (event.type !== 'CaseReopened') return referralOf(event)
    const state = await this.lookUp.stateOf((event.data as CaseReopenedV1).caseId)
    return state.status === 'none' ? null : state.opened.referralId
  }
}
