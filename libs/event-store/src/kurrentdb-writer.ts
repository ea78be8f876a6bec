/**
 * Appends to KurrentDB. The server's own idempotency is best effort (kurrent-io/KurrentDB 1898, 2520), so every append is
 * decided here by the decision table, on what the stream holds, and sent at an exact revision: "any" never leaves this file.
 * Appends queue in the process and go in waves. In a wave each stream is written once; several appends to it that follow
 * one another are one append of the server's (one stream, so nothing is tied to another stream's fate).
 */
import { placedText } from './chain'
import { decideAppend, type KnownEvent } from './decide-append'
import { asEvent, asFound, pageOf, passes, typeOf, within, type Link } from './kurrentdb-connection'
import type { Places } from './kurrentdb-places'
import { AppendRefused, MAX_APPEND_BYTES, type AppendResult, type Place } from './port'
import { isTransient, StoreUnavailable, type StoreLogger } from './postgres-connection'
import type { PreparedAppend } from './prepare-append'

export interface WriterOptions {
  readonly link: Link
  readonly places: Places
  /** an append that is not answered in this time is looked up */
  readonly answerMs: number
  readonly logger?: StoreLogger
}

interface Waiting {
  readonly append: PreparedAppend
  readonly resolve: (result: AppendResult | Promise<AppendResult>) => void
  readonly reject: (error: unknown) => void
  /** revisions at which it was sent without an answer: found there, it is ours */
  readonly tried: Set<number>
}
interface Group { readonly stream: string; readonly items: readonly Waiting[] }
/** What was decided of one append, before its places are known. */
interface Decided { readonly item: Waiting; readonly write: boolean; readonly result: AppendResult }

/** A revision whose ordinal and recorded time are not assigned yet. */
const unplaced = (revision: number): Place => ({ revision, ordinal: 0, recordedtime: '' })

const MAX_STREAMS = 64
const MAX_EVENTS = 500
/** Streams whose end is remembered after writing to them. */
const REMEMBERED = 10_000
const TAIL = 512

export class KurrentWriter {
  private readonly queue: Waiting[] = []
  private running: Promise<void> | undefined
  private closed = false
  /** last revision of streams written here; the exact revision of an append makes up for what others wrote since */
  private readonly ends = new Map<string, { readonly revision: number; /** just now */ readonly read: boolean }>()
  /** ids written here that had no place yet when they were last looked up */
  private readonly fresh = new Map<string, KnownEvent>()

  constructor(private readonly options: WriterOptions) {}

  submit(append: PreparedAppend): Promise<AppendResult> {
    if (this.closed) return Promise.reject(new StoreUnavailable('the event store is closed; open it again to append'))
    return new Promise((resolve, reject) => {
      this.queue.push({ append, resolve, reject, tried: new Set() })
      this.running ??= this.run()
    })
  }

  async close(): Promise<void> {
    this.closed = true
    await this.running
  }

  private async run(): Promise<void> {
    await new Promise<void>((resolve) => { setImmediate(resolve) })
    while (this.queue.length > 0) {
      const wave = this.take()
      await this.settle(wave)
    }
    this.running = undefined
  }

  /** As many groups as have streams of their own, in the order given. */
  private take(): Group[] {
    const groups = new Map<string, Waiting[]>()
    let last: string | undefined
    let events = 0
    let bytes = 0
    let count = 0
    for (const item of this.queue) {
      const { stream } = item.append
      const again = stream === last
      if (!again && (groups.has(stream) || groups.size >= MAX_STREAMS)) break
      bytes = again ? bytes + item.append.bytes : item.append.bytes
      events += item.append.events.length
      if (count > 0 && (events > MAX_EVENTS || (again && bytes > MAX_APPEND_BYTES))) break
      if (again) groups.get(stream)!.push(item)
      else groups.set(stream, [item])
      last = stream
      count += 1
    }
    this.queue.splice(0, count)
    return [...groups].map(([stream, items]) => ({ stream, items }))
  }

  /** Tries until every outcome is known; what has to be tried again is decided anew on what its stream holds then. */
  private async settle(wave: readonly Group[]): Promise<void> {
    const started = performance.now()
    let open = wave
    for (let wait = 10; open.length > 0;) {
      const outcomes = await this.attempt(open)
      if (outcomes.some((outcome) => outcome === 'later')) {
        await new Promise((resolve) => { setTimeout(resolve, wait) })
        wait = Math.min(wait * 2, 500)
      }
      open = open.filter((_, i) => outcomes[i] !== 'done')
      if (performance.now() - started < this.options.link.retryMs) continue
      const late = new StoreUnavailable('the event log could not be reached; whether these events were recorded is not known. Send the same again: what was recorded is not recorded twice')
      for (const { items } of open) for (const { reject } of items) reject(late)
      return
    }
  }

  /** One try of each group. What all of them stand on is looked up first, so that they are sent in the order given. */
  private async attempt(groups: readonly Group[]): Promise<('done' | 'again' | 'later')[]> {
    const later = (error: unknown): 'later' | unknown => (passes(error) || isTransient(error) || error instanceof StoreUnavailable ? 'later' : error)
    let known: Map<string, KnownEvent>
    let ended: ReadonlySet<string>
    try {
      const ids = groups.flatMap(({ items }) => items.flatMap(({ append }) => append.events.map(({ id }) => id)))
      const found = await this.options.places.lookUp(groups.map(({ stream }) => stream), ids)
      known = found.known
      ended = await this.options.places.ended([...new Set(groups.flatMap(({ items }) => items.flatMap(({ append }) => append.keys)))])
      for (const id of ids) {
        const fresh = this.fresh.get(id)
        if (fresh && known.has(id)) this.fresh.delete(id)
        else if (fresh) known.set(id, fresh)
      }
      await Promise.all(groups.map(async ({ stream }) => { if (!this.ends.has(stream)) await this.readEnd(stream, found.revisions.get(stream) ?? -1, known) }))
    } catch (error) {
      return groups.map((group) => this.failed(group, error, later(error)))
    }
    return Promise.all(groups.map((group) => this.write(group, known, ended).catch((error: unknown) => this.failed(group, error, later(error)))))
  }

