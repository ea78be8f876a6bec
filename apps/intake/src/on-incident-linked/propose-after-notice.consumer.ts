/**
 * Subscription: IncidentLinkedToCase and ProtectionOrderStatusChanged in circumstance streams; NotificationDelivered, and a report that says
 * only later that he was arrested, since either may be told after the offence that it belongs to. Idempotency: command ids derived from
 * the event's id and the case. Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { CaseLookUp } from '../pch-case/look-up'
import { pchCase } from '../pch-case/pch-case'
import { casesTouched, correctsToArrest, linkedBy, proposeAfterNotice } from './propose-after-notice'

@Injectable()
export class ProposeAfterNoticeConsumer {
  private readonly logger = new Logger('on-incident-linked')

  constructor(
    @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly lookUp: CaseLookUp, followers: Followers,
  ) {
    followers.add(new Reaction({
      name: 'intake.on-incident-linked', store, database, decode, filter: { categories: ['circumstance', 'notification', 'incident'], types: ['IncidentLinkedToCase', 'ProtectionOrderStatusChanged', 'NotificationDelivered', 'IncidentReported'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Links are few, and asked for where an arrest is told late alone. */
  private async links(): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = []
    for await (const event of this.log.read({ filter: { categories: ['circumstance'], types: ['IncidentLinkedToCase'] } })) found.push(event)
    return found
  }

  private async react(events: readonly RecordedEvent[]): Promise<void> {
    const corrections = events.filter(correctsToArrest)
    const linked = linkedBy(corrections.length > 0 ? await this.links() : [])
    const reports = await this.log.loadMany([...new Set(corrections.map(({ stream }) => stream))])
    const before = ({ stream, corrects }: RecordedEvent): RecordedEvent | undefined => reports.get(stream)?.find(({ id }) => id === corrects)
    for (const { event, caseId } of events.flatMap((each) => casesTouched(each, linked, before(each)).map((touched) => ({ event: each, caseId: touched })))) {
      const state = await this.lookUp.stateOf(caseId)
      if (state.status !== 'open' || state.level === null) continue
      const now = this.clock.now()
      const facts = await this.lookUp.forProposal(state, now)
      if (!facts.afterNotice) continue
      const answer = await handle(this.log, pchCase, caseId, proposeAfterNotice(event, caseId, facts, now))
      if (isRefusal(answer) && answer.kind === 'retry-later') throw new Error(`a level could not be proposed after an offence: ${answer.refused}`)
      if (isRefusal(answer)) this.logger.log({ note: 'after an offence no higher level was proposed', refused: answer.refused })
    }
  }
}
