/** What a change of level names: the event that led to it, and the records on which it rests. What of it is known here comes in; which kind of event leads to what is decided here. Pure. */
import type { ChangeLevel, ChangeReason, CriminalHistoryReviewedV1, CustodyStatusChangedV1, DispositionEnteredV1, Level, LevelProposedV1, RecordedEvent, SupervisionComplianceReportedV1 } from '@chorus/contracts'
import { refused, type Refusal } from '@chorus/decider'
import { closesAs, isCharge } from '../charging/charging'
import { isQualifying } from '../circumstance/qualifying'
import { BASIS_EXPUNGED } from './answers'

/**
 * The event that is named. `stands`: nobody has taken it back or corrected it since, or closed by order what a proposal rests on; `arrest`: it is, or it links, a report that says that somebody was
 * arrested; `holds`: what it did lasts: the ground on which a record was closed, the latest disposition, a proposal that was neither declined nor decided nor left behind with its case;
 * `counted`: a level of this case rests on it already; `afterNotice`: he had been told before it happened.
 */
export interface Trigger extends Pick<RecordedEvent, 'type' | 'data'> { readonly stands: boolean; readonly arrest: boolean; readonly holds: boolean; readonly counted: boolean; readonly afterNotice: boolean }
export interface ReferenceFacts {
  /** what is named and is not there, is of somebody else, or is closed to whoever asks: one answer for all three */
  readonly unknown: readonly string[]
  /** what is named and there, and a court ordered closed */
  readonly expunged: readonly string[]
  /** a court ordered the record of the index incident, of the referral or of the case closed or destroyed */
  readonly basisExpunged: boolean
  readonly trigger: Trigger | null
}

/** On which streams a level may rest. A lethality screen is none of them: a score never sets a level (§2.6). */
export const EVIDENCE: readonly string[] = ['incident', 'arrest', 'charging', 'supervision', 'historyReview', 'circumstance', 'referral', 'notification', 'pchCase']
/** Where an event may stand that leads to a change: there, or where a record was closed, or persons were told apart. */
export const LEADING_TO: readonly string[] = [...EVIDENCE, 'recordAccess', 'personIdentity']

type Leads = (trigger: Trigger, to: Level) => boolean
const proposal: Leads = ({ type, data, holds }, to) => type === 'LevelProposed' && holds && (data as LevelProposedV1).level === to
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
  if (isCharge({ type, data })) return true
  const { ipvArrests = 0, ipvCharges = 0 } = (data as Partial<CriminalHistoryReviewedV1>).counts ?? {}
  return type === 'CriminalHistoryReviewed' && ipvArrests + ipvCharges > 0
}
/** A call without an arrest counts for her safety, never here. */
const prohibited: Leads = ({ type, data, arrest }) =>
  type === 'SupervisionComplianceReported' ? (data as SupervisionComplianceReportedV1).compliance === 'VIOLATION' : type === 'IncidentLinkedToCase' ? arrest && isQualifying({ type, data }) : isQualifying({ type, data })
/** A decision on charges closes nothing: that no charge is known closes a record thirty days on, and then that is the event to name. */
const expunging: Leads = ({ type, data, holds }) => {
  if (type === 'DispositionEntered') return holds && closesAs((data as DispositionEnteredV1).results) !== null
  return type === 'RecordAccessRestricted' ? holds : type === 'EventRetracted'
}
const anyOf = (...ways: readonly Leads[]): Leads => (trigger, to) => ways.some((leads) => leads(trigger, to))
const arrest = { leads: anyOf(arrested, counted, proposal), by: 'an arrest, a report with an arrest, charges that were filed, a review of the criminal history that counts one, or a proposal of this level that was neither declined nor decided since' }
/** Whatever is recorded of this person: the panel, or whoever corrects, has looked at it. */
const anything = { leads: () => true, by: 'whatever is recorded of this person' }
const LEADS_TO: Readonly<Record<ChangeReason, { readonly leads: Leads; readonly by: string }>> = {
  FIRST_ARREST: arrest, FURTHER_ARREST: arrest,
  PROHIBITED_BEHAVIOR: { leads: anyOf(prohibited, arrested, proposal), by: 'a further incident or a report of it with an arrest, an order that he violated, a violation that his supervisor reports, or a proposal of this level that was neither declined nor decided since' },
  PANEL_DECISION: anything, PANEL_STEPDOWN: anything, CORRECTION: anything,
  BASIS_EXPUNGED: { leads: expunging, by: 'the closing of a record of his that holds, the latest disposition where none of its charges stands, or what took a report back' },
}

/** Moved by something new. */
export const FURTHER: readonly ChangeReason[] = ['FIRST_ARREST', 'FURTHER_ARREST', 'PROHIBITED_BEHAVIOR']

/** Why what is named does not carry the change; null: it does. What a court closed, or somebody took back, may lower a level and never raise one. */
export const againstReferences = ({ evidenceRefs, reasonCode, to }: ChangeLevel, { unknown, expunged, basisExpunged, trigger, matched }: ReferenceFacts & { readonly matched: readonly string[] }, down: boolean): Refusal | null => {
  if (evidenceRefs.length === 0) return refused('evidence_missing', 'A change of level names the records on which it rests. Name at least one.')
  if (unknown.length > 0 || !trigger) return refused('reference_unknown', `Not known here as of this person: ${unknown.join(', ')}. Name an event, and records, that stand here and are of the person of this case: reports, arrests, charges, referrals, reviews of the history, or what is recorded of the case itself.`)
  if (!down && basisExpunged) return BASIS_EXPUNGED
  if (!down && expunged.length > 0) return refused('reference_expunged', `A court ordered closed what this names: ${expunged.join(', ')}. No level is raised on it. Name what stands without it.`)
  const { leads, by } = LEADS_TO[reasonCode]
  if (!leads(trigger, to)) return refused('trigger_does_not_fit', `The event that triggerEventId names does not lead to ${to} by ${reasonCode}. What does is ${by}.`)
  if (down) return null
  if (trigger.counted && FURTHER.includes(reasonCode)) return refused('trigger_counted', 'The level of this case rests on this already, whoever told of it since; or it is an arrest of before that level was given, of no incident that is known here, and may be the one on which it rests: then have its incident recorded with it. Name what came after it; a panel moves the level on what is known (PANEL_DECISION), and whoever decided wrongly corrects it (CORRECTION).')
  if (reasonCode === 'PROHIBITED_BEHAVIOR' && !trigger.afterNotice) return refused('not_after_notice', 'No notification was delivered in this case, to himself, before this happened: it is no prohibited behaviour after notice. What is told without its hour may have been before a notice of that day. Record the delivery where there was one, or have a panel decide.')
  // A proposal stands while the record meets a criterion of its level.
  if (trigger.stands && (trigger.type !== 'LevelProposed' || matched.length > 0)) return null
  return refused('trigger_replaced', 'The event that triggerEventId names was corrected or taken back since, or rests on what is no ground any more. Name what stands in its place, or ask for a new proposal.')
}
