/** What the decisions about a notification need of other streams: read at the log's head at the edge, handed in as data, with how far was read. */
import type { Basis, NotificationDeliveredV1, NotificationPlannedV1, RecordDelivery, RecordedEvent } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import { closedTo } from '@chorus/record-access'
import { policyInForce } from '../notification-policy/policy-in-force'
import type { Rules } from '../notification-policy/notification-policy'
import { activeHolds, clearanceOf, covers, initial as noReview, liftedHolds, safetyReview, type Clearance, type SafetyReview } from '../safety-review/safety-review'
import { circumstanceStream, voidsOf, type Voids } from '../safety-review/voids'
import { isPermittedClass, type DeliveryFacts } from './breaches'
import { caseSafetyIdOf, caseStanding, formerNotificationIdOf, notificationIdOf, safetyIdOf, within, type CaseStanding, type Span, type Stretch } from './case-standing'
import { initial, notification, type Notification, type PermissionFacts } from './notification'

/** Somebody who is of no agency of justice. */
const OUTSIDE = { role: 'healthProgram', agency: 'HEALTH' }
export type Planned = Extract<Notification, { status: 'planned' }>
const basisOf = (stream: string, events: readonly RecordedEvent[]): Basis[] => events.length === 0 ? [] : [{ stream, revision: events.length - 1 }]
const safetyStream = (id: string): string => streamOf(safetyReview, id)
export const caseStream = (caseId: string): string => `pchCase-${caseId}`

/** The safety context's state of a notification and its case, and what is told of it. */
export interface Safety { readonly own: SafetyReview; readonly ofCase: SafetyReview; readonly clearance: Clearance | null; readonly liftedHolds: readonly string[] }
const safetyOf = (own: SafetyReview, ofCase: SafetyReview, voids: Voids): Safety =>
  ({ own, ofCase, clearance: activeHolds(ofCase).length > 0 ? null : clearanceOf(own, voids), liftedHolds: [...liftedHolds(own), ...liftedHolds(ofCase)] })
/** Whether a hold of the notification's own stream still stands. */
export const isHeld = (state: Planned, safety: Safety): boolean => state.holds.some(({ holdId }) => !safety.liftedHolds.includes(holdId))

export class NotificationLookUp {
  constructor(private readonly log: Recorder, private readonly vault: Vault) {}

  async stateOf(notificationId: string): Promise<Notification> { return fold(notification, await this.log.load(streamOf(notification, notificationId)), initial) }

  /** null where there is no such notification: then the decision says so. */
  async forPermission(notificationId: string, now: string): Promise<PermissionFacts> {
    const policy = await policyInForce(this.log, now)
    const state = await this.stateOf(notificationId)
    const facts = { policyVersion: policy.policyVersion, authorizationMinutes: policy.rules.authorizationMinutes }
    if (state.status === 'none') return { ...facts, clearance: null, liftedHolds: [], caseOpen: false, modeAllowed: false, templateUsable: false, basisClosed: false, basis: [] }
    const { caseId, level, mode } = state.plan
    const { streams, events, safety, basis } = await this.about(notificationId, caseId)
    const { clearance, liftedHolds: lifted } = safety
    return {
      ...facts, clearance, liftedHolds: lifted, caseOpen: caseStanding(events(streams.theCase)).status === 'open',
      modeAllowed: policy.rules.levels[level].modes[mode] !== undefined, templateUsable: templateOf(policy.rules, state.plan)?.usable ?? false, basisClosed: (await closedTo(this.log, [caseStream(caseId)], OUTSIDE)).size > 0,
      basis: [...basis, policy.basis],
    }
  }

  /** As of the moment of the delivery: what was decided after it does not make it a breach. */
  async forDelivery(notificationId: string, said: RecordDelivery, commandId: string): Promise<DeliveryFacts> {
    const policy = await policyInForce(this.log, said.at)
    const factId = this.vault.uuid('event-id', 'command', commandId, '0')
    const state = await this.stateOf(notificationId)
    const template = templateOf(policy.rules, said)
    if (state.status === 'none') return { factId, template, cleared: false, held: false, liftedHolds: [], caseClosed: false, modeAllowed: false, basis: [] }
    const { caseId, level } = state.plan
    const { streams, events, asOf, basis } = await this.about(notificationId, caseId)
    const then = asOf(said.at)
    const cleared = wasCleared(asOf, said.at, said.placeClass)
    return {
      factId, template, cleared, held: activeHolds(then.own).length + activeHolds(then.ofCase).length > 0, liftedHolds: then.liftedHolds,
      caseClosed: within(caseStanding(events(streams.theCase)).closures, said.at), modeAllowed: policy.rules.levels[level].modes[said.mode] !== undefined,
      basis: [...basis, policy.basis],
    }
  }

