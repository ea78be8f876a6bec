/**
 * A referral: who is meant, which incidents, and whether it was excluded, sent elsewhere or put off. Protects: an exclusion is
 * looked at again for a reason that fits it, and by what was recorded since; what only puts off excludes nobody. Who is who
 * was settled before it comes here (tokens).
 */
import {
  AGGRESSOR_OPEN, DEFERRAL_CODES, PASSING_GROUNDS, ROUTES_OF, type Basis, type CommandMeta, type DeferReferral, type DraftEvent, type ExcludeReferral, type ExclusionCode, type ReferralDeferredV1, type ReferralExcludedV1,
  type ReferralReceivedV2, type ReferralReopenedV1, type ReferralRoutedV1, type RecordedEvent, type ReopenReferral, type Route,
} from '@chorus/contracts'
import { atNow, dayOf, refused, type Command, type Decider, type Decision, type Refusal } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const REFERRAL_EVENTS = ['ReferralReceived', 'ReferralExcluded', 'ReferralRouted', 'ReferralDeferred', 'ReferralReopened', 'DeadlineMissed'] as const

/** What the edge looked up: whether a case that was opened on this referral is open. */
export interface CaseFacts { readonly caseOpen: boolean; readonly basis: readonly Basis[] }
/** `changedSince`: something was recorded of its incidents since the exclusion; `aggressorDetermined`: in one of them, as it stands. */
export interface ReopenFacts { readonly changedSince: boolean; readonly aggressorDetermined: boolean; readonly basis: readonly Basis[] }

export type Exclude = Command<'ExcludeReferral', ExcludeReferral & { readonly facts: CaseFacts }>
export type Defer = Command<'DeferReferral', DeferReferral & { readonly facts: CaseFacts }>
export type Reopen = Command<'ReopenReferral', ReopenReferral & { readonly facts: ReopenFacts }>
export type ReferralCommand = Command<'ReceiveReferral', ReferralReceivedV2> | Exclude | Defer | Reopen

export interface Exclusion { readonly id: string; readonly ordinal: number; readonly code: ExclusionCode; readonly reviewableUntil: string; readonly route: Route | null }
export type Referral =
  | { readonly status: 'none' }
  | { readonly status: 'received'; readonly received: ReferralReceivedV2 }
  | { readonly status: 'excluded'; readonly received: ReferralReceivedV2; readonly exclusion: Exclusion }
  | { readonly status: 'deferred'; readonly received: ReferralReceivedV2; readonly until: string }
export const initial: Referral = { status: 'none' }

