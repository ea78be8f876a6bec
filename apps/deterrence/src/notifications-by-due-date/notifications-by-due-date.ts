/**
 * What is to be delivered, and by when. The fold of the notifications' own streams. Nothing of the safety context is kept
 * here, a hold neither: whether something is cleared is read from the log when the list is asked for.
 */
import type {
  AnyPlaceClass, Language, Level, NotificationDeliveredV1, NotificationMode, NotificationPlannedV1, NotificationScheduledV1, PlaceClass, ProtocolBreachDetectedV1, RecordedEvent, RepeatReason, SlaId,
} from '@chorus/contracts'

export const PHASES = ['open', 'delivered', 'cancelled', 'abandoned'] as const
export type ListedPhase = (typeof PHASES)[number]

export interface NotificationRow {
  readonly notificationId: string
  readonly caseId: string
  readonly level: Level
  readonly period: number
  readonly number: number
  readonly repeatReason: RepeatReason | null
  readonly mode: NotificationMode
  readonly slaId: SlaId
  readonly dueAt: string
  readonly templateId: string
  readonly templateVersion: string
  readonly language: Language
  readonly phase: ListedPhase
  readonly schedule: { readonly at: string; readonly placeClass: PlaceClass } | null
  readonly attempts: number
  readonly delivered: { readonly at: string; readonly placeClass: AnyPlaceClass; readonly mode: NotificationMode } | null
  /** rules that a delivery broke; that a hold stood is told in the safety context alone */
  readonly breaches: readonly string[]
}

export const KNOWN = [
  'NotificationPlanned', 'NotificationHeld', 'NotificationScheduled', 'DeliveryAuthorized', 'NotificationAttempted', 'NotificationDelivered', 'NotificationMisdelivered', 'NotificationCancelled', 'NotificationAbandoned', 'ProtocolBreachDetected', 'DeadlineMissed',
] as const

export const notificationOf = (event: Pick<RecordedEvent, 'stream'>): string => event.stream.slice('notification-'.length)

/** undefined: nothing was planned (no stream begins otherwise). */
export const evolve = (row: NotificationRow | undefined, event: RecordedEvent): NotificationRow | undefined => {
  if (event.type === 'NotificationPlanned') {
    const { notificationId, caseId, level, period, number, repeatReason = null, mode, slaId, dueAt, templateId, templateVersion, language } = event.data as NotificationPlannedV1
    return { notificationId, caseId, level, period, number, repeatReason, mode, slaId, dueAt, templateId, templateVersion, language, phase: 'open', schedule: null, attempts: 0, delivered: null, breaches: [] }
  }
  if (!row) return undefined
  switch (event.type) {
    case 'NotificationScheduled': {
      const { at, placeClass } = event.data as NotificationScheduledV1
      return { ...row, schedule: { at, placeClass } }
    }
    case 'NotificationAttempted': return { ...row, attempts: row.attempts + 1 }
    case 'NotificationDelivered': {
      const { placeClass, mode } = event.data as NotificationDeliveredV1
      return { ...row, phase: 'delivered', delivered: { at: event.time, placeClass, mode } }
    }
    case 'NotificationCancelled': return row.phase === 'open' ? { ...row, phase: 'cancelled' } : row
    case 'NotificationAbandoned': return row.phase === 'open' ? { ...row, phase: 'abandoned' } : row
    case 'ProtocolBreachDetected': {
      const { rule } = event.data as ProtocolBreachDetectedV1
      return rule === 'M2' || row.breaches.includes(rule) ? row : { ...row, breaches: [...row.breaches, rule] }
    }
    default: return row
  }
}

/** Cleared or not, in one shape for every notification: not reviewed, held and revoked look the same. */
export interface ClearanceShown { readonly status: 'NOT_CLEARED' | 'CLEARED'; readonly permittedPlaces: readonly PlaceClass[]; readonly validFrom: string | null; readonly validUntil: string | null }
export const clearanceShown = (clearance: { readonly permittedPlaces: readonly PlaceClass[]; readonly validFrom: string; readonly validUntil: string } | null, held: boolean, now: string): ClearanceShown =>
  clearance === null || held || Date.parse(clearance.validUntil) < Date.parse(now)
    ? { status: 'NOT_CLEARED', permittedPlaces: [], validFrom: null, validUntil: null }
    : { status: 'CLEARED', ...clearance }
