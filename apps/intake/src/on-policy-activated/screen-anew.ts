/** A policy of levels has begun to hold: which incidents are screened anew, and by what. Pure. */
import type { CommandMeta, EligibilityAssessedV2, EligibilityOutcome, PolicyActivatedV1, RecordedEvent, ReportedPersonsNamedV1 } from '@chorus/contracts'
import { derivedId, fold } from '@chorus/decider'
import { heldAt, initial, policy, type Screened } from '@chorus/policy'
import type { ScreenAnew } from '../eligibility/eligibility'
import { screen, type ScreeningPolicy } from '../on-incident-reported/assess-eligibility'

/** The activation that holds at `now`, where what was reported before it has not been held against it yet; null: nothing is to be done. */
export const unscreened = (events: readonly RecordedEvent[], now: string): RecordedEvent<PolicyActivatedV1> | null => {
  const { activations, screened } = fold(policy, events, initial)
  const held = heldAt(activations, now)
  const activated = events.filter(({ type }) => type === 'PolicyActivated') as RecordedEvent<PolicyActivatedV1>[]
  const activation = activated.findLast(({ data, time }) => data.version === held?.version && Date.parse(time) === Date.parse(held.from))
  // Before the first of all nothing was screened by another one.
  return !activation || activation === activated[0] || screened.includes(activation.id) ? null : activation
}

/** What one pass over the log finds, incident by incident; no report is kept. */
export class Outcomes {
  private readonly last = new Map<string, EligibilityOutcome>()
  private readonly would = new Map<string, { readonly partners: boolean; readonly outcome: EligibilityOutcome }>()
  constructor(private readonly by: ScreeningPolicy) {}

  take(event: RecordedEvent): void {
    if (event.type === 'EligibilityAssessed') { const { incidentId, outcome } = event.data as EligibilityAssessedV2; this.last.set(incidentId, outcome); return }
    const found = screen(event, this.by)
    if (found) this.would.set(found.incidentId, { partners: found.partners, outcome: found.assessment.outcome })
  }

  /** Whose outcome is another one by this policy; where none was assessed: those that it takes for intimate partners. An assessment stands behind its report. */
  otherwise(): string[] {
    return [...this.would].flatMap(([incidentId, { partners, outcome }]) => ((partners || this.last.has(incidentId)) && outcome !== this.last.get(incidentId) ? [incidentId] : []))
  }
}

/** For one incident, from all events of its stream; null where no report stands or ever stood. */
export const screenAnew = (events: readonly RecordedEvent[], by: ScreeningPolicy, { id, correlationId, stream, revision }: RecordedEvent, now: string): { id: string; command: ScreenAnew } | null => {
  const at = events.findLastIndex(({ type, sourceRecord }) => type === 'IncidentReported' || (type === 'EventRetracted' && sourceRecord !== undefined))
  const report = events[at]
  const named = events[at + 1]
  const found = report && screen(report, by, named?.type === 'ReportedPersonsNamed' ? named.data as ReportedPersonsNamedV1 : undefined)
  if (!found) return null
  const meta: CommandMeta = {
    commandId: derivedId('screen-anew', id, found.incidentId), correlationId, causationId: id, now,
    actor: { id: 'chorus:on-policy-activated', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
  }
  return { id: found.incidentId, command: { type: 'ScreenAnew', data: { partners: found.partners, assessment: found.assessment, basis: [{ stream: report.stream, revision: report.revision }, { stream, revision }] }, meta } }
}

/** That all of them were held against it. */
export const throughWith = ({ id, correlationId, data: { policyId, version, hash } }: RecordedEvent<PolicyActivatedV1>, now: string): Screened => ({
  type: 'RecordScreening', data: { policyId, version, hash, activationId: id },
  meta: { commandId: derivedId('screened', id), correlationId, causationId: id, now, actor: { id: 'chorus:on-policy-activated', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } },
})
