/** An incident was reported, corrected or taken back: what the screening finds in it. Pure. */
import type { CommandMeta, EligibilityAssessedV2, EligibilityPredicate, IncidentReportedV1, RecordedEvent, ReportedAge, ReportedPersonsNamedV1 } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { AssessEligibility } from '../eligibility/eligibility'
import { withoutRelationship } from '../incident/without-relationship'

/** The screening of every incident: relationships (NIBRS data element 35) that are intimate, and the least age in years. */
export interface ScreeningRules { readonly relationships: readonly string[]; readonly minimumAge: number; /** absent before version 1.2.0 */ readonly jurisdiction?: Jurisdiction }
/** In which counties the program works, and in which lie the police divisions and the agencies (by ORI) that reports name. */
interface Jurisdiction { readonly counties: readonly string[]; readonly divisions?: Counties; readonly agencies?: Counties }
type Counties = Readonly<Partial<Record<string, readonly string[]>>>
export interface ScreeningPolicy { readonly policyVersion: string; /** SHA-256 of its file */ readonly policyHash: string; readonly eligibility: ScreeningRules }
export interface Screening { readonly incidentId: string; readonly partners: boolean; readonly assessment: EligibilityAssessedV2 }

const RANK = { CANDIDATE: 2, UNDECIDED: 1, NOT_ELIGIBLE: 0, ELIGIBLE: 3 } as const
type Answer = EligibilityPredicate['result']
const predicate = (name: string, result: Answer, args?: string): EligibilityPredicate => ({ name, ...(args === undefined ? {} : { args }), result, inputsKnown: result !== 'unknown' })

/**
 * What goes out for these events: one command per report of intimate partners, or of two of whom that is to be confirmed; for other reports, and where a report is
 * taken back, a command that only corrects an earlier screening; where the source then says who both are, one more that corrects
 * it. `now`: RFC 3339 instant. `reports`: by the id of an event that names its persons, the report beside it.
 */
