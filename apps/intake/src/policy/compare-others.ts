/** What one policy of who is who, of notifications or of timers would decide otherwise than another, of the same record. Pure. */
import type { Level, NotificationPlannedV1 } from '@chorus/contracts'
import type { PolicyHead } from '@chorus/policy'
import { dueAfter, type Timer } from '@chorus/timers'
import type { TimerPolicy } from '../timers-by-due-date/timer-policy'

/** Of two records: linked by the machine, asked about, or taken for different people. */
export type Held = 'LINK' | 'ASK' | 'DIFFERENT'
interface Pair { readonly refs: readonly [string, string]; readonly band: 'LINK' | 'ASK' }
export interface MatchDifference { readonly oneRef: string; readonly otherRef: string; readonly from: Held; readonly to: Held }

/** `decided`: two of whom somebody has said already who they are. Where a policy has the machine ask in the link band too, it asks. */
export const matchDifferences = (before: { readonly matches: readonly Pair[]; readonly linkBand: 'LINK' | 'ASK' }, after: typeof before, decided: (one: string, other: string) => boolean): MatchDifference[] => {
  const bands = ({ matches, linkBand }: typeof before): Map<string, Held> => new Map(matches.map(({ refs, band }) => [[...refs].sort().join('|'), band === 'LINK' ? linkBand : 'ASK']))
  const [was, is] = [bands(before), bands(after)]
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key): MatchDifference[] => {
    const [oneRef, otherRef] = key.split('|') as [string, string]
    const [from, to] = [was.get(key) ?? 'DIFFERENT', is.get(key) ?? 'DIFFERENT']
    return from === to || decided(oneRef, otherRef) ? [] : [{ oneRef, otherRef, from, to }]
  })
}

interface Way { readonly sla: string; readonly within: string; readonly template: string }
/** What of a policy of notifications says how somebody is told. */
export interface TellingPolicy extends PolicyHead {
  readonly levels: Readonly<Record<Level, { readonly default: string; readonly modes: Readonly<Partial<Record<string, Way>>> }>>
  readonly templates: Readonly<Partial<Record<string, { readonly version: string; readonly language: string; readonly active: boolean }>>>
}
export interface PlanDifference { readonly level: Level; readonly mode: string; readonly differs: readonly { readonly what: 'usualMode' | 'allowed' | 'timer' | 'within' | 'template' | 'templateVersion' | 'templateActive'; readonly before: string; readonly after: string }[] }

/** A plan that stands, made by the one policy or by the other; null: it would be the same. Its own language and due date are no policy's. */
export const planDifference = (before: TellingPolicy, after: TellingPolicy, { level, mode }: Pick<NotificationPlannedV1, 'level' | 'mode'>): PlanDifference | null => {
  const said = ({ levels, templates }: TellingPolicy): Readonly<Record<PlanDifference['differs'][number]['what'], string>> => {
    const way = levels[level].modes[mode]
    const template = way && templates[way.template]
    return {
      usualMode: levels[level].default, allowed: way ? 'yes' : 'no', timer: way?.sla ?? 'none', within: way?.within ?? 'none',
      template: way?.template ?? 'none', templateVersion: template?.version ?? 'none', templateActive: template?.active ? 'yes' : 'no',
    }
  }
  const [was, is] = [said(before), said(after)]
  const differs = (Object.keys(was) as (keyof typeof was)[]).filter((what) => was[what] !== is[what]).map((what) => ({ what, before: was[what], after: is[what] }))
  return differs.length === 0 ? null : { level, mode, differs }
}

/** When a timer that runs would be due by a policy of timers; null: it would not run. T-LAP is dated by another policy, T-DEF by who put somebody off. */
export const dueUnder = ({ timers, holidays }: Pick<TimerPolicy, 'timers' | 'holidays'>) => ({ timer, from, due }: Pick<Timer, 'timer' | 'from' | 'due'>): string | null => {
  if (timer === 'T-LAP' || timer === 'T-DEF') return due
  const rule = timers[timer]
  return rule ? dueAfter(from, rule, holidays) : null
}
