/** What a policy file would change on today's log, before it is activated. Reads; records nothing. */
import type { CommandMeta, RecordedEvent } from '@chorus/contracts'
import { fold, isRefusal, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { changedValues, initial as noPolicy, LEVELS_POLICY, policy as policyStream, policyIn, policyVersionOf, TIMERS_POLICY, type ChangedValue, type PolicyFile } from '@chorus/policy'
import { closedTo, type Reader } from '@chorus/record-access'
import { dueAfter, type DueTimer } from '@chorus/timers'
import { screen } from '../on-incident-reported/assess-eligibility'
import type { CaseLookUp } from '../pch-case/look-up'
import { evolve as evolveCase, initial as noCase, type PchCase } from '../pch-case/pch-case'
import type { TimerPolicy } from '../timers-by-due-date/timer-policy'
import { directionOf, levelDifference, screeningDifference, type LevelDifference, type Screened, type ScreeningDifference } from './compare-levels'
import type { LevelPolicy } from './criteria'

export interface CaseChange extends LevelDifference { /** the case */ readonly record: string; /** the level that people have given it */ readonly assigned: string | null; readonly direction: ReturnType<typeof directionOf> }
export interface IncidentChange extends ScreeningDifference { /** the incident */ readonly record: string }
export interface TimerChange { /** id of what it watches, and its stream */ readonly record: string; readonly stream: string; readonly timer: string; readonly dueAt: string; /** by the values of the file; null: it would not run */ readonly wouldBeDueAt: string | null }
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
  /** how many were looked at. How many would change is told by the lists alone: a count beside a list would tell of what the reader may not see */
  readonly cases?: { readonly open: number; /** open, and no level may rest on their incident any more */ readonly withoutBasis: number }
  readonly incidents?: { readonly reported: number }
  readonly timers?: { readonly running: number }
  /** what was looked at and what not, in a sentence */
  readonly notice: string
  readonly caseChanges: readonly CaseChange[]
  readonly incidentChanges: readonly IncidentChange[]
  readonly timerChanges: readonly TimerChange[]
  /** further changes, beyond the end of the lists */
  readonly leftOut: number
}
type Found = Partial<Pick<CheckReport, 'cases' | 'incidents' | 'timers' | 'caseChanges' | 'incidentChanges' | 'timerChanges'>>

/** Of each list so many are shown: each is a reading of a person's record. */
const LISTED = 500
const INSIDERS = 'Small counts are shown as they are: this is for those who work the cases, and not to be passed on.'

export class PolicyCheck {
  constructor(private readonly log: Recorder, private readonly cases: CaseLookUp, /** timers that run, of all streams of intake */ private readonly running: () => Promise<readonly DueTimer[]>) {}

  /** The record as it is, under the file and under what holds now. */
  async report(file: PolicyFile, meta: CommandMeta): Promise<CheckReport> {
    const { policyId, version, status } = file.policy
    const events = await this.log.load(streamOf(policyStream, policyId))
    const held = policyIn(policyId, events, meta.now)
    const { found, notice } = await this.compare(file, held.policy)
    const lists = await Promise.all([
      this.listed(meta.actor, found.caseChanges ?? [], ({ record }) => `pchCase-${record}`), this.listed(meta.actor, found.incidentChanges ?? [], ({ record }) => `incident-${record}`), this.listed(meta.actor, found.timerChanges ?? [], ({ stream }) => stream),
    ])
    const activation = policyStream.decide({ type: 'ActivatePolicy', data: { ...file.policy, hash: file.hash, text: file.text, approverRoles: file.kind.approvers }, meta }, fold(policyStream, events, noPolicy))
    return {
      policyId, version, hash: file.hash, status, against: held.policyVersion, obstacle: isRefusal(activation) ? activation.text : null, values: changedValues(held.policy, file.policy), notice,
      ...(found.cases ? { cases: found.cases } : {}), ...(found.incidents ? { incidents: found.incidents } : {}), ...(found.timers ? { timers: found.timers } : {}),
      caseChanges: lists[0].shown, incidentChanges: lists[1].shown, timerChanges: lists[2].shown, leftOut: lists.reduce((sum, { leftOut }) => sum + leftOut, 0),
    }
  }

