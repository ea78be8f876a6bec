/**
 * What an operator resolved: work that no consumer tries again, and every rebuild passes over. A resolution is the event
 * DeadLetterResolved in a stream deadLetter-<id>; its data name consumer, topic, stream and revision.
 */
import type { BusEvent } from '@chorus/contracts'
import { categoryOf, decode, type EventStore } from '@chorus/event-store'

export const RESOLVED = 'DeadLetterResolved'
export const DEAD_LETTER = 'deadLetter'

export interface Resolution {
  readonly consumer: string
  readonly topic: string
  readonly stream: string
  readonly revision: number
  /** null: a hole, where nothing came */
  readonly eventId: string | null
  readonly reasonCode: string
}

/** The resolutions among these events; other events are passed over. */
export function resolutionsOf(events: Iterable<Pick<BusEvent, 'type' | 'stream' | 'data'>>): Resolution[] {
  const found: Resolution[] = []
  for (const { type, stream: at, data } of events) {
    if (type !== RESOLVED || categoryOf(at) !== DEAD_LETTER) continue
    const { consumer, topic, stream, revision, eventId, reasonCode } = data as Partial<Resolution>
    if (consumer === undefined || topic === undefined || stream === undefined || revision === undefined) continue
    found.push({ consumer, topic, stream, revision, eventId: eventId ?? null, reasonCode: reasonCode ?? 'OTHER' })
  }
  return found
}

/** One consumer's resolutions, as the log has them; read on, never from the start again. */
export class Resolutions {
  private readonly known = new Set<string>()
  private after = 0
  constructor(private readonly store: Pick<EventStore, 'head' | 'readAll'>, private readonly consumer: string) {}

  /** Reads what came since the last time. */
  async refresh(): Promise<void> {
    const { ordinal: through } = await this.store.head()
    if (through <= this.after) return
    for await (const stored of this.store.readAll({ after: this.after, through, filter: { categories: [DEAD_LETTER], types: [RESOLVED] } })) {
      for (const { consumer, topic, stream, revision } of resolutionsOf([decode(stored)])) if (consumer === this.consumer) this.known.add(`${topic}|${stream}|${revision}`)
    }
    this.after = Math.max(this.after, through)
  }
  has(topic: string, stream: string, revision: number): boolean { return this.known.has(`${topic}|${stream}|${revision}`) }
}
