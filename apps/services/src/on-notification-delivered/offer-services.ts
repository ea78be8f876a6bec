/** A notification was delivered: services are offered with it. Pure. */
import type { BusEvent, CommandMeta, NotificationDeliveredV1, OfferChannel } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import type { Offer } from '../pch-service/pch-service'

/** What is taken of it: no level, nothing of safety, no person. */
type Delivered = Pick<NotificationDeliveredV1, 'notificationId' | 'caseId' | 'mode' | 'inCustody'>

/** How he was told, by how the notification was delivered. Services are offered at level A too: in custody, or by going to him. */
const CHANNELS: Readonly<Record<string, (inCustody: boolean) => OfferChannel>> = {
  LETTER: () => 'LETTER', CUSTODY: () => 'CUSTODY', CALL_IN: () => 'CALL_IN', CUSTOM: () => 'CUSTOM', PRIORITY_ENFORCEMENT: (inCustody) => inCustody ? 'CUSTODY' : 'OUTREACH',
}

/** The offer's number is fixed by its notification: a delivery that is told twice, or corrected, leads to the same offer. */
export const offerIdOf = (notificationId: string): string => derivedId('service-offer', notificationId)

/** `unknown-mode`: a way of delivery that this build has no channel for. */
export function offerServices(event: Pick<BusEvent, 'id' | 'correlationId' | 'data' | 'time' | 'timePrecision' | 'timeZone'>, now: string): { readonly id: string; readonly command: Offer } | 'unknown-mode' {
  const { notificationId, caseId, mode, inCustody } = event.data as Delivered
  const channel = CHANNELS[mode]?.(inCustody)
  if (channel === undefined) return 'unknown-mode'
  const offerId = offerIdOf(notificationId)
  const meta: CommandMeta = {
    commandId: derivedId('offer-services', event.id), correlationId: event.correlationId, causationId: event.id, now,
    actor: { id: 'chorus:on-notification-delivered', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
  }
  const { time, timePrecision, timeZone } = event
  return { id: offerId, command: { type: 'OfferServices', data: { offerId, caseId, notificationId, channel, at: { time, timePrecision, timeZone } }, meta } }
}
