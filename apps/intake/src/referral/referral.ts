/** A referral: who is meant, which incidents, and whether it was excluded. Who is who was settled before it comes here (tokens). */
import type { CommandMeta, DraftEvent, ExcludeReferral, ReferralExcludedV1, ReferralReceivedV2 } from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const REFERRAL_EVENTS = ['ReferralReceived', 'ReferralExcluded', 'DeadlineMissed'] as const

export type ReferralCommand =
  | Command<'ReceiveReferral', ReferralReceivedV2>
  | Command<'ExcludeReferral', ExcludeReferral>

export type Referral =
  | { readonly status: 'none' }
  | { readonly status: 'received'; readonly received: ReferralReceivedV2 }
  | { readonly status: 'excluded'; readonly received: ReferralReceivedV2; readonly code: string; readonly reviewableUntil: string }
export const initial: Referral = { status: 'none' }

export const evolve = (state: Referral, event: { readonly type: string; readonly data: object }): Referral => {
  switch (event.type) {
    case 'ReferralReceived': return { status: 'received', received: event.data as ReferralReceivedV2 }
    case 'ReferralExcluded': {
      if (state.status === 'none') return state
      const { code, reviewableUntil } = event.data as ReferralExcludedV1
      return { status: 'excluded', received: state.received, code, reviewableUntil }
    }
    default: return state
  }
}

export const receive = ({ data, meta }: Command<'ReceiveReferral', ReferralReceivedV2>, state: Referral): Decision => {
  if (state.status !== 'none') return []
  if (data.subjectRef === data.victimRef) return refused('same_person', 'The referral names one and the same person on both sides. Correct who is referred and who the partner is.')
  const today = meta.now.slice(0, 10)
  if ([data.subjectBirthDate, data.victimBirthDate].some((date) => date !== undefined && date > today)) return refused('birth_date_in_future', 'A birth date lies in the future. Correct it, or leave it out.')
  if (data.incidentIds.length === 0 && data.source !== 'SELF' && data.source !== 'HEALTH') return refused('incident_missing', 'A referral by an agency of justice names at least one incident. Name it.')
  return [event('ReferralReceived', { ...data, incidentIds: [...new Set(data.incidentIds)] }, meta)]
}

export const exclude = ({ data, meta }: Command<'ExcludeReferral', ExcludeReferral>, state: Referral): Decision => {
  if (state.status === 'none') return refused('referral_unknown', 'There is no such referral. Look its number up again.', { kind: 'not-found' })
  if (state.status === 'excluded') {
    return state.code === data.code ? [] : refused('referral_already_excluded', `The referral is excluded already (${state.code}). It can be looked at again until ${state.reviewableUntil}.`)
  }
  if (data.reviewableUntil < meta.now.slice(0, 10)) return refused('review_date_past', 'The day until which the decision may be looked at again is past. Name a later one.')
  return [event('ReferralExcluded', { referralId: state.received.referralId, code: data.code, decidedBy: 'human', reviewableUntil: data.reviewableUntil }, meta)]
}

const VERSION = { ReferralReceived: 2, ReferralExcluded: 1 } as const
interface Data { ReferralReceived: ReferralReceivedV2; ReferralExcluded: ReferralExcludedV1 }
const event = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: VERSION[type], data, ...atNow(meta) })

export const referral: Decider<Referral, ReferralCommand> = {
  category: 'referral', initial, knows: REFERRAL_EVENTS, evolve,
  decide: (command, state) => command.type === 'ReceiveReferral' ? receive(command, state) : exclude(command, state),
}
