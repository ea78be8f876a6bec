/**
 * Holds are two entries: why (HoldRaised, in the safety context) and the stop itself (NotificationHeld, in the notification's
 * own stream). Why goes first: every permission reads both, so a crash between them leaves the notification stopped with its
 * reason kept, and the reaction to HoldRaised puts the second in its place. If the first cannot be recorded, the second is
 * tried all the same: a hold waits for nothing.
 */
import type { CommandMeta, HoldCode, HoldRaisedV1, LiftCode, Role } from '@chorus/contracts'
import { derivedId, handle, isRefusal, refused, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { caseSafetyIdOf, safetyIdOf } from '../notification/case-standing'
import type { NotificationLookUp } from '../notification/look-up'
import { notification } from '../notification/notification'
import { activeHolds, safetyReview } from './safety-review'

type Answer = Promise<Handled | Refusal>
export interface HoldWish { readonly holdId: string; readonly notificationId: string; readonly caseId: string; readonly code: HoldCode; readonly reviewAt: string }

/** A further command of the same wish: an id of its own, derived, so that the wish sent again finds both. */
export const partOf = ({ fingerprint: _, ...meta }: CommandMeta, part: string): CommandMeta => ({ ...meta, commandId: derivedId(part, meta.commandId) })
/** The hold that a stop of everything puts on one notification. */
export const holdUnderStop = (stopId: string, notificationId: string): string => derivedId('hold-under-stop', stopId, notificationId)

export class Holds {
  constructor(private readonly log: Recorder, private readonly lookUp: NotificationLookUp) {}

  /** Answers the place of the stop itself. */
  async raise({ holdId, notificationId, caseId, code, reviewAt }: HoldWish, meta: CommandMeta): Answer {
    const why: HoldRaisedV1 = { holdId, scope: 'NOTIFICATION', notificationId, caseId, code, byRole: meta.actor.role as Role | 'system', reviewAt }
    const kept = await handle(this.log, safetyReview, safetyIdOf(notificationId), { type: 'RaiseHold', data: why, meta: partOf(meta, `hold-reason ${notificationId}`) }).catch(() => NOT_KEPT)
    const stopped = await this.stop({ holdId, notificationId, caseId, reviewAt }, meta)
    if (isRefusal(stopped)) return stopped
    // the reaction may have put the stop there: that the wish is known then says its reason
    return isRefusal(kept) ? NOT_KEPT : { ...stopped, repeated: stopped.repeated || kept.repeated }
  }

  /** The stop alone, for a hold whose reason is recorded. */
  stop({ holdId, notificationId, caseId, reviewAt }: Omit<HoldWish, 'code'>, meta: CommandMeta): Answer {
    return handle(this.log, notification, notificationId, { type: 'HoldNotification', data: { notificationId, caseId, holdId, reviewAt }, meta })
  }

  /** Everything of a case. The one entry for the case stops all of it at once, also what is planned while it stands; then each plan. */
  async stopCase({ holdId, caseId, reviewAt }: Pick<HoldWish, 'holdId' | 'caseId' | 'reviewAt'>, meta: CommandMeta): Answer {
    const all: HoldRaisedV1 = { holdId, scope: 'CASE', caseId, code: 'STOP_EVERYTHING', byRole: meta.actor.role as Role, reviewAt }
    const stopped = await handle(this.log, safetyReview, caseSafetyIdOf(caseId), { type: 'RaiseHold', data: all, meta })
    const each = await this.holdPlans(caseId, holdId, reviewAt, meta)
    return isRefusal(stopped) ? stopped : each ?? stopped
  }

  /** What is planned while a stop stands is held with it. */
  async underStops(caseId: string, meta: CommandMeta): Promise<Refusal | null> {
    const ofCase = await this.lookUp.safetyOfCase(caseId)
    for (const stopId of activeHolds(ofCase)) {
      const refusal = await this.holdPlans(caseId, stopId, ofCase.holds[stopId]!.reviewAt, meta)
      if (refusal) return refusal
    }
    return null
  }

  /** Puts a stop of the case on each of its plans. */
  async holdPlans(caseId: string, stopId: string, reviewAt: string, meta: CommandMeta): Promise<Refusal | null> {
    let problem: Refusal | null = null
    const { stretches } = await this.lookUp.caseStanding(caseId)
    for (const { phase, plan: { notificationId } } of await this.lookUp.ofStretches(caseId, stretches)) {
      if (phase !== 'open') continue
      const holdId = holdUnderStop(stopId, notificationId)
      // The wish is the stop's, whoever repeats it: the command too.
      const answer = await this.raise({ holdId, notificationId, caseId, code: 'STOP_EVERYTHING', reviewAt }, { ...partOf(meta, 'stop'), commandId: derivedId('hold', holdId) })
      if (isRefusal(answer)) problem ??= answer
    }
    return problem
  }

  /** The holds that a stop put on plans are lifted first, the stop last: a crash between leaves it standing. */
  async liftStop({ caseId, holdId, code }: { readonly caseId: string; readonly holdId: string; readonly code: LiftCode }, meta: CommandMeta): Answer {
    const ofCase = await this.lookUp.safetyOfCase(caseId)
    if (!ofCase.holds[holdId]) return refused('hold_unknown', 'There is no stop of this number for this case. Take its number from the safety view.', { kind: 'not-found' })
    const { stretches } = await this.lookUp.caseStanding(caseId)
    for (const { plan: { notificationId } } of await this.lookUp.ofStretches(caseId, stretches)) {
      const own = holdUnderStop(holdId, notificationId)
      const { own: safety } = await this.lookUp.safetyOf(notificationId, caseId)
      if (!safety.holds[own]) continue
      const answer = await handle(this.log, safetyReview, safetyIdOf(notificationId), { type: 'LiftHold', data: { holdId: own, caseId, code }, meta: partOf(meta, `lift ${notificationId}`) })
      if (isRefusal(answer)) return answer
    }
    return handle(this.log, safetyReview, caseSafetyIdOf(caseId), { type: 'LiftHold', data: { holdId, caseId, code }, meta })
  }
}

const NOT_KEPT = refused('reason_not_kept', 'It is held. Why it is held could not be recorded: send the same request with the same Idempotency-Key again.', { kind: 'retry-later' })
