/**
 * Subscription: AuthorityAllotted in authorization streams, on the log: they are finance's own. Idempotency: command ids derived
 * from the event's id. Errors: the batch comes again, later and later; nothing behind it is passed over.
 */
import { Inject, Injectable, Logger } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { RecordedEvent } from '@chorus/contracts'
import { handle, isRefusal, type Handled } from '@chorus/decider'
import { decode, type EventStore, type Recorder } from '@chorus/event-store'
import { CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { Reaction } from '@chorus/read-models'
import { account } from '../account/account'
import { receiveAuthority } from './receive-authority'

@Injectable()
export class ReceiveAuthorityConsumer {
  private readonly logger = new Logger('on-authority-allotted')
  private readonly reaction: Reaction

  constructor(@Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder, @Inject(CLOCK) private readonly clock: Clock, followers: Followers) {
    this.reaction = followers.add(new Reaction({
      name: 'finance.on-authority-allotted', store, database, decode, filter: { categories: ['authorization'], types: ['AuthorityAllotted'] },
      logger: { warn: (details, message) => this.logger.warn({ ...details, note: message }) },
    }, async (events) => { for (const event of events) await this.react(event) }))
  }

  /**
   * Called when it was allotted here, so that the next command finds it in the account; undefined where that failed.
   * What fails here the subscription makes good; the same command ids make both harmless.
   */
  async atOnce(event: RecordedEvent): Promise<Handled | undefined> {
    return this.react(event).catch((error: unknown) => {
      this.logger.warn({ err: error, note: 'the account takes in its authority a little later' })
      return undefined
    })
  }

  /** Waits until everything that was allotted through `ordinal` was taken in; false when that takes longer than `ms`. */
  reached(ordinal: number, ms: number): Promise<boolean> { return this.reaction.reached(ordinal, ms) }

  private async react(event: RecordedEvent): Promise<Handled> {
    const { id, command } = receiveAuthority(event, this.clock.now())
    const answer = await handle(this.log, account, id, command)
    if (isRefusal(answer)) throw new Error(`authority could not be taken in: ${answer.refused}`)
    return answer
  }
}
