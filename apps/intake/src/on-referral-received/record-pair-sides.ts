/** A referral was received: on which sides of its incidents the two stand goes to their pair, which protects I7. Pure. */
import type { CommandMeta, PairSidesRecordedV1, RecordedEvent, ReferralReceivedV2 } from '@chorus/contracts'
import { derivedId, type Command } from '@chorus/decider'

/** `pairId`: fixed by the two persons; the vault knows how. */
export function recordPairSides(event: RecordedEvent, pairIdOf: (one: string, other: string) => string, now: string): { id: string; command: Command<'RecordPairSides', PairSidesRecordedV1> }[] {
  const { subjectRef, victimRef, incidentIds } = event.data as ReferralReceivedV2
  const id = pairIdOf(subjectRef, victimRef)
  return incidentIds.map((incidentId) => {
    const meta: CommandMeta = {
      commandId: derivedId('record-pair-sides', event.id, incidentId), correlationId: event.correlationId, causationId: event.id, now,
      actor: { id: 'chorus:on-referral-received', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
    }
    return { id, command: { type: 'RecordPairSides', data: { pairId: id, incidentId, victimRef, otherRef: subjectRef }, meta } }
  })
}
