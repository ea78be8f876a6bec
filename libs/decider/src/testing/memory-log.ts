/** A log for specs of deciders: what it keeps went through JSON, as in a store; its clock and ids are fixed by its input. */
import type { CommandMeta, DraftEvent, RecordedEvent } from '@chorus/contracts'
import type { RecordOutcome } from '../decider'
import type { DeciderBatchLog } from '../handle'
import { derivedId } from '../derived-id'

export const LOG = '00000000-0000-8000-8000-000000000000'

/** The event that a draft becomes when it is recorded under this meta, at this place. */
export function recorded(draft: DraftEvent, place: { stream: string; revision: number; ordinal?: number; index?: number }, meta: CommandMeta): RecordedEvent {
  const { index: ownIndex, subjects, partitionkey, ...said } = draft
  const event: RecordedEvent = {
    ...said, id: derivedId('event', meta.commandId, String(ownIndex ?? place.index ?? 0)),
    source: meta.source, receivedtime: meta.receivedtime ?? meta.now, partitionkey: partitionkey ?? place.stream,
    commandId: meta.commandId, ...(meta.fingerprint === undefined ? {} : { command: meta.fingerprint }), correlationId: meta.correlationId, causationId: meta.causationId, actor: meta.actor,
    subjects: subjects ?? [], classification: 'CJI', content: '0'.repeat(64),
    log: LOG, stream: place.stream, revision: place.revision, ordinal: place.ordinal ?? place.revision + 1, recordedtime: meta.now,
  }
  return JSON.parse(JSON.stringify(event)) as RecordedEvent
}

export class MemoryLog implements DeciderBatchLog {
  readonly events: RecordedEvent[] = []
  /** Runs before each append: a spec lets another writer be faster with it. */
  beforeRecord: (stream: string) => void = () => undefined

  async load(stream: string): Promise<RecordedEvent[]> { return this.events.filter((event) => event.stream === stream) }
  async loadMany(streams: string[]): Promise<Map<string, RecordedEvent[]>> {
    return new Map(await Promise.all(streams.map(async (stream) => [stream, await this.load(stream)] as const)))
  }
  async standing(ids: readonly string[]): Promise<ReadonlyMap<string, string>> { return new Map(this.events.filter(({ id }) => ids.includes(id)).map(({ id, stream }) => [id, stream])) }
  async record(stream: string, expected: number, drafts: readonly DraftEvent[], meta: CommandMeta): Promise<RecordOutcome> {
    this.beforeRecord(stream)
    const actual = (await this.load(stream)).length - 1
    if (actual !== expected) return { ok: false, conflict: 'wrong-revision', text: `${stream} is at ${actual}, not at ${expected}` }
    const added = drafts.map((draft, index) => recorded(draft, { stream, revision: expected + 1 + index, ordinal: this.events.length + 1 + index, index }, meta))
    this.events.push(...added)
    const last = added.at(-1)!
    return { ok: true, repeated: false, ordinal: last.ordinal, revision: last.revision, recordedtime: last.recordedtime, ids: added.map((event) => event.id) }
  }
  async recordEach(items: { stream: string; expected: number; drafts: readonly DraftEvent[]; meta: CommandMeta }[]): Promise<RecordOutcome[]> {
    const outcomes: RecordOutcome[] = []
    for (const item of items) outcomes.push(await this.record(item.stream, item.expected, item.drafts, item.meta))
    return outcomes
  }
}
