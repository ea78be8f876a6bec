/**
 * The follower of a log in KurrentDB: it reads what was appended in KurrentDB's order and gives each event its ordinal,
 * its recorded time and its link. Every process has one; the one that owns the places works, the others stand by, and one
 * that lost them without knowing is stopped by its term. A copied event brings its place along, and keeps it.
 */
import type { AllStreamSubscription, Position } from '@kurrent/kurrentdb-client'
import { randomUUID } from 'node:crypto'
import { leafOf, linkOf } from './chain'
import { asFound, kurrent, type Entry, type FoundEvent, type Link } from './kurrentdb-connection'
import { OWNED_MS, type NewPlace, type Places, type PlacesHead } from './kurrentdb-places'
import type { StoreLogger } from './postgres-connection'
import { laterOf } from './recorded-time'

export interface FollowerOptions {
  readonly link: Link
  readonly places: Places
  readonly logger?: StoreLogger
  /** after places were assigned here */
  readonly onPlaced: () => void
}

/** What KurrentDB holds is not what a log can hold; nothing is placed any more until somebody looks. */
export class LogDamaged extends Error { constructor(message: string) { super(message); this.name = 'LogDamaged' } }

const BATCH = 500
/** Entries that may wait; then the subscription waits. */
const WAITING = 4 * BATCH
/** A position behind which nothing of ours lies is kept so often. */
const QUIET_MS = 5000
const CHECKPOINT_EVERY = 8

type Seen = { readonly event: FoundEvent } | { readonly passed: Position }

/** Places for what was seen, on top of where the log stands. Pure. Throws LogDamaged. */
export function assignPlaces(head: PlacesHead, seen: readonly FoundEvent[]): NewPlace[] {
  const now = laterOf(head.promised, laterOf(head.recordedtime, head.clock))
  let { ordinal, link, recordedtime: last } = head
  return seen.map((event) => {
    ordinal += 1
    const recordedtime = event.copied?.recordedtime ?? now
    link = linkOf(link, ordinal, recordedtime, leafOf(event.text))
    const { copied } = event
    if (copied && (copied.ordinal !== String(ordinal) || copied.link !== link || (last !== null && recordedtime < last))) {
      throw new LogDamaged(`${event.stream} revision ${event.revision} was copied as ordinal ${copied.ordinal}, but as ordinal ${ordinal} of this log it has another link: something was written between the copied events, or changed in them. Copy the log anew into an empty KurrentDB`)
    }
    last = recordedtime
    return { stream: event.stream, revision: event.revision, id: event.id, type: event.type, content: event.content, recordedtime, link, position: event.position }
  })
}

export class Follower {
  readonly id = randomUUID()
  private readonly stopping = new AbortController()
  private running: Promise<void> = Promise.resolve()
  private wakeUp: (() => void) | undefined
  private owner = false
  private failure: unknown
  private failures = 0
  private foreign = 0
  private firstForeign = ''

  constructor(private readonly options: FollowerOptions) {}

  start(): void { this.running = this.run() }

  async stop(): Promise<void> {
    this.stopping.abort()
    this.wakeUp?.()
    await this.running
  }

  /** What it says of itself; whether it has come to the end is the store's to ask. */
  health(): { readonly ok: boolean; readonly text: string } {
    if (this.failure !== undefined) return { ok: false, text: `the follower stands still: ${this.failure instanceof Error ? this.failure.message : 'unknown error'}` }
    const foreign = this.foreign === 0 ? '' : `; ${this.foreign} entries in streams of the log are none of its events (first: ${this.firstForeign})`
    return { ok: true, text: `${this.owner ? 'follows' : 'another process follows'}${foreign}` }
  }

  private async run(): Promise<void> {
    const { places, logger } = this.options
    while (!this.stopping.signal.aborted) {
      let term: number | undefined
      try {
        term = await places.own(this.id)
        if (term !== undefined) await this.follow(term)
      } catch (error) {
        if (this.stopping.signal.aborted) break
        // a subscription that broke off is taken up again; only what comes again and again is said in health
        this.failures += 1
        if (error instanceof LogDamaged || this.failures >= 3) this.failure = error
        logger?.warn({ failures: this.failures, why: (error as Error).message }, 'the follower of KurrentDB begins again')
      }
      this.owner = false
      await this.pause(term === undefined ? 250 : 100)
    }
    await places.giveUp(this.id).catch(() => undefined)
  }

  /** Until the subscription ends, the places are lost, or it is told to stop. */
  private async follow(term: number): Promise<void> {
    const { link, places } = this.options
    const { position } = await places.head()
    const seen: Seen[] = []
    let subscription: AllStreamSubscription | undefined
    let ended: { readonly error?: unknown } | undefined
    const wake = (): void => this.wakeUp?.()
    const renewing = setInterval(() => {
      places.own(this.id).then((mine) => { if (mine !== term) { ended ??= {}; wake() } }, (error: unknown) => { ended ??= { error }; wake() })
    }, OWNED_MS / 3)
    try {
      subscription = link.client.subscribeToAll({
        fromPosition: position ?? kurrent().START,
        filter: { ...link.names.filter, checkpointInterval: CHECKPOINT_EVERY, checkpointReached: async (_, passed) => { seen.push({ passed }); wake() } },
      })
      subscription.on('data', ({ event: entry }) => {
        if (!entry) return
        const event = asFound(entry as Entry, link)
        if (event) seen.push({ event })
        else this.notOurs(entry as Entry, seen)
        if (seen.length >= WAITING) subscription!.pause()
        wake()
      })
      subscription.on('error', (error) => { ended ??= { error }; wake() })
      subscription.on('end', () => { ended ??= {}; wake() })
      this.owner = true
      let kept = performance.now()
      while (!ended && !this.stopping.signal.aborted) {
        if (!seen.some((one) => 'event' in one) && (seen.length === 0 || performance.now() - kept < QUIET_MS)) {
          if (seen.length > 1) seen.splice(0, seen.length - 1)
          await this.pause(seen.length === 0 ? 1000 : QUIET_MS / 2)
          continue
        }
        if (!await this.place(term, seen.splice(0, BATCH))) return
        kept = performance.now()
        if (seen.length < BATCH) subscription.resume()
      }
      if (ended?.error !== undefined) throw ended.error
    } finally {
      clearInterval(renewing)
      subscription?.removeAllListeners('data')
      subscription?.on('error', () => undefined)
      await subscription?.unsubscribe().catch(() => undefined)
    }
  }

  private async place(term: number, seen: readonly Seen[]): Promise<boolean> {
    const events = seen.flatMap((one) => ('event' in one ? [one.event] : []))
    const last = seen.at(-1)!
    const position = 'event' in last ? last.event.position : last.passed
    const mine = await this.options.places.advance(this.id, term, (head) => ({ places: assignPlaces(head, events), position }))
    if (mine) { this.failure = undefined; this.failures = 0 }
    if (mine && events.length > 0) this.options.onPlaced()
    return mine
  }

  private notOurs(entry: Entry, seen: Seen[]): void {
    this.foreign += 1
    if (this.foreign === 1) {
      this.firstForeign = `${entry.streamId} revision ${String(entry.revision)}`
      this.options.logger?.warn({ first: this.firstForeign }, 'an entry is none of this log and is passed over: another program writes here, or it is malformed')
    }
    seen.push({ passed: entry.position })
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms)
      const self = this
      function done(): void { clearTimeout(timer); self.wakeUp = undefined; resolve() }
      this.wakeUp = done
      if (this.stopping.signal.aborted) done()
    })
  }
}
