/**
 * Subscription: PersonIdentitiesLinked and PersonIdentitiesUnlinked, and ReferralReceived, which may put two on opposite sides
 * who are linked. Idempotency: command ids derived from the event's id. Errors: the batch comes again, later and later.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import { tokensOf, type RecordedEvent } from '@chorus/contracts'
import { handle, isRefusal, type Handled } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { CaseLookUp } from '../pch-case/look-up'
import { pchCase } from '../pch-case/pch-case'
import { IdentityLookUp } from '../person-identity/identity-look-up'
import { personIdentity, REGISTER } from '../person-identity/person-identity'
import { concerned, proposeAnew, separateOpposites } from './linked-persons'

@Injectable()
export class LinkedPersonsConsumer {
  private readonly logger = new Logger('on-identities-linked')

  constructor(
    @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly cases: CaseLookUp, private readonly lookUp: IdentityLookUp, followers: Followers,
  ) {
    followers.add(new Reaction({
      name: 'intake.on-identities-linked', store, database, decode, filter: { categories: ['personIdentity', 'referral'], types: ['PersonIdentitiesLinked', 'PersonIdentitiesUnlinked', 'ReferralReceived'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Called when it was decided here, so that the next command sees what follows. What fails here the subscription makes good. */
  async atOnce({ ids, stream }: Handled): Promise<void> {
    await this.log.load(stream).then((events) => this.react(events.filter(({ id }) => ids.includes(id)))).catch((error: unknown) => this.logger.warn({ err: error, note: 'what follows from a link comes a little later' }))
  }

  /** Called when a referral was received here. */
  async afterReferral(events: readonly RecordedEvent[]): Promise<void> {
    await this.react(events).catch((error: unknown) => this.logger.warn({ err: error, note: 'whether a referral contradicts a link is looked at a little later' }))
  }

  private async react(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) {
      // A referral may have come while the link was decided: each of the two looks for the other once it is recorded.
      if (event.type !== 'PersonIdentitiesUnlinked') await this.separate(event)
      const refs = concerned(event)
      if (refs) await this.proposeAnew(event, refs)
    }
  }

  private async separate(event: RecordedEvent): Promise<void> {
    const { state } = await this.lookUp.register()
    if (state.links.length === 0) return
    const { keepRef, mergedRef, subjectRef, victimRef } = event.data as Record<string, string>
    const inReports = (await Promise.all([keepRef, mergedRef, subjectRef, victimRef].flatMap((ref) => { const one = ref === undefined ? [] : tokensOf(state.links, ref); return one.length > 1 ? [this.lookUp.oppositeInReports(one)] : [] }))).flat()
    const opposed = [...event.type === 'ReferralReceived' ? [] : (await this.lookUp.sides()).opposed, ...inReports]
    const answer = await handle(this.log, personIdentity, REGISTER, separateOpposites(event, opposed, this.clock.now()))
    if (isRefusal(answer)) throw new Error(`a link that the record contradicts could not be taken back: ${answer.refused}`)
    if (answer.ids.length > 0 && !answer.repeated) await this.react((await this.log.load(answer.stream)).filter(({ id }) => answer.ids.includes(id)))
  }

  private async proposeAnew(event: RecordedEvent, refs: readonly string[]): Promise<void> {
    const { state } = await this.lookUp.register()
    for (const ref of new Set(refs.flatMap((each) => tokensOf(state.links, each)))) {
      const caseId = await this.cases.ownOpenCaseOf(ref)
      if (caseId === null) continue
      const open = await this.cases.stateOf(caseId)
      if (open.status !== 'open' || open.level !== null || !open.proposal) continue
      const now = this.clock.now()
      const answer = await handle(this.log, pchCase, caseId, proposeAnew(event, caseId, await this.cases.forProposal(open, now), now))
      if (isRefusal(answer) && answer.kind === 'retry-later') throw new Error(`the level of a case could not be proposed anew: ${answer.refused}`)
      if (isRefusal(answer)) this.logger.log({ note: 'the proposal of a level stands as it was', refused: answer.refused })
    }
  }
}
