/** Which events start and end the timers of intake. Pure. */
import {
  AGGRESSOR_OPEN, PASSING_GROUNDS, type ArrestRecordedV1, type CaseDeferredV1, type CaseOpenedV1, type ChargingDecisionMadeV1, type EventRetractedV1, type IncidentLinkedToCaseV1, type IncidentReportedV1, type LethalityScreenAdministeredV1, type RecordedEvent, type ReferralDeferredV1, type ReferralExcludedV1, type TimerName,
} from '@chorus/contracts'
import { dayOf } from '@chorus/decider'
import { CHARGING_EVENTS } from '../charging/charging'
import { CIRCUMSTANCE_EVENTS } from '../circumstance/circumstance'
import { isQualifying } from '../circumstance/qualifying'
import { INCIDENT_EVENTS } from '../incident/incident'
import { dueAfter, ended, running, type Watch, type Watched } from '@chorus/timers'
import { hotlineDueAt, LETHALITY_SCREEN_EVENTS } from '../lethality-screen/lethality-screen'
import { CASE_EVENTS } from '../pch-case/pch-case'
import { areSeveral, areSeveralIn, arrestedBy, type Arrested } from '../on-disposition-entered/of-several'
import { REFERRAL_EVENTS } from '../referral/referral'
import type { TimerValues } from './timer-policy'

const own = (category: string) => (event: Pick<RecordedEvent, 'stream'>): string | null => event.stream.startsWith(`${category}-`) ? event.stream : null
/** Starts the timer where the policy has a value for it. */
const start = (watched: Watched, timer: TimerName, from: string, { timers, holidays }: TimerValues): Watched => {
  const rule = timers[timer]
  return rule ? running(watched, { timer, owner: rule.owner, from, due: dueAfter(from, rule, holidays) }) : watched
}

/** An offence that is told late, from before what the timer runs from, moves nothing back. */
const later = (watched: Watched, moved: Watched, timer: TimerName): Watched => dueOf(moved, timer) > dueOf(watched, timer) ? moved : watched
const dueOf = ({ timers }: Watched, timer: TimerName): number => Math.max(...timers.filter((one) => one.timer === timer).map(({ due }) => Date.parse(due)))

/** T-DEF: what was put off, or excluded for what passes or may be found out, is looked at again by the end of the day that it names. */
const lookedAtBy = (watched: Watched, { time }: RecordedEvent, day: string): Watched => running(watched, { timer: 'T-DEF', owner: 'prosecutor', from: time, due: dueAfter(day, { after: 'PT0M' }) })
const deferredUntil = (watched: Watched, event: RecordedEvent): Watched => lookedAtBy(watched, event, (event.data as CaseDeferredV1 | ReferralDeferredV1).until)
const excludedUntil = (watched: Watched, event: RecordedEvent): Watched => {
  const { code, reviewableUntil } = event.data as ReferralExcludedV1
  return [...PASSING_GROUNDS, ...AGGRESSOR_OPEN].includes(code) ? lookedAtBy(watched, event, reviewableUntil) : watched
}

/** T-REF: a referral is opened as a case, excluded or put off. */
const referrals: Watch<TimerValues> = {
  category: 'referral', knows: REFERRAL_EVENTS,
  streamOf: (event) => event.type === 'CaseOpened' ? `referral-${(event.data as CaseOpenedV1).referralId}` : own('referral')(event),
  evolve: (watched, event, values) => {
    switch (event.type) {
      case 'ReferralReceived': return start(watched, 'T-REF', event.time, values)
      case 'CaseOpened': return ended(watched, 'T-REF', 'T-DEF')
      case 'ReferralExcluded': return excludedUntil(ended(watched, 'T-REF', 'T-DEF'), event)
      case 'ReferralDeferred': return deferredUntil(ended(watched, 'T-REF'), event)
      case 'ReferralReopened': return start(ended(watched, 'T-DEF'), 'T-REF', event.time, values)
      default: return watched
    }
  },
}

/** T-LAP: after a screen that screens in, as its source has it last, the hotline is called: once, whatever is corrected then. */
const screens: Watch<TimerValues> = {
  category: 'lethalityScreen', knows: LETHALITY_SCREEN_EVENTS, streamOf: own('lethalityScreen'),
  evolve: (watched, event, { hotlineWithinMinutes }) => {
    if (event.type === 'LethalityScreenAdministered') {
      const screen = event.data as LethalityScreenAdministeredV1
      const due = hotlineDueAt(screen, hotlineWithinMinutes)
      return due === undefined || watched.memory?.called ? ended(watched, 'T-LAP') : running(watched, { timer: 'T-LAP', owner: 'watchCommander', from: screen.administeredAt, due })
    }
    return event.type === 'AdvocateHotlineContactRecorded' ? { ...ended(watched, 'T-LAP'), memory: { called: true } } : watched
  },
}

