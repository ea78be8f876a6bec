/**
 * Subscription: ChargingDecisionMade and DispositionEntered in charging streams. Idempotency: command ids derived from the
 * event's id. Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { ChargingDecisionMadeV1, DispositionEnteredV1, RecordedEvent } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { accessIdOf, recordAccess } from '@chorus/record-access'
import { arrestsByIncident } from '../pch-case/his-records'
import { isOfSeveral } from './of-several'
import { restrictRecord } from './restrict-record'

@Injectable()
export class RestrictRecordConsumer {
  private readonly logger = new Logger('on-disposition-entered')
  constructor(@Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, followers: Followers) {
    followers.add(new Reaction({
      name: 'intake.on-disposition-entered', store, database, decode, filter: { categories: ['charging'], types: ['ChargingDecisionMade', 'DispositionEntered'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Asked of the log each time: charges are few, and a list beside the log could be behind. */
  private async isOfSeveral({ data }: RecordedEvent): Promise<boolean> {
    const { incidentId } = data as ChargingDecisionMadeV1 | DispositionEnteredV1
    return isOfSeveral(await this.log.load(`incident-${incidentId}`), (await arrestsByIncident(this.log)).get(incidentId) ?? [])
  }

  private async react(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) {
      const { record, commands } = restrictRecord(event, this.clock.now(), await this.log.load(event.stream), await this.isOfSeveral(event))
      for (const command of commands) {
        const answer = await handle(this.log, recordAccess, accessIdOf(record), command)
        if (isRefusal(answer)) throw new Error(`who may see a record could not be recorded: ${answer.refused}`)
      }
    }
  }
}
