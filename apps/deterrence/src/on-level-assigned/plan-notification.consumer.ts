/**
 * Subscription: LevelAssigned, LevelChanged and CaseClosed on program.cases.v1; one consumer, since a plan must be there before
 * it is taken back. Idempotency: command ids derived from the event's. Errors: a refusal parks the case's stream by its cause.
 */
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { BusEvent } from '@chorus/contracts'
import { handle, isRefusal } from '@chorus/decider'
import { Consumer, failureOf, Permanent, type EventBus } from '@chorus/event-bus'
import type { EventStore, Recorder } from '@chorus/event-store'
import { BUS, CLOCK, DATABASE, Followers, RECORDER, STORE, type Clock } from '@chorus/platform'
import { activateShippedPolicy, policyInForce } from '../notification-policy/policy-in-force'
import { NotificationLookUp } from '../notification/look-up'
import { notification, type NotificationCommand } from '../notification/notification'
import { cancelNotification, planNotification, stretchesEndedBy } from './plan-notification'

@Injectable()
export class PlanNotificationConsumer implements OnModuleInit {
  private readonly logger = new Logger('on-level-assigned')

  constructor(
    @Inject(BUS) bus: EventBus, @Inject(STORE) store: EventStore, @Inject(DATABASE) database: Sql, @Inject(RECORDER) private readonly log: Recorder,
    @Inject(CLOCK) private readonly clock: Clock, private readonly lookUp: NotificationLookUp, followers: Followers,
  ) {
    followers.add(new Consumer({
      name: 'deterrence.on-level-assigned', topics: ['program.cases.v1'], types: ['LevelAssigned', 'LevelChanged', 'CaseClosed'], bus, store, database, clock,
      logger: this.logger, react: (event) => this.react(event),
    }))
  }

  private async react(event: BusEvent): Promise<void> {
    const { caseId } = event.data as { caseId: string }
    const standing = await this.lookUp.caseStanding(caseId, event.revision)
    for (const { plan: { notificationId } } of await this.lookUp.ofStretches(caseId, stretchesEndedBy(event, standing))) await this.send(cancelNotification(event, notificationId, this.clock.now()))
    if (event.type === 'CaseClosed') return
    // Once for each level (M8), under whatever name it was planned; what is planned already is known.
    if ((await this.lookUp.ofStretches(caseId, standing.stretches.filter(({ revision }) => revision === event.revision))).length > 0) return
    const now = this.clock.now()
    const planned = planNotification(event, caseId, standing, await policyInForce(this.log, now), now)
    if (!planned) throw new Permanent('level-without-plan', 'The policy in force has no way of telling at this level, or the case has no such level at this revision. Correct the policy, then retry.')
    await this.send(planned)
  }

  private async send({ id, command }: { readonly id: string; readonly command: NotificationCommand }): Promise<void> {
    const answer = await handle(this.log, notification, id, command)
    if (isRefusal(answer)) throw failureOf(answer)
  }

  /** The policy holds before the first plan is made. */
  onModuleInit(): Promise<void> { return activateShippedPolicy(this.log, this.clock.now()) }
}
