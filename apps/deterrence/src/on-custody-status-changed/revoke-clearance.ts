/**
 * He left custody, a further incident was linked to the case, or an order of protection changed: what was cleared is taken
 * back, and a delivery that proves to have been uncleared gets its breach. Pure.
 */
import type { Basis, BusEvent, CommandMeta, RevocationCause } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { DetectBreach } from '../notification/notification'
import type { Revoke } from '../safety-review/safety-review'

type Cause = Pick<BusEvent, 'id' | 'correlationId'>
export interface Of { readonly notificationId: string; readonly caseId: string }

const metaFor = (cause: Cause, wish: string, now: string): CommandMeta => ({
  commandId: derivedId(wish, cause.id), correlationId: cause.correlationId, causationId: cause.id, now,
  actor: { id: 'chorus:on-custody-status-changed', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

export const revokeClearance = (event: Cause, { notificationId, caseId }: Of, cause: RevocationCause, now: string): Revoke =>
  ({ type: 'RevokeClearance', data: { notificationId, caseId, cause }, meta: metaFor(event, `revoke-clearance ${notificationId}`, now) })

/** M1: nothing cleared it, by what is known now. */
export const detectBreach = (event: Cause, { factId, basis }: { readonly factId: string; readonly basis: readonly Basis[] }, now: string): DetectBreach =>
  ({ type: 'DetectBreach', data: { factId, rule: 'M1', basis }, meta: metaFor(event, `detect-breach ${factId}`, now) })
