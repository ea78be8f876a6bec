/** He threatened his partner when he was told, or the message went to somebody else: a partner is to be warned within the hour. Pure. */
import type { BusEvent, CommandMeta, NotificationDeliveredV1, NotificationMisdeliveredV1, WarningCause } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { minutesLater } from '../notification-policy/clock'
import type { HoldWish } from '../safety-review/holds'
import type { OpenWarning } from '../safety-warning/safety-warning'

type Cause = Pick<BusEvent, 'id' | 'type' | 'data' | 'time' | 'correlationId'>
const MINUTES = 60

export const metaFor = (cause: Pick<Cause, 'id' | 'correlationId'>, wish: string, now: string): CommandMeta => ({
  commandId: derivedId(wish, cause.id), correlationId: cause.correlationId, causationId: cause.id, now,
  actor: { id: 'chorus:on-notification-delivered', role: 'system', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' },
})

const causeOf = ({ type, data }: Cause): WarningCause | null => {
  if (type === 'NotificationMisdelivered') return 'MISDELIVERED'
  return type === 'NotificationDelivered' && (data as NotificationDeliveredV1).reaction === 'THREAT_TO_PARTNER' ? 'THREAT_TO_PARTNER' : null
}

/** null: nothing that calls for a warning. The hour runs from what happened, also where it was told later. */
export function openWarning(event: Cause, now: string): { readonly id: string; readonly command: OpenWarning } | null {
  const cause = causeOf(event)
  if (!cause) return null
  const { notificationId, caseId } = event.data as NotificationMisdeliveredV1
  const id = derivedId('safety', 'warning', event.id)
  return { id, command: { type: 'OpenWarning', data: { taskId: id, notificationId, caseId, cause, dueAt: minutesLater(event.time, MINUTES) }, meta: metaFor(event, 'open-warning', now) } }
}

/** After a misdelivery nothing more goes out before an advocate has looked. */
export function holdAfter(event: Cause): HoldWish | null {
  if (event.type !== 'NotificationMisdelivered') return null
  const { notificationId, caseId } = event.data as NotificationMisdeliveredV1
  return { holdId: derivedId('hold', event.id, notificationId), notificationId, caseId, code: 'SAFETY', reviewAt: minutesLater(event.time, MINUTES) }
}