/** T-VAL: a level is looked at again, so long after the last offence; what rests on it is not kept beyond five years unseen. Each level, and each review of it, starts both anew. */
const cases: Watch<TimerValues> = {
  category: 'pchCase', knows: CASE_EVENTS, streamOf: (event) => isQualifying(event) ? `pchCase-${(event.data as { caseId: string }).caseId}` : own('pchCase')(event),
  evolve: (watched, event, values) => {
    switch (event.type) {
      case 'LevelAssigned': case 'LevelChanged': case 'LevelReviewed': return start(start(watched, 'T-VAL', event.time, values), 'T-VAL-5Y', event.time, values)
      case 'IncidentLinkedToCase': case 'ProtectionOrderStatusChanged': return watched.timers.some(({ timer }) => timer === 'T-VAL') ? later(watched, start(watched, 'T-VAL', event.time, values), 'T-VAL') : watched
      case 'CaseDeferred': return deferredUntil(watched, event)
      case 'CaseReopened': return ended(watched, 'T-DEF')
      case 'CaseClosed': return ended(watched, 'T-VAL', 'T-VAL-5Y', 'T-DEF')
      default: return watched
    }
  },
}

/** What is remembered of an incident with an arrest. */
interface Arrest { readonly report?: string; /** day of the last arrest, by the report */ readonly arrested?: string; /** by a feed of arrests that names the incident */ readonly fed?: string; /** the arrests that it told, by their streams */ readonly fedBy?: Readonly<Record<string, Arrested>>; /** the report tells of more than one arrested person */ readonly several?: true; /** a case rests on it: the report of an agency without names is nobody's record yet */ readonly taken?: true; readonly charged?: true }

/** T-30: an arrest of an incident on which a case rests is charged within thirty days, or its record is closed. Counted from the last of its arrests. */
const arrests: Watch<TimerValues> = {
  category: 'incident', knows: INCIDENT_EVENTS,
  streamOf: (event) => {
    switch (event.type) {
      case 'CaseOpened': return `incident-${(event.data as CaseOpenedV1).indexIncidentId}`
      case 'IncidentLinkedToCase': { const { incidentId, side } = event.data as IncidentLinkedToCaseV1; return side === 'REFERRED' ? `incident-${incidentId}` : null }
      case 'ChargingDecisionMade': return `incident-${(event.data as ChargingDecisionMadeV1).incidentId}`
      case 'ArrestRecorded': { const { incidentId } = event.data as ArrestOfIncident; return incidentId === undefined ? null : `incident-${incidentId}` }
      case 'IncidentReported': case 'EventRetracted': case 'DeadlineMissed': return own('incident')(event)
      default: return null
    }
  },
  evolve: (watched, event, values) => {
    const before: Arrest = watched.memory ?? {}
    const now = arrestAfter(before, event)
    const next: Watched = { timers: watched.timers, ...(Object.keys(now).length > 0 ? { memory: { ...now } } : {}) }
    const [day, dayBefore] = [lastDay(now), lastDay(before)]
    // A charge is told of the incident, not of one of those who were arrested: of several it leaves the others without one. Of one person it answers every arrest, under whatever number.
    if (!day || !now.taken || (now.charged && !isOfSeveral(now))) return ended(next, 'T-30')
    return day === dayBefore && next.timers.some(({ timer }) => timer === 'T-30') ? next : start(next, 'T-30', day, values)
  },
}
/** An arrest of a feed that knows to which incident it belongs. */
type ArrestOfIncident = Pick<ArrestRecordedV1, 'arrestDate'> & { readonly incidentId?: string }
const isOfSeveral = ({ several, fedBy = {} }: Arrest): boolean => several === true || areSeveral(Object.values(fedBy))
const lastDay = ({ arrested, fed }: Arrest): string | undefined => [arrested, fed].flatMap((day) => day ?? []).sort().at(-1)
const arrestAfter = (before: Arrest, event: RecordedEvent): Arrest => {
  switch (event.type) {
    case 'CaseOpened': case 'IncidentLinkedToCase': return { ...before, taken: true }
    case 'ChargingDecisionMade': return (event.data as ChargingDecisionMadeV1).decision === 'FILED' ? { ...before, charged: true } : before
    case 'ArrestRecorded': { const { arrestDate } = event.data as ArrestOfIncident; return { ...before, fed: before.fed && before.fed > arrestDate ? before.fed : arrestDate, fedBy: { ...before.fedBy, [event.stream]: arrestedBy(event) } } }
    case 'EventRetracted': {
      if ((event.data as EventRetractedV1).retracts !== before.report) return before
      const { arrested: _, report: __, several: ___, ...others } = before
      return others
    }
    case 'IncidentReported': {
      const { arrestMade, arrestees } = event.data as IncidentReportedV1
      const { arrested: _, report: __, several: ___, ...others } = before
      if (!arrestMade) return others
      const days = arrestees.flatMap(({ arrestDate }) => arrestDate ?? [])
      return { ...others, ...(areSeveralIn({ arrestees }) ? { several: true as const } : {}), report: event.id, arrested: days.sort().at(-1) ?? (event.timePrecision === 'instant' ? dayOf(event.time) : event.time.slice(0, 10)) }
    }
    default: return before
  }
}

export const WATCHES: readonly Watch<TimerValues>[] = [referrals, screens, cases, arrests]
/** Read beside the streams that are watched. */
export const BESIDE = { categories: ['circumstance', 'charging', 'arrest'], knows: [...CIRCUMSTANCE_EVENTS, ...CHARGING_EVENTS, 'ArrestRecorded', 'EventRetracted'] } as const