  private failed({ stream, items }: Group, error: unknown, why: unknown): 'done' | 'later' {
    this.ends.delete(stream)
    if (why === 'later') {
      this.options.logger?.warn({ code: typeOf(error), appends: items.length }, 'append is tried again')
      return 'later'
    }
    for (const { reject } of items) reject(refusal(error, stream))
    return 'done'
  }

  /** Decides, sends what is to be written as one append at the exact revision, and hands out the answers. */
  private async write({ stream, items }: Group, known: Map<string, KnownEvent>, ended: ReadonlySet<string>): Promise<'done' | 'again'> {
    const end = this.ends.get(stream)!.revision
    let last = end
    const decided: Decided[] = []
    const events: ReturnType<typeof asEvent>[] = []
    for (const item of items) {
      const { append } = item
      const decision = decideAppend(append, last, (id) => known.get(id))
      if (!decision.write) {
        decided.push({ item, write: false, result: decision.result })
        continue
      }
      if (append.keys.some((key) => ended.has(key))) {
        decided.push({ item, write: false, result: { ok: false, error: { code: 'key-ended', stream } } })
        continue
      }
      for (const event of append.events) {
        last += 1
        events.push(asEvent(event, placedText(event, last)))
        known.set(event.id, { ...unplaced(last), stream, content: event.content })
      }
      decided.push({ item, write: true, result: { ok: true, repeated: false, first: unplaced(decision.revision), last: unplaced(last) } })
    }
    // a refusal on what is only remembered may be wrong by now
    if (!this.ends.get(stream)!.read && decided.some(({ result }) => !result.ok)) { this.ends.delete(stream); return 'again' }
    if (events.length > 0) {
      for (const { item, write, result } of decided) if (write && result.ok) item.tried.add(result.first.revision)
      const { answerMs, link: { client, names } } = this.options
      const sent = client.appendToStream(names.of(stream), events, { streamState: end < 0 ? 'no_stream' : BigInt(end), deadline: answerMs })
      try { await within(answerMs, sent) } catch (error) {
        if (typeOf(error) !== 'wrong-expected-version') throw error
        this.ends.delete(stream)
        return 'again'
      }
    }
    this.remember(stream, last)
    for (const { item, write, result } of decided) {
      if (write) for (const { id } of item.append.events) this.fresh.set(id, known.get(id)!)
      item.resolve(this.placed(item, result))
    }
    return 'done'
  }

  /** Reads the stream on from the last revision that has a place (-1: none has); ids that stand there are added to `known`. */
  private async readEnd(stream: string, placed: number, known: Map<string, KnownEvent>): Promise<void> {
    const { link } = this.options
    let end = placed
    for (;;) {
      const entries = await pageOf(link.retryMs, () => link.client.readStream(link.names.of(stream), { fromRevision: BigInt(end + 1), maxCount: TAIL }))
      for (const entry of entries) {
        end = Number(entry.revision)
        const event = asFound(entry, link)
        if (event && !known.has(event.id)) known.set(event.id, { ...unplaced(end), stream, content: event.content })
      }
      if (entries.length < TAIL) break
    }
    this.ends.set(stream, { revision: end, read: true })
  }

  private remember(stream: string, revision: number): void {
    this.ends.delete(stream)
    this.ends.set(stream, { revision, read: false })
    if (this.ends.size > REMEMBERED) this.ends.delete(this.ends.keys().next().value!)
  }

  /** The answer with its places, once the follower has assigned them. */
  private async placed(item: Waiting, result: AppendResult): Promise<AppendResult> {
    if (!result.ok) return result
    const { stream, events } = item.append
    const [first, last] = await Promise.all([this.options.places.placeOf(stream, result.first.revision), this.options.places.placeOf(stream, result.last.revision)])
    for (const { id } of events) this.fresh.delete(id)
    // an answer "repeated" that this very call caused, by a try whose answer was lost, is the first answer
    return { ok: true, repeated: result.repeated && !item.tried.has(result.first.revision), first, last }
  }
}

/** What the server refuses for good, in our words. */
function refusal(error: unknown, stream: string): unknown {
  if (typeOf(error) === 'maximum-append-size-exceeded') return new AppendRefused('append-too-large', `append to ${stream}: KurrentDB takes at most ${String((error as { maxAppendSize?: number }).maxAppendSize)} bytes at once (its setting MaxAppendSize). Append the events in several, or raise it`)
  if (typeOf(error) === 'access-denied') return new Error(`append to ${stream}: KurrentDB refuses it to this user (access denied). Give the user of CHORUS_LOG_URL the right to write`, { cause: error })
  if (typeOf(error) === 'stream-deleted') return new Error(`append to ${stream}: the stream was deleted in KurrentDB. Nothing of a log may be deleted; restore it from a backup`, { cause: error })
  return error
}