  /** What lies in other streams of a notification: its safety, its case's, the case, and what happened around its person; now, and as of a moment. */
  private async about(notificationId: string, caseId: string) {
    const streams = { own: safetyStream(safetyIdOf(notificationId)), ofCase: safetyStream(caseSafetyIdOf(caseId)), theCase: caseStream(caseId), around: circumstanceStream(caseId) }
    const read = await this.log.loadMany(Object.values(streams))
    const events = (stream: string): readonly RecordedEvent[] => read.get(stream) ?? []
    const voids = voidsOf(events(streams.around), caseStanding(events(streams.theCase)).deferrals)
    const safety = safetyOf(fold(safetyReview, events(streams.own), noReview), fold(safetyReview, events(streams.ofCase), noReview), voids)
    const asOf = (moment: string): Safety => {
      const by = (stream: string) => fold(safetyReview, events(stream).filter((event) => Date.parse(event.time) <= Date.parse(moment)), noReview)
      return safetyOf(by(streams.own), by(streams.ofCase), { ...voids, entries: voids.entries.filter(({ from }) => Date.parse(from) <= Date.parse(moment)), deferrals: spansAsOf(voids.deferrals, moment) })
    }
    return { streams, events, safety, asOf, basis: Object.values(streams).flatMap((stream) => basisOf(stream, events(stream))) }
  }

  async safetyOf(notificationId: string, caseId: string): Promise<Safety> { return (await this.about(notificationId, caseId)).safety }

  /** How far the circumstances of a case had come: an answer to a review says it, and is void by what comes after. */
  async circumstancesSeen(caseId: string): Promise<readonly Basis[]> { return basisOf(circumstanceStream(caseId), await this.log.load(circumstanceStream(caseId))) }

  /** Deliveries that nothing cleared, by what is known now, and that do not say so: what happened before them was told after them. */
  async deliveredUncleared({ notificationId, caseId }: Pick<NotificationPlannedV1, 'notificationId' | 'caseId'>): Promise<readonly { readonly factId: string; readonly basis: readonly Basis[] }[]> {
    const { asOf, basis } = await this.about(notificationId, caseId)
    return (await this.log.load(streamOf(notification, notificationId))).filter(({ type, time, data, breaches }) =>
      type === 'NotificationDelivered' && !breaches?.includes('M1') && !wasCleared(asOf, time, (data as NotificationDeliveredV1).placeClass)).map(({ id }) => ({ factId: id, basis }))
  }

  /** What holds for everything of a case: its stops. */
  async safetyOfCase(caseId: string): Promise<SafetyReview> { return fold(safetyReview, await this.log.load(safetyStream(caseSafetyIdOf(caseId))), noReview) }

  /** Notifications and their safety at the log's head, in one reading. */
  async many(ids: readonly { readonly notificationId: string; readonly caseId: string }[]): Promise<{ readonly state: Notification; readonly safety: Safety }[]> {
    const streams = ids.map(({ notificationId, caseId }) => ({ it: streamOf(notification, notificationId), own: safetyStream(safetyIdOf(notificationId)), ofCase: safetyStream(caseSafetyIdOf(caseId)), theCase: caseStream(caseId), around: circumstanceStream(caseId) }))
    const read = await this.log.loadMany([...new Set(streams.flatMap((one) => Object.values(one)))])
    return streams.map(({ it, own, ofCase, theCase, around }) => ({
      state: fold(notification, read.get(it) ?? [], initial), safety: safetyOf(fold(safetyReview, read.get(own) ?? [], noReview), fold(safetyReview, read.get(ofCase) ?? [], noReview), voidsOf(read.get(around) ?? [], caseStanding(read.get(theCase) ?? []).deferrals)),
    }))
  }

  /** How the case stands; `through`: as of this revision of its stream. */
  async caseStanding(caseId: string, through = Infinity): Promise<CaseStanding & { readonly basis: readonly Basis[] }> {
    const events = (await this.log.load(caseStream(caseId))).filter(({ revision }) => revision <= through)
    return { ...caseStanding(events), basis: basisOf(caseStream(caseId), events) }
  }

  /** Every notification of these stretches of a case, first ones and repeats: found by their names, which the case fixes. */
  async ofStretches(caseId: string, stretches: readonly Stretch[]): Promise<Planned[]> {
    const found: Planned[] = []
    for (const stretch of stretches) {
      for (let number = 1; ; number++) {
        const [state, former] = await Promise.all([notificationIdOf(stretch, number), formerNotificationIdOf(caseId, stretch, number)].map((id) => this.stateOf(id)))
        const planned = [state!, former!].find((one): one is Planned => one.status !== 'none')
        if (!planned) break
        found.push(planned)
      }
    }
    return found
  }
}

/** What of them had begun by then, and was not over by then. */
const spansAsOf = (spans: readonly Span[], moment: string): Span[] =>
  spans.filter(({ from }) => Date.parse(from) <= Date.parse(moment)).map(({ from, to }) => ({ from, to: to !== null && Date.parse(to) <= Date.parse(moment) ? to : null }))

/** People write the minute: a clearance that was given within it counts, a hold and what voids it count from their own second. */
const wasCleared = (asOf: (moment: string) => Safety, at: string, placeClass: string): boolean =>
  [at, endOfMinute(at)].some((moment) => { const { clearance } = asOf(moment); return covers(clearance, at) && isPermittedClass(placeClass, clearance.permittedPlaces) })

const endOfMinute = (instant: string): string => new Date(Math.floor(Date.parse(instant) / 60_000) * 60_000 + 59_999).toISOString()

/** M4: active, and approved by prosecutor and advocate. */
const templateOf = ({ templates }: Rules, { templateId, templateVersion }: Pick<NotificationPlannedV1, 'templateId' | 'templateVersion'>): DeliveryFacts['template'] => {
  const found = templates[templateId]
  if (!found || found.version !== templateVersion) return null
  return { language: found.language, usable: found.active && found.approvedBy.includes('prosecutor') && found.approvedBy.includes('systemAdvocate') }
}
