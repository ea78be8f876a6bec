/**
 * An incident as agencies report it, and what people confirm about it: that the two were intimate partners, and who is
 * the primary physical aggressor. Reports come in by receive.ts; a confirmation speaks of persons of the current report
 * and stands while that report names them.
 */
import type {
  CommandMeta, ConfirmRelationship, DetermineAggressor, DraftEvent, EventRetractedV1, IncidentReportedV1, IntimatePartnerRelationshipConfirmedV1, PrimaryAggressorDeterminedV1,
  RecordedEvent, ReportedAge, Role,
} from '@chorus/contracts'
import { atNow, refused, type Command, type Decider, type Decision, type Refusal } from '@chorus/decider'
import { wereBothArrested } from './mutual'

// Stored names. Changing one needs a new version and an upcaster.
export const INCIDENT_EVENTS = ['IncidentReported', 'ReportedPersonsNamed', 'EventRetracted', 'IntimatePartnerRelationshipConfirmed', 'PrimaryAggressorDetermined', 'DeadlineMissed'] as const

/** `newPairToken`: made by the edge, used where the report names no pair of these two. */
export type Confirm = Command<'ConfirmRelationship', ConfirmRelationship & { readonly incidentId: string; readonly newPairToken: string }>
export type Determine = Command<'DetermineAggressor', DetermineAggressor & { readonly incidentId: string }>
export type IncidentCommand = Confirm | Determine

interface Confirmed { readonly id: string; readonly pairToken: string; readonly victimToken: string; readonly offenderToken: string; readonly basis: string; readonly method: string }
interface Determined { readonly id: string; readonly aggressorToken: string; readonly dualArrest: boolean; readonly basis: readonly string[] }
interface Human { readonly confirmed: readonly Confirmed[]; readonly determined: Determined | null }
/** The current report, as far as rules need it. */
export interface Report {
  readonly id: string
  readonly time: string
  readonly timeZone: string
  readonly dateOf: 'incident' | 'report'
  readonly victims: readonly { readonly token: string; readonly sequence: number; readonly relationships: readonly { readonly offenderSequence: number; readonly code?: string }[] }[]
  readonly offenders: readonly { readonly token: string; readonly sequence: number }[]
  readonly pairs: readonly { readonly token: string; readonly victimSequence: number; readonly offenderSequence: number }[]
  readonly ages: Readonly<Record<string, ReportedAge>>
  readonly arrestMade: boolean
  /** two who harmed each other were arrested, by what the report says */
  readonly bothArrested: boolean
  readonly weaponCodes: readonly string[]
  readonly strangulation: boolean | null
}
export type Incident = Human & ({ readonly status: 'none' } | { readonly status: 'known'; readonly report: Report } | { readonly status: 'retracted' })
export const initial: Incident = { status: 'none', confirmed: [], determined: null }

export const evolve = (state: Incident, event: RecordedEvent): Incident => {
  const { confirmed, determined } = state
  switch (event.type) {
    case 'IncidentReported': return { status: 'known', report: reportOf(event as RecordedEvent<IncidentReportedV1>), confirmed, determined }
    case 'EventRetracted': {
      const { retracts } = event.data as EventRetractedV1
      if (state.status === 'known' && state.report.id === retracts) return { status: 'retracted', confirmed, determined }
      return { ...state, confirmed: confirmed.filter(({ id }) => id !== retracts), determined: determined?.id === retracts ? null : determined }
    }
    case 'IntimatePartnerRelationshipConfirmed': {
      const { pairToken, victimToken, offenderToken, basis, method } = event.data as IntimatePartnerRelationshipConfirmedV1
      const others = confirmed.filter((one) => one.id !== event.corrects)
      return { ...state, confirmed: [...others, { id: event.id, pairToken, victimToken, offenderToken, basis, method }] }
    }
    case 'PrimaryAggressorDetermined': {
      const { aggressorToken, dualArrest, basis } = event.data as PrimaryAggressorDeterminedV1
      return { ...state, determined: { id: event.id, aggressorToken, dualArrest, basis } }
    }
    default: return state
  }
}

const reportOf = ({ id, time, timeZone, data }: RecordedEvent<IncidentReportedV1>): Report => {
  const people = [...data.victims ?? [], ...data.offenders ?? [], ...data.arrestees ?? []]
  return {
    id, time, timeZone, dateOf: data.dateOf, arrestMade: data.arrestMade, bothArrested: wereBothArrested({ victims: data.victims ?? [], pairs: data.pairs ?? [], arrestees: data.arrestees ?? [] }), strangulation: data.strangulation ?? null,
    victims: (data.victims ?? []).map(({ token, sequence, relationships }) => ({ token, sequence, relationships })),
    offenders: (data.offenders ?? []).map(({ token, sequence }) => ({ token, sequence })),
    pairs: (data.pairs ?? []).map(({ token, victimSequence, offenderSequence }) => ({ token, victimSequence, offenderSequence })),
    ages: Object.fromEntries(people.flatMap(({ token, age }) => age ? [[token, age]] : [])),
    weaponCodes: [...new Set((data.offenses ?? []).flatMap(({ weaponCodes }) => weaponCodes.map(({ code }) => code)))],
  }
}

