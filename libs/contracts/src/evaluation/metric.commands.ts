import { CommandBody } from '../commands'
import { Name, Timestamp } from '../fields'

@CommandBody({ type: 'PublishMetric', roles: ['evaluator'], summary: 'Compute a metric as of a recorded moment and keep what came of it, with its digests' })
export class PublishMetric {
  @Name({ doc: 'the metric: program-counts' }) metricId!: string
  @Timestamp({ optional: true, doc: 'as of which recorded moment; absent: now' }) asOfRecorded?: string
}
