/** What a charge, or the end of one, means for who may see the record of the incident. Pure. */
import type { ChargingDecisionMadeV1, CommandMeta, DispositionEnteredV1, RecordedEvent } from '@chorus/contracts'
import { dayOf, derivedId } from '@chorus/decider'
import type { RecordAccessCommand } from '@chorus/record-access'
import { closesAs } from '../charging/charging'

const DISPOSITIONS = ['NOLLE', 'DISMISSED', 'ACQUITTED', 'SIS_TERMINATED'] as const
const metaFor = (event: RecordedEvent, wish: string, now: string): CommandMeta => ({
  commandId: derivedId(wish, event.id), correlationId: event.correlationId, causationId: event.id, now,
  actor: { id: 'chorus:on-disposition-entered', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

/** The record's stream, and what is to be asked of it; [] where nothing follows. */
export function restrictRecord(event: RecordedEvent, now: string): { readonly record: string; readonly commands: readonly RecordAccessCommand[] } {
  const record = `incident-${(event.data as { incidentId: string }).incidentId}`
  const meta = (wish: string): CommandMeta => metaFor(event, wish, now)
  if (event.type === 'ChargingDecisionMade') {
    return { record, commands: (event.data as ChargingDecisionMadeV1).decision === 'FILED' ? [{ type: 'RestoreAccess', data: { record, grounds: ['ARREST_NOT_CHARGED'], authority: 'CHARGES_FILED' }, meta: meta('restore-charged') }] : [] }
  }
  if (event.type !== 'DispositionEntered') return { record, commands: [] }
  const ground = closesAs((event.data as DispositionEnteredV1).results)
  const gone = DISPOSITIONS.filter((one) => one !== ground)
  return {
    record,
    commands: [
      ...(ground ? [{ type: 'RestrictAccess' as const, data: { record, ground, statute: 'RSMO_610_105' as const, effectiveAt: dayOf(now) }, meta: meta('restrict-disposed') }] : []),
      // What was told first no longer holds: the latest disposition counts.
      { type: 'RestoreAccess', data: { record, grounds: gone, authority: 'DISPOSITION_CHANGED' }, meta: meta('restore-disposed') },
    ],
  }
}
