/** A referral names the person of a case that is open already: its incidents are further ones of that case. Pure. */
import type { Basis, CommandMeta, IncidentSide, RecordedEvent, ReferralReceivedV2 } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { LinkIncident } from '../circumstance/circumstance'

/** An open case of one of the two: since when (ordinal), what it rests on, how far was looked. */
export interface OpenCase { readonly caseId: string; readonly openedAt: number; readonly incidentIds: readonly string[]; readonly basis: readonly Basis[] }

/** The two whom a referral names, each with the side on which it puts them. */
export const sidesOf = (event: Pick<RecordedEvent, 'data'>): readonly { readonly person: string; readonly side: IncidentSide }[] => {
  const { subjectRef, victimRef } = event.data as ReferralReceivedV2
  return [{ person: subjectRef, side: 'REFERRED' }, { person: victimRef, side: 'VICTIM_OF_RECORD' }]
}

export function linkIncidents(event: RecordedEvent, side: IncidentSide, open: OpenCase, now: string): { id: string; command: LinkIncident }[] {
  // The case was opened after it, so whoever reviews the case's notifications could see it.
  if (open.openedAt > event.ordinal) return []
  const { incidentIds } = event.data as ReferralReceivedV2
  return incidentIds.filter((incidentId) => !open.incidentIds.includes(incidentId)).map((incidentId) => {
    const meta: CommandMeta = {
      commandId: derivedId('link-incident', event.id, open.caseId, incidentId), correlationId: event.correlationId, causationId: event.id, now,
      actor: { id: 'chorus:on-referral-received', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
    }
    return { id: open.caseId, command: { type: 'LinkIncident', data: { caseId: open.caseId, incidentId, side, basis: open.basis }, meta } }
  })
}
