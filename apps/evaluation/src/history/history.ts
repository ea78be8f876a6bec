/**
 * The history of a case or an incident: every entry with both times, corrections linked to what they correct.
 * Pure: the events of the right streams, up to the recorded moment, come in; what a role may not see was taken out before.
 */
import type { RecordedEvent, TimePrecision } from '@chorus/contracts'
import { startOf } from './moment'

/** Stands on every history, whether or not anything is withheld: its presence must tell nothing. */
export const WITHHELD_SENTENCE = 'Entries may be withheld from this view.'

/** The event that led to a change of level: where it stands, and what it is. */
export interface LedBy { readonly stream: string; readonly type: string }

export interface HistoryEntry {
  readonly id: string
  readonly type: string
  readonly what: string
  /** when it happened, cut to its precision, and the zone it was told in */
  readonly happened: { readonly time: string; readonly precision: TimePrecision; readonly zone: string }
  /** when it reached us, and when it entered the log */
  readonly received: string
  readonly recorded: string
  readonly agency: string
  readonly system: string
  readonly by: { readonly role: string; readonly agency: string }
  readonly state: 'current' | 'corrected' | 'retracted'
  /** the entry that this one corrects or takes back */
  readonly corrects?: string
  /** the entry that replaced this one or took it back, as far as it was known at the recorded moment */
  readonly correctedBy?: string
  readonly breaches?: readonly string[]
  readonly policyVersion?: string
  /** what led to it, where that is named and is for the reader */
  readonly ledBy?: { readonly stream: string; readonly what: string }
  readonly data: object
}

export interface HistoryView {
  /** instant; entries that happened later are left out */
  readonly asOfOccurred?: string
  readonly newestFirst?: boolean
  /** by its id, what led to an entry */
  readonly led?: ReadonlyMap<string, LedBy>
}

/** `events` in log order, with unseen fields already absent. */
export const history = (events: readonly RecordedEvent[], view: HistoryView = {}): HistoryEntry[] => {
  const replacedBy = new Map<string, { id: string; retracted: boolean }>()
  for (const event of events) if (event.corrects) replacedBy.set(event.corrects, { id: event.id, retracted: event.type === 'EventRetracted' })
  // Which of the two a reopening is, only what was before it says.
  const [openedAgain, closed] = [new Set<string>(), new Set<string>()]
  for (const { id, type, stream } of events) {
    if (type === 'CaseClosed') closed.add(stream)
    if (type === 'CaseReopened' && closed.delete(stream)) openedAgain.add(id)
  }
  const entries = events
    .filter(event => !view.asOfOccurred || startOf(event.time, event.timeZone) <= view.asOfOccurred)
    .map((event): HistoryEntry => {
      const replaced = replacedBy.get(event.id)
      const led = view.led?.get((event.data as { readonly triggerEventId?: string }).triggerEventId ?? '')
      return {
        id: event.id,
        type: event.type,
        what: openedAgain.has(event.id) ? OPENED_AGAIN : phraseOf(event.type),
        happened: { time: event.time, precision: event.timePrecision, zone: event.timeZone },
        received: event.receivedtime,
        recorded: event.recordedtime,
        agency: event.source.agency,
        system: event.source.system,
        by: { role: event.actor.role, agency: event.actor.agency },
        state: !replaced ? 'current' : replaced.retracted ? 'retracted' : 'corrected',
        ...(event.corrects && { corrects: event.corrects }),
        ...(replaced && { correctedBy: replaced.id }),
        ...(event.breaches?.length && { breaches: event.breaches }),
        ...(event.policyVersion && { policyVersion: event.policyVersion }),
        ...(led && { ledBy: { stream: led.stream, what: phraseOf(led.type) } }),
        data: event.data,
      }
    })
  return view.newestFirst ? entries.reverse() : entries
}

const PHRASES: Readonly<Record<string, string>> = {
  IncidentReported: 'Incident reported',
  ArrestRecorded: 'Arrest recorded',
  ReportedPersonsNamed: 'Persons of the report named by its source',
  EventRetracted: 'Report taken back by its source',
  IntimatePartnerRelationshipConfirmed: 'Relationship confirmed',
  PrimaryAggressorDetermined: 'Primary aggressor determined',
  EligibilityAssessed: 'Eligibility assessed',
  ReferralReceived: 'Referral received',
  ReferralExcluded: 'Referral excluded',
  ReferralRouted: 'Referral sent elsewhere',
  ReferralDeferred: 'Referral put off',
  ReferralReopened: 'Referral taken up again',
  DeferralExplained: 'Why it was put off',
  PairSidesRecorded: 'Sides of the incident recorded',
  CrossComplaintSigned: 'Cross-complaint decided by one of the two reviewers',
  CrossComplaintReviewed: 'Cross-complaint reviewed',
  PersonIdentitiesLinked: 'Two records linked as one person',
  PersonIdentitiesUnlinked: 'Two records told apart again',
  CaseOpened: 'Case opened',
  CustodyStatusChanged: 'Custody changed',
  ProtectionOrderStatusChanged: 'Order of protection changed',
  IncidentLinkedToCase: 'Further incident of the case',
  CriminalHistoryReviewed: 'Criminal history reviewed',
  LethalityScreenAdministered: 'Lethality screen taken',
  AdvocateHotlineContactRecorded: 'Hotline called',
  LevelProposed: 'Level proposed',
  LevelProposalDeclined: 'Level proposal declined',
  LevelApproved: 'Level approved by a member of the panel',
  LevelAssigned: 'Level assigned',
  LevelChanged: 'Level changed',
  LevelReviewed: 'Level looked at again; it stands',
  LevelContested: 'Level contested',
  LevelContestDecided: 'Contest decided',
  ExitApproved: 'Exit approved by a member of the panel',
  CaseDeferred: 'Case put off',
  CaseClosed: 'Case closed',
  CaseReopened: 'Case taken up again',
  CaseSucceeded: 'Another case follows',
  ServiceOffered: 'Services offered',
  ServiceOfferAnswered: 'Offer of services answered',
  ServiceReferralSent: 'Referred to a provider',
  ServiceReferralAnswered: 'Provider answered',
  ProtocolBreachDetected: 'Breach of protocol recorded',
}
/** What it was levelled before the closing is its level no more (decision 0078). */
const OPENED_AGAIN = 'Closed case opened again: without a level until it is levelled anew'
/** `LevelAssigned` reads "Level assigned" also where nobody wrote a phrase for it. */
const phraseOf = (type: string): string =>
  PHRASES[type] ?? type.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
