/** What a policy file would change on today's log, before it is activated. Reads; records nothing. */
import { categoryNamed, type Actor, type CommandMeta, type NotificationPlannedV1, type RecordedEvent, type Role } from '@chorus/contracts'
import { fold, isRefusal, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import type { WallsOf } from '@chorus/platform'
import { changedValues, IDENTITY_POLICY, initial as noPolicy, LEVELS_POLICY, NOTIFICATIONS_POLICY, policy as policyStream, policyIn, policyVersionOf, TIMERS_POLICY, type ChangedValue, type PolicyFile } from '@chorus/policy'
import { closedTo, type Reader } from '@chorus/record-access'
import type { DueTimer } from '@chorus/timers'
import { screen } from '../on-incident-reported/assess-eligibility'
import { arrestsByIncident } from '../pch-case/his-records'
import type { CaseLookUp } from '../pch-case/look-up'
import { evolve as evolveCase, initial as noCase, type PchCase } from '../pch-case/pch-case'
import type { IdentityLookUp } from '../person-identity/identity-look-up'
import { isDecided } from '../person-identity/person-identity'
import { matchPersons, type IdentityPolicy } from '../person-match/person-match'
import type { TimerPolicy } from '../timers-by-due-date/timer-policy'
import { asItHolds, directionOf, levelDifference, screenedUnder, screeningDifference, type LevelDifference, type ScreeningDifference } from './compare-levels'
import { dueUnder, matchDifferences, planDifference, type MatchDifference, type PlanDifference, type TellingPolicy } from './compare-others'
import type { LevelPolicy } from './criteria'

export interface CaseChange extends LevelDifference { /** the case */ readonly record: string; /** the level that people have given it */ readonly assigned: string | null; readonly direction: ReturnType<typeof directionOf> }
export interface IncidentChange extends ScreeningDifference { /** the incident */ readonly record: string }
export interface TimerChange { /** id of what it watches, and its stream */ readonly record: string; readonly stream: string; readonly timer: string; readonly dueAt: string; /** by the values of the file; null: it would not run */ readonly wouldBeDueAt: string | null }
export interface MatchChange extends MatchDifference { /** the question of the matcher about these two */ readonly record: string }
export interface PlanChange extends PlanDifference { /** the notification */ readonly record: string; readonly caseId: string }
export interface CheckReport {
  readonly policyId: string
  readonly version: string
  readonly hash: string
  readonly status: 'DRAFT' | 'APPROVED'
  /** the version that holds, with which it was compared */
  readonly against: string
  /** why it could not be activated now; null: nothing stands in the way */
  readonly obstacle: string | null
  readonly values: readonly ChangedValue[]
  /** how many were looked at that the reader may see. How many would change is told by the lists alone: a count beside a list would tell of what the reader may not see */
  readonly cases?: { readonly open: number; /** open, and no level may rest on their incident any more */ readonly withoutBasis: number }
  readonly incidents?: { readonly reported: number }
  readonly timers?: { readonly running: number }
  readonly persons?: { readonly compared: number }
  readonly notifications?: { readonly planned: number }
  /** what was looked at and what not, in a sentence */
  readonly notice: string
  readonly caseChanges: readonly CaseChange[]
  readonly incidentChanges: readonly IncidentChange[]
  readonly timerChanges: readonly TimerChange[]
  readonly matchChanges: readonly MatchChange[]
  readonly planChanges: readonly PlanChange[]
  /** ms that the record took to be looked at under both */
  readonly tookMs: number
  /** further changes, beyond the end of the lists */
  readonly leftOut: number
}
type Found = Partial<Pick<CheckReport, 'cases' | 'incidents' | 'timers' | 'persons' | 'notifications' | 'caseChanges' | 'incidentChanges' | 'timerChanges' | 'matchChanges' | 'planChanges'>>
/** Whoever may not see a record of this category is shown none of its changes. */
const mayList = (reader: Reader, category: string): boolean => categoryNamed(category)?.sight[reader.role as Role] !== undefined

const caseOf = ({ record }: { readonly record: string }): string => `pchCase-${record}`
const incidentOf = ({ record }: { readonly record: string }): string => `incident-${record}`
const planCaseOf = ({ caseId }: { readonly caseId: string }): string => `pchCase-${caseId}`

/** Of each list so many are shown: each is a reading of a person's record. */
const LISTED = 500
const INSIDERS = 'Small counts are shown as they are: this is for those who work the cases, and not to be passed on.'

export class PolicyCheck {
  constructor(
    private readonly log: Recorder, private readonly cases: CaseLookUp, /** timers that run, of all streams of intake */ private readonly running: () => Promise<readonly DueTimer[]>,
    private readonly identities: IdentityLookUp, private readonly walls: WallsOf,
  ) {}

  /**
   * The record as it is, under the file and under what holds now. `activeFrom`: the day from which the file would hold. `opening`: told
   * of how many persons are about to be opened, before any is.
   */
  async report(file: PolicyFile, meta: CommandMeta, { activeFrom, opening }: { readonly activeFrom?: string; readonly opening: (persons: number) => Promise<void> }): Promise<CheckReport> {
    const began = performance.now()
    const { policyId, version, status } = file.policy
    const events = await this.log.load(streamOf(policyStream, policyId))
    const held = policyIn(policyId, events, meta.now)
    const { found, notice } = await this.compare(file, held.policy, meta, opening)
    const [cases, incidents, timers, matches, plans] = [
      await this.listed(meta.actor, found.caseChanges ?? [], caseOf), await this.listed(meta.actor, found.incidentChanges ?? [], incidentOf), await this.listed(meta.actor, found.timerChanges ?? [], ({ stream }) => stream),
      await this.listed(meta.actor, found.matchChanges ?? [], ({ record }) => `personIdentity-${record}`, 'referral'), await this.listed(meta.actor, found.planChanges ?? [], planCaseOf),
    ] as const
    const activation = policyStream.decide({ type: 'ActivatePolicy', data: { ...file.policy, hash: file.hash, text: file.text, approverRoles: file.kind.approvers, ...(activeFrom === undefined ? {} : { activeFrom }) }, meta }, fold(policyStream, events, noPolicy))
    return {
      policyId, version, hash: file.hash, status, against: held.policyVersion, obstacle: isRefusal(activation) ? activation.text : null, values: policyId === LEVELS_POLICY ? changedValues(asItHolds(held.policy as LevelPolicy), asItHolds(file.policy as LevelPolicy)) : changedValues(held.policy, file.policy), notice,
      tookMs: Math.round(performance.now() - began),
      ...(found.cases ? { cases: found.cases } : {}), ...(found.incidents ? { incidents: found.incidents } : {}), ...(found.timers ? { timers: found.timers } : {}),
      ...(found.persons ? { persons: found.persons } : {}), ...(found.notifications ? { notifications: found.notifications } : {}),
      caseChanges: cases.shown, incidentChanges: incidents.shown, timerChanges: timers.shown, matchChanges: matches.shown, planChanges: plans.shown,
      leftOut: [cases, incidents, timers, matches, plans].reduce((sum, { leftOut }) => sum + leftOut, 0),
    }
  }

  private async compare(file: PolicyFile, held: object, { actor: reader, now }: CommandMeta, opening: (persons: number) => Promise<void>): Promise<{ found: Found; notice: string }> {
    if (file.kind.policyId === LEVELS_POLICY) {
      const [before, after] = [held as LevelPolicy, file.policy as LevelPolicy]
      const hotline = await this.timersUnder(reader, ({ timer, from, due }) => (timer !== 'T-LAP' ? due : after.lethalityScreens ? new Date(Date.parse(from) + after.lethalityScreens.hotlineWithinMinutes * 60_000).toISOString() : null))
      return { found: { ...await this.levels(before, after, reader, now), ...await this.screenings(before, after, reader), ...hotline }, notice: `Every open case and every reported incident was looked at under both. No level or due date is changed by a policy: levels are proposed anew when a person asks, and what runs keeps its due date. Once the policy holds, incidents that it screens otherwise are assessed anew, beside what was assessed before. ${INSIDERS}` }
    }
    if (file.kind.policyId === TIMERS_POLICY) {
      return { found: await this.timersUnder(reader, dueUnder(file.policy as TimerPolicy)), notice: `Every timer of intake that runs was counted anew. What runs keeps the due date that it was given: the file would hold for what starts once it holds. ${INSIDERS}` }
    }
    if (file.kind.policyId === IDENTITY_POLICY && mayList(reader, 'referral')) return { found: await this.matches(held as IdentityPolicy, file.policy as IdentityPolicy, opening), notice: `All persons on record were compared under both, in memory. What somebody has decided stays decided; links that the machine has made stay, and are taken back by people. ${INSIDERS}` }
    if (file.kind.policyId === NOTIFICATIONS_POLICY) return { found: await this.plans(held as TellingPolicy, file.policy as TellingPolicy, reader), notice: `Every notification that is planned and not ended was looked at under both. What is planned keeps what it was planned with; the file would hold for what is planned once it holds. How long a review of her safety may take was compared as a value alone: which reviews run is not told here. ${INSIDERS}` }
    return { found: {}, notice: 'The file was read and held against its schema, and its values against those that hold. What it would change in the record is counted for those alone who may see who is who.' }
  }

  private async levels(before: LevelPolicy, after: LevelPolicy, reader: Actor, now: string): Promise<Found> {
    const fed = await arrestsByIncident(this.log)
    const states = new Map<string, PchCase>()
    for await (const event of this.log.read({ filter: { categories: ['pchCase'] } })) states.set(event.stream, evolveCase(states.get(event.stream) ?? noCase, event))
    const caseChanges: CaseChange[] = []
    const looked: { readonly record: string; readonly withoutBasis: boolean }[] = []
    for (const state of states.values()) {
      if (state.status !== 'open') continue
      const recorded = await this.cases.recordedOf(state, before, now, fed)
      const withoutBasis = !recorded.incidentCurrent || recorded.basisExpunged === true
      looked.push({ record: state.opened.caseId, withoutBasis })
      if (withoutBasis) continue
      const change = levelDifference(before, after, recorded, await this.cases.recordedOf(state, after, now, fed))
      if (!change) continue
      caseChanges.push({ record: state.opened.caseId, assigned: state.level, direction: directionOf(change), ...change })
    }
    const open = await this.open(reader, looked, caseOf)
    return { cases: { open: open.length, withoutBasis: open.filter(({ withoutBasis }) => withoutBasis).length }, caseChanges }
  }

  private async screenings(before: LevelPolicy, after: LevelPolicy, reader: Actor): Promise<Found> {
    const screenedBy = ({ eligibility, ...head }: LevelPolicy, event: RecordedEvent) => screen(event, { policyVersion: policyVersionOf(head), policyHash: '', eligibility })
    const changes = new Map<string, IncidentChange | null>()
    for await (const event of this.log.read({ filter: { categories: ['incident'], types: ['IncidentReported', 'EventRetracted'] } })) {
      // What a person took back is no report: the incident stands as it did.
      if (event.type === 'EventRetracted' && !event.sourceRecord) continue
      const record = event.stream.slice('incident-'.length)
      const change = screeningDifference(...screenedUnder(screenedBy(before, event), screenedBy(after, event)))
      changes.set(record, change && { record, ...change })
    }
    const incidentChanges = [...changes.values()].flatMap((change) => change ?? [])
    const open = await this.open(reader, [...changes.keys()].map((record) => ({ record })), incidentOf)
    return { incidents: { reported: open.length }, incidentChanges }
  }

  /** Opens names, birth dates and addresses for this one call, as a matching run does; records nothing of it. */
  private async matches(before: IdentityPolicy, after: IdentityPolicy, opening: (persons: number) => Promise<void>): Promise<Found> {
    const sides = await this.identities.sides()
    await opening(sides.known.size)
    const persons = await this.identities.persons(sides)
    const opposed = new Set(sides.opposed.map((two) => [...two].sort().join('|')))
    const { state } = await this.identities.register()
    const under = (policy: IdentityPolicy): Parameters<typeof matchDifferences>[0] => ({ linkBand: policy.linkBand, matches: matchPersons([], persons, policy, (one, other) => opposed.has([one, other].sort().join('|'))).matches })
    const matchChanges = matchDifferences(under(before), under(after), (one, other) => isDecided(state, one, other)).map((change) => ({ record: this.identities.matchIdOf([change.oneRef, change.otherRef]), ...change }))
    return { persons: { compared: persons.length }, matchChanges }
  }

  private async plans(before: TellingPolicy, after: TellingPolicy, reader: Actor): Promise<Found> {
    const planned = new Map<string, NotificationPlannedV1>()
    for await (const { type, stream, data } of this.log.read({ filter: { categories: ['notification'], types: ['NotificationPlanned', 'NotificationDelivered', 'NotificationCancelled', 'NotificationAbandoned'] } })) {
      if (type === 'NotificationPlanned') planned.set(stream, data as NotificationPlannedV1)
      else planned.delete(stream)
    }
    const planChanges = [...planned.values()].flatMap((plan): PlanChange[] => { const change = planDifference(before, after, plan); return change ? [{ record: plan.notificationId, caseId: plan.caseId, ...change }] : [] })
    const open = await this.open(reader, [...planned.values()].map((plan) => ({ record: plan.notificationId, caseId: plan.caseId })), planCaseOf)
    return { notifications: { planned: open.length }, planChanges }
  }

  private async timersUnder(reader: Actor, dueBy: (timer: DueTimer) => string | null): Promise<Found> {
    const running = (await this.running()).filter(({ missed }) => !missed)
    const timerChanges = running.flatMap((timer): TimerChange[] => {
      const wouldBeDueAt = dueBy(timer)
      return wouldBeDueAt !== null && Date.parse(wouldBeDueAt) === Date.parse(timer.due) ? [] : [{ record: timer.stream.slice(timer.stream.indexOf('-') + 1), stream: timer.stream, timer: timer.timer, dueAt: timer.due, wouldBeDueAt }]
    })
    const open = await this.open(reader, running.map(({ stream }) => ({ record: stream.slice(stream.indexOf('-') + 1), stream })), ({ stream }) => stream)
    return { timers: { running: open.length }, timerChanges }
  }

  private async listed<Change>(reader: Actor, changes: readonly Change[], streamOfChange: (change: Change) => string, seenAs?: string): Promise<{ readonly shown: readonly Change[]; readonly leftOut: number }> {
    // Before the list is cut, and before what lies beyond it is counted.
    const open = await this.open(reader, changes, streamOfChange, seenAs)
    return { shown: open.slice(0, LISTED), leftOut: Math.max(0, open.length - LISTED) }
  }

  /** What is closed to the reader, or destroyed, or of a kind that the reader's role never sees, is neither listed nor counted. */
  private async open<Change>(reader: Actor, changes: readonly Change[], streamOfChange: (change: Change) => string, seenAs?: string): Promise<readonly Change[]> {
    const seen = changes.filter((change) => { const stream = streamOfChange(change); return mayList(reader, seenAs ?? stream.slice(0, stream.indexOf('-'))) })
    const closed = await closedTo(this.log, seen.map(streamOfChange), reader)
    const wall = await this.walls(reader.id)
    return seen.filter((change) => !closed.has(streamOfChange(change)) && !closed.isGone(streamOfChange(change)) && !wall?.hides(change))
  }
}
