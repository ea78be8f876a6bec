/**
 * Subscription: IncidentReported, ReportedPersonsNamed and EventRetracted in incident streams. Idempotency: the command's id is derived from the
 * event's. Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { handleEach, isRefusal } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { eligibility } from '../eligibility/eligibility'
import { activateShippedPolicies, policyInForce } from '../policy/policy-in-force'
import { assessmentsOf } from './assess-eligibility'

@Injectable()
export class AssessEligibilityConsumer implements OnModuleInit {
  private readonly logger = new Logger('on-incident-reported')
  private readonly reaction: Reaction

  constructor(
    @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, followers: Followers,
  ) {
    this.reaction = followers.add(new Reaction({
      name: 'intake.on-incident-reported', store, database, decode, filter: { categories: ['incident'], types: ['IncidentReported', 'ReportedPersonsNamed', 'EventRetracted'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Waits until every event through `ordinal` was screened; false when that takes longer than `ms`. */
  reached(ordinal: number, ms: number): Promise<boolean> { return this.reaction.reached(ordinal, ms) }

  private async react(events: readonly RecordedEvent[]): Promise<void> {
    const now = this.clock.now()
    const { policyVersion, hash, policy } = await policyInForce(this.log, now)
    const items = assessmentsOf(events, { policyVersion, policyHash: hash, eligibility: policy.eligibility }, now, await this.reportsBeside(events))
    const refusal = (await handleEach(this.log, eligibility, items)).find(isRefusal)
    if (refusal && refusal.kind !== 'forbidden') throw new Error(`an incident could not be screened: ${refusal.refused}`)
  }

  /** The names of a report are recorded with it, right behind it. */
  private async reportsBeside(events: readonly RecordedEvent[]): Promise<ReadonlyMap<string, RecordedEvent>> {
    const named = events.filter(({ type }) => type === 'ReportedPersonsNamed')
    if (named.length === 0) return new Map()
    const streams = await this.log.loadMany([...new Set(named.map(({ stream }) => stream))])
    return new Map(named.flatMap(({ id, stream, revision }): [string, RecordedEvent][] => { const beside = streams.get(stream)?.[revision - 1]; return beside?.type === 'IncidentReported' ? [[id, beside]] : [] }))
  }

  /** The policies hold before the first report is screened. */
  onModuleInit(): Promise<void> { return activateShippedPolicies(this.log, this.clock.now()) }
}
