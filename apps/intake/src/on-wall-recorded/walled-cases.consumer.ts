/**
 * Subscription: walls (ConflictOfInterestRecorded, ConflictOfInterestEnded), and whatever leads from a person to a case: which
 * cases stand behind a wall may change with each. Idempotency: the same change at the same place is the same command. Errors: the
 * batch comes again, later and later.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import { eventRegistry, IDENTITY_REGISTER, readBy, type ConflictOfInterestRecordedV1, type RecordedEvent } from '@chorus/contracts'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { keepWalledCases, LEADING, wallsIn } from '@chorus/record-access'

const WALLS = 'conflictOfInterest'
const READABLE = readBy('intake')
const FOLLOWED = [WALLS, IDENTITY_REGISTER.split('-')[0]!, ...LEADING].filter((category) => READABLE.includes(category))
const TYPES = [...new Set(eventRegistry.all().filter(({ categories }) => categories.some((category) => FOLLOWED.includes(category))).map(({ type }) => type))]

@Injectable()
export class WalledCasesConsumer {
  private readonly logger = new Logger('on-wall-recorded')
  private readonly accounts = new Set<string>()
  private readThrough = 0
  private readonly walls

  constructor(
    @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, followers: Followers,
  ) {
    this.walls = wallsIn(log, (category) => READABLE.includes(category))
    followers.add(new Reaction({
      name: 'intake.on-wall-recorded', store, database, decode, filter: { categories: FOLLOWED, types: TYPES },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, (events) => this.react(events)))
  }

  /** A batch is looked at once, as of the log's head: what comes later brings a batch of its own. */
  private async react(events: readonly RecordedEvent[]): Promise<void> {
    for await (const { data, ordinal } of this.log.read({ after: this.readThrough, filter: { categories: [WALLS] } })) {
      this.accounts.add((data as ConflictOfInterestRecordedV1).account)
      this.readThrough = ordinal
    }
    const cause = events.at(-1)!
    for (const account of this.accounts) {
      await keepWalledCases(this.log, this.walls, account, {
        correlationId: cause.correlationId, causationId: cause.id, now: this.clock.now(),
        actor: { id: 'chorus:on-wall-recorded', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
      })
    }
  }
}
