/** A figure as it was published: kept for ever with what it was made from, and never computed anew in place of itself. No person, no case. */
import { Event } from '../event'
import { Count, Hash, List, Name, Timestamp } from '../fields'

/** One figure of a metric. */
export class PublishedFigure {
  @Name({ doc: 'what is counted' }) name!: string
  @Count({ optional: true, doc: 'how many; absent where so few are not published' }) value?: number
}

@Event({
  type: 'MetricPublished', version: 1, categories: ['publishedMetric'], classification: 'AGG', context: 'none', producer: 'evaluation', consumers: ['evaluation'],
  time: 'when it was published', summary: 'A metric as of a recorded moment, with its figures, the place in the log, and the digests of both. What is erased later changes nothing of it; a later publication says how many erasures it leaves out.',
})
export class MetricPublishedV1 {
  @Name({ doc: 'the metric' }) metricId!: string
  @Count({ min: 1, doc: 'version of its definition' }) definitionVersion!: number
  @Hash({ doc: 'SHA-256 of the definition' }) definitionHash!: string
  @Timestamp({ doc: 'as of which recorded moment' }) asOfRecorded!: string
  @Count({ doc: 'ordinal of the last event that counts' }) through!: number
  @Hash({ doc: 'digest of the log through that event, as replay gives it' }) logDigest!: string
  @Count({ doc: 'records and persons whose keys were destroyed by order until it was published: they are not counted' }) erasures!: number
  @List(() => PublishedFigure, { max: 100, doc: 'the figures' }) figures!: PublishedFigure[]
  @Hash({ doc: 'SHA-256 of the figures, canonical' }) figuresDigest!: string
}
