/** What happens around the person of a case and counts against leaving, or against a lower level: a further incident in which he is the referred, an order that he violates. Pure. */
import type { IncidentLinkedToCaseV1, ProtectionOrderStatusChangedV1, RecordedEvent } from '@chorus/contracts'

export const isQualifying = ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): boolean => {
  if (type === 'IncidentLinkedToCase') return (data as IncidentLinkedToCaseV1).side === 'REFERRED'
  if (type !== 'ProtectionOrderStatusChanged') return false
  const { status, respondent } = data as ProtectionOrderStatusChangedV1
  // An order against her that is violated is no offence of his; of one that binds both nobody knows here who violated it.
  return status === 'VIOLATED' && respondent === 'SUBJECT'
}
