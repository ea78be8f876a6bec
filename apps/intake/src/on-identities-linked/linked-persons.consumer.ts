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
import { separate } from '../person-identity/person-identity'
import { concerned, linkedWith, proposeAnew, separateOpposites } from './linked-persons'

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
  async atOnce(...decided: readonly Handled[]): Promise<void> {
    await this.recordedBy(decided).then((events) => this.react(events)).catch((error: unknown) => this.logger.warn({ err: error, note: 'what follows from a link comes a little later' }))
  }

  /** Called when a referral was received here. */
  async afterReferral(events: readonly RecordedEvent[]): Promise<void> {
    await this.react(events).catch((error: unknown) => this.logger.warn({ err: error, note: 'whether a referral contradicts a link is looked at a little later' }))
  }

  /** What these decisions, all about the register, have recorded: the events of one stand one behind the other. */
  private async recordedBy(decided: readonly Handled[]): Promise<RecordedEvent[]> {
    const ids = new Set(decided.flatMap((each) => each.ids))
    const from = decided.reduce((least, each) => each.ids.length === 0 ? least : Math.min(least, each.revision - each.ids.length + 1), Infinity)
    return ids.size === 0 ? [] : (await this.log.load(this.cases.identities.stream, from)).filter(({ id }) => ids.has(id))
  }

  /** The register and the sides are read for all of the events together: a run links many at a time. */
  private async react(events: readonly RecordedEvent[]): Promise<void> {
    await this.separate(events.filter(({ type }) => type === 'ReferralReceived' || type === 'PersonIdentitiesLinked'))
    const decided = events.flatMap((event) => { const refs = concerned(event); return refs ? [{ event, refs }] : [] })
    if (decided.length === 0) return
    const { state: { links } } = await this.lookUp.register()
    const together = decided.map(({ event, refs }) => ({ event, refs: [...new Set(refs.flatMap((each) => tokensOf(links, each)))] }))
    const openCases = await this.cases.ownOpenCasesOf(together.flatMap(({ refs }) => refs))
    for (const { event, refs } of together) for (const ref of refs) if (openCases[ref] !== undefined) await this.proposeAnew(event, openCases[ref])
  }

  /** A referral may have come while a link was decided: each of the two looks for the other once it is recorded. */
  private async separate(events: readonly RecordedEvent[]): Promise<void> {
    if (events.length === 0) return
    let { state } = await this.lookUp.register()
    if (state.links.length === 0) return
    const { opposed } = events.some(({ type }) => type === 'PersonIdentitiesLinked') ? await this.lookUp.sides() : { opposed: [] }
    const reported = await this.lookUp.oppositeInReports([...new Set(events.flatMap((event) => linkedWith(event, state.links)))])
    // A link is held against all who stand opposite each other: where none of them is one, it is so for every other link as well.
    let contradicted = true
    for (const event of events) {
      const isLink = event.type === 'PersonIdentitiesLinked'
      if (isLink && !contradicted) continue
      const command = separateOpposites(event, [...isLink ? opposed : [], ...reported], this.clock.now())
      const isContradicted = separate(command, state).length > 0
      if (isLink) contradicted = isContradicted
      if (!isContradicted) continue
      const answer = await this.lookUp.decide(command)
      if (isRefusal(answer)) throw new Error(`a link that the record contradicts could not be taken back: ${answer.refused}`)
      if (answer.ids.length > 0 && !answer.repeated) await this.react(await this.recordedBy([answer]))
      state = (await this.lookUp.register()).state
    }
  }

  private async proposeAnew(event: RecordedEvent, caseId: string): Promise<void> {
    const open = await this.cases.stateOf(caseId)
    if (open.status !== 'open' || open.level !== null || !open.proposal) return
    const now = this.clock.now()
    const answer = await handle(this.log, pchCase, caseId, proposeAnew(event, caseId, await this.cases.forProposal(open, now), now))
    if (isRefusal(answer) && answer.kind === 'retry-later') throw new Error(`the level of a case could not be proposed anew: ${answer.refused}`)
    if (isRefusal(answer)) this.logger.log({ note: 'the proposal of a level stands as it was', refused: answer.refused })
  }
}
