/** A metric that was published. Protects: one publication is recorded once, and stands for ever as it was; another is another stream. */
import type { DraftEvent, MetricPublishedV1 } from '@chorus/contracts'
import { atNow, type Command, type Decider, type Decision } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const PUBLISHED_METRIC_EVENTS = ['MetricPublished'] as const

export type Publish = Command<'PublishMetric', MetricPublishedV1>
export type PublishedMetric = { readonly status: 'none' } | { readonly status: 'published'; readonly metric: MetricPublishedV1 }
export const initial: PublishedMetric = { status: 'none' }

export const evolve = (state: PublishedMetric, event: { readonly type: string; readonly data: object }): PublishedMetric =>
  event.type === 'MetricPublished' ? { status: 'published', metric: event.data as MetricPublishedV1 } : state

export const publish = ({ data, meta }: Publish, state: PublishedMetric): Decision =>
  state.status === 'published' ? [] : [{ type: 'MetricPublished', schemaVersion: 1, data, ...atNow(meta) } satisfies DraftEvent]

export const publishedMetric: Decider<PublishedMetric, Publish> = { category: 'publishedMetric', initial, knows: PUBLISHED_METRIC_EVENTS, evolve, decide: publish }