  private async compare(file: PolicyFile, held: object): Promise<{ found: Found; notice: string }> {
    if (file.kind.policyId === LEVELS_POLICY) {
      const [before, after] = [held as LevelPolicy, file.policy as LevelPolicy]
      const hotline = await this.timersUnder(({ timer, from, due }) => (timer !== 'T-LAP' ? due : after.lethalityScreens ? new Date(Date.parse(from) + after.lethalityScreens.hotlineWithinMinutes * 60_000).toISOString() : null))
      return { found: { ...await this.levels(before, after), ...await this.screenings(before, after), ...hotline }, notice: `Every open case and every reported incident was looked at under both. No level, screening or due date is changed by a policy: levels are proposed anew when a person asks, and what runs keeps its due date. ${INSIDERS}` }
    }
    if (file.kind.policyId === TIMERS_POLICY) {
      const { timers, holidays } = file.policy as TimerPolicy
      const found = await this.timersUnder(({ timer, from, due }) => { if (timer === 'T-LAP') return due; const rule = timers[timer]; return rule ? dueAfter(from, rule, holidays) : null })
      return { found, notice: `Every timer of intake that runs was counted anew. What runs keeps the due date that it was given: the file would hold for what starts once it holds. ${INSIDERS}` }
    }
    return { found: {}, notice: `The file was read and held against its schema, and its values against those that hold. What it would change in the record was not counted: of ${file.kind.policyId} that is not built.` }
  }

  private async levels(before: LevelPolicy, after: LevelPolicy): Promise<Found> {
    const states = new Map<string, PchCase>()
    for await (const event of this.log.read({ filter: { categories: ['pchCase'] } })) states.set(event.stream, evolveCase(states.get(event.stream) ?? noCase, event))
    const caseChanges: CaseChange[] = []
    const count = { open: 0, withoutBasis: 0 }
    for (const state of states.values()) {
      if (state.status !== 'open') continue
      count.open++
      const recorded = await this.cases.recordedOf(state, before.prohibitedBehaviors)
      if (!recorded.incidentCurrent || recorded.basisExpunged) { count.withoutBasis++; continue }
      const change = levelDifference(before, after, recorded, await this.cases.recordedOf(state, after.prohibitedBehaviors))
      if (!change) continue
      caseChanges.push({ record: state.opened.caseId, assigned: state.level, direction: directionOf(change), ...change })
    }
    return { cases: count, caseChanges }
  }

  private async screenings(before: LevelPolicy, after: LevelPolicy): Promise<Found> {
    const screenedBy = ({ eligibility, ...head }: LevelPolicy) => (event: RecordedEvent): Screened => { const found = screen(event, { policyVersion: policyVersionOf(head), eligibility }); return found?.partners ? found.assessment : null }
    const changes = new Map<string, IncidentChange | null>()
    for await (const event of this.log.read({ filter: { categories: ['incident'], types: ['IncidentReported', 'EventRetracted'] } })) {
      // What a person took back is no report: the incident stands as it did.
      if (event.type === 'EventRetracted' && !event.sourceRecord) continue
      const record = event.stream.slice('incident-'.length)
      const change = screeningDifference(screenedBy(before)(event), screenedBy(after)(event))
      changes.set(record, change && { record, ...change })
    }
    const incidentChanges = [...changes.values()].flatMap((change) => change ?? [])
    return { incidents: { reported: changes.size }, incidentChanges }
  }

  private async timersUnder(dueBy: (timer: DueTimer) => string | null): Promise<Found> {
    const running = (await this.running()).filter(({ missed }) => !missed)
    const timerChanges = running.flatMap((timer): TimerChange[] => {
      const wouldBeDueAt = dueBy(timer)
      return wouldBeDueAt !== null && Date.parse(wouldBeDueAt) === Date.parse(timer.due) ? [] : [{ record: timer.stream.slice(timer.stream.indexOf('-') + 1), stream: timer.stream, timer: timer.timer, dueAt: timer.due, wouldBeDueAt }]
    })
    return { timers: { running: running.length }, timerChanges }
  }

  /** What is closed to the reader, or destroyed, is not listed. */
  private async listed<Change>(reader: Reader, changes: readonly Change[], streamOfChange: (change: Change) => string): Promise<{ readonly shown: readonly Change[]; readonly leftOut: number }> {
    const closed = await closedTo(this.log, changes.map(streamOfChange), reader)
    const open = changes.filter((change) => !closed.has(streamOfChange(change)) && !closed.isGone(streamOfChange(change)))
    return { shown: open.slice(0, LISTED), leftOut: Math.max(0, open.length - LISTED) }
  }
}
