/** What the contract suite of the bus needs of an adapter, and plainly fictional events for it. */
import type { Append, EventStore, NewEvent } from '@chorus/event-store'
import type { Sql } from 'postgres'
import { idOf } from '../../../event-store/src/testing/builders'
import { placeOf } from '../message'
import type { BusMessage, EventBus } from '../port'

export interface BusHarness {
  /** the log that is distributed; an empty one for each harness */
  readonly store: EventStore
  /** migrated; schemas bus and read are empty */
  readonly database: Sql
  /** a bus as another process would have it; the suite closes it */
  bus(): EventBus
  /** Appends to the log, and where the adapter has a broker, publishes in log order. Resolves when consumers can have it. */
  send(appends: readonly Append[]): Promise<void>
  /** a subscription that gives no sign of life for so many ms is taken for dead */
  readonly sessionMs: number
  dispose(): Promise<void>
}

export const CASES = 'program.cases.v1'
export const INCIDENTS = 'justice.incidents.v1'

const stored = (type: string, id: string, partitionkey: string, data: object): NewEvent => {
  const content = 'content'
  return {
    id, type, content,
    body: {
      id, type, content, schemaVersion: 1, data, time: '2026-07-02T20:10:00.000Z', timePrecision: 'instant', timeZone: 'UTC', source: { agency: 'KCPD', system: 'test' }, receivedtime: '2026-07-02T20:10:00.000Z',
      partitionkey, commandId: idOf(`command of ${id}`), correlationId: idOf('correlation'), causationId: null, actor: { id: 'user-0001', role: 'detective', agency: 'KCPD' }, subjects: [], classification: 'CJI',
    },
  }
}

/** `pchCase-` stream of the n-th case. */
export const caseStream = (n: number): string => `pchCase-${idOf(`case ${n}`)}`

/** The next event of the n-th case: LevelAssigned unless said otherwise. `revision` only makes its id. */
export const ofCase = (n: number, revision: number, more: { readonly type?: string; readonly data?: object; readonly key?: string } = {}): Append => {
  const stream = caseStream(n)
  const data = more.data ?? { caseId: idOf(`case ${n}`), level: 'C', rank: 2, matchedCriteria: [], evidenceRefs: [], decidedBy: 'human', policyHash: 'a'.repeat(64) }
  return { stream, expected: 'any', events: [stored(more.type ?? 'LevelAssigned', idOf(`case ${n} event ${revision}`), more.key ?? stream, data)] }
}

/** Revisions `from` to `through` of cases 0 to `cases` - 1, mixed: the first of all cases, then the second of all. */
export const rounds = (cases: number, from: number, through: number): Append[] => {
  const appends: Append[] = []
  for (let revision = from; revision <= through; revision++) for (let n = 0; n < cases; n++) appends.push(ofCase(n, revision))
  return appends
}

/** That an operator resolved the event of a consumer, as operations records it. */
export const resolved = (consumer: string, stream: string, revision: number): Append => {
  const id = idOf(`resolution of ${consumer} ${stream} ${revision}`)
  return { stream: `deadLetter-${id}`, expected: 'any', events: [stored('DeadLetterResolved', id, `deadLetter-${id}`, { deadLetterId: id, consumer, topic: CASES, stream, revision, kind: 'permanent', cause: 'broken', reasonCode: 'DONE_BY_HAND' })] }
}

/** Waits until the condition holds; the test's own time-out ends a wait in vain. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await pause(10)
}
export const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

/** A seeded generator of numbers in [0, 1). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A bus between a consumer and another one, which changes what comes: loses, doubles, mixes. */
export const changed = (bus: EventBus, change: (messages: readonly BusMessage[]) => readonly BusMessage[]): EventBus => ({
  subscribe: (options) => bus.subscribe({ ...options, onMessages: async (delivery) => {
    const messages = change(delivery.messages)
    if (messages.length > 0) await options.onMessages({ ...delivery, messages })
  } }),
  handed: async () => bus.handed?.(),
  close: () => bus.close(),
})

/** Messages as they came, each with its place; those of other logs (an earlier test's, on a shared broker) left out. */
export class Seen {
  readonly messages: BusMessage[] = []
  constructor(private readonly log: string) {}
  readonly take = (messages: readonly BusMessage[]): void => { for (const message of messages) if (placeOf(message).log === this.log) this.messages.push(message) }
  get count(): number { return new Set(this.messages.map((message) => message.headers.ce_id)).size }
  get ordinals(): number[] { return this.messages.map((message) => placeOf(message).ordinal) }
  /** revisions of each stream in the order in which each was first seen */
  get firstSeen(): Map<string, number[]> {
    const streams = new Map<string, number[]>()
    for (const message of this.messages) {
      const { stream, revision } = placeOf(message)
      const revisions = streams.get(stream) ?? []
      if (!revisions.includes(revision)) revisions.push(revision)
      streams.set(stream, revisions)
    }
    return streams
  }
}
export const range = (from: number, through: number): number[] => Array.from({ length: through - from + 1 }, (_, i) => from + i)
