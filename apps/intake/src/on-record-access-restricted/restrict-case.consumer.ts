/**
 * Subscription: what closes or opens a record, and what gives a case another incident. Idempotency: the command's id is derived
 * from event and case. Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { RecordAccessRestrictedV2, RecordedEvent } from '@chorus/contracts'
import { fold, handle, isRefusal, streamOf } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { accessIdOf, initial, recordAccess } from '@chorus/record-access'
import { pchCase } from '../pch-case/pch-case'
import { BASIS, casesTouchedBy, closeDestroyed, incidentsByCase, restrictCase, type Closing } from './restrict-case'

@Injectable()
export class RestrictCaseConsumer {
  private readonly logger = new Logger('on-record-access-restricted')
  constructor(@Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, followers: Followers) {
    followers.add(new Reaction({
      name: 'intake.on-record-access-restricted', store, database, decode,
      filter: { categories: ['recordAccess', 'pchCase', 'circumstance'], types: ['RecordAccessRestricted', 'RecordAccessRestored', 'CaseOpened', 'IncidentLinkedToCase'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** Which cases rest on what is asked of the log each time: a record is closed seldom, and a list beside the log could be behind. */
  private async react(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) {
      const ended = closeDestroyed(event, this.clock.now())
      // A case that is closed already stays as it was closed.
      const answer = ended && await handle(this.log, pchCase, ended.caseId, ended.command)
      if (answer && isRefusal(answer) && answer.kind === 'retry-later') throw new Error(`a destroyed case could not be closed: ${answer.refused}`)
    }
    const concerns = events.filter(({ type, data }) => !type.startsWith('RecordAccess') || (data as { record: string }).record.startsWith('incident-'))
    if (concerns.length === 0) return
    const told: RecordedEvent[] = []
    for await (const event of this.log.read({ filter: { categories: [...BASIS.categories], types: [...BASIS.types] } })) told.push(event)
    const cases = incidentsByCase(told)
    for (const event of concerns) {
      for (const caseId of casesTouchedBy(event, cases)) {
        const answer = await handle(this.log, recordAccess, accessIdOf(`pchCase-${caseId}`), restrictCase(caseId, await this.closings([...cases.get(caseId) ?? []]), event, this.clock.now()))
        if (isRefusal(answer)) throw new Error(`who may see the level of a case could not be recorded: ${answer.refused}`)
      }
    }
  }

  private async closings(incidents: readonly string[]): Promise<Closing[]> {
    const streams = incidents.map((record) => streamOf(recordAccess, accessIdOf(record)))
    const found = await this.log.loadMany(streams)
    return streams.map((stream) => {
      const history = found.get(stream) ?? []
      const [ground] = Object.keys(fold(recordAccess, history, initial).grounds)
      const last = history.findLast(({ type, data }) => type === 'RecordAccessRestricted' && (data as RecordAccessRestrictedV2).ground === ground)
      return last ? last.data as RecordAccessRestrictedV2 : null
    })
  }
}
