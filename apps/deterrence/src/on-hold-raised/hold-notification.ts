/** A hold was raised: its stop is put into the notification's own stream where it is not there yet. Pure. */
import type { BusEvent, CommandMeta, HoldRaisedV1 } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'

export type Stop =
  | { readonly scope: 'NOTIFICATION'; readonly notificationId: string; readonly caseId: string; readonly holdId: string; readonly reviewAt: string }
  | { readonly scope: 'CASE'; readonly caseId: string; readonly holdId: string; readonly reviewAt: string }

export const stopOf = (event: Pick<BusEvent, 'data'>): Stop => {
  const { scope, notificationId, caseId, holdId, reviewAt } = event.data as HoldRaisedV1
  return scope === 'NOTIFICATION' && notificationId !== undefined ? { scope, notificationId, caseId, holdId, reviewAt } : { scope: 'CASE', caseId, holdId, reviewAt }
}

export const metaFor = (cause: Pick<BusEvent, 'id' | 'correlationId'>, now: string): CommandMeta => ({
  commandId: derivedId('hold-notification', cause.id), correlationId: cause.correlationId, causationId: cause.id, now,
  actor: { id: 'chorus:on-hold-raised', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})