const names = (report: Report, token: string): boolean => [...report.victims, ...report.offenders].some((person) => person.token === token)
/** The confirmations and the aggressor that speak of persons whom the current report names. */
export const confirmedPairs = (state: Incident): readonly Confirmed[] =>
  state.status === 'known' ? state.confirmed.filter((one) => names(state.report, one.victimToken) && names(state.report, one.offenderToken)) : []
export const aggressorOf = (state: Incident): string | null =>
  state.status === 'known' && state.determined && names(state.report, state.determined.aggressorToken) ? state.determined.aggressorToken : null

export const confirm = ({ data, meta }: Confirm, state: Incident): Decision => {
  if (state.status !== 'known') return notThere(state.status)
  const victim = state.report.victims.find(({ token }) => token === data.victimToken)
  if (!victim) return refused('victim_not_in_report', 'The report names no such victim. Take the victim from the current report of this incident.')
  if (data.victimToken === data.offenderToken) return refused('same_person', 'The relationship is between two different people. Name the other person.')
  if (!names(state.report, data.offenderToken)) return refused('person_not_in_report', 'The report does not name the other person. Take both from the current report of this incident.')
  const same = confirmedPairs(state).find((one) => one.victimToken === data.victimToken && one.offenderToken === data.offenderToken)
  if (same && same.basis === data.basis && same.method === data.method) return []
  const offender = state.report.offenders.find(({ token }) => token === data.offenderToken)
  const reported = offender && victim.relationships.find(({ offenderSequence }) => offenderSequence === offender.sequence)?.code
  const pair = offender && state.report.pairs.find((one) => one.victimSequence === victim.sequence && one.offenderSequence === offender.sequence)
  return [event('IntimatePartnerRelationshipConfirmed', {
    incidentId: data.incidentId, pairToken: same?.pairToken ?? pair?.token ?? data.newPairToken, victimToken: data.victimToken, offenderToken: data.offenderToken,
    ...(reported === undefined ? {} : { nibrsRelationship: reported }), basis: data.basis, confirmedByRole: meta.actor.role as Role, method: data.method,
  }, meta, same?.id)]
}

export const determine = ({ data, meta }: Determine, state: Incident): Decision => {
  if (state.status !== 'known') return notThere(state.status)
  if (!names(state.report, data.aggressorToken)) return refused('person_not_in_report', 'The report does not name this person as victim or offender. Take the person from the current report of this incident.')
  if (data.basis.length === 0) return refused('basis_missing', 'Say on what it rests: injury, history, threat or the intent of the law.')
  if (!data.dualArrest && state.report.bothArrested) return refused('both_were_arrested', 'By the report two were arrested who harmed each other. Say so (dualArrest), or have the report corrected first.')
  const basis = [...new Set(data.basis)]
  const before = state.determined
  if (before && before.aggressorToken === data.aggressorToken && before.dualArrest === data.dualArrest && JSON.stringify([...before.basis].sort()) === JSON.stringify([...basis].sort())) return []
  const pair = confirmedPairs(state).find((one) => one.victimToken === data.aggressorToken || one.offenderToken === data.aggressorToken)
  return [event('PrimaryAggressorDetermined', {
    incidentId: data.incidentId, ...(pair ? { pairToken: pair.pairToken } : {}), aggressorToken: data.aggressorToken, dualArrest: data.dualArrest, basis,
    determinedByRole: meta.actor.role as Role,
  }, meta, before?.id)]
}

const notThere = (status: 'none' | 'retracted'): Refusal => status === 'none'
  ? refused('incident_unknown', 'No agency has reported this incident here. Look its number up again, or wait for the report.', { kind: 'not-found' })
  : refused('incident_retracted', 'The agency took its report of this incident back. Nothing more is recorded about it unless it is reported again.')

interface Data { IntimatePartnerRelationshipConfirmed: IntimatePartnerRelationshipConfirmedV1; PrimaryAggressorDetermined: PrimaryAggressorDeterminedV1 }
const event = <T extends keyof Data>(type: T, data: Data[T], meta: CommandMeta, corrects: string | undefined): DraftEvent =>
  ({ type, schemaVersion: 1, data, ...atNow(meta), ...(corrects === undefined ? {} : { corrects }) })

export const incident: Decider<Incident, IncidentCommand> = {
  category: 'incident', initial, knows: INCIDENT_EVENTS, evolve,
  decide: (command, state) => command.type === 'ConfirmRelationship' ? confirm(command, state) : determine(command, state),
}
