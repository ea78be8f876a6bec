/** Something happened around a person who has been told: the policy is applied anew, and may propose a higher level. A person decides. Pure. */
import type { CommandMeta, IncidentLinkedToCaseV1, IncidentReportedV1, NotificationDeliveredV1, RecordedEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { isQualifying } from '../circumstance/qualifying'
import type { Propose, ProposeFacts } from '../pch-case/pch-case'

type Told = Pick<RecordedEvent, 'type' | 'data' | 'corrects'> & Partial<Pick<RecordedEvent, 'time'>>
const saysArrest = ({ type, data }: Told): boolean => type === 'IncidentReported' && (data as IncidentReportedV1).arrestMade
/** A later version of a report, with an arrest: whether that is new, the version before it says. */
export const correctsToArrest = (event: Told): boolean => saysArrest(event) && event.corrects !== undefined
/** A report that is known already says now that he was arrested, or that it was at another time: the arrest was told late. `before`: what it corrects. */
const isLateArrest = (event: Told, before: Told | undefined): boolean => correctsToArrest(event) && !(before && saysArrest(before) && before.time === event.time)
/** Incidents in which he is the referred, by case. */
export type Linked = ReadonlyMap<string, ReadonlySet<string>>
export const linkedBy = (events: readonly Told[]): Linked => {
  const cases = new Map<string, Set<string>>()
  for (const event of events) {
    if (event.type !== 'IncidentLinkedToCase' || !isQualifying(event)) continue
    const { incidentId, caseId } = event.data as IncidentLinkedToCaseV1
    cases.set(incidentId, (cases.get(incidentId) ?? new Set()).add(caseId))
  }
  return cases
}

/** The cases that an event concerns; none: it counts against nobody. `before`: the event that it corrects. Which of the two, the notice or the offence, is told first is of no matter. */
export const casesTouched = (event: Told, linked: Linked = new Map(), before?: Told): readonly string[] => {
  if (isLateArrest(event, before)) return [...linked.get((event.data as IncidentReportedV1).incidentId) ?? []]
  if (event.type === 'NotificationDelivered') { const { caseId, recipientVerified } = event.data as NotificationDeliveredV1; return recipientVerified ? [caseId] : [] }
  return isQualifying(event) ? [(event.data as { caseId: string }).caseId] : []
}

export const proposeAfterNotice = (event: Pick<RecordedEvent, 'id' | 'type' | 'correlationId'>, caseId: string, facts: ProposeFacts, now: string): Propose => {
  const meta: CommandMeta = {
    commandId: derivedId('propose-after-notice', event.id, caseId), correlationId: event.correlationId, causationId: event.id, now,
    actor: { id: 'chorus:on-incident-linked', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
  }
  // Each violation of an order is new, though the record that tells of it was among the evidence before.
  return { type: 'ProposeLevel', data: { facts, onlyIfNew: event.type !== 'ProtectionOrderStatusChanged' }, meta }
}
