/**
 * What a KurrentDB keeps, and how it decides an append: the state behind our double of the server (kurrentdb-double.ts).
 * It imitates the server where that surprises; each surprise has a name and can be switched off, and a test then fails.
 */
import { randomUUID } from 'node:crypto'

export const SURPRISES = [
  /** kurrent-io/KurrentDB 1898: at the current revision nobody looks at ids */
  'resent-at-the-current-revision-is-appended-again',
  /** kurrent-io/KurrentDB 2520: under "any", a run that begins with a known id and goes on with a new one conflicts */
  'partly-known-under-any-conflicts',
  'ids-are-not-unique-across-streams',
  'an-append-has-a-limit',
  'positions-have-gaps',
  'system-events-among-ours',
  'created-is-the-servers',
  'malformed-json-is-kept-and-comes-as-text',
  'a-subscription-ends-on-error',
] as const
export type Surprise = typeof SURPRISES[number]

export const SERVER_APPEND_LIMIT = 1_048_576
/** The server knows so many recent ids when "any" is expected; older ones are appended again. */
const KNOWN_IDS = 1000
const SYSTEM_EVERY = 20

export interface Proposed { readonly id: string; readonly type: string; readonly contentType: string; readonly data: Uint8Array; readonly metadata: Uint8Array }
export interface Kept extends Proposed { readonly stream: string; readonly revision: number; readonly position: bigint; /** ms */ readonly created: number }
/** as the protocol has it: a revision, or one of these */
export type Expected = number | 'any' | 'none' | 'exists'
export type Decided =
  | { readonly ok: true; readonly revision: number; readonly position: bigint }
  | { readonly ok: false; readonly why: 'wrong-version'; readonly current: number }
  | { readonly ok: false; readonly why: 'too-large' }
  | { readonly ok: false; readonly why: 'malformed' }

export class DoubleLog {
  readonly all: Kept[] = []
  private readonly streams = new Map<string, Kept[]>()
  private readonly recent: string[] = []
  private readonly listeners = new Set<() => void>()
  private end = 0n

  constructor(private readonly off: ReadonlySet<Surprise>) { this.system() }

  has(surprise: Surprise): boolean { return !this.off.has(surprise) }
  stream(name: string): readonly Kept[] { return this.streams.get(name) ?? [] }
  onGrowth(listener: () => void): () => void { this.listeners.add(listener); return () => this.listeners.delete(listener) }

  append(stream: string, expected: Expected, events: readonly Proposed[]): Decided {
    const own = this.stream(stream)
    const current = own.length - 1
    const size = events.reduce((sum, { data, metadata, type }) => sum + data.length + metadata.length + 2 * type.length, 0)
    if (this.has('an-append-has-a-limit') && size > SERVER_APPEND_LIMIT) return { ok: false, why: 'too-large' }
    if (!this.has('malformed-json-is-kept-and-comes-as-text') && events.some(isMalformed)) return { ok: false, why: 'malformed' }
    if (!this.has('ids-are-not-unique-across-streams') && events.some(({ id }) => this.all.some((one) => one.id === id && one.stream !== stream))) return { ok: false, why: 'wrong-version', current }
    const before = this.decidedBefore(own, current, expected, events)
    if (before) return before
    for (const event of events) this.keep(stream, event)
    if (this.all.length % SYSTEM_EVERY < events.length) this.system()
    for (const listener of this.listeners) listener()
    return { ok: true, revision: current + events.length, position: this.stream(stream).at(-1)!.position }
  }

  /** The answer where nothing is written: it was written before, or the stream is elsewhere. */
  private decidedBefore(own: readonly Kept[], current: number, expected: Expected, events: readonly Proposed[]): Decided | undefined {
    const wrong: Decided = { ok: false, why: 'wrong-version', current }
    const at = (revision: number): Decided => ({ ok: true, revision, position: own[revision]!.position })
    const runs = (first: number): boolean => first >= 0 && events.every(({ id }, i) => own[first + i]?.id === id)
    if (expected === 'any' || expected === 'exists') {
      if (expected === 'exists' && current < 0) return wrong
      const first = this.recent.includes(`${own[0]?.stream} ${events[0]!.id}`) ? own.findIndex(({ id }) => id === events[0]!.id) : -1
      if (first < 0) return undefined
      if (runs(first)) return at(first + events.length - 1)
      return this.has('partly-known-under-any-conflicts') ? wrong : undefined
    }
    const revision = expected === 'none' ? -1 : expected
    if (revision > current) return wrong
    if (revision === current) {
      const first = own.findIndex(({ id }) => id === events[0]!.id)
      return !this.has('resent-at-the-current-revision-is-appended-again') && runs(first) ? at(first + events.length - 1) : undefined
    }
    return runs(revision + 1) ? at(revision + events.length) : wrong
  }

  private keep(stream: string, event: Proposed): void {
    const own = this.streams.get(stream) ?? []
    if (own.length === 0) this.streams.set(stream, own)
    const position = this.end
    this.end += this.has('positions-have-gaps') ? BigInt(event.data.length + event.metadata.length + 117) : 1n
    const kept = { ...event, stream, revision: own.length, position, created: this.has('created-is-the-servers') ? performance.timeOrigin + performance.now() : createdIn(event.metadata) }
    own.push(kept)
    this.all.push(kept)
    this.recent.push(`${stream} ${event.id}`)
    if (this.recent.length > KNOWN_IDS) this.recent.shift()
  }

  /** Statistics and metadata of the server's own stand in the same log. */
  private system(): void {
    if (!this.has('system-events-among-ours')) return
    this.keep('$stats-127.0.0.1:2113', { id: randomUUID(), type: '$statsCollected', contentType: 'application/json', data: Buffer.from('{}'), metadata: Buffer.alloc(0) })
  }
}

const isMalformed = ({ contentType, data }: Proposed): boolean => {
  if (contentType !== 'application/json') return false
  try { JSON.parse(Buffer.from(data).toString()); return false } catch { return true }
}

const createdIn = (metadata: Uint8Array): number => {
  try { return Date.parse((JSON.parse(Buffer.from(metadata).toString()) as { recordedtime: string }).recordedtime) || 0 } catch { return 0 }
}