export const assessmentsOf = (events: readonly RecordedEvent[], policy: ScreeningPolicy, now: string, reports: ReadonlyMap<string, RecordedEvent> = new Map()): { id: string; command: AssessEligibility }[] =>
  events.flatMap((event) => {
    const report = event.type === 'ReportedPersonsNamed' ? reports.get(event.id) : event
    const found = report ? screen(report, policy, report === event ? undefined : event.data as ReportedPersonsNamedV1) : null
    if (report !== event && !found?.assessment.identityKnown) return []
    // A first report without intimate partners has nothing to correct: it is not worth a look at its stream.
    if (!found || (!found.partners && event.type === 'IncidentReported' && event.corrects === undefined)) return []
    const meta: CommandMeta = {
      commandId: derivedId('assess-eligibility', event.id), correlationId: event.correlationId, causationId: event.id, now,
      actor: { id: 'chorus:on-incident-reported', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
    }
    return [{ id: found.incidentId, command: { type: 'AssessEligibility', data: { partners: found.partners, assessment: found.assessment, basis: [{ stream: event.stream, revision: event.revision }] }, meta } }]
  })

/** @returns the screening, or null where the event is none to be screened (it takes something else back). `named`: who the persons of the report are, as its source says. */
export function screen(event: RecordedEvent, policy: ScreeningPolicy, named?: ReportedPersonsNamedV1): Screening | null {
  const incidentId = event.stream.slice('incident-'.length)
  // What a person took back is no report; the agency's retraction carries its record.
  if (event.type === 'EventRetracted' && !event.sourceRecord) return null
  if (event.type === 'EventRetracted') return screening(incidentId, policy, false, false, [predicate('reportStands', 'no')])
  if (event.type !== 'IncidentReported') return null
  const data = event.data as IncidentReportedV1
  const { relationships, minimumAge, jurisdiction } = policy.eligibility
  const offenders = new Map(data.offenders.filter(({ sequence }) => sequence > 0).map((offender) => [offender.sequence, offender]))
  const mutual = data.victims.some((victim) => victim.relationships.some(({ code }) => code === 'VO'))
  const couple: Couple = (victim, offender, partners) => ({ tokens: [victim.token, offender?.token], predicates: [
    predicate('reportStands', 'yes'),
    partners,
    // Somebody whom the report states as a partner, and of whom it knows nothing else.
    ...offender ? [] : [predicate('subjectReported', 'unknown')],
    predicate('subjectAdult', atLeast(minimumAge, offender?.age), `atLeast=${minimumAge}`),
    predicate('victimAdult', atLeast(minimumAge, victim.age), `atLeast=${minimumAge}`),
    // A victim who is an offender too: whoever looks at it must find the primary aggressor first.
    predicate('oneSided', mutual ? 'unknown' : 'yes'),
    ...jurisdiction ? [inJurisdiction(data, jurisdiction)] : [],
  ] })
  const pairs = data.victims.flatMap((victim) => victim.relationships.flatMap(({ offenderSequence, code }) => {
    return code !== undefined && relationships.includes(code) ? [couple(victim, offenders.get(offenderSequence), predicate('intimatePartnerReported', 'yes', `relationship=${code}`))] : []
  }))
  const looked = pairs.length > 0 ? pairs : flagged(data, couple)
  if (looked.length === 0) return screening(incidentId, policy, false, false, [predicate('reportStands', 'yes'), predicate('intimatePartnerReported', 'no')])
  const best = looked.reduce((a, b) => RANK[outcomeOf(b.predicates)] > RANK[outcomeOf(a.predicates)] ? b : a)
  const known = new Set([...named?.victims ?? [], ...named?.offenders ?? []].filter(({ name, personId }) => name !== undefined || personId !== undefined).map(({ token }) => token))
  return screening(incidentId, policy, true, best.tokens.every((token) => token !== undefined && known.has(token)), best.predicates)
}

type Person = Pick<IncidentReportedV1['offenders'][number], 'token' | 'age'>
type Couple = (victim: Person, offender: Person | undefined, partners: EligibilityPredicate) => { readonly tokens: readonly (string | undefined)[]; readonly predicates: EligibilityPredicate[] }
/** The agency's domestic flag says nothing of what the two are to each other: where nothing else does, a person confirms it (§7.3). */
const flagged = (data: IncidentReportedV1, couple: Couple): ReturnType<Couple>[] =>
  withoutRelationship(data).map(({ victim, offender }) => couple(victim, offender, predicate('intimatePartnerReported', 'unknown', 'dvFlag=true')))

const screening = (incidentId: string, { policyVersion, policyHash }: ScreeningPolicy, partners: boolean, identityKnown: boolean, predicates: EligibilityPredicate[]): Screening =>
  ({ incidentId, partners, assessment: { incidentId, predicates, identityKnown, outcome: outcomeOf(predicates), policyVersion, policyHash } })

const outcomeOf = (predicates: readonly EligibilityPredicate[]): EligibilityAssessedV2['outcome'] =>
  predicates.some(({ result }) => result === 'no') ? 'NOT_ELIGIBLE' : predicates.some(({ name, result }) => result === 'unknown' && name !== IN_JURISDICTION) ? 'UNDECIDED' : 'CANDIDATE'

// Most reports do not say where: that alone leaves no incident undecided, or all of them were.
const IN_JURISDICTION = 'incidentInJurisdiction'
/** By the division, else by the agency that reports: all of its counties are the program's, none is, or nobody knows. */
const inJurisdiction = ({ division, ori }: IncidentReportedV1, { counties, divisions = {}, agencies = {} }: Jurisdiction): EligibilityPredicate => {
  const [by, code, lying] = division !== undefined ? ['division', division, divisions] as const : ['agency', ori, agencies] as const
  const known = Object.hasOwn(lying, code) ? lying[code]! : null
  if (!known) return predicate(IN_JURISDICTION, 'unknown')
  const inside = known.filter((county) => counties.includes(county)).length
  return predicate(IN_JURISDICTION, inside === known.length ? 'yes' : inside === 0 ? 'no' : 'unknown', `${by}=${code}`)
}

/** A range that spans the limit, a blank and an unreadable age are unknown, never "adult". */
const atLeast = (years: number, age: ReportedAge | undefined): Answer => {
  if (!age || age.precision === 'unknown') return 'unknown'
  if (age.precision === 'under-1') return 'no'
  if (age.from !== undefined && age.from >= years) return 'yes'
  if (age.to !== undefined && age.to < years) return 'no'
  return age.from !== undefined && age.to === undefined && age.precision === 'year' ? 'no' : 'unknown'
}
