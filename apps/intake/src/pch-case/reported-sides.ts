/** On which sides the reports of incidents have whom, and what that says of a person who is to become a subject, or one with another. Pure. */
import type { CaseOpenedV1, IncidentReportedV1, RecordedEvent } from '@chorus/contracts'
import { fold } from '@chorus/decider'
import { aggressorOf, confirmedPairs, incident, initial } from '../incident/incident'
import { isMutual, saysVo } from '../incident/mutual'
import { isOpen } from '../incident/without-relationship'

interface Opposite { readonly victim: string; readonly offender: string; /** as reported or confirmed they were, or may have been, intimate partners */ readonly partners: boolean }
export interface ReportedSides {
  readonly stream: string
  readonly revision: number
  readonly persons: readonly string[]
  readonly opposites: readonly Opposite[]
  /** victims of a partner, also of one whom the report does not know */
  readonly victimsOfPartner: ReadonlySet<string>
  /** both harmed each other, as it says: whoever is an offender there may be a victim of record, under whatever token */
  readonly mutual: boolean
  /** by token: place in the log from which on the report says of this person what it says now */
  readonly since: ReadonlyMap<string, number>
}

/** null: not reported, or taken back. */
export const sidesIn = (stream: string, events: readonly RecordedEvent[]): ReportedSides | null => {
  const now = standingIn(events)
  return now && { stream, revision: events.length - 1, ...now, since: sinceWhen(events) }
}

/** As the report stands behind these of its events. */
const standingIn = (events: readonly RecordedEvent[]): Pick<ReportedSides, 'persons' | 'opposites' | 'victimsOfPartner' | 'mutual'> | null => {
  const state = fold(incident, events, initial)
  if (state.status !== 'known') return null
  const { victims, offenders, pairs, dvFlag } = events.find(({ id }) => id === state.report.id)!.data as IncidentReportedV1
  const vo = saysVo({ victims })
  const confirmed = confirmedPairs(state)
  const opposites = victims.flatMap((victim) => offenders.flatMap((offender): Opposite[] => {
    const codes = victim.relationships.flatMap(({ offenderSequence, code }) => offenderSequence === offender.sequence && code !== undefined ? [code] : [])
    // Where one was both, under two tokens, only those stand opposite of whom the report says what they are to each other.
    if (victim.token === offender.token || (vo && codes.length === 0)) return []
    const isPair = pairs.some((one) => one.victimSequence === victim.sequence && one.offenderSequence === offender.sequence)
    return [{ victim: victim.token, offender: offender.token, partners: isPair || codes.includes('VO') || (dvFlag === true && codes.every(isOpen)) }]
  }))
  const all = [...opposites, ...confirmed.map(({ victimToken, offenderToken }) => ({ victim: victimToken, offender: offenderToken, partners: true }))]
  const byPartner = victims.filter((victim) => all.some((one) => one.partners && one.victim === victim.token) || saysVo({ victims: [victim] }) || pairs.some(({ victimSequence }) => victimSequence === victim.sequence))
  return { persons: [...new Set([...victims, ...offenders].map(({ token }) => token))], opposites: all, victimsOfPartner: new Set(byPartner.map(({ token }) => token)), mutual: isMutual({ victims, pairs }) }
}

/** What a report says of a person as somebody's victim, and of everybody in a mutual one. */
const saidOf = ({ opposites, victimsOfPartner, mutual }: NonNullable<ReturnType<typeof standingIn>>, token: string): string =>
  [victimsOfPartner.has(token), mutual, ...opposites.flatMap(({ victim, offender }) => victim === token ? [offender] : []).sort()].join()
/** By token, since when a report says this of the person: a correction that says more of him or her than was reviewed is told anew. */
const sinceWhen = (events: readonly RecordedEvent[]): ReadonlyMap<string, number> => {
  const since = new Map<string, { readonly said: string; readonly at: number }>()
  for (const [at, { type, ordinal }] of events.entries()) {
    if (!TELLING.includes(type)) continue
    const standing = standingIn(events.slice(0, at + 1))
    if (!standing) { since.clear(); continue }
    for (const token of standing.persons) { const said = saidOf(standing, token); if (since.get(token)?.said !== said) since.set(token, { said, at: ordinal }) }
  }
  return new Map([...since].map(([token, { at }]) => [token, at]))
}
const TELLING: readonly string[] = ['IncidentReported', 'EventRetracted', 'IntimatePartnerRelationshipConfirmed']

/** I7: the places in the log of what has the person as the victim of a partner, or of this one: each asks for a review behind it. */
export const complaintsOf = (sides: readonly ReportedSides[], person: ReadonlySet<string>, partner: ReadonlySet<string>, subjectInIncident: string | undefined): readonly (ReportedSides & { readonly at: number })[] =>
  sides.flatMap((one) => {
    const as = one.persons.filter((token) => person.has(token) && (one.victimsOfPartner.has(token) || one.opposites.some(({ victim, offender }) => victim === token && partner.has(offender))))
    const both = one.mutual && subjectInIncident !== undefined && one.opposites.some(({ offender }) => offender === subjectInIncident) ? [subjectInIncident] : []
    return [...as, ...both].slice(0, 1).map((token) => ({ ...one, at: one.since.get(token)! }))
  })

/** Whether one person's tokens and another's stand on opposite sides of a report. */
export const areOpposed = (sides: readonly ReportedSides[], one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  sides.some(({ opposites }) => opposites.some(({ victim, offender }) => (one.has(victim) && other.has(offender)) || (other.has(victim) && one.has(offender))))

/** The partners of a person of a report, as somebody confirmed them or the report has them. */
export const partnersOf = ({ opposites }: ReportedSides, token: string | undefined): readonly string[] =>
  opposites.flatMap(({ victim, offender, partners }) => !partners ? [] : victim === token ? [offender] : offender === token ? [victim] : [])

/** Who of the report the subject of a case is: whom the decision that opened it saw determined as the aggressor (I1). */
export const subjectAtOpening = (opening: Pick<RecordedEvent, 'basis' | 'ordinal'>, indexIncidentId: CaseOpenedV1['indexIncidentId'], events: readonly RecordedEvent[]): string | null => {
  const seen = opening.basis?.find(({ stream }) => stream === `incident-${indexIncidentId}`)?.revision
  return aggressorOf(fold(incident, events.filter(({ revision, ordinal }) => seen === undefined ? ordinal < opening.ordinal : revision <= seen), initial))
}
