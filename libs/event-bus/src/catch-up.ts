/**
 * What a consumer takes from the log itself: everything, when it is new; and what is so old that a broker may have dropped
 * it, when it was away for long. And whether it has everything behind it through some place.
 */
import { topicNamed } from '@chorus/contracts'
import { asRecorded, type StoredEvent } from '@chorus/event-store'
import { pause } from '@chorus/read-models'
import type { BusMessage } from './port'
import { keyOf, readPlaces, saveCaughtUp, type TopicStream } from './positions'
import { carrierOf, categoriesOf, messageOf, work, type Worker } from './work'

/** One event of the log, in its place. */
export interface Seen extends TopicStream { readonly revision: number; readonly ordinal: number; /** the key of its message */ readonly key: () => string }

const PAGE = 500
const HOUR = 3_600_000

/** The log's events of these topics in pages, in order, after `after` and through `through`. */
async function* pages(worker: Worker, topics: readonly string[], after: number, through: number, size: number, signal?: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
  let page: StoredEvent[] = []
  for await (const stored of worker.store.readAll({ after, through, filter: { categories: categoriesOf(topics) }, ...(signal && { signal }) })) {
    page.push(stored)
    if (page.length < size) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
const messagesOf = (events: readonly StoredEvent[]): BusMessage[] => events.flatMap((stored) => messageOf(stored, carrierOf(stored.stream)) ?? [])

/** Works what the log holds through its head, and remembers that. Answers how far that was. */
export async function readFromLog(worker: Worker, topics: readonly string[], size: number, signal: AbortSignal): Promise<number> {
  const { ordinal: through } = await worker.store.head()
  for await (const page of pages(worker, topics, 0, through, size, signal)) await work(worker, messagesOf(page), signal)
  signal.throwIfAborted()
  await saveCaughtUp(worker.database, worker.name, through)
  return through
}

/**
 * For a consumer that was away: works, from the log, what is older than half of the shortest time that its topics keep a
 * message; younger ones come by the bus. Answers through where everything is behind it now.
 */
export async function makeGood(worker: Worker, topics: readonly string[], after: number, signal: AbortSignal): Promise<number> {
  const hours = Math.min(...topics.map((topic) => topicNamed(topic).retentionHours)) / 2
  const horizon = new Date(Date.parse(worker.clock.now()) - hours * HOUR).toISOString()
  const { ordinal: head } = await worker.store.head()
  let through = after
  let young = false
  for await (const page of pages(worker, topics, after, head, PAGE, signal)) {
    let behind = await isBehind(worker, page.map(seenOf))
    const old = page.filter((stored, i) => !behind[i] && stored.recordedtime < horizon)
    if (old.length > 0) {
      worker.logger?.warn({ consumer: worker.name, events: old.length, from: old[0]!.ordinal }, 'events that the bus may not have any more are taken from the log')
      await work(worker, messagesOf(old), signal)
      behind = await isBehind(worker, page.map(seenOf))
    }
    const open = behind.indexOf(false)
    if (open >= 0) { through = page[open]!.ordinal - 1; young = true; break }
    through = page.at(-1)!.ordinal
  }
  signal.throwIfAborted()
  if (!young) through = head
  if (through > after) await saveCaughtUp(worker.database, worker.name, through)
  return through
}

const seenOf = (stored: StoredEvent): Seen => {
  const { stream, revision, ordinal } = stored
  return { topic: carrierOf(stream).name, stream, revision, ordinal, key: () => asRecorded(stored).partitionkey }
}

async function isBehind({ database, name }: Worker, events: readonly Seen[]): Promise<boolean[]> {
  const places = await readPlaces(database, name, [...new Map(events.map((at) => [keyOf(at), at])).values()])
  return events.map((at) => { const place = places.get(keyOf(at))!; return place.parked || place.revision >= at.revision })
}

/** Whether everything through an ordinal is worked or parked; each look goes on from where the last one was held up. */
export class Lookout {
  private looked = 0
  private heldUp: Seen | undefined
  private walk: Promise<unknown> | undefined
  constructor(private readonly worker: Worker, private readonly topics: readonly string[]) {}

  /** Everything through here is known to be behind: nobody need look again. */
  from(ordinal: number): void { this.looked = Math.max(this.looked, ordinal) }

  /** Through where everything is worked or parked, as far as `ms` let it see; and where the log ends. */
  async place(ms: number): Promise<{ readonly through: number; readonly head: number }> {
    const { ordinal: head } = await this.worker.store.head()
    this.walk ??= this.isThrough(head).catch(() => false).finally(() => { this.walk = undefined })
    const over = new AbortController()
    await Promise.race([this.walk, pause(ms, over.signal)])
    over.abort()
    return { through: this.looked, head: Math.max(head, this.looked) }
  }

  /** The first event that is neither worked nor parked, if it stands at or before `ordinal`. */
  async firstMissing(ordinal: number, signal: AbortSignal): Promise<Seen | undefined> {
    return await this.isThrough(ordinal, signal) ? undefined : this.heldUp
  }

  /** Of each stream the first event at or before `ordinal` that is neither worked nor parked. */
  async allMissing(ordinal: number, signal: AbortSignal): Promise<Seen[]> {
    const missing = new Map<string, Seen>()
    for await (const page of pages(this.worker, this.topics, this.looked, ordinal, PAGE, signal)) {
      const events = page.map(seenOf)
      for (const [i, behind] of (await isBehind(this.worker, events)).entries()) if (!behind && !missing.has(keyOf(events[i]!))) missing.set(keyOf(events[i]!), events[i]!)
    }
    return [...missing.values()]
  }

  async isThrough(ordinal: number, signal?: AbortSignal): Promise<boolean> {
    if (this.looked >= ordinal) return true
    if (this.heldUp && !(await isBehind(this.worker, [this.heldUp]))[0]) return false
    this.heldUp = undefined
    if ((await this.worker.store.head()).ordinal < ordinal) return false
    for await (const page of pages(this.worker, this.topics, this.looked, ordinal, PAGE, signal)) {
      const events = page.map(seenOf)
      this.heldUp = events[(await isBehind(this.worker, events)).indexOf(false)]
      this.looked = Math.max(this.looked, this.heldUp ? this.heldUp.ordinal - 1 : events.at(-1)!.ordinal)
      if (this.heldUp) return false
    }
    this.looked = Math.max(this.looked, ordinal)
    return true
  }
}
