/**
 * What staff need first: the intimate-partner incidents, and what each still lacks before a case can be opened on it.
 * The fold; no field that is sealed in the log is kept.
 */
import type { EligibilityAssessedV2, IncidentReportedV1, PrimaryAggressorDeterminedV1, RecordedEvent } from '@chorus/contracts'
import { withoutRelationship } from '../incident/without-relationship'

export const REVIEW_STATES = ['awaiting-relationship', 'awaiting-aggressor', 'reviewed', 'taken-back'] as const
export type ReviewState = (typeof REVIEW_STATES)[number]

export interface IncidentRow {
  readonly incidentId: string
  readonly ori: string
  /** cut to its precision, local in `timeZone` */
  readonly time: string
  readonly timeZone: string
  readonly arrestMade: boolean
  /** as the report states them, NOT_STATED where its agency calls it domestic and says no more; tokens to be named in the commands that confirm */
  readonly pairs: readonly { readonly victimToken: string; readonly offenderToken: string; readonly relationship: string }[]
  /** what the screening found; null: not an intimate-partner incident by its report */
  readonly outcome: EligibilityAssessedV2['outcome'] | null
  readonly relationshipConfirmed: boolean
  readonly aggressorToken: string | null
  readonly standing: boolean
  /** place in the log of the last event that changed the row */
  readonly ordinal: number
}

export const KNOWN = ['IncidentReported', 'ReportedPersonsNamed', 'EventRetracted', 'IntimatePartnerRelationshipConfirmed', 'PrimaryAggressorDetermined', 'EligibilityAssessed', 'DeadlineMissed'] as const

const empty = (incidentId: string): IncidentRow =>
  ({ incidentId, ori: '', time: '', timeZone: '', arrestMade: false, pairs: [], outcome: null, relationshipConfirmed: false, aggressorToken: null, standing: false, ordinal: 0 })

/** The incident that an event is about: streams incident-<id> and eligibility-<id>. */
export const incidentOf = (event: Pick<RecordedEvent, 'stream'>): string => event.stream.slice(event.stream.indexOf('-') + 1)

export const evolve = (row: IncidentRow | undefined, event: RecordedEvent): IncidentRow => {
  const before = { ...(row ?? empty(incidentOf(event))), ordinal: event.ordinal }
  switch (event.type) {
    case 'IncidentReported': {
      const data = event.data as IncidentReportedV1
      const victims = new Map(data.victims.map(({ sequence, token }) => [sequence, token]))
      const offenders = new Map(data.offenders.map(({ sequence, token }) => [sequence, token]))
      const pairs = data.pairs.flatMap(({ victimSequence, offenderSequence, relationship }) => {
        const [victimToken, offenderToken] = [victims.get(victimSequence), offenders.get(offenderSequence)]
        return victimToken && offenderToken ? [{ victimToken, offenderToken, relationship }] : []
      })
      // Where the report leaves it open, whoever confirms it names the two by these tokens.
      const open = pairs.length > 0 ? [] : withoutRelationship(data).map(({ victim, offender }) => ({ victimToken: victim.token, offenderToken: offender.token, relationship: 'NOT_STATED' }))
      return { ...before, ori: data.ori, time: event.time, timeZone: event.timeZone, arrestMade: data.arrestMade, pairs: [...pairs, ...open], standing: true }
    }
    // Who takes a confirmation back is a person; who takes the report back is its agency, whose record the event carries.
    case 'EventRetracted': return event.sourceRecord ? { ...before, standing: false } : before
    case 'IntimatePartnerRelationshipConfirmed': return { ...before, relationshipConfirmed: true }
    case 'PrimaryAggressorDetermined': return { ...before, aggressorToken: (event.data as PrimaryAggressorDeterminedV1).aggressorToken }
    case 'EligibilityAssessed': return { ...before, outcome: (event.data as EligibilityAssessedV2).outcome }
    default: return before
  }
}

export const stateOf = (row: IncidentRow): ReviewState =>
  !row.standing ? 'taken-back' : !row.relationshipConfirmed ? 'awaiting-relationship' : row.aggressorToken === null ? 'awaiting-aggressor' : 'reviewed'
/** Only incidents that were screened, or that a person has looked at, are anybody's work. */
export const isListed = (row: IncidentRow): boolean => row.outcome !== null || row.relationshipConfirmed || row.aggressorToken !== null
