/** What a change of level names: the event that led to it, and the records on which it rests. What of it is known here comes in; which kind of event leads to what is decided here. Pure. */
import type { ChangeLevel, ChangeReason, CriminalHistoryReviewedV1, CustodyStatusChangedV1, Level, LevelProposedV1, RecordedEvent, SupervisionComplianceReportedV1 } from '@chorus/contracts'
import { refused, type Refusal } from '@chorus/decider'
import { isQualifying } from '../circumstance/qualifying'

/** The event that is named. `stands`: nobody has taken it back or corrected it since; `arrest`: it is, or it links, a report that says that somebody was arrested. */
export interface Trigger extends Pick<RecordedEvent, 'type' | 'data'> { readonly stands: boolean; readonly arrest: boolean }
/** `unknown`: what is named and is not there, is of somebody else, or is closed to whoever asks: one answer for all three. */
export interface ReferenceFacts { readonly unknown: readonly string[]; readonly trigger: Trigger | null }

/** On which streams a level may rest. A lethality screen is none of them: a score never sets a level (§2.6). */
export const EVIDENCE: readonly string[] = ['incident', 'arrest', 'charging', 'supervision', 'historyReview', 'circumstance', 'referral', 'notification', 'pchCase']
/** Where an event may stand that leads to a change: there, or where a record was closed, or persons were told apart. */
export const LEADING_TO: readonly string[] = [...EVIDENCE, 'recordAccess', 'personIdentity']

type Leads = (trigger: Trigger, to: Level) => boolean
const proposal: Leads = ({ type, data }, to) => type === 'LevelProposed' && (data as LevelProposedV1).level === to
const arrested: Leads = ({ type, data, arrest }) => {
  switch (type) {
    case 'ArrestRecorded': return true
    case 'IncidentReported': return arrest
    case 'CustodyStatusChanged': return (data as CustodyStatusChangedV1).status === 'IN' && (data as CustodyStatusChangedV1).reason === 'ARREST'
    default: return false
  }
}
/** The policy counts arrests and charges alike, also those of which a review of the criminal history tells. */
const counted: Leads = ({ type, data }) => {
  if (type === 'ChargingDecisionMade') return ['FILED', 'REFERRED_MUNICIPAL'].includes((data as { decision: string }).decision)
  const { ipvArrests = 0, ipvCharges = 0 } = (data as Partial<CriminalHistoryReviewedV1>).counts ?? {}
  return type === 'CriminalHistoryReviewed' && ipvArrests + ipvCharges > 0
}
/** A call without an arrest counts for her safety, never here. */
const prohibited: Leads = ({ type, data, arrest }) =>
  type === 'SupervisionComplianceReported' ? (data as SupervisionComplianceReportedV1).compliance === 'VIOLATION' : type === 'IncidentLinkedToCase' ? arrest && isQualifying({ type, data }) : isQualifying({ type, data })
const anyOf = (...ways: readonly Leads[]): Leads => (trigger, to) => ways.some((leads) => leads(trigger, to))
const arrest = { leads: anyOf(arrested, counted, proposal), by: 'an arrest, a report with an arrest, charges that were filed, a review of the criminal history that counts one, or a proposal of this level' }
/** Whatever is recorded of this person: the panel, or whoever corrects, has looked at it. */
const anything = { leads: () => true, by: 'whatever is recorded of this person' }
const LEADS_TO: Readonly<Record<ChangeReason, { readonly leads: Leads; readonly by: string }>> = {
  FIRST_ARREST: arrest, FURTHER_ARREST: arrest,
  PROHIBITED_BEHAVIOR: { leads: anyOf(prohibited, arrested, proposal), by: 'a further incident or a report of it with an arrest, an order that he violated, a violation that his supervisor reports, or a proposal of this level' },
  PANEL_DECISION: anything, PANEL_STEPDOWN: anything, CORRECTION: anything,
  BASIS_EXPUNGED: { leads: ({ type }) => ['RecordAccessRestricted', 'DispositionEntered', 'ChargingDecisionMade', 'EventRetracted'].includes(type), by: 'what closed a record of his, or took a report back' },
}

/** Why what is named does not carry the change; null: it does. */
export const againstReferences = ({ evidenceRefs, reasonCode, to }: ChangeLevel, { unknown, trigger }: ReferenceFacts): Refusal | null => {
  if (evidenceRefs.length === 0) return refused('evidence_missing', 'A change of level names the records on which it rests. Name at least one.')
  if (unknown.length > 0 || !trigger) return refused('reference_unknown', `Not known here as of this person: ${unknown.join(', ')}. Name an event, and records, that stand here and are of the person of this case: reports, arrests, charges, referrals, reviews of the history, or what is recorded of the case itself.`)
  const { leads, by } = LEADS_TO[reasonCode]
  if (!leads(trigger, to)) return refused('trigger_does_not_fit', `The event that triggerEventId names does not lead to ${to} by ${reasonCode}. What does is ${by}.`)
  if (trigger.stands || reasonCode === 'CORRECTION' || reasonCode === 'BASIS_EXPUNGED') return null
  return refused('trigger_replaced', 'The event that triggerEventId names was corrected or taken back since. Name what stands in its place.')
}
