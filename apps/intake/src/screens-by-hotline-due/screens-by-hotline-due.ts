/** What the safety context needs after a screen: which call for the hotline, by when, and whether it was called. The fold; the answers, sealed in the log, are not kept. */
import type { AdvocateHotlineContactRecordedV1, Instrument, LethalityScreenAdministeredV1, RecordedEvent, ScreenOutcome } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { heldAt, initial as noPolicy, policy, readPolicy } from '@chorus/policy'
import { CALLS_FOR_HOTLINE } from '../lethality-screen/instruments'
import { LETHALITY_SCREEN_EVENTS } from '../lethality-screen/lethality-screen'
import type { LevelPolicy } from '../policy/criteria'

/** to-call: it screened in, and no call is recorded · called: one is · no-call: nothing calls for one */
export const HOTLINE_STATES = ['to-call', 'called', 'no-call'] as const
export type HotlineState = (typeof HOTLINE_STATES)[number]
export const KNOWN = LETHALITY_SCREEN_EVENTS

export interface ScreenRow {
  readonly screenId: string
  readonly incidentId: string
  readonly instrument: Instrument
  readonly outcome: ScreenOutcome
  readonly administeredAt: string
  /** when it came here: by the policy of that moment it is due */
  readonly receivedAt: string
  readonly calledAt: string | null
  readonly victimSpoke: boolean | null
}

export const evolve = (row: ScreenRow | undefined, event: RecordedEvent): ScreenRow | undefined => {
  if (event.type === 'LethalityScreenAdministered') {
    const { screenId, incidentId, instrument, outcome, administeredAt } = event.data as LethalityScreenAdministeredV1
    return { screenId, incidentId, instrument, outcome, administeredAt, receivedAt: event.receivedtime, calledAt: row?.calledAt ?? null, victimSpoke: row?.victimSpoke ?? null }
  }
  if (event.type !== 'AdvocateHotlineContactRecorded' || !row) return row
  const { calledAt, victimSpoke } = event.data as AdvocateHotlineContactRecordedV1
  return { ...row, calledAt, victimSpoke }
}

export const stateOf = ({ outcome, calledAt }: Pick<ScreenRow, 'outcome' | 'calledAt'>): HotlineState =>
  calledAt !== null ? 'called' : CALLS_FOR_HOTLINE.includes(outcome) ? 'to-call' : 'no-call'
/** The screen that an event is about: streams lethalityScreen-<id>. */
export const screenOf = (event: Pick<RecordedEvent, 'stream'>): string => event.stream.slice(event.stream.indexOf('-') + 1)

/** Within how many minutes the hotline is called after a screen that came at a moment, by the policy that held then. `policies`: the stream of the levels' policy. */
export const hotlineMinutes = (policies: readonly RecordedEvent[]): ((moment: string) => number | undefined) => {
  const { activations } = fold(policy, policies, noPolicy)
  const read = new Map<string, number | undefined>()
  return (moment) => {
    const held = heldAt(activations, moment)
    if (!held) return undefined
    if (!read.has(held.version)) read.set(held.version, readPolicy<LevelPolicy>(held.value.text).policy.lethalityScreens?.hotlineWithinMinutes)
    return read.get(held.version)
  }
}
