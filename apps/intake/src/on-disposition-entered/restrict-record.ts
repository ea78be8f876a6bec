/** What a charge, or the end of one, means for who may see the record of the incident. Pure. */
import type { ChargingDecisionMadeV1, CommandMeta, DispositionEnteredV1, RecordedEvent } from '@chorus/contracts'
import { dayOf, derivedId } from '@chorus/decider'
import type { RecordAccessCommand } from '@chorus/record-access'
import { closesAs } from '../charging/charging'
import { cameAfter } from './came-after'

const DISPOSITIONS = ['NOLLE', 'DISMISSED', 'ACQUITTED', 'SIS_TERMINATED'] as const
const metaFor = (event: RecordedEvent, wish: string, now: string): CommandMeta => ({
  commandId: derivedId(wish, event.id), correlationId: event.correlationId, causationId: event.id, now,
  actor: { id: 'chorus:on-disposition-entered', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

/** What may be charged anew. An acquittal is not, nor what was served. */
const REFILED = ['NOLLE', 'DISMISSED'] as const
const isFiled = ({ type, data }: RecordedEvent): boolean => type === 'ChargingDecisionMade' && (data as ChargingDecisionMadeV1).decision === 'FILED'

/** Whether charges were filed anew after a disposition that left none. */
export const isRefiled = (disposition: RecordedEvent, told: readonly RecordedEvent[]): boolean =>
  (REFILED as readonly (string | null)[]).includes(closesAs((disposition.data as DispositionEnteredV1).results)) && told.some((one) => isFiled(one) && cameAfter(one, disposition))

/**
 * The record's stream, and what is to be asked of it; [] where nothing follows. `told`: what was told of the charges before, in its order. `several`: more than one person was arrested: a charge that is told of the
 * incident says not of whom, and opens none of them.
 */
export function restrictRecord(event: RecordedEvent, now: string, told: readonly RecordedEvent[] = [], several = false): { readonly record: string; readonly commands: readonly RecordAccessCommand[] } {
  const record = `incident-${(event.data as { incidentId: string }).incidentId}`
  const meta = (wish: string): CommandMeta => metaFor(event, wish, now)
  const before = told.filter(({ revision }) => revision < event.revision)
  if (isFiled(event) && !several) {
    const disposed = before.findLast(({ type }) => type === 'DispositionEntered')
    // Told late, charges from before the disposition are those that it ended.
    const refiled = disposed !== undefined && cameAfter(event, disposed)
    return { record, commands: [{ type: 'RestoreAccess', data: { record, grounds: ['ARREST_NOT_CHARGED', ...(refiled ? REFILED : [])], authority: 'CHARGES_FILED' }, meta: meta('restore-charged') }] }
  }
  if (event.type !== 'DispositionEntered') return { record, commands: [] }
  const closing = closesAs((event.data as DispositionEnteredV1).results)
  // Told late, it ended charges that were filed anew since.
  const ground = !several && isRefiled(event, before) ? null : closing
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
