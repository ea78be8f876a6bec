/** Whether a case's level is still for those outside justice: while one of the incidents on which the case rests is open. Pure. */
import type { CaseOpenedV1, CommandMeta, IncidentLinkedToCaseV1, RecordAccessRestrictedV2, RecordedEvent, ReferralReceivedV2, RestrictionGround, RestrictionStatute } from '@chorus/contracts'
import { dayOf, derivedId } from '@chorus/decider'
import type { RecordAccessCommand } from '@chorus/record-access'
import type { Close } from '../pch-case/pch-case'

/** Event types that say on which incidents a case rests, and their categories. */
export const BASIS = { categories: ['pchCase', 'referral', 'circumstance'], types: ['CaseOpened', 'ReferralReceived', 'IncidentLinkedToCase'] } as const

/** By case: its incidents, as streams. */
export const incidentsByCase = (events: readonly Pick<RecordedEvent, 'type' | 'data'>[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const referred = new Map<string, readonly string[]>()
  const cases = new Map<string, { readonly referralId: string; readonly incidents: Set<string> }>()
  for (const { type, data } of events) {
    if (type === 'ReferralReceived') { const { referralId, incidentIds } = data as ReferralReceivedV2; referred.set(referralId, incidentIds) }
    if (type === 'CaseOpened') { const { caseId, referralId, indexIncidentId } = data as CaseOpenedV1; cases.set(caseId, { referralId, incidents: new Set([indexIncidentId]) }) }
    // Where he was the victim, it is no ground for a level of his.
    if (type === 'IncidentLinkedToCase') { const { caseId, incidentId, side } = data as IncidentLinkedToCaseV1; if (side === 'REFERRED') cases.get(caseId)?.incidents.add(incidentId) }
  }
  return new Map([...cases].map(([caseId, { referralId, incidents }]) => [caseId, new Set([...incidents, ...referred.get(referralId) ?? []].map((id) => `incident-${id}`))]))
}

/** The cases of which an event may change the answer. */
export const casesTouchedBy = ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>, cases: ReadonlyMap<string, ReadonlySet<string>>): string[] => {
  if (type === 'CaseOpened' || type === 'IncidentLinkedToCase') return [(data as { caseId: string }).caseId]
  const { record } = data as { record?: string }
  return [...cases].filter(([, incidents]) => record !== undefined && incidents.has(record)).map(([caseId]) => caseId)
}

/** A case that was destroyed with its person ends: whoever is to be told, is not told any more. null: not of a case, or not destroyed. */
export const closeDestroyed = ({ type, data, id, correlationId }: Pick<RecordedEvent, 'type' | 'data' | 'id' | 'correlationId'>, now: string): { readonly caseId: string; readonly command: Close } | null => {
  const { record, ground } = data as Partial<RecordAccessRestrictedV2>
  if (type !== 'RecordAccessRestricted' || ground !== 'DESTROYED' || !record?.startsWith('pchCase-')) return null
  return { caseId: record.slice('pchCase-'.length), command: { type: 'CloseCase', data: { code: 'BASIS_EXPUNGED', facts: { referralExcluded: false, otherStays: false, basisExpunged: true, exitFrom: null, offenseToldAt: null, basis: [] } }, meta: metaFor('close-destroyed', id, correlationId, record, now) } }
}

/** How each of its incidents is closed; null: open. */
export type Closing = { readonly ground: RestrictionGround; readonly statute: RestrictionStatute } | null

const metaFor = (wish: string, cause: string, correlationId: string, of: string, now: string): CommandMeta => ({
  commandId: derivedId(wish, cause, of), correlationId, causationId: cause, now,
  actor: { id: 'chorus:on-record-access-restricted', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

export const restrictCase = (caseId: string, incidents: readonly Closing[], cause: Pick<RecordedEvent, 'id' | 'correlationId'>, now: string): RecordAccessCommand => {
  const record = `pchCase-${caseId}`
  const meta = (wish: string): CommandMeta => metaFor(wish, cause.id, cause.correlationId, caseId, now)
  const [first] = incidents
  return first && incidents.every((one) => one !== null)
    ? { type: 'RestrictAccess', data: { record, ground: 'BASIS_CLOSED', statute: first.statute, effectiveAt: dayOf(now) }, meta: meta('restrict-case') }
    : { type: 'RestoreAccess', data: { record, grounds: ['BASIS_CLOSED'], authority: 'OTHER_BASIS' }, meta: meta('restore-case') }
}
