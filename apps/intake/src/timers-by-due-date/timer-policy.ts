/** The values of the timers: policy data, activated with its bytes like every policy, folded from the log. */
import type { PolicyActivatedV1, PolicyRetiredV1, RecordedEvent, TimerName, TimerOwner } from '@chorus/contracts'
import { activatedToo, heldAt, LEVELS_POLICY, readPolicy, TIMERS_POLICY, withdrawn, type Activation, type PolicyHead } from '@chorus/policy'
import type { Span } from '@chorus/timers'
import type { LevelPolicy } from '../policy/criteria'

export interface TimerRule extends Span { readonly owner: TimerOwner; readonly basis: string }
export interface TimerPolicy extends PolicyHead { readonly timers: Readonly<Partial<Record<TimerName, TimerRule>>>; readonly holidays: readonly string[] }

type Said = Pick<TimerPolicy, 'timers' | 'holidays'>
/** What the policies say at the moment of an event, and which versions were activated so far, some of them from a day to come. */
export interface TimerValues extends Said { readonly hotlineWithinMinutes?: number; readonly activated: { readonly timers: readonly Activation<Said>[]; readonly hotline: readonly Activation<number | null>[] } }
export const NO_VALUES: TimerValues = { timers: {}, holidays: [], activated: { timers: [], hotline: [] } }

/** What holds for a timer that this event starts. A version holds for what starts from then on. */
export const valuesAfter = ({ activated: before }: TimerValues, event: Pick<RecordedEvent, 'type' | 'data' | 'time' | 'receivedtime'>): TimerValues => {
  const activated = event.type === 'PolicyActivated' ? withActivated(before, event) : event.type === 'PolicyRetired' ? withRetired(before, event) : before
  const { timers, holidays } = heldAt(activated.timers, event.receivedtime)?.value ?? NO_VALUES
  const hotline = heldAt(activated.hotline, event.receivedtime)?.value ?? null
  return { timers, holidays, activated, ...(hotline === null ? {} : { hotlineWithinMinutes: hotline }) }
}

type Activated = TimerValues['activated']
const withActivated = (before: Activated, { data, time: from, receivedtime }: Pick<RecordedEvent, 'data' | 'time' | 'receivedtime'>): Activated => {
  const { policyId, version, text } = data as PolicyActivatedV1
  if (policyId === TIMERS_POLICY) { const { timers, holidays } = readPolicy<TimerPolicy>(text).policy; return { ...before, timers: activatedToo(before.timers, { version, from, value: { timers, holidays } }, receivedtime) } }
  if (policyId !== LEVELS_POLICY) return before
  return { ...before, hotline: activatedToo(before.hotline, { version, from, value: readPolicy<PolicyHead & Pick<LevelPolicy, 'lethalityScreens'>>(text).policy.lethalityScreens?.hotlineWithinMinutes ?? null }, receivedtime) }
}
const withRetired = (before: Activated, { data, time }: Pick<RecordedEvent, 'data' | 'time'>): Activated => {
  const { policyId, version } = data as PolicyRetiredV1
  if (policyId === TIMERS_POLICY) return { ...before, timers: withdrawn(before.timers, version, time) }
  return policyId === LEVELS_POLICY ? { ...before, hotline: withdrawn(before.hotline, version, time) } : before
}