export const evolve = (state: Referral, event: RecordedEvent): Referral => {
  if (event.type === 'ReferralReceived') return { status: 'received', received: event.data as ReferralReceivedV2 }
  if (state.status === 'none') return state
  const { received } = state
  switch (event.type) {
    case 'ReferralExcluded': {
      const { code, reviewableUntil } = event.data as ReferralExcludedV1
      // Another day is no other decision on what is known: what was recorded since the first one is still news.
      const ordinal = state.status === 'excluded' && state.exclusion.code === code ? state.exclusion.ordinal : event.ordinal
      return { status: 'excluded', received, exclusion: { id: event.id, ordinal, code, reviewableUntil, route: null } }
    }
    case 'ReferralRouted': return state.status === 'excluded' ? { ...state, exclusion: { ...state.exclusion, route: (event.data as ReferralRoutedV1).route } } : state
    case 'ReferralDeferred': return { status: 'deferred', received, until: (event.data as ReferralDeferredV1).until }
    case 'ReferralReopened': return { status: 'received', received }
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

/** A code, a route or a day other than the one before corrects it: the decision stays on record, and the new one stands. */
export const exclude = ({ data: { facts, code, reviewableUntil, route }, meta }: Exclude, state: Referral): Decision => {
  if (state.status === 'none') return UNKNOWN
  if ((DEFERRAL_CODES as readonly string[]).includes(code)) return refused('defer_instead', `${code} puts somebody off and excludes nobody. Defer the referral, or the case that was opened on it.`)
  const routes = ROUTES_OF[code] ?? []
  if (routes.length > 0 && (route === undefined || !routes.includes(route))) return refused('route_missing', `Whoever is excluded as ${code} is sent where he or she is looked after instead. Name one of: ${routes.join(', ')}.`)
  if (routes.length === 0 && route !== undefined) return refused('route_not_asked', `An exclusion as ${code} sends nobody elsewhere. Leave the route out.`)
  const before = state.status === 'excluded' ? state.exclusion : null
  const same = before?.code === code && before.route === (route ?? null)
  if (same && before.reviewableUntil === reviewableUntil) return []
  if (reviewableUntil < dayOf(meta.now)) return DATE_PAST
  if (same && before.reviewableUntil < dayOf(meta.now)) return refused('review_over', `This exclusion stands, and could be reviewed until ${before.reviewableUntil}. Another day would begin what is over: have it reopened where it was decided in error, or by a correction of what is recorded.`, { kind: 'conflict' })
  if (facts.caseOpen && meta.actor.role !== 'prosecutor') return refused('case_is_open', 'A case is open on this referral, and an exclusion closes it. A prosecutor decides that: ask for it.', { kind: 'forbidden' })
  const { referralId } = state.received
  return [
    { ...event('ReferralExcluded', { referralId, code, decidedBy: 'human', reviewableUntil }, meta), ...(before ? { corrects: before.id } : {}), basis: facts.basis },
    ...(route === undefined ? [] : [event('ReferralRouted', { referralId, route, survivorServices: 'GO_ON' }, meta)]),
  ]
}

export const defer = ({ data: { facts, until }, meta }: Defer, state: Referral): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (state.status === 'excluded') return refused('referral_excluded', 'The referral is excluded. Reopen it first, then put it off.')
  if (until < dayOf(meta.now)) return DATE_PAST
  if (facts.caseOpen) return refused('case_is_open', 'A case is open on this referral. Put the case off.', { kind: 'conflict' })
  if (state.status === 'deferred' && state.until === until) return []
  return [{ ...event('ReferralDeferred', { referralId: state.received.referralId, until }, meta), basis: facts.basis }]
}

export const reopen = ({ data: { facts, reasonCode }, meta }: Reopen, state: Referral): Decision => {
  if (state.status === 'none') return UNKNOWN
  if (state.status === 'received') return refused('nothing_to_reopen', 'The referral is neither excluded nor put off.')
  const against = state.status === 'excluded' ? againstReopening(state.exclusion, reasonCode, facts, dayOf(meta.now)) : reasonCode === 'CORRECTION' ? misfit('REVIEW', 'GROUND_ENDED', 'DECIDED_IN_ERROR') : null
  return against ?? [{ ...event('ReferralReopened', { referralId: state.received.referralId, reasonCode }, meta), basis: facts.basis }]
}

/** Each reason by what it needs. */
const againstReopening = ({ code, reviewableUntil }: Exclusion, reason: ReopenReferral['reasonCode'], facts: ReopenFacts, today: string): Refusal | null => {
  switch (reason) {
    case 'DECIDED_IN_ERROR': return null
    case 'REVIEW': return today <= reviewableUntil ? null : refused('review_over', `The exclusion could be reviewed until ${reviewableUntil}. It is reopened by a correction of what is recorded, or where it was decided in error.`)
    case 'GROUND_ENDED': return PASSING_GROUNDS.includes(code) ? null : misfit(...today <= reviewableUntil ? ['REVIEW' as const] : [], 'CORRECTION', 'DECIDED_IN_ERROR')
    case 'CORRECTION':
      if (!facts.changedSince) return refused('nothing_corrected', 'Nothing was recorded of the incidents of this referral since it was excluded. Have the record corrected first, or give another reason.')
      return AGGRESSOR_OPEN.includes(code) && !facts.aggressorDetermined ? refused('aggressor_not_determined', 'Nobody has determined the primary aggressor yet. Have it determined first.', { rules: ['I1'] }) : null
  }
}

const UNKNOWN = refused('referral_unknown', 'There is no such referral. Look its number up again.', { kind: 'not-found' })
const DATE_PAST = refused('review_date_past', 'The day by which it may be looked at again is past. Name a later one.')
const misfit = (...fitting: ReopenReferral['reasonCode'][]): Refusal => refused('reason_does_not_fit', `As this referral stands it is taken up again by ${fitting.join(', ')}.`)

const VERSION = { ReferralReceived: 2, ReferralExcluded: 1, ReferralRouted: 1, ReferralDeferred: 1, ReferralReopened: 1 } as const
interface Data { ReferralReceived: ReferralReceivedV2; ReferralExcluded: ReferralExcludedV1; ReferralRouted: ReferralRoutedV1; ReferralDeferred: ReferralDeferredV1; ReferralReopened: ReferralReopenedV1 }
const event = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta): DraftEvent => ({ type, schemaVersion: VERSION[type], data, ...atNow(meta) })

export const referral: Decider<Referral, ReferralCommand> = {
  category: 'referral', initial, knows: REFERRAL_EVENTS, evolve,
  decide: (command, state) => {
    switch (command.type) {
      case 'ReceiveReferral': return receive(command, state)
      case 'ExcludeReferral': return exclude(command, state)
      case 'DeferReferral': return defer(command, state)
      case 'ReopenReferral': return reopen(command, state)
    }
  },
}
