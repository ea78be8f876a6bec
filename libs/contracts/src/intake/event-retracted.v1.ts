import { Event } from '../event'
import { Code, Uuid } from '../fields'

export const RETRACTION_REASONS = ['SOURCE_DELETED', 'SOURCE_REPLACED', 'RECORDED_IN_ERROR', 'BASIS_EXPUNGED'] as const
export type RetractionReason = (typeof RETRACTION_REASONS)[number]

@Event({
  type: 'EventRetracted', version: 1, categories: ['incident', 'arrest'], classification: 'CJI', context: 'incident', producer: 'intake', consumers: ['intake', 'evaluation'],
  time: 'when the source withdrew it, or when we were told',
  summary: 'What an earlier event of this stream said no longer holds. Ids and a reason only; a later version of the report may bring it back.',
})
export class EventRetractedV1 {
  @Uuid({ of: 'event', doc: 'id of the event that no longer holds' }) retracts!: string
  @Code(RETRACTION_REASONS, { doc: 'why' }) reasonCode!: RetractionReason
}
